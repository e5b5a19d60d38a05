#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# coverage.sh [BINARY...]: builds with gcov's counters in build/coverage, runs these test binaries (or
# the quick unit tests), and writes which share of each source file's lines they reached to
# build/coverage/coverage.txt, least first.
. "$(dirname "$0")/../../install/common.sh"

folder="$root/build/coverage"
tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=(core_tests helper_tests plugin_tests)
install_packages build import test gimp
[ -f "$folder/build.ninja" ] || configure "$folder" --preset test -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_C_FLAGS='--coverage -O1' -DCMAKE_CXX_FLAGS='--coverage -O1' -DCMAKE_EXE_LINKER_FLAGS=--coverage
cmake --build "$folder" --target "${tests[@]}" >&2
find "$folder" -name '*.gcda' -delete
for binary in "${tests[@]}"; do
    say "$binary in ${folder#"$root/"}"
    "$folder/bin/$binary" --gtest_brief=1
done
mkdir -p "$folder/gcov"
# gcov says of each source "File 'PATH'" and then "Lines executed:P% of N"; one that several objects
# include is said again, and counts with its best.
(cd "$folder/gcov" && find "$folder" -name '*.gcda' -print0 | xargs -0 gcov --no-output 2>/dev/null) |
    awk -v root="$root/" -F"[':% ]+" '
        /^File / { file = $2; next }
        /^Lines executed/ && index(file, root) == 1 {
            name = substr(file, length(root) + 1)
            if (name !~ /^(core|helper|plugin)\//) next
            if (!(name in share) || $3 > share[name]) { share[name] = $3; lines[name] = $5 }
        }
        END {
            for (name in share) {
                printf "%6.1f %% of %5d  %s\n", share[name], lines[name], name
                all += lines[name]; reached += share[name] * lines[name]
            }
            printf "%6.1f %% of %5d  all\n", all ? reached / all : 0, all
        }' | sort -n >"$folder/coverage.txt"
cat "$folder/coverage.txt"
