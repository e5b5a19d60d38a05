#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every source file is as clang-format 14 leaves it; other versions differ in small things.
cd "$(dirname "$0")/../.." || exit 1
command -v clang-format >/dev/null || { echo 'skipped: there is no clang-format'; exit 77; }
version=$(clang-format --version | grep -oE 'version [0-9]+' | cut -d' ' -f2)
[ "$version" = 14 ] || { echo "skipped: clang-format is $version, and 14 is wanted"; exit 77; }
find core helper plugin tests \( -name "*.[ch]" -o -name "*.cpp" \) -print0 |
    xargs -0 clang-format --dry-run -Werror
