#!/bin/sh
# What a filter costs once it is in force, and after it is gone: bench/installed.sh [ROUNDS]      (5)
#
# Per program and work, interleaved, gcc -O2, CPU time as a ratio to the original of the same round:
#
#   idle      rewritten, no filter
#   hot       with a filter on a function that this work calls all the time
#   cold      with a filter on a function that it does not call, or hardly
#   removed   the filter of `hot` was in force, and was removed before the work began
#
# Only flagged functions have slots to look at, so `cold` and `removed` must be what `idle` is. Nobody
# waits: one thread works, or all that enter are let in one after the other (memcached, 4 threads).
# Into build/bench: installed.runs (see
# bench/run), installed.txt. What single operations cost: bench/operations.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${LOOM_BUILD:-$PWD/build}
work=$build/bench
rounds=${1:-5}
programs=${BENCH_PROGRAMS:-lua sqlite memcached}
. bench/build.sh
. bench/compute.sh
. bench/server.sh
runs=$work/installed.runs
compiler=gcc opt=-O2
trap 'stop_servers; rm -f "$work/go"' EXIT
trap 'exit 1' INT TERM

# filters_of PROGRAM WORK: sets hot and cold
filters_of() {
    case "$1 $2" in
    'lua calls') hot='luaD_precall <> self' cold='luaB_cocreate <> self' ;;
    'lua strings') hot='match <> self' cold='luaB_cocreate <> self' ;;
    sqlite*) hot='sqlite3BtreeInsert <> self' cold='sqlite3_backup_init <> self' ;;
    memcached*) hot='item_get <> self' cold='slabs_reassign <> self' ;;
    esac
}

# put STATE PID: brings the process into it
put() {
    case $1 in
    hot | removed) filter=$hot ;;
    cold) filter=$cold ;;
    *) return 0 ;;
    esac
    "$build/loom-pipe" -e "$filter" "$2" >"$work/said" 2>&1 || { cat "$work/said" >&2; return 1; }
    [ "$1" != removed ] || "$build/loom-pipe" --remove all "$2" >"$work/said" 2>&1
}

# compute WORK STATE ROUND: the program waits in front of its main until it is in that state
compute() {
    case $2 in original) file=$(program_of original '') ;; *) file=$(program_of loom '') ;; esac
    rm -f "$work/cpu" "$work/go"
    mkfifo "$work/go"
    # shellcheck disable=SC2046
    BENCH_CPU=$work/cpu BENCH_GO=$work/go "$file" $(arguments "$1") <"$(input "$1")" >/dev/null 2>"$work/errors" &
    pid=$!
    exec 3>"$work/go"
    put "$2" "$pid" || { kill $pid; return 1; }
    echo go >&3
    exec 3>&-
    wait $pid || { cat "$work/errors" >&2; return 1; }
    note "$1" "$2" cpu '' "$3" "$(awk '{ print $1 + $2 }' "$work/cpu")"
}

states='original idle hot cold removed'
measure() {
    filters_of "$name" "$1"
    if [ "$kind" = server ]; then
        start original '' "$1" && start loom '' "$1" || return 1
        pid_of_loom=$pid_of_loom_1
        for state in idle hot cold removed; do
            eval "pid_of_${state}_1=$pid_of_loom port_of_${state}_1=$port_of_loom_1"
        done
        load_once "$1" original '' 0 20000 && load_once "$1" idle '' 0 20000
    fi
    for round in $(seq "$rounds"); do
        for state in $states; do
            if [ "$kind" = compute ]; then compute "$1" $state "$round" || return 1; continue; fi
            put $state "$pid_of_loom" && load_once "$1" $state '' "$round" 20000 || return 1
            case $state in hot | cold) "$build/loom-pipe" --remove all "$pid_of_loom" >"$work/said" ;; esac
        done
    done
    stop_servers
}

rm -f "$runs"
for name in $programs; do
    load "$name"
    make_source && make_variant original gcc -O2 && make_variant loom gcc -O2 || exit 1
    case $name in lua) works='calls strings' ;; memcached) works=4 ;; esac
    size=time
    for one in $works; do measure "$one" || { echo "bench: $name $one failed" >&2; exit 1; }; done
done
sed -i '/ 0 [^ ]*$/d' "$runs" # what warmed
awk -f bench/ratios.awk "$runs" >"$work/installed.ratios"
awk '
    $6 == "cpu" && $5 != "original" {
        f = $1 " " $2
        if (!(f in seen)) row[++rows] = f
        seen[f] = 1
        cell[f, $5] = $7
        base[f] = $11
    }
    END {
        print "Installed cost: CPU time, ratio to the original in the same round, median"
        printf "%-20s %8s %8s %8s %8s\n", "", "idle", "hot", "cold", "removed"
        for (i = 1; i <= rows; i++)
            printf "%-20s %8.3f %8.3f %8.3f %8.3f\n", row[i], cell[row[i], "idle"], cell[row[i], "hot"],
                cell[row[i], "cold"], cell[row[i], "removed"]
    }' "$work/installed.ratios" | tee "$work/installed.txt"
