#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Generates the parser of the filter language from grammar.js.
#
#   regenerate.sh            writes grammar/src; gets the tool first, if it is missing
#   regenerate.sh --check    exit 0: grammar/src is up to date, 1: it is not, 77: no tool at hand
#   regenerate.sh --test     runs the grammar's own corpus (grammar/test/corpus) with the tool
#
# The tool is tree-sitter's command line (0.22 or later; ABI 14 is what Debian 12's library reads).
# It is taken from $LOOM_TREE_SITTER, from PATH, or from $LOOM_TOOLS/tree-sitter (default
# build/tools/tree-sitter), where it is unpacked from Debian 13 with an apt configuration of its
# own: nothing is installed. `generate` writes bindings and more beside the parser, so it works in a
# scratch folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tools=${LOOM_TOOLS:-$here/../build/tools}/tree-sitter

find_tool() { # the tool's command line: $tool
    if [ -n "${LOOM_TREE_SITTER:-}" ]; then
        tool=$LOOM_TREE_SITTER
    elif command -v tree-sitter >/dev/null 2>&1; then
        tool=tree-sitter
    elif [ -x "$tools/root/usr/bin/tree-sitter" ]; then
        lib=$tools/root/usr/lib/x86_64-linux-gnu
        tool="$tools/root/usr/lib64/ld-linux-x86-64.so.2 --library-path $lib $tools/root/usr/bin/tree-sitter"
    else
        return 1
    fi
}

fetch_tool() {
    mkdir -p "$tools/lists/partial" "$tools/cache/archives/partial" "$tools/parts"
    cd "$tools"
    mirror=$(sed -n 's|^URIs: *\(http[^ ]*/debian\)/* *$|\1|p; s|^deb .*\(http[^ ]*/debian\)/* .*|\1|p' \
        /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
    cat >parts/trixie.sources <<END
Types: deb
URIs: ${mirror:-http://deb.debian.org/debian}
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
    set -- -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$PWD/parts" \
        -o "Dir::State::Lists=$PWD/lists" -o "Dir::Cache=$PWD/cache" \
        -o Dir::State::status=/dev/null -o APT::Sandbox::User=root
    apt-get "$@" -qq update
    apt-get "$@" -qq download tree-sitter-cli libc6 libgcc-s1
    for package in *.deb; do dpkg -x "$package" root; done
    rm -rf lists cache ./*.deb
    cd "$here"
}

generate() { # into the folder $1
    cp "$here/grammar.js" "$1"
    (cd "$1" && $tool generate --abi 14)
}

mode=${1:-write}
if ! find_tool; then
    if [ "$mode" = write ]; then fetch_tool; fi
    if ! find_tool; then
        echo "regenerate.sh: no tree-sitter at hand" >&2
        exit 77
    fi
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
generate "$scratch"
case $mode in
--check)
    for file in parser.c grammar.json node-types.json; do
        cmp "$scratch/src/$file" "$here/src/$file" || exit 1
    done
    ;;
--test)
    mkdir -p "$scratch/test"
    cp -r "$here/test/corpus" "$scratch/test"
    (cd "$scratch" && $tool test)
    ;;
*)
    mkdir -p "$here/src/tree_sitter"
    cp "$scratch/src/parser.c" "$scratch/src/grammar.json" "$scratch/src/node-types.json" "$here/src"
    cp "$scratch"/src/tree_sitter/*.h "$here/src/tree_sitter"
    ;;
esac
