# To be sourced: starts and stops memcached servers for tests, on a free port of the loopback.

# mc_start PROGRAM [ARGUMENT]...: sets mc_pid and mc_port; 4 worker threads.
mc_start() {
    for mc_try in 1 2 3 4 5 6 7 8 9 10; do
        mc_port=$((20000 + ($$ * 7 + $(date +%N | sed 's/^0*//') + mc_try) % 10000))
        "$@" -u "$(id -un)" -l 127.0.0.1 -p $mc_port -U 0 -t 4 -m 256 -c 1024 >"$work/server.log" 2>&1 &
        mc_pid=$!
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            sleep 0.1
            kill -0 $mc_pid 2>/dev/null || break # the port was taken
            if "$build/mcload" -p $mc_port -c 1 -n 1 >/dev/null 2>&1; then return 0; fi
        done
        kill $mc_pid 2>/dev/null || :
    done
    echo "memcached does not start: $(cat "$work/server.log")" >&2
    return 1
}

mc_stop() {
    kill "$mc_pid" 2>/dev/null || :
    wait "$mc_pid" 2>/dev/null || :
    mc_pid=
}

# CPU time that the server has used, in ticks of 10 ms: `USER SYSTEM`.
mc_ticks() {
    awk '{ sub(/.*\) /, ""); print $12, $13 }' "/proc/$mc_pid/stat"
}
