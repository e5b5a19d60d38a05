#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fuzz.sh FOLDER SECONDS NAME SOURCE...: builds tests/fuzz/NAME_fuzz.c or .cpp with these sources
# (from the repository's root) under the sanitizers in FOLDER and feeds it for so long, from a fixed
# seed, beginning with the files of seeds/NAME or, where there are none, with the conversations of
# tests/protocol and with what once broke something, in seeds/. What made it fail is left in FOLDER;
# FUZZ_SEED sets another seed.
cd "$(dirname "$0")/../.." || exit 1
if ! echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
    clang -x c -fsanitize=fuzzer,address - -o /dev/null 2>/dev/null; then
    echo 'skipped: there is no clang with libFuzzer (packages clang and libclang-rt-dev)'
    exit 77
fi
folder=$1 seconds=$2 name=$3
shift 3
rm -rf "$folder/corpus" "$folder/objects"
mkdir -p "$folder/corpus" "$folder/objects"
# Both ends' lines: either is worth starting from. The first byte is the fuzz test's own: in pieces of a
# few bytes and, for the client, without a hello of the fuzz test, for a second one ends a conversation.
if [ -d "tests/fuzz/seeds/$name" ]; then
    cp "tests/fuzz/seeds/$name"/* "$folder/corpus"
else
    for transcript in tests/protocol/*.jsonl tests/fuzz/seeds/*.jsonl; do
        { printf 6 && sed -n 's/^[<>] //p' "$transcript"; } >"$folder/corpus/$(basename "$transcript")"
    done
fi
flags=(-g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I.
    '-DMANIERA_VERSION="fuzz"')
includes=() libraries=()
if [ -e "tests/fuzz/${name}_fuzz.c" ]; then
    read -ra includes <<<"$(pkg-config --cflags json-glib-1.0 gio-unix-2.0)"
    read -ra libraries <<<"$(pkg-config --libs json-glib-1.0 gio-unix-2.0)"
elif [ "$name" = readers ]; then
    read -ra includes <<<"$(pkg-config --cflags opencv4)"
    libraries=(-lopencv_imgproc -lopencv_core -lcrypto)
fi
objects=()
ccache=$(command -v ccache) # the same source need not be compiled once more
for source in "tests/fuzz/${name}_fuzz".c* "$@"; do
    object=$folder/objects/$(basename "$source").o
    case $source in
    *.c) $ccache clang -std=gnu11 "${flags[@]}" "${includes[@]}" -c "$source" -o "$object" || exit 1 ;;
    *) $ccache clang++ -std=c++17 "${flags[@]}" "${includes[@]}" -c "$source" -o "$object" || exit 1 ;;
    esac
    objects+=("$object")
done
clang++ "${flags[@]}" "${objects[@]}" -o "$folder/$name" "${libraries[@]}" -lm || exit 1
# libFuzzer's own status for a finding is 77, which CTest would take for a skipped test.
# GLib's own allocator would hide what is read too late. Leaks are looked for by plugin_tests: json-glib
# 1.6 has its own at texts that are no JSON, and telling whose a leak is makes this ten times slower.
ASAN_OPTIONS=detect_leaks=0 G_SLICE=always-malloc exec "$folder/$name" \
    -seed="${FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=20 -error_exitcode=1 \
    -detect_leaks=0 -max_len=4096 -len_control=20 -rss_limit_mb=2048 -dict="tests/fuzz/$name.dict" \
    -artifact_prefix="$folder/" -verbosity=0 -print_final_stats=1 "$folder/corpus"
