# To be sourced by bench/run: programs that compute. CPU time by bench/meter.c, instructions by callgrind.

runs=$work/runs

# fail TEXT: what is missing in the table at the end; the rest is measured
fail() { echo "bench: $*" | tee -a "$work/failed" >&2; }

# present VARIANT...: sets `variants` to those that are built; fails without an original
present() {
    variants=
    for variant in "$@"; do
        if [ -x "$(program_of "$variant" '')" ]; then variants="$variants $variant"; else
            fail "$name: $compiler $opt $variant is not there"
        fi
    done
    case $variants in ' original '*) ;; *) return 1 ;; esac
}

# environment LAYOUT: bytes of environment, which move the stack
environment() {
    case $1 in .2) printf '%01000d' 0 ;; .3) printf '%03000d' 0 ;; esac
}

# note WORK VARIANT MEASURE LAYOUT ROUND VALUE: a line in runs, for $name, $compiler, $opt
note() { echo "$name $1 $compiler $opt $2 $3 ${4:-.1} $5 $6" >>"$runs"; }

program_of() { # program_of VARIANT LAYOUT
    case $1 in
    valgrind) echo "$home/bin/$compiler$opt-original/program$2" ;;
    *) echo "$home/bin/$compiler$opt-$1/program$2" ;;
    esac
}

# run_once WORK VARIANT LAYOUT ROUND
run_once() {
    runner=
    [ "$2" != valgrind ] || runner='valgrind -q --tool=none'
    rm -f "$work/cpu"
    # shellcheck disable=SC2046
    PAD=$(environment "$3") BENCH_CPU=$work/cpu $runner "$(program_of "$2" "$3")" $(arguments "$1") \
        <"$standard_input" >"$work/output" 2>"$work/errors" ||
        { fail "$name $1: $2 failed: $(tail -n 3 "$work/errors")"; return 0; }
    note "$1" "$2" cpu "$3" "$4" "$(awk '{ print $1 + $2 }' "$work/cpu")"
}

# time_program LAYOUTS ROUND VARIANT...: each work of the loaded program once per layout and variant
time_program() {
    layouts=$1 round=$2
    shift 2
    present "$@" || return 0
    # shellcheck disable=SC2086
    set -- $variants
    size=time
    backwards=
    for variant in "$@"; do backwards="$variant $backwards"; done
    for one in $works; do
        standard_input=$(input "$one")
        for layout in $layouts; do
            [ "$layout" != .1 ] || layout=
            order="$*"
            [ $((round % 2)) -eq 1 ] || order=$backwards
            for variant in $order; do run_once "$one" "$variant" "$layout" "$round" || return 1; done
        done
    done
}

# ---- instructions ----------------------------------------------------------------------------------

# count_all VARIANT COMPILER OPT: leaves the counts of the loaded program's works beside it. They are the
# same each time, so they are taken again only for another program or runtime. The outputs must be the
# original's.
count_all() {
    [ "$kind" = compute ] || return 0
    compiler=$2 opt=$3 size=${size:-count}
    file=$(program_of "$1" '') counts=$home/bin/$2$3-$1/counts-$size
    runtime=
    case $1 in loom) runtime=$build/libloom-rt.so.1 ;; esac
    key=$(sum "$file" "bench/program/$name.bench" $runtime)
    [ "$(sed -n 's/^key //p' "$counts" 2>/dev/null)" != "$key" ] || return 0
    rm -f "$counts.next"
    strip -g -o "$counts.program" "$file" # valgrind 3.19 cannot read what clang-19 says for debuggers
    for one in $works; do
        # shellcheck disable=SC2046
        valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file=/dev/null "$counts.program" \
            $(arguments "$one") <"$(input "$one")" 2>"$counts.said" | result | cksum >"$counts.output"
        seen=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$counts.said")
        if [ "${seen:-0}" -eq 0 ]; then
            echo "bench: $name $one, $*: nothing counted: $(tail -n 3 "$counts.said")" >&2
            return 1
        fi
        echo "$one $seen $(tr ' ' ':' <"$counts.output")" >>"$counts.next"
    done
    echo "key $key" >>"$counts.next"
    rm -f "$counts.said" "$counts.output" "$counts.program"
    mv "$counts.next" "$counts"
}

# add_counts: what was counted of all builds, into runs
add_counts() {
    builds | while read -r name compiler opt variant; do
        counts=$work/$name/bin/$compiler$opt-$variant/counts-count
        [ -s "$counts" ] || continue
        grep -v '^key' "$counts" | while read -r one seen output; do
            note "$one" "$variant" instructions '' 0 "$seen"
            [ "$variant" != original ] || note "$one" control instructions '' 0 "$seen"
            grep -q "^$one [0-9]* $output\$" "$work/$name/bin/gcc-O2-original/counts-count" ||
                fail "$name $one: the output of $compiler $opt $variant is not the original's"
        done
    done
}
