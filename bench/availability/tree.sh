# tree.sh: the web server of this folder, original and rewritten. Sourced, in the root of the repository.
#
# availability_tree NAME...: makes the programs NAME of the Makefile in $work/source/availability and in
# $work/copy/availability, and the load generator, $work/load. $change, if set, is a command that is run
# on the source, in its folder, before. Output of loom-rewrite: $work/rewrite.log.
availability_tree() {
    mkdir -p "$work/source"
    cp -a corpus/apache-25520 corpus/common bench/availability "$work/source"
    [ -z "${change:-}" ] || (cd "$work/source/availability" && eval "$change")
    "$build/loom-rewrite" "$work/source" "$work/copy" -- -pthread -I"$work/source/apache-25520" \
        >"$work/rewrite.log" 2>&1 || return
    make -s -C "$work/copy/availability" "$@" && make -s -C "$work/source/availability" "$@" &&
        ${CC:-cc} -O2 -o "$work/load" bench/availability/load.c
}
