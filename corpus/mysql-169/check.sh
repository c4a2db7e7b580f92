# Traps of mysql-169, for corpus/run.
#
# Lock order: a region that begins when LOCK_open is taken already, against one that begins before. One
# thread has LOCK_open and waits for the region, the other is in the region and waits for LOCK_open:
# the runtime must see the circle, and let one pass.
has_circle() {
    "$build/loom-pipe" --events "$pid" >"$work/said" && grep -q cycle "$work/said"
}
start "$copy/server"
until_ready
echo 'sql_delete.c:10-36 <> mysql_insert' >"$work/inside.loom"
install "$work/inside.loom"
settle
until_true 60 "waiting for a circle" has_circle
since
row circle_after "$played"
play 0 20
remove
play 0 20
stop
ok "a region inside of LOCK_open: a circle is seen and broken, the program goes on"
