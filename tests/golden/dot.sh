#!/bin/sh
# --explain --format dot: what it draws is a graph (our own check, and graphviz if it is there), with
# the functions concerned, the region shaded, enters and leaves; names and source text of all kinds.
pipe=$LOOM_BUILD/loom-pipe
fake=$LOOM_BUILD/tests/fakeloom
cd "$LOOM_WORK" || exit 1

# g"\ is a callee with an unlucky name.
cat >table <<'END'
loom 1
type 0 void%20(void)
fn 0 f 3:6 8 - 0
n 0 entry 3:6 3:6 SR 1
n 1 stmt 4:5 4:30 S 3
n 3 stmt 5:5 5:20 S 4
c - d g%22%5C -
c 2 d read bix
n 4 stmt 6:5 7:6 S 5
n 5 cond 6:5 6:15 - 6,8
n 6 poll 6:17 6:17 R 7
n 7 end 7:6 7:6 S 5
n 8 exit 8:1 8:2 S -
fn 1 g%22%5C 10:6 12 - 0
n 9 entry 10:6 10:6 SR 10
n 10 exit 12:1 12:2 S -
fn 2 outside 20:6 22 - 0
n 11 entry 20:6 20:6 SR 12
n 12 exit 22:1 22:2 S -
END
pid=
finish() { [ -z "$pid" ] || kill "$pid" 2>/dev/null; }
trap finish EXIT
play() { # a process with this table in $pid
    finish
    rm -f pid
    "$fake" ok "$PWD/$1" >pid 2>/dev/null &
    pid=$!
    for _ in $(seq 100); do [ -s pid ] && break; sleep 0.02; done
}
play table

# well_formed FILE: braces are balanced and every arrow joins two nodes that are defined
well_formed() {
    awk '{
        gsub(/\\\\/, ""); gsub(/\\"/, "")
        if (gsub(/"/, "\"") % 2) { print "an open string: " $0; bad = 1 }
        gsub(/"[^"]*"/, "")
        open += gsub(/\{/, "{"); open -= gsub(/\}/, "}")
        if (open < 0) { print "one } too many: " $0; bad = 1 }
        if ($1 == "digraph") graph++
        if ($2 == "->") { sub(/;/, "", $3); arrow[graph "." $1 " " graph "." $3] = 1; arrows++ }
        else if ($2 ~ /^\[/ && $1 != "node" && $1 != "edge") defined[graph "." $1]++
    }
    END {
        for (a in arrow) { split(a, ends, " ")
            for (i = 1; i <= 2; i++) if (!(ends[i] in defined)) { print "no node " ends[i]; bad = 1 } }
        for (n in defined) if (defined[n] > 1) { print n " is defined twice"; bad = 1 }
        if (open) { print open " { too many"; bad = 1 }
        if (!arrows) { print "no arrow"; bad = 1 }
        exit bad
    }' "$1"
}
ok() { echo "ok dot $1"; }
not_ok() { echo "not ok dot $1"; cat "$2"; }
# says NAME FILE WORDS
says() { if grep -qF -- "$3" "$2"; then ok "$1"; else not_ok "$1: no $3" "$2"; fi; }

"$pipe" --explain --format dot -e 'f <> self' "$pid" >function.dot 2>err || not_ok 'status' err
if well_formed function.dot >faults; then ok 'is well formed'; else not_ok 'is malformed' faults; fi
says 'names the function' function.dot 'label="f\nsrc/a.c:3-8, slow"'
says 'escapes names' function.dot 'label="g\"\\\n'
says 'colours the enter' function.dot '[label="enter\l3  entry\l" fillcolor="#f4a6a0"'
says 'colours the leave' function.dot '[label="leave\l8  return\l" fillcolor="#a8d5a2"'
says 'shades the region' function.dot 'fillcolor="#fbe3b5"'
says 'marks what is unsafe' function.dot 'fillcolor="#fbe3b5" color="#c1121f"'
says 'dashes calls' function.dot 'style=dashed'
if grep -q outside function.dot; then not_ok 'draws what is not concerned' function.dot; else ok 'leaves out the rest'; fi

"$pipe" --explain --format dot -e 'f:exit > outside:entry
outside <> self' "$pid" >order.dot 2>err || not_ok 'of two filters: status' err
if well_formed order.dot >faults; then ok 'of two filters is well formed'; else not_ok 'is malformed' faults; fi
says 'colours what waits' order.dot '[label="waits\l20  entry\l" fillcolor="#f4a6a0"'

# The check itself fails where it must.
sed 's/ -> n[0-9]*;/ -> n999;/' function.dot >wrong.dot
if well_formed wrong.dot >faults; then not_ok 'check: a missing node is not found' wrong.dot; else ok 'check finds a missing node'; fi
sed '$d' function.dot >wrong.dot
if well_formed wrong.dot >faults; then not_ok 'check: a missing brace is not found' wrong.dot; else ok 'check finds a missing brace'; fi

# ---- with source text: of the version that runs, escaped, cut to one line
mkdir -p src
cat >src/a.c <<'END'
#include <stdio.h>
void f(int n);
void f(int n) {
    char *s = "a\n\"{;}\"µ";
    while (n--) { puts(s); puts("a long line, long enough to be cut somewhere behind its sixtieth byte");
    }
}
END
"$LOOM_BUILD/loom-rewrite" src out -- -O1 >err 2>&1 || not_ok 'rewrite' err
sed -n 's/^"\(.*\)\\n".*$/\1/p' out/.loom/a.c.h >real
play real
"$pipe" --explain --format dot --source src -e 'f <> self' "$pid" >text.dot 2>err || not_ok 'of a source: status' err
if well_formed text.dot >faults; then ok 'with text is well formed'; else not_ok 'is malformed' faults; fi
says 'escapes text' text.dot 'char *s = \"a\\n\\\"{;}\\\"µ\";'
says 'cuts text' text.dot 'be cut somewhere behind it ...'
echo >>src/a.c
"$pipe" --explain --format dot --source src -e 'f <> self' "$pid" >other.dot 2>err
says 'says that the source is another version' err 'is another version than the one that runs'
says 'shows no text of another version' other.dot 'statement, column'

if command -v dot >/dev/null; then
    for graph in function order text; do
        if dot -Tsvg $graph.dot >$graph.svg 2>err && grep -q '</svg>' $graph.svg && ! [ -s err ]; then
            ok "graphviz draws the $graph"
        else
            not_ok "graphviz refuses the $graph" err
        fi
    done
fi
