# To be sourced by bench/run: programs that serve. CPU time per request, of all their threads, from
# /proc/PID/task/*/schedstat; latency as the load sees it.

servers=
stop_servers() {
    # shellcheck disable=SC2086
    [ -z "$servers" ] || { kill $servers; wait $servers; } 2>/dev/null
    servers=
}

# listens PORT: somebody does, on 127.0.0.1
listens() { grep -q "$(printf ' 0100007F:%04X 00000000:0000 0A' "$1")" /proc/net/tcp; }

# start VARIANT LAYOUT THREADS: sets pid_of_VARIANT_LAYOUT and port_of_VARIANT_LAYOUT
start() {
    runner=
    [ "$1" != valgrind ] || runner='valgrind -q --tool=none'
    for try in 1 2 3 4 5; do
        port=$((20000 + ($$ * 7 + $(date +%N | sed 's/^0*//') + try) % 12000))
        (PAD=$(environment "$2") && export PAD &&
            serve "$runner $(program_of "$1" "$2")" "$port" "$3" >"$work/server.log" 2>&1) &
        pid=$!
        servers="$servers $pid"
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break # the port was taken
            if listens "$port" && request "$port" 70 1 >/dev/null 2>&1; then
                key=$1_$(echo "${2:-.1}" | tr -d .)
                eval "pid_of_$key=$pid port_of_$key=$port"
                return 0
            fi
            sleep 0.1
        done
    done
    fail "$name: $1 does not start: $(tail -n 3 "$work/server.log")"
    return 1
}

cpu_of() { cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%d", sum / 1000 }'; }

# load_once WORK VARIANT LAYOUT ROUND REQUESTS
load_once() {
    key=$2_$(echo "${3:-.1}" | tr -d .)
    eval "pid=\$pid_of_$key port=\$port_of_$key"
    before=$(cpu_of "$pid")
    # shellcheck disable=SC2046
    set -- "$@" $(request "$port" "$5" "$4")
    [ $# -eq 7 ] || { fail "$name $1: load of $2 failed: $(tail -n 3 "$work/said")"; return 1; }
    after=$(cpu_of "$pid")
    note "$1" "$2" cpu "$3" "$4" "$(awk -v c=$((after - before)) -v n="$5" 'BEGIN { print c / n }')"
    note "$1" "$2" p50 "$3" "$4" "$6"
    note "$1" "$2" p99 "$3" "$4" "$7"
}

# time_server THREADS LAYOUTS REQUESTS ROUNDS END VARIANT...: all variants are up, and idle but for one;
# stops at the time END (after one round at least)
time_server() {
    one=$1 layouts=$2 requests=$3 rounds=$4 end=$5
    shift 5
    present "$@" || return 0
    running=
    for variant in $variants; do
        for layout in $layouts; do start "$variant" "${layout#.1}" "$one" || continue 2; done
        running="$running $variant"
    done
    # shellcheck disable=SC2086
    set -- $running
    backwards=
    for variant in "$@"; do backwards="$variant $backwards"; done
    for round in $(seq 0 "$rounds"); do # round 0 warms
        [ "$round" -le 1 ] || [ "$(date +%s)" -lt "$end" ] || break
        for layout in $layouts; do
            order="$*"
            [ $((round % 2)) -eq 1 ] || order=$backwards
            for variant in $order; do
                load_once "$one" "$variant" "${layout#.1}" "$round" "$requests"
            done
        done
    done
    stop_servers
    sed -i "/^$name $one .* 0 [^ ]*\$/d" "$runs"
}
