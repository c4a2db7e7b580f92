#!/bin/sh
# timeout: 120
# Filters of eight kinds come and go in a server under load, from four clients at once.
#
#     tests/live/storm.sh [CYCLES [httpd|memcached]]       (60 cycles on httpd)
#
# httpd is the server of bench/availability; memcached is the rewritten 1.6.18, with the load
# generator that knows every answer byte by byte. 32 connections. A cycle installs one filter, rolling
# or with --stop, waits until it is in force, and removes it. Before the storm each filter by itself
# must be seen to work: threads enter. At the end: every request was answered, every answer right,
# memory did not grow, nothing is installed, the process is on its fast copies.
#
# Two clients may have the same places at once; --force, since regions that nest are refused else.
set -eu
cd "$(dirname "$0")/../.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/storm}
cycles=${1:-60}
server=${2:-httpd}
clients='1 2 3 4'
pid='' load=''
rm -rf "$work"
mkdir -p "$work"

fail() {
    echo "not ok storm: $server: $*"
    exit 1
}
finish() {
    for process in $load $pid; do kill "$process" 2>/dev/null || :; done
}
trap finish EXIT
trap 'exit 1' INT TERM

# ---- the two servers: start, load, and eight filters (one per line)

httpd_start() {
    . bench/availability/tree.sh
    # few pages: all are in memory at once, so that memory that grows is not the server's
    change="sed -i 's/KEYS = 16000/KEYS = 200/' httpd.c"
    availability_tree httpd || fail "it is not built: $(tail -n 3 "$work/rewrite.log")"
    for try in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + ($$ * 7 + try * 131) % 10000))
        "$work/copy/availability/httpd" $port /dev/null 2>"$work/server.log" &
        pid=$!
        [ "$("$work/load" $port 1 1 50 /dev/null | sed 's/answered=\([0-9]*\).*/\1/')" != 0 ] &&
            kill -0 $pid 2>/dev/null && return
    done
    fail "httpd does not start: $(cat "$work/server.log")"
}
httpd_load() {
    "$work/load" "$port" 32 86400 3000 "$work/load.dat" >"$work/answered" &
    load=$!
}
httpd_unload() {
    kill $load
    wait $load || fail "the load generator failed"
    grep -q '^answered=[1-9][0-9]* wrong=0 broken=0$' "$work/answered" || fail "$(cat "$work/answered")"
}
httpd_own() { echo 0; }
httpd_filters() {
    cat <<'END'
ap_buffered_log_writer <> self
serve_page(key) <> self
log_request (bytes != NULL) <> self
serve_page:entry > log_request:entry within 20ms
serve_page:exit > log_request:entry each within 20ms
shared page_sum <> ap_buffered_log_writer
page_sum <> *
end(connection_thread) > ap_buffered_log_writer:entry within 1ms
END
}

memcached_start() {
    . tests/support/mcserver.sh
    tests/support/memcached "$build/memcached"
    "$build/loom-rewrite" "$build/memcached/source" "$work/copy" >"$work/rewrite.log" ||
        fail "it is not rewritten: $(tail -n 3 "$work/rewrite.log")"
    make -s -j"$(nproc)" -C "$work/copy" >"$work/make.log" 2>&1 || fail "it is not built"
    mc_start "$work/copy/memcached"
    pid=$mc_pid
}
memcached_load() {
    mkfifo "$work/fifo"
    "$build/mcload" -p "$mc_port" -t 86400 -f "$work/fifo" >"$work/answered" 2>&1 &
    load=$!
    exec 3<>"$work/fifo"
}
# kB of its slabs, which it touches when it makes them
memcached_own() {
    printf 'stats slabs\r\nquit\r\n' | perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new("127.0.0.1:" . shift) or die; print $s <STDIN>; print <$s>' "$mc_port" |
        awk '/total_malloced/ { print int($3 / 1024) }'
}
memcached_unload() {
    echo stop >&3
    wait $load || fail "requests failed: $(tail -n 3 "$work/answered")"
}
memcached_filters() {
    cat <<'END'
item_get <> self
do_item_get(hv) <> self
item_get (nkey > 2) <> self
do_item_get:entry > do_item_get:exit within 20ms
item_get:entry > item_get:exit each within 20ms
shared do_item_get <> do_item_link
do_item_link <> *
end(logger_thread) > do_item_link:entry within 1ms
END
}

# ---- clients

# filter CLIENT NUMBER: the text; each client has its own by the name
filter() {
    echo "$(sed -n "$(($2 % 8 + 1))p" "$work/filters") name \"client$1\""
}
# cycle CLIENT NUMBER
cycle() {
    option=
    [ $(($2 / 8 % 2)) = 0 ] || option=--stop
    text=$(filter "$1" "$2")
    "$build/loom-pipe" --force --timeout 30s $option -e "$text" "$pid" >"$work/said$1" 2>&1 ||
        { echo "cycle $2: $text: status $?: $(cat "$work/said$1")" >"$work/failed$1"; return 1; }
    "$build/loom-pipe" --timeout 30s --remove "client$1" "$pid" >"$work/said$1" 2>&1 ||
        { echo "cycle $2: remove: status $?: $(cat "$work/said$1")" >"$work/failed$1"; return 1; }
}
# client NUMBER FROM TO
client() {
    i=$2
    while [ "$i" -lt "$3" ]; do
        cycle "$1" $((i + $1 * 2)) || return 1
        i=$((i + 1))
    done
}
# storm FROM TO: all clients at once, each as many cycles
storm() {
    running=
    for number in $clients; do
        client "$number" "$1" "$2" &
        running="$running $!"
    done
    for process in $running; do
        wait "$process" || fail "$(cat "$work"/failed*)"
    done
}
# kB, without what the server says it has for its data
resident() { echo $(($(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status") - $("${server}_own"))); }
fast() {
    "$build/loom-pipe" --status --format json "$pid" >"$work/said" || fail "no status $1"
    grep -q '"fast":true,.*"filters":\[\]' "$work/said" || fail "not fast $1: $(cat "$work/said")"
}

# works NUMBER: the filter by itself has an effect
works() {
    "$build/loom-pipe" --timeout 30s -e "$(filter 0 "$1")" "$pid" >"$work/said" 2>&1 ||
        fail "$(filter 0 "$1"): $(cat "$work/said")"
    for _ in $(seq 500); do
        "$build/loom-pipe" --status --format json "$pid" >"$work/said" || fail "no status"
        if grep -q '"enters":[1-9]' "$work/said"; then
            "$build/loom-pipe" --timeout 30s --remove all "$pid" >"$work/said" 2>&1 && return
            fail "remove: $(cat "$work/said")"
        fi
        sleep 0.02
    done
    fail "$(filter 0 "$1") has no effect: $(cat "$work/said")"
}

"${server}_start"
"${server}_filters" >"$work/filters"
fast "before"
"${server}_load"
for i in 0 1 2 3 4 5 6 7; do works $i; done
each=$((cycles / 4))
began=$(date +%s%N)
storm 0 $((each / 4))
warm=$(resident)
storm $((each / 4)) $each
took=$((($(date +%s%N) - began) / 1000000))
fast "behind the storm"
"${server}_unload"
kept=$(resident)
kill -0 "$pid" || fail "the server is gone"
"$build/loom-pipe" --events "$pid" >"$work/events"
echo "figure: $server: $((each * 4)) cycles in $took ms; memory $warm kB after a quarter, $kept kB behind"
[ $((kept - warm)) -le 256 ] || fail "memory grew from $warm kB to $kept kB"
echo "ok storm: $server, 8 filters, 4 clients, $((each * 4)) cycles: nothing lost, nothing wrong, nothing left ($(tail -n 1 "$work/answered"))"
