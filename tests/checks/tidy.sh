#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tidy.sh [BUILD [FILE...]]: clang-tidy finds nothing, by .clang-tidy, in these files or in all that
# BUILD (build/test) compiles of core, helper and plugin. By hand and in CI: it takes half an hour.
cd "$(dirname "$0")/../.." || exit 1
build=${1:-build/test}
shift
command -v clang-tidy >/dev/null || { echo 'skipped: there is no clang-tidy'; exit 77; }
[ -f "$build/compile_commands.json" ] || { echo "$build has no compile_commands.json; run cmake there"; exit 1; }
if [ $# = 0 ]; then
    mapfile -t files < <(grep -oE '"file": "[^"]*' "$build/compile_commands.json" | cut -d'"' -f4 |
        grep -E "^$PWD/(core|helper|plugin)/" | sort -u)
    set -- "${files[@]}"
fi
# GCC's own flags are not clang's.
printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$build" --quiet \
    --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-unused-command-line-argument
