# To be sourced by bench/run: in which order what is measured, and for how long.

now() { date +%s; }

# of_kind KIND: the programs of that kind
of_kind() {
    for name in $programs; do
        load "$name"
        [ "$kind" != "$1" ] || echo "$name"
    done
}

# compute_rounds COMPILER OPT LAYOUTS END VARIANT...: all works of all programs, round by round, until END
compute_rounds() {
    compiler=$1 opt=$2 layouts_=$3 end_=$4
    shift 4
    for round_ in $(seq "$rounds"); do
        [ "$round_" -eq 1 ] || [ "$(now)" -lt "$end_" ] || break
        for program in $(of_kind compute); do
            load "$program"
            time_program "$layouts_" "$round_" "$@" || return 1
        done
    done
}

# server_rounds COMPILER OPT LAYOUTS SECONDS REQUESTS VARIANT...: the seconds are shared
server_rounds() {
    compiler=$1 opt=$2 layouts_=$3 seconds_=$4 requests_=$5
    shift 5
    all=0
    for program in $(of_kind server); do
        load "$program"
        for one_ in $works; do all=$((all + 1)); done
    done
    for program in $(of_kind server); do
        load "$program"
        for one_ in $works; do
            time_server "$one_" "$layouts_" "$requests_" "$rounds" $(($(now) + seconds_ / all)) "$@" ||
                return 1
        done
    done
}

# part N: that many per cent of the time
part() { echo $((minutes * 60 * $1 / 100)); }

# measure_all: the first compiler with -O2 has most of the time; the peers are far from 1 and need less
measure_all() {
    rounds=${BENCH_ROUNDS:-40}
    [ -z "$full" ] || rounds=${BENCH_ROUNDS:-10}
    first=yes
    for opt_ in $optimisations; do
        for compiler_ in $compilers; do
            [ $first ] && c=26 s=18 || c=8 s=5
            first=
            compute_rounds "$compiler_" "$opt_" '.1 .2 .3' $(($(now) + $(part $c))) original loom control &&
                server_rounds "$compiler_" "$opt_" '.1 .2 .3' "$(part $s)" 10000 original loom control ||
                return 1
        done
    done
    for peers_ in 'gcc 6 4 original finstrument osdi' 'gcc 0 3 original tsan valgrind' \
        'clang-19 3 2 original xray'; do
        # shellcheck disable=SC2086
        set -- $peers_
        compiler_=$1 c=$2 s=$3
        shift 3
        compute_rounds "$compiler_" -O2 .1 $(($(now) + $(part "$c"))) "$@" &&
            server_rounds "$compiler_" -O2 .1 "$(part "$s")" 4000 "$@" || return 1
    done
}
