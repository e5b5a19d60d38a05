#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# layering.sh [BUILD]: who may know whom: includes per folder, as CONTRIBUTING.md has them, and the libraries
# that plug-ins built in BUILD need.
build=${1:-}
cd "$(dirname "$0")/../.." || exit 1
bad=0

# forbid WHY PATTERN FILE...: no include in these files matches.
forbid() {
    local why=$1 pattern=$2 found
    shift 2
    found=$(grep -nE "^#include [<\"]($pattern)" "$@" /dev/null)
    if [ -n "$found" ]; then
        printf '%s:\n%s\n' "$why" "$found"
        bad=1
    fi
}

torch='ATen|c10|torch'
forbid 'core knows nothing of the project but itself' 'helper/|plugin/|tests/' core/*
forbid 'core has no GIMP, GLib, picture files, command line or terminal' \
    'lib(gimp|gimpbase|gegl)|gegl|glib|vips|CLI/|termios|sys/ioctl|csignal' core/*
forbid 'JSON in core is for manifests and safetensors alone' 'nlohmann' \
    $(ls core/* | grep -vE '^core/(network/model|base/safetensors)\.cpp$')
forbid 'the option table is plain C' '(torch|ATen|[a-z_]+>$)' core/options.h
forbid 'helper has no tensors' "$torch|opencv2" $(ls helper/*.* | grep -v '^helper/sample')
forbid 'helper knows core' 'plugin/|tests/' helper/*
# Public headers of core: what helper includes.
public=$(grep -ohE '^#include "core/[a-z_]+\.h"' helper/* | grep -oE 'core/[a-z_]+\.h' | sort -u)
forbid 'public headers of core name no torch header' "$torch" $public
if grep -nE '\b(getenv|std::thread|pthread_create|isatty)\b' core/*.cpp core/*.c |
    grep -v hardware_concurrency; then
    echo 'core reads no environment and makes no threads of its own'
    bad=1
fi

# The plug-in.
forbid 'the plug-in has no tensors and no picture files: those are the helper'"'"'s' \
    "$torch|opencv2|vips|lcms2|nlohmann" plugin/*
forbid 'only gimp*.c knows a GIMP' 'libgimp' \
    $(ls plugin/*.[ch] | grep -v '^plugin/gimp')
client=$(tr '\n' ' ' <plugin/CMakeLists.txt | grep -oE 'maniera_client STATIC [^)]*' | grep -oE '[a-z_]+\.c')
[ -n "$client" ] || { echo 'plugin/CMakeLists.txt does not say what maniera_client is'; bad=1; }
forbid 'maniera_client needs neither GIMP nor GTK' 'g[td]k|gegl|babl|lib(gimp|gimpbase)|plugin/host\.h' \
    $(for file in $client; do ls plugin/$file plugin/${file%.c}.h 2>/dev/null; done)
if grep -nE '^#include "(core|helper|tests)/' plugin/* | grep -vE '"(core/options|helper/protocol)\.h"'; then
    echo 'of core the plug-in knows the options, of helper the protocol'
    bad=1
fi
if grep -nE '^ *# *(if|elif).*(GIMP|GTK)_(CHECK_VERSION|M[AI][A-Z]+_VERSION)' $(ls plugin/*.[ch] | grep -v '^plugin/gimp[23]'); then
    echo 'versions are for gimp2*.c and gimp3*.c'
    bad=1
fi
for plugin in "$build"/plug-ins/*/maniera/maniera; do
    [ -x "$plugin" ] || continue
    needed=$(readelf -d "$plugin" | grep NEEDED)
    if grep -E 'lib(torch|c10|opencv|vips|openblas)' <<<"$needed"; then
        echo "$plugin needs libraries that are the helper's"
        bad=1
    fi
    grep -q 'libgimp' <<<"$needed" || { echo "$plugin: readelf tells nothing"; bad=1; }
done
exit $bad
