#!/bin/sh
# Makes docs/region.svg: the demo's filter as --explain --format dot draws it (ninja figures-region).
# Needs graphviz.
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=$build/work/figures
bug=corpus/mozilla-133773
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || :' EXIT
command -v dot >/dev/null || { echo "docs/region.sh: graphviz is missing (apt-get install graphviz)" >&2; exit 1; }

rm -rf "$work"
mkdir -p "$work"
cp -a $bug "$work/original"
"$build/loom-rewrite" "$work/original" "$work/copy" -- -pthread
make -s -C "$work/copy" server
"$work/copy/server" -i 100 -t 60 >/dev/null &
pid=$!
for _ in $(seq 100); do # until it has its second thread
    "$build/loom-pipe" --list "$pid" >/dev/null 2>&1 && break
    sleep 0.05
done
"$build/loom-pipe" --explain --format dot --source "$work/original" -f $bug/filter.loom "$pid" \
    >"$work/region.dot"
dot -Tsvg "$work/region.dot" | sed '/^<!--/d; /^ *-->/d' >docs/region.svg
ls -l docs/region.svg
