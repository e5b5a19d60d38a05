#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds against the LibTorch of PyPI's torch, the one that has CUDA, and tests the core on it: all of it
# on the processor, and what needs a GPU where one can be used; where not, it says why.
#
#     ./install/pypi-torch.sh [VERSION]
#
# 3 GB are fetched (torch and NVIDIA's libraries; nothing that only Python needs) and 5 GB kept, with the
# build, in build/pypi. VERSION is torch's, 2.9 or later where a GPU is to be used; the newest when not given.
. "$(dirname "$0")/common.sh"

[ $# -le 1 ] || die "usage: $0 [VERSION]"
wanted=torch${1:+==$1}
folder=$root/build/pypi
python=$folder/venv/bin/python

install_packages build test
if [ ! -x "$python" ]; then
    python3 -m venv "$folder/venv" || die "python3 -m venv failed; install python3-venv."
fi
have=$("$python" -m pip list --format=freeze 2>/dev/null | grep '^torch==' || true)
if [ -z "$have" ] || { [ $# = 1 ] && [ "$have" != "$wanted" ]; }; then
    say "Fetching $wanted"
    "$python" -m pip install --quiet --no-deps "$wanted"
fi
# Of what torch asks for, NVIDIA's libraries: their packages begin with "nvidia" or are parts of
# "cuda-toolkit", whose own requirements name them.
"$python" - "$folder/libraries.txt" <<'PYTHON'
import importlib.metadata, sys
from pip._vendor.packaging.requirements import Requirement
wanted = []
for text in importlib.metadata.requires("torch") or []:
    requirement = Requirement(text)
    if not requirement.name.startswith(("nvidia-", "cuda-toolkit")):
        continue
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        continue
    requirement.marker = None
    wanted.append(str(requirement))
open(sys.argv[1], "w").write("".join(line + "\n" for line in wanted))
PYTHON
if [ -s "$folder/libraries.txt" ]; then
    say "Fetching NVIDIA's libraries"
    # Python will not use that torch, so that what else it asks for may be missing.
    "$python" -m pip install --quiet --no-warn-conflicts --requirement "$folder/libraries.txt"
fi

libtorch=$("$python" -c 'import importlib.util as u; print(u.find_spec("torch").submodule_search_locations[0])')
say "Building against $("$python" -m pip list --format=freeze 2>/dev/null | grep '^torch==') in $folder/test"
configure "$folder/test" --preset test -DMANIERA_LIBTORCH="$libtorch"
cmake --build "$folder/test" --target core_tests bench maniera >&2
"$folder/test/bin/maniera" devices
"$folder/test/bin/core_tests" --gtest_brief=1
# Those alone once more, in full: which ran, and why others did not.
"$folder/test/bin/core_tests" --gtest_filter='Gpu.*'
