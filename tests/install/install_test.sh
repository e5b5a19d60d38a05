#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `cmake --install`: everything is there, below the prefix alone, and works from there; what software
# centers and flatpak-builder read is valid.
#
#     install_test.sh BUILD    the folder of the build to install
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
fail() { echo "FAILED: $*"; exit 1; }
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT

cmake --install "$1" --prefix "$prefix" >"$prefix/log" || fail "cmake --install left with $?"
outside=$(sed -nE 's/^-- (Installing|Up-to-date): //p' "$prefix/log" | grep -v "^$prefix/" || true)
[ -z "$outside" ] || fail "installed outside of the prefix: $outside"
"$prefix/bin/maniera" --version >/dev/null || fail 'the program does not start from there'
for file in share/maniera/import-model share/doc/maniera/README.md \
    share/icons/hicolor/{16x16,22x22,24x24,32x32,48x48,64x64,128x128,256x256}/apps/maniera.png \
    share/icons/hicolor/scalable/apps/maniera.svg \
    share/icons/hicolor/symbolic/apps/maniera{,-light}-symbolic.svg \
    share/metainfo/org.gimp.GIMP.Plugin.Maniera.metainfo.xml share/man/man1/maniera.1.gz; do
    [ -s "$prefix/$file" ] || fail "$file is missing"
done
manual=$(gzip -dc "$prefix/share/man/man1/maniera.1.gz")
for command in $("$prefix/bin/maniera" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p'); do
    grep -qx "\.B $command" <<<"$manual" || fail "the manual does not tell of $command"
done
for size in 16 22 24 32 48 64 128 256; do
    file "$prefix/share/icons/hicolor/${size}x$size/apps/maniera.png" | grep -q "PNG image data, $size x $size" ||
        fail "the icon of $size pixels is no picture of that size"
done

for plugin in "$1"/plug-ins/*/maniera/maniera; do
    [ -e "$plugin" ] || continue
    count=$(find "$prefix" -path '*/plug-ins/maniera/maniera' -type f -perm -100 | wc -l)
    [ "$count" = "$(ls -d "$1"/plug-ins/*/ | wc -l)" ] || fail 'a plug-in is missing'
    for language in $(grep -v '^#' "$root/po/LINGUAS"); do
        find "$prefix" -path "*/plug-ins/maniera/locale/$language/LC_MESSAGES/maniera.mo" | grep -q . ||
            fail "the plug-in does not speak $language"
    done
    for language in en $(grep -v '^#' "$root/po/LINGUAS"); do
        for file in index.html gimp-help.xml; do
            find "$prefix" -path "*/plug-ins/maniera/help/$language/$file" | grep -q . ||
                fail "the help in $language lacks $file"
        done
    done
done

metainfo="$prefix/share/metainfo/org.gimp.GIMP.Plugin.Maniera.metainfo.xml"
if command -v appstreamcli >/dev/null; then
    # The project has no page in the net; newer versions warn of that, older ones know no such tag.
    said=$(appstreamcli validate --no-net "$metainfo" 2>&1) ||
        said=$(appstreamcli validate --no-net --override=url-homepage-missing=info "$metainfo" 2>&1) ||
        fail "appstreamcli: $said"
    with_page="$prefix/org.gimp.GIMP.Plugin.Maniera.metainfo.xml"
    cmake -DMETAINFO="$with_page" -DMANIERA_HOMEPAGE=https://example.org/maniera \
        -P "$root/install/cmake/metainfo.cmake" || fail 'the metainfo with a web address'
    grep -q '<url type="help">https://example.org/maniera/help/en/index.html</url>' "$with_page" ||
        fail 'the metainfo does not say where the help is'
    said=$(appstreamcli validate --no-net "$with_page" 2>&1) || fail "appstreamcli, with a web address: $said"
else
    echo 'not checked: the metainfo (there is no appstreamcli)'
fi

manifest="$root/install/packaging/flatpak/org.gimp.GIMP.Plugin.Maniera.json"
if command -v flatpak-builder >/dev/null; then
    # Names that it does not know are warnings to it.
    said=$(flatpak-builder --show-manifest "$manifest" 2>&1 >/dev/null) && [ -z "$said" ] ||
        fail "flatpak-builder: $said"
else
    echo 'not checked: the Flatpak manifest (there is no flatpak-builder)'
fi
python3 - "$manifest" <<'CHECK' || fail 'the Flatpak manifest has a source that is not pinned'
import json, re, sys
sources = [s for module in json.load(open(sys.argv[1]))["modules"] for s in module["sources"]]
fetched = [s for s in sources if s["type"] != "dir"]
assert len(fetched) > 5
for source in fetched:
    assert re.fullmatch("sources/[^/]+", source["path"]), source # docs/packaging.md says how it is fetched
    assert re.fullmatch("[0-9a-f]{64}", source["sha256"]), source
CHECK
