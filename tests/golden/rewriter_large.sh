#!/bin/sh
# Functions of 100,000 lines, 10,000 cases, hundreds of levels (tests/support/large): rewritten in a
# time that grows with their size, into programs that do the same. And what is too much for the
# parser costs its own file only.
# timeout: 400
set -u
cd "$(dirname "$0")/../.." || exit 2
rewrite=$LOOM_BUILD/loom-rewrite
large=$(pwd)/tests/support/large
cd "$LOOM_WORK" || exit 2

bad() {
    echo "not ok $*"
    sed 's/^/    /' said | head -n 10
}

# rewrite SHAPE COUNT: src/a.c to out/a.c, in less than 30 s of CPU per process
rewritten() {
    rm -rf src out
    mkdir src
    "$large" "$1" "$2" >src/a.c
    (ulimit -t 30 && "$rewrite" src out -- -w) >said 2>&1 && ! grep -q '^a.c: not rewritten' out/.loom/report.txt
}

# large SHAPE COUNT [SLOTS]: rewritten, and at least so many slots
large() {
    if rewritten "$1" "$2" && [ "$(sed -n 's/ slots$//p' out/.loom/report.txt)" -ge "${3:-1}" ]
    then echo "ok $1 $2"; else bad "$1 $2"; fi
}
large lines 100000 150000
large directives 20000 20000
large declarations 20000 20000
large cases 10000 16000
large dispatch 10000 20000
large labels 20000 40000
large cleanups 20000
large else_ifs 3000 9000
large stacked 10000
large macro 1000 1000
large sum 20000
for shape in blocks bare loops; do large $shape 1000 1000; done
for shape in parentheses arguments; do large $shape 1000; done

# A table of addresses of more labels than a line of facts once had room for: all are targets.
large computed 5000 10000
if awk '{ n = split($0, to, ","); if (n > most) most = n } END { exit most < 5000 }' out/.loom/a.c.h
then echo 'ok every label is a target'; else bad 'every label is a target'; fi

try() {
    LOOM_RT=$LOOM_BUILD/testrt.so LOOM_TEST=$2 LOOM_TEST_LOG=count timeout 60 "$1" 2>&1
    echo "status $?"
}

# same SHAPE COUNT: compiled, it prints the same in all modes
same() {
    rm -f count
    rewritten "$1" "$2" && gcc -O1 -w src/a.c -o before && gcc -O1 -w out/a.c -o after >said 2>&1 ||
        { bad "$1 $2 compiles"; return; }
    LOOM=0 try ./before none >want
    for mode in fast slow slots toggle; do
        try ./after $mode >said
        cmp -s want said || { bad "$1 $2 does the same, $mode"; return; }
    done
    if awk '{ n += $2 } END { exit n == 0 }' count; then echo "ok $1 $2 does the same"
    else bad "$1 $2: no slot was reached"; fi
}
for shape in lines stores calls ifs declarations cases dispatch labels computed directives cleanups \
    else_ifs stacked sum table macro; do same $shape 300; done
for shape in blocks loops bare parentheses arguments; do same $shape 400; done

# Two configurations in which a large function differs.
{
    printf '#ifdef A\n#define g(x) ((x) & 1 ? h1(x) : 2)\nint h1(int x);\nint h1(int x) { return x; }\n#endif\n'
    "$large" lines 40000 | sed 's/^int g(/int (g)(/'
} >two.c
rm -rf src out
mkdir src && mv two.c src/a.c
printf '[{"directory":"%s","file":"a.c","command":"cc -w -c a.c"},{"directory":"%s","file":"a.c","command":"cc -w -DA -c a.c"}]' \
    "$(pwd)/src" "$(pwd)/src" >src/compile_commands.json
if (ulimit -t 30 && "$rewrite" src out) >said 2>&1 && gcc -w -DA -fsyntax-only out/a.c >said 2>&1 &&
    gcc -w -fsyntax-only out/a.c >said 2>&1; then echo 'ok two configurations'
else bad 'two configurations'; fi

# More levels than there can be stack: that file is copied, and listed; the others are rewritten.
rm -rf src out
mkdir src
"$large" lines 100 >src/a.c
"$large" parentheses 1000000 >src/deep.c
if (ulimit -t 100 && "$rewrite" src out -- -w) >said 2>&1 && cmp -s src/deep.c out/deep.c &&
    grep -q '^deep.c: not rewritten: the parser crashed on it' out/.loom/report.txt &&
    grep -q LOOM_ out/a.c; then echo 'ok too deep for the parser: copied, listed'
else bad 'too deep for the parser: copied, listed'; fi
exit 0
