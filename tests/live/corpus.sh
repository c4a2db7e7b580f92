#!/bin/sh
# timeout: 60
# The rule for programs in corpus/: without Loom the one with the bug fails, unforced and forced, and
# its control never does. A filter's effect says nothing before that holds.
set -u
cd "$(dirname "$0")/../.."
work=${LOOM_WORK:-build/work/corpus}
rm -rf "$work"
mkdir -p "$work"

say() { # say ok|no NAME
    [ "$1" = ok ] && echo "ok corpus: $2" || { echo "not ok corpus: $2 (${3:-})"; failed=1; }
}
failed=0

cp -a corpus/common corpus/mozilla-133773 "$work"
make -s -C "$work/mozilla-133773" CFLAGS='-O2 -g -Wall -Wextra -Werror' || { say no "it builds"; exit 1; }
say ok "it builds without warnings"

# play NAME PROGRAM: runs it for 4 s; sets rounds and bad
play() {
    "$work/mozilla-133773/$2" -t 4 >"$work/log" || say no "$1 ends by itself" "status $?"
    last=$(tail -n 1 "$work/log")
    rounds=${last#rounds=} rounds=${rounds%% *} bad=${last##*bad=} bad=${bad%% *}
    [ "${rounds:-0}" -gt 0 ] || say no "$1 plays rounds" "$last"
    echo "figure:  $1: $bad of $rounds rounds bad"
}
unset JS_PAUSE_US
play "with the bug" server
[ "$bad" -gt 0 ] && say ok "fails unforced" || say no "fails unforced" "$last"
play "control" server-fixed
[ "$bad" -eq 0 ] && say ok "the control does not" || say no "the control does not" "$last"
export JS_PAUSE_US=2000
play "with the bug, forced" server
[ $((bad * 10)) -gt $((rounds * 9)) ] && say ok "fails when forced" || say no "fails when forced" "$last"
play "control, forced" server-fixed
[ "$bad" -eq 0 ] && say ok "the control does not, either" || say no "the control, forced" "$last"

"$work/mozilla-133773/server" >"$work/log" &
sleep 0.5
kill $!
wait $! && tail -n 1 "$work/log" | grep -q '^rounds=' && say ok "SIGTERM ends it, with totals" ||
    say no "SIGTERM ends it, with totals" "$(cat "$work/log")"
exit $failed
