# SPDX-License-Identifier: GPL-3.0-or-later
# What build.sh, demo.sh and test.sh share. To be sourced; leaves the working directory alone.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
libtorch=""

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "packages are missing and cannot be installed: run this as root, or install sudo."
    fi
}

# may_mount: whether as_root would work without a question, and mount things where nobody else sees
# them.
may_mount() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || return
    as_root unshare --mount --pid --fork --propagation private mount -t tmpfs tmpfs /mnt 2>/dev/null
}

# gimp_offered: gimp2 or gimp3, whichever plug-in API this system's apt has; else nothing.
gimp_offered() {
    local purpose
    for purpose in gimp3 gimp2; do
        apt-cache show "$(package_names $purpose | grep libgimp)" >/dev/null 2>&1 || continue
        echo $purpose
        return
    done
}

# package_names PURPOSE...: what packages.txt names for them; `gimp` is the GIMP that apt has.
package_names() {
    local purposes=" $* "
    case $purposes in *" gimp "*) purposes="$purposes$(gimp_offered) " ;; esac
    awk -v purposes="$purposes" '$1 !~ /^#/ && index(purposes, " " $2 " ") {print $1}' \
        "$root/install/packages.txt"
}

# install_packages PURPOSE...: those of packages.txt that are missing.
install_packages() {
    command -v dpkg-query >/dev/null ||
        die "this is no Debian; install what install/packages.txt names, then use cmake --preset release."
    local name have wanted=() missing=()
    case " $* " in
    *" gimp "*) [ -n "$(gimp_offered)" ] || as_root apt-get update -qq ;; # a new system's apt knows nothing
    esac
    mapfile -t wanted < <(package_names "$@")
    have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
    for name in "${wanted[@]}"; do
        [ "$name" = libtorch-dev ] && [ -n "$libtorch" ] && continue
        grep -qx "installed $name" <<<"$have" || missing+=("$name")
    done
    [ ${#missing[@]} = 0 ] && return
    say "Installing: ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# build_folder PRESET
build_folder() {
    case $1 in release) echo "$root/build" ;; *) echo "$root/build/$1" ;; esac
}

# forget_other_system FOLDER: what CMake and Ninja know there, when another compiler than this system's
# was asked: after an upgrade of Debian, or where two systems share a folder, nothing of it is true.
forget_other_system() {
    local folder=$1 about compiler version
    about=$(cat "$folder"/CMakeFiles/*/CMakeCXXCompiler.cmake 2>/dev/null) || return 0
    compiler=$(sed -n 's/^set(CMAKE_CXX_COMPILER "\(.*\)")$/\1/p' <<<"$about")
    version=$(sed -n 's/^set(CMAKE_CXX_COMPILER_VERSION "\(.*\)")$/\1/p' <<<"$about")
    if ! "$compiler" --version 2>/dev/null | grep -qwF -- "$version"; then
        say "Starting anew in ${folder#"$root/"}: it was configured for another compiler, $compiler $version."
        # Without its log Ninja builds everything.
        rm -rf "$folder"/{CMakeCache.txt,CMakeFiles,build.ninja,.ninja_log,.ninja_deps}
    fi
}

# configure FOLDER [ARGUMENT...]: CMake makes it a build folder, or ends with what it complained of.
configure() {
    local folder=$1
    shift
    mkdir -p "$folder"
    (cd "$root" && cmake -B "$folder" "$@") >"$folder/configure.log" 2>&1 ||
        { tail -n 30 "$folder/configure.log" >&2; die "cmake failed; see $folder/configure.log."; }
}

# build PRESET [TARGET...]: configures where needed and builds. A build folder stays with the LibTorch
# it was made with.
build() {
    local preset=$1 folder
    shift
    folder=$(build_folder "$preset")
    forget_other_system "$folder"
    if [ ! -f "$folder/build.ninja" ] || [ -n "$libtorch" ]; then
        configure "$folder" --preset "$preset" ${libtorch:+"-DMANIERA_LIBTORCH=$libtorch"}
    fi
    cmake --build "$folder" ${*:+--target "$@"} >&2
}

# fetch_model PROGRAM: the default model, unless the program finds a good one already.
fetch_model() {
    "$1" models verify vgg16 >/dev/null 2>&1 ||
        "$root/install/tools/import-model" --fetch >&2
}

# take_libtorch "$@": handles --libtorch DIR and leaves the rest in `rest`.
take_libtorch() {
    rest=()
    while [ $# -gt 0 ]; do
        case $1 in
        --libtorch)
            [ $# -ge 2 ] && [ -d "$2" ] || die "--libtorch wants the folder of a LibTorch."
            libtorch=$(cd "$2" && pwd)
            shift 2
            ;;
        *)
            rest+=("$1")
            shift
            ;;
        esac
    done
}

unit_tests=(core_tests helper_tests serve_tests plugin_tests plugin_host_tests)

# take_blas_kernel FOLDER: for tests that compute in their own process, the kernels of OpenBLAS that the
# program built there starts with; its own choice may be several times slower.
take_blas_kernel() {
    local kernel
    kernel=$("$1/bin/maniera" devices --verbose | sed -n 's/^OpenBLAS .*, kernels: //p')
    if [ -n "$kernel" ]; then export OPENBLAS_CORETYPE=$kernel; fi
}

# Minutes each under sanitizers or at half speed, and others pass through the same code: they run once,
# in the plain build of this system, and not in --quick.
long_core_tests=(
    RankStylize.PaintsThePictureOfOneProcess
    RankStylize.GoesOnWithOtherRanks
    RankStylize.SharesMasksOut
    RowPartition.PaintThePictureOfOneProcess
    RowPartition.SeeTheSameBitsInTheSameTiles
    ObjectiveInTiles.IsThatOfTheWhole
    MeasureInTiles.IsThatOfTheWholeWithTheRealModel
    MeasureWithTheRealModel.AgreesWithTheReferenceInBfloat16
    MeasureWithTheRealModel.AgreesWithTheReference
    RankStylize.AbandonsTheStepOfAllRanks
    RankStylize.MakesTheTileOfOneProcess
    Session.PaintsWhatSingleRunsPaint
    Stylize.GoesOnInSmallerTilesWhereMemoryIsShort
)

# without_long_tests PROGRAM: core_tests' filter that leaves them out. A name that no test has would
# leave nothing out, and nobody would notice.
without_long_tests() {
    local name known
    known=$("$1" --gtest_list_tests | awk '/^[^ ]/ { suite = $1; next } { print suite $1 }')
    for name in "${long_core_tests[@]}"; do
        grep -qxF "$name" <<<"$known" || die "install/common.sh leaves out $name, which $1 doesn't have."
    done
    (IFS=:; echo "--gtest_filter=-${long_core_tests[*]}")
}

# What test.sh --quick leaves out besides, by the names that ctest has.
slow_tests=(Resume.IsKilledFiftyTimes RankProgram. Communicator. fuzz. golden install. 'gimp.\.(looks|speed)')

# without_slow_tests FOLDER: ctest's pattern that leaves them out; each must be there, as above.
without_slow_tests() {
    local pattern
    for pattern in "${slow_tests[@]}"; do
        ctest --test-dir "$1" --show-only --tests-regex "^$pattern" | grep -q '^Total Tests: [1-9]' ||
            die "install/common.sh leaves out $pattern, which no test in $1 is called."
    done
    (IFS='|'; echo "^(${slow_tests[*]})")
}

# run_tests PROGRAM [ARGUMENT...]: GoogleTest's, two processes at a time, for much of a test keeps one core
# busy; hundreds of processes that all load LibTorch would take minutes more. In eight shares, since tests
# take unlike times: of two shares one went on for minutes alone. Passive, so that threads that wait don't
# spin on a core that the other process could have.
run_tests() {
    say "${1##*/} in ${1%/bin/*}"
    printf '%s\n' 0 1 2 3 4 5 6 7 |
        xargs -P 2 -I {} env OMP_WAIT_POLICY=passive GTEST_TOTAL_SHARDS=8 GTEST_SHARD_INDEX={} "$@" --gtest_brief=1
}

# run_unit_tests FOLDER [without-long]
run_unit_tests() {
    local tests filter
    for tests in "${unit_tests[@]}"; do
        filter=
        if [ "$tests${2:-}" = core_testswithout-long ]; then filter=$(without_long_tests "$1/bin/$tests"); fi
        run_tests "$1/bin/$tests" ${filter:+"$filter"}
    done
}

# run_other_tests FOLDER [CTEST'S OPTIONS...]: three at a time; most wait for programs that they started,
# and two of them leave half a core of two idle.
run_other_tests() {
    local folder=$1
    shift
    ctest --test-dir "$folder" --output-on-failure --parallel 3 \
        --label-exclude "^($(IFS='|'; echo "${unit_tests[*]}"))\$" "$@"
}
