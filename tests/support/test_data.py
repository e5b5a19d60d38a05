# SPDX-License-Identifier: GPL-3.0-or-later
"""Photographs and paintings that are not in the repository; C++ tests have the same in test_data.h."""

import os
import pathlib

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]


def test_data():
    """The folder that MANIERA_TEST_DATA names, or else ../shared/data beside this checkout, with content/
    and style/; None where it is not there, after saying so."""
    folder = pathlib.Path(os.environ.get("MANIERA_TEST_DATA", CHECKOUT.parent / "shared/data"))
    if (folder / "content").is_dir():
        return folder
    print(f"There are no photographs in {folder}; MANIERA_TEST_DATA names another folder.")
    return None
