# To be sourced by bench/run and tests/golden/instructions.sh: builds of programs, cached.
#
#   $work/NAME/source              configured, with compile_commands.json; never built in place again
#   $work/NAME/loom, osdi          what loom-rewrite made of it
#   $work/NAME/bin/CC-OPT-VARIANT  the linked program in three layouts: program, program.2, program.3
#
# A build is made again when its sources, its description, its compiler or its flags changed; the
# rewritten sources are compared by content, so a loom-rewrite that writes the same costs no build.
#
# Variants: original; loom; control (a copy of the original's file); and the peers: finstrument,
# xray, tsan, osdi (valgrind runs the original).
# Needs: build, work.

cc=$PWD/bench/cc

# load NAME: its description, see bench/program/lua.bench
load() {
    name=$1 kind=compute package='' skip_patches='' own='' product='' also='' works=''
    fetch() {
        if [ -n "$own" ]; then cp -r "$own" "$1"; else
            SKIP_PATCHES=$skip_patches tests/support/debian-source "$package" "$1"
        fi
    }
    prepare() { :; }
    input() { echo /dev/null; }
    result() { cat; }
    . "bench/program/$name.bench"
    home=$work/$name
}

# sum FILE...: one line for their content
sum() { cat "$@" | cksum; }
code_sum() { cat "$@" | gcc -fpreprocessed -E -P -x c - | cksum; } # of C files, without comments
# What loom-rewrite keeps for its next run is none of the program's.
sum_tree() { (cd "$1" && find . -path ./.loom/facts -prune -o -type f ! -name '*.log' -print0 | LC_ALL=C sort -z | xargs -0 cksum | cksum); }

# text N: prints the name of a file with N * 100 kB of the program's own sources
text() {
    draft=$home/text.$1.$$ # several counts want it at once
    [ -s "$home/text.$1" ] || {
        find "$home/source" -name '*.[ch]' -o -name '*.po' -o -name ChangeLog | LC_ALL=C sort |
            xargs cat >"$draft"
        while [ "$(stat -c %s "$draft")" -lt $(($1 * 100000)) ]; do
            cat "$draft" "$draft" >"$draft.twice"
            mv "$draft.twice" "$draft"
        done
        head -c $(($1 * 100000)) "$draft" >"$draft.cut"
        mv "$draft.cut" "$home/text.$1"
        rm "$draft"
    }
    echo "$home/text.$1"
}
# packed N ARGUMENT...: the same, as the original packs it with these arguments
packed() {
    packed=$(text "$1").packed
    shift
    [ -s "$packed" ] || "$home/bin/gcc-O2-original/program" "$@" <"${packed%.packed}" >"$packed"
    echo "$packed"
}

# quietly LOG COMMAND...: shows the end of what it said if it fails
quietly() {
    log=$1
    shift
    "$@" >"$log" 2>&1 && return
    echo "bench: $name: '$1' failed; the end of $log:" >&2
    tail -n 15 "$log" >&2
    return 1
}

# in_tree FOLDER FUNCTION: with -e, which an `if` around would take away
in_tree() { sh -eu -c 'prepare() { :; }; cd "$1"; . "$2"; $3' sh "$1" "$PWD/bench/program/$name.bench" "$2"; }

# how_built: what a description says of that
how_built() {
    bash -c '. "$1"; echo "$package $skip_patches $own $product $also"; declare -f prepare compile' \
        sh "bench/program/$name.bench"
}

# make_source: fetches, configures and builds once; this build says how files are compiled
make_source() {
    key="$(how_built | cksum) $(sum bench/cc ${own:+$own/*})"
    [ "$(cat "$home/source.key" 2>/dev/null)" != "$key" ] || return 0
    echo "  $name: source"
    rm -rf "$home"
    mkdir -p "$home/db" "$home/bin"
    quietly "$home/fetch.log" fetch "$home/source" || return 1
    export CC="$cc"
    BENCH_OPT='' BENCH_CC=gcc quietly "$home/prepare.log" in_tree "$home/source" prepare || return 1
    BENCH_OPT=-O2 BENCH_CC=gcc BENCH_DB=$home/db \
        quietly "$home/compile.log" in_tree "$home/source" compile || return 1
    { echo '['; cat "$home"/db/*.json; echo '{}]'; } | sed 'N;$!P;$!D;s/,\n{}]/\n]/' \
        >"$home/source/compile_commands.json"
    # What was linked or archived must be made again.
    find "$home/source" '(' -name '*.o' -o -name '*.lo' -o -name '*.a' -o -name '*.la' -o -name '*.so*' \
        ')' -type f -delete
    rm -f "$home/source/$product"
    sum_tree "$home/source" >"$home/source.sum"
    echo "$key" >"$home/source.key"
}

# rewrite FROM TO OPTION...: also says in TO.sum what came out; TO is as it was if that is the same
rewrite() {
    from=$1 to=$2
    shift 2
    key="$(sum "$build/loom-rewrite" "$build/slot.h" "$build/slot_call.h" "$build/slot_emit.h" bench/peer/loom-osdi/slot.h) \
$(sum_tree "$from") $*"
    [ "$(cat "$to.key" 2>/dev/null)" != "$key" ] || return 0
    rm -rf "$to.next"
    quietly "$to.log" "$build/loom-rewrite" "$from" "$to.next" "$@" || return 1
    case $to in
    *osdi) # the original's scheme: the same macros with its meaning
        mv "$to.next/.loom/slot.h" "$to.next/.loom/slot_loom.h"
        cp bench/peer/loom-osdi/slot.h "$to.next/.loom/slot.h"
        ;;
    esac
    sum_tree "$to.next" >"$to.next.sum"
    if cmp -s "$to.next.sum" "$to.sum" && [ -d "$to" ]; then rm -rf "$to.next" "$to.next.sum"; else
        rm -rf "$to"
        mv "$to.next" "$to"
        mv "$to.next.sum" "$to.sum"
    fi
    echo "$key" >"$to.key"
}

# meter_of TREE: the folder with the meter's source for that tree
meter_of() {
    mkdir -p "$work/meter/source"
    cmp -s bench/meter.c "$work/meter/source/meter.c" || cp bench/meter.c "$work/meter/source"
    case $1 in
    loom) rewrite "$work/meter/source" "$work/meter/loom" -- -pthread ;;
    osdi) rewrite "$work/meter/source" "$work/meter/osdi" --poll-all-loops -- -pthread ;;
    esac
}

# flags_of VARIANT
flags_of() {
    case $1 in
    finstrument) echo -finstrument-functions ;;
    xray) echo -fxray-instrument -fxray-instruction-threshold=1 ;;
    tsan) echo -fsanitize=thread -Wno-tsan ;;
    esac
}

# make_variant VARIANT COMPILER OPT; with the original comes the control
make_variant() {
    build_variant "$@" || return 1
    [ "$1" = original ] || return 0
    control=$home/bin/$2$3-control
    mkdir -p "$control"
    for file in "$bin"/program*; do
        cmp -s "$file" "$control/$(basename "$file")" || cp "$file" "$control" || return 1
    done
}

# build_variant VARIANT COMPILER OPT: leaves it in $bin
build_variant() {
    bin=$home/bin/$2$3-$1
    tree=source
    case $1 in loom | osdi) tree=$1 ;; esac
    case $tree in
    loom) rewrite "$home/source" "$home/loom" -j 2 || return 1 ;;
    osdi) rewrite "$home/source" "$home/osdi" -j 2 --poll-all-loops || return 1 ;;
    esac
    meter_of $tree || return 1
    flags=$(flags_of "$1")
    key="$(cat "$home/source.key" "$home/$tree.sum" "$work/meter/$tree.sum" 2>/dev/null) $flags \
$(code_sum bench/meter.c bench/peer/hooks.c) $("$2" --version | head -n 1)"
    [ "$(cat "$bin/key" 2>/dev/null)" != "$key" ] || return 0
    echo "  $name: $2 $3 $1"
    rm -rf "$bin"
    mkdir -p "$bin"
    cp -a "$home/$tree" "$bin/tree"
    (
        export CC="$cc" BENCH_CC="$2" BENCH_OPT="$3" BENCH_FLAGS="$flags"
        quietly "$bin/meter.log" make_meter "$work/meter/$tree/meter.c" "$bin/meter" || exit 1
        export BENCH_METER="$bin/meter/meter.o $bin/meter/hooks.o" BENCH_PRODUCTS="$(basename "$product")"
        quietly "$bin/log" in_tree "$bin/tree" compile
    ) || return 1
    for layout in '' .2 .3; do
        cp "$bin/tree/$product$layout" "$bin/program$layout" || return 1
    done
    for file in $also; do cp "$bin/tree/$file" "$bin"; done
    rm -rf "$bin/tree"
    echo "$key" >"$bin/key"
}

# make_meter SOURCE FOLDER: the objects that the layouts need
make_meter() {
    mkdir -p "$2"
    $CC -O2 -c "$1" -o "$2/meter.o" &&
        BENCH_FLAGS='' $CC -O2 -c bench/peer/hooks.c -o "$2/hooks.o" &&
        for pad in 2:1040 3:2096; do
            printf '.text\n.skip %s, 0xcc\n.section .note.GNU-stack,"",@progbits\n' "${pad#*:}" |
                gcc -c -x assembler - -o "$2/pad${pad%:*}.o" || return 1
        done
}
