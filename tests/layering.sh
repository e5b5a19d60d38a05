#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may know whom: includes per folder, as HACKING.md has them.
cd "$(dirname "$0")/.." || exit 1
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
forbid 'JSON in core is for manifests alone' 'nlohmann' $(ls core/* | grep -v '^core/model.cpp$')
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
exit $bad
