#!/bin/sh
# loom-rewrite into an OUT that it made before: what changes, what stays, and what make then does.
# timeout: 120
set -u
rewrite=$LOOM_BUILD/loom-rewrite
here=$(cd "$(dirname "$0")" && pwd)
cd "$LOOM_WORK" || exit 2

check() {
    name=$1
    shift
    if "$@" >log 2>&1; then echo "ok $name"; else
        echo "not ok $name"
        sed 's/^/    /' log outp err 2>/dev/null
    fi
}
run() { "$rewrite" "$@" >outp 2>err; }
said() { grep -q -- "$1" outp; }
stamps() { (cd out && find . -type f ! -path './.loom/*' -printf '%P %T@ %i\n' | sort); }
# changed FILE...: exactly these have another time or inode than at `mark`
mark() { stamps >before; }
changed() {
    stamps >after
    [ $# = 0 ] || printf '%s\n' "$@" | sort >want
    [ $# -gt 0 ] || : >want
    join -a 1 -a 2 before after | awk '$2 != $4 || $3 != $5 { print $1 }' | diff - want
}

mkdir -p src/lib src/gone
cat >src/a.c <<'C'
#include "lib/h.h"
int main(void) { return add(far(1)); }
C
echo 'static inline int add(int x) { for (int i = 0; i < 3; i++) x++; return x; }
int far(int x);' >src/lib/h.h
printf '#include "lib/h.h"\nint far(int x) { return add(x); }\n' >src/b.c
echo 'int other(int x); int other(int x) { return x; }' >src/c.c
printf 'OBJ = a.o b.o c.o\np: $(OBJ)\n\t$(CC) -o $@ $(OBJ)\na.o b.o: lib/h.h\n' >src/Makefile
echo text >src/notes && echo gone >src/gone/x && echo conf >src/made.h && echo exec >src/tool && chmod 755 src/tool
touch -d '2020-01-01' src/*.c src/lib/h.h src/Makefile
run src out --
make -s -C out >log 2>&1
echo log >out/run.log && mkdir out/products && echo x >out/products/y && echo changed >out/made.h
rm out/notes && ln out/run.log out/hard && ln -s run.log out/link && mkfifo out/pipe

mark
run src out --
check 'again, nothing new: nothing is read' said '0 of 3 files read again, 1 of OUT changed'
check '... and nothing changes, but what was lost' changed notes
check '... products stay' test -f out/products/y -a -f out/a.o -a -x out/p -a -L out/link -a -p out/pipe
check '... what the build changed stays' grep -q changed out/made.h
check '... the list is the same' sh -c 'cp out/.loom/made one && "$1" src out -- >outp 2>err && cmp one out/.loom/made' - "$rewrite"
check '... make does nothing' sh -c 'make -C out | grep -q "is up to date"'

sleep 0.01
mark
printf '#include "lib/h.h"\nint far(int x) { x += 2; return add(x); }\n' >src/b.c
touch -d '2020-01-01' src/b.c
run src out --
check 'one file: it alone is read' said '1 of 3 files read again, 1 of OUT changed'
check '... it alone changes' changed b.c
check '... make compiles it, though its original is old' sh -c 'make -C out | grep -c "^cc\|^gcc" | grep -qx 2 && LOOM=0 out/p; test $? = 9'

mark
sed -i 's/i < 3/i < 4/' src/lib/h.h
run src out --
check 'a header: those that include it are read' said '2 of 3 files read again, 1 of OUT changed'
check '... it alone changes' changed lib/h.h
make -s -C out >log 2>&1

mark
touch src/c.c
run src out --
check 'touched, not changed: nothing is read' said '0 of 3 files read again, 0 of OUT changed'
check '... nothing changes' changed

rm -r src/gone && echo more >src/more && echo ours >src/made.h && rm src/c.c && chmod 644 src/tool
sed -i 's/ c.o$//' src/Makefile
run src out --
check 'what is gone from SRC goes' test ! -e out/gone -a ! -e out/c.c -a ! -e out/.loom/c.c.h
check '... what is new comes' grep -q more out/more
check '... what is changed in SRC wins' grep -q ours out/made.h
check '... modes follow' test "$(stat -c %a out/tool)" = 644
check '... products stay' test -f out/products/y -a -f out/c.o
check '... facts of other files do not stay' test "$(ls out/.loom/facts | wc -l)" = 4

mark
run src out -- -DFLAG
check 'other flags: all is read' said '2 of 2 files read again, 0 of OUT changed'
printf '#include "lib/h.h"\nint far(int x) { return broken; }\n' >src/b.c
run src out --
check 'a file that does not parse any more is copied' cmp src/b.c out/b.c
printf '#include "lib/h.h"\nint far(int x) { return x; }\n' >src/b.c
run src out --
check '... and rewritten when it parses' sh -c 'grep -q LOOM_ out/b.c && ! grep -q "does not parse" out/.loom/report.txt'

# ---- what cannot be: OUT is as it was
cp -r out saved
mark
echo 'int x;' >>src/b.c
"$rewrite" --report no/such src out -- >outp 2>err
check 'a run that fails leaves OUT' sh -c 'diff -r --no-dereference --exclude=pipe saved out'
check '... untouched' changed
for i in $(seq 60); do echo "int f$i(int x); int f$i(int x) { return x; }" >src/f$i.c; done
for signal in INT KILL; do
    env --default-signal=INT "$rewrite" -j 1 src out -- >outp 2>err &
    pid=$!
    n=0
    while [ -z "$(ls -d out.loom-tmp-*/tree 2>/dev/null)" ] && [ $n -lt 400 ]; do n=$((n + 1)); sleep 0.01; done
    kill -$signal $pid
    wait $pid
    check "a run that is ended by SIG$signal leaves OUT" sh -c 'diff -r --no-dereference --exclude=pipe saved out'
    chmod -R u+w out.loom-tmp-* 2>/dev/null
    rm -rf out.loom-tmp-*
done
check '... untouched' changed
run src out --
check '... and the next run does all' said '61 of 62 files read again, 61 of OUT changed'
mkdir another && cp src/a.c another && cp -r src/lib another
run another out --
check 'the OUT of another SRC is refused' grep -q 'was made of .*/src, not of SRC' err
echo x >out/.loom/made
run src out --
check 'a folder without a list is refused' grep -q 'exists; remove it' err

# What is written does not depend on where memory is: here what is allocated later lies lower. In this tree the
# calls are looked at twice, since tiny() is left alone, and in between even() or odd() keeps its test.
mkdir circle
cat >circle/a.c <<'C'
static int even(int n);
static int odd(int n);
static int total;
int start(int n) { return even(n); }
static int even(int n) {
    total++;
    return n ? odd(n - 1) : 1;
}
static int odd(int n) {
    total++;
    return n ? even(n - 1) : 0;
}
static inline __attribute__((always_inline)) int tiny(int n) { return n + total; }
int (*pointer)(int) = tiny;
int main(void) { return start(3) + tiny(2); }
C
check 'falling.c compiles' gcc -O2 -fno-builtin -fPIC -shared "$here/../support/falling.c" -o falling.so
same_text() { # same_text SRC
    rm -rf up down
    run "$1" up -- -w && LD_PRELOAD=./falling.so run "$1" down -- -w && diff -r -x made up down
}
check 'a circle, wherever memory is' same_text circle
check 'all golden cases, wherever memory is' same_text "$here/c"
exit 0
