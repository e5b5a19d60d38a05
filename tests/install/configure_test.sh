#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# configure_test.sh BUILD: a build folder that another system's compiler has made is noticed.
built=$1
. "$(dirname "$0")/../../install/common.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/CMakeFiles" "$folder/bin"
cp -r "$built"/CMakeFiles/[0-9]* "$folder/CMakeFiles"
touch "$folder"/{CMakeCache.txt,build.ninja,.ninja_log,.ninja_deps,bin/kept}
about=("$folder"/CMakeFiles/*/CMakeCXXCompiler.cmake)

# left WHAT: the files that there are.
left() { (cd "$folder" && find . -type f -not -path "./CMakeFiles/*" | sort | tr '\n' ' '); }
all="./.ninja_deps ./.ninja_log ./CMakeCache.txt ./bin/kept ./build.ninja "

forget_other_system "$folder/nothing"
forget_other_system "$folder"
[ "$(left)" = "$all" ] || die "a folder of this system was started anew: $(left)"

sed -i 's/^set(CMAKE_CXX_COMPILER_VERSION "/&9/' "${about[0]}"
said=$(forget_other_system "$folder" 2>&1)
[ "$(left)" = "./bin/kept " ] && [ ! -e "$folder/CMakeFiles" ] ||
    die "a folder of another version was kept: $(left)"
[[ $said == *"Starting anew"* ]] || die "nothing was said: $said"

mkdir -p "$(dirname "${about[0]}")"
printf 'set(CMAKE_CXX_COMPILER "/nowhere/c++")\nset(CMAKE_CXX_COMPILER_VERSION "12.2.0")\n' >"${about[0]}"
touch "$folder/build.ninja"
forget_other_system "$folder"
[ "$(left)" = "./bin/kept " ] || die "a folder of a compiler that is gone was kept: $(left)"
