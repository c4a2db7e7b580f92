#!/bin/sh
# loom-cc: what comes out of it, says it, and leaves behind is what the compiler alone does; and
# what it compiles can be filtered.
# timeout: 120
set -u
cc=$LOOM_BUILD/loom-cc
here=$(cd "$(dirname "$0")" && pwd) cases=$here/c
cd "$LOOM_WORK" || exit 2
here=$(pwd)
export LOOM_ROOT="$here" LOOM_CC_LOG="$here/log" TMPDIR="$here/tmp"
unset LOOM_CC LOOM_NOOP
mkdir tmp

ok() { echo "ok $1"; }
bad() {
    echo "not ok $1"
    sed 's/^/    /' said log 2>/dev/null
}
check() {
    name=$1
    shift
    if "$@" >said 2>&1; then ok "$name"; else bad "$name"; fi
}

# same NAME ARGUMENT...: in a fresh copy of `src`, gcc and loom-cc say and leave the same
same() {
    name=$1
    shift
    for who in gcc "$cc"; do
        to=by-$(basename "$who")
        rm -rf "$to" && cp -r src "$to"
        (cd "$to" && LOOM_ROOT=$here/$to "$who" "$@" >../$to.out 2>../$to.err <../stdin
            echo "status $?" >>../$to.err)
        (cd "$to" && find . | sort) >$to.files
    done
    : >said
    for part in out err files; do
        sed 's/loom-cc/gcc/g' by-loom-cc.$part | diff by-gcc.$part - >>said || { bad "$name: $part"; return; }
    done
    ok "$name"
}
rewritten() { [ "$(grep -c ': rewritten$' log)" = "$1" ] || { echo "not $1 rewritten"; return 1; }; }

mkdir -p src/lib src/other
cat >src/a.c <<'C'
#include <stdio.h>
#include "lib/h.h"
static int twice(int x) { puts("twice"); return 2 * x + near(x) + far(x); }
int main(void) {
    for (int i = 0; i < 3; i++) printf("%d %s %d\n", twice(i), __FILE__, __LINE__);
    return 0;
}
C
cat >src/lib/h.h <<'C'
#ifndef H
#define H
#include "k.h"
#include <stdio.h>
static inline int near(int x) { printf("%s:%d\n", __FILE__, __LINE__); return x > 3 ? K : 2; }
int far(int x);
#endif
C
echo '#define K 7' >src/lib/k.h
printf '#include "lib/h.h"\nint far(int x) { return near(x); }\n' >src/b.c
printf '#include "../lib/h.h"\n#include OWN\nint other(int x);\nint other(int x) { return near(x) + own(x); }\n' >src/other/o.c
printf 'static inline int own(int x) { while (x > 9) x -= 2; return x; }\n' >src/other/own.h
printf 'int wrong(int x) {\n    int unused;\n    return x + undeclared;\n}\n' >src/wrong.c
printf 'int warned(int x);\nint warned(int x) {\n    int unused;\n    return x;\n}\n' >src/warned.c
printf 'int nested(int x);\nint nested(int x) { int in(int y) { return x + y; } return in(1); }\n' >src/nested.c
printf '%s\n' '-O1 "-DSOME(x)=x"' b.c >src/args.rsp
echo 'int stdin_too(void) { return 0; }' >stdin

# ---- as the compiler alone -------------------------------------------------------------------------

same 'one file to a program' a.c b.c -o p
same 'a.out' a.c b.c
same '-c' -c a.c
same '-c -o' -O2 -Wall -Wextra -c -o lib/x.o b.c
same '-c of several' -c a.c b.c
same 'objects next to sources of the same name' -c other/o.c '-DOWN="own.h"'
same 'response file' -c @args.rsp
same 'response file missing' -c @nothing.rsp
same '-x c' -x c -c lib/h.h -o h.o
same '-E' -E a.c
same '-S' -S a.c -o -
same '-M' -M a.c
same '-fsyntax-only' -fsyntax-only -Wall warned.c
same 'standard input' -x c -c - -o s.o
same 'no input' -O2
same 'no such file' -c nothing.c
same '--version' --version
same '-print-file-name' -print-file-name=libc.so
same 'an error' -Wall -c wrong.c
same 'an error in one of two' -c wrong.c b.c
same 'a warning' -Wall -c warned.c
same 'a warning as an error' -Wall -Werror -c warned.c
same 'undefined at link time' b.c warned.c -o p
same 'what clang does not parse' -c nested.c
same 'a flag that clang does not know' -fconserve-stack -c b.c
same 'dependencies' -MD -c a.c -o a.o
same 'dependencies without -o' -MMD -c a.c
same 'dependencies as automake wants them' -MT lib/a.lo -MD -MP -MF lib/a.Tpo -c -o lib/a.o a.c
for f in a.d lib/a.Tpo; do
    [ -e "by-gcc/$f" ] && check "the rule in $f" cmp "by-gcc/$f" "by-loom-cc/$f"
done
same 'dependencies of a program' -MD a.c b.c -o p
same 'dependencies, and a warning' -Wall -MD -c warned.c

# ---- what is compiled ------------------------------------------------------------------------------

cd src || exit 2
: >../log
"$cc" -O2 -Wall -Wextra -c a.c && "$cc" -O2 -c b.c && gcc a.o b.o -o p
gcc a.c b.c -o plain
cd ..
check 'both are rewritten' rewritten 2
check 'the program runs as before' sh -c 'cd src && ./plain >../plain.out && LOOM=0 ./p | diff ../plain.out -'
check 'a header that both made the same of is there once' test "$(nm src/p | grep -c ' loom_file_in_h_h')" = 1
(cd src && "$cc" -O2 -DNDEBUG -include lib/k.h -c other/o.c -DOWN='"own.h"' -o o.o && gcc a.o b.o o.o -o p)
check 'a header by macro, a header beside' sh -c "strings src/p | grep -q '^file src/other/own.h'"
sed 's/near(x) + far/near(x) + third(x) + far/; s/^static int/static int third(int x) { return x; }&/' src/a.c >src/c.c
printf '#define near(x) near_(x)\n' >src/other/conf.h
printf '#include "conf.h"\n#include "../lib/h.h"\nint o2(int x);\nint o2(int x) { return near(x); }\n' >src/other/o2.c
(cd src && "$cc" -O2 -c other/o2.c -o o2.o && gcc a.o b.o o2.o -o p)
check 'a header that two made different things of is there twice' test "$(nm src/p | grep -c ' loom_file_in_h_h')" = 2
: >log
mkdir 'sp ace ä' && cp src/b.c 'sp ace ä/ö b.c' && cp -r src/lib 'sp ace ä'
check 'blanks and other letters' sh -c "'$cc' -c 'sp ace ä/ö b.c' -o 'sp ace ä/x.o'"
check '... rewritten' rewritten 1
check '... named in the table' sh -c "strings 'sp ace ä/x.o' | grep -q '^file sp%20ace%20'"
: >log
(cd src && "$cc" -x c -c lib/h.h -o h.o)
check '-x c is rewritten' rewritten 1
: >log
cp src/b.c src/conftest.c && (cd src && "$cc" -c conftest.c -o t.o && gcc -c conftest.c -o t2.o)
check 'checks of configure pass through' cmp src/t.o src/t2.o
(cd src && LOOM_NOOP=1 "$cc" -O2 -c b.c -o t.o && gcc -O2 -c b.c -o t2.o)
check 'LOOM_NOOP=1 passes through' cmp src/t.o src/t2.o
check '... and nothing is logged' test ! -s log
(cd src && "$cc" -Wall -c warned.c -o t.o) 2>said
check 'a file with warnings is rewritten' rewritten 1
check '... its object, too' sh -c 'nm src/t.o | grep -q loom_file_in_warned_c'
: >log
(cd src && "$cc" -c nested.c -o t.o) 2>said
check 'what clang does not parse is told' grep -q 'nested.c: not rewritten: clang does not parse it' log
check 'LOOM_CC' sh -c "LOOM_CC=clang-19 '$cc' --version | head -n 1 | grep -q 'clang version 19'"
: >log
(cd src && LOOM_CC='env LC_ALL=C clang-19' "$cc" -O2 -c b.c -o t.o)
check 'LOOM_CC with words' rewritten 1
check 'no such compiler' sh -c "LOOM_CC=no-such-compiler '$cc' -c src/b.c; test \$? = 127"
mkdir bin && ln -s "$cc" bin/gcc && : >log
check 'under the name of the compiler' sh -c "PATH=$here/bin:\$PATH gcc -c src/b.c -o t.o"
check '... rewritten' rewritten 1
check 'outside of LOOM_ROOT nothing is' sh -c ": >log; LOOM_ROOT=$here/bin '$cc' -c src/b.c -o t.o && test ! -s log"
gcc -g -O2 -c src/b.c -o plain.o && "$cc" -g -O2 -c src/b.c -o t.o
names() { readelf --debug-dump=decodedline "$1" 2>/dev/null | grep -o 'tmp/loom-cc[^ ]*' | grep -v '/\.loom/'; }
check 'debuggers find the original' test -z "$(names t.o)"
"$cc" -g -O2 -c src/b.c -o t2.o
check 'the object is the same each time' cmp t.o t2.o
printf 'int table_only(int x);\nint (*const table[])(int) = {table_only};\n' >src/table.c
(cd src && "$cc" -c table.c -o t.o)
check 'an address is told of that others define' sh -c 'strings src/t.o | grep -q "^at table_only int%20(int)$"'

printf 'static int only(int x) { return near(x); }\nint main(void) { return only(1) - 2; }\n' >src/without.c
: >log
(cd src && "$cc" -O2 -include lib/h.h without.c -o t)
check 'a header by -include' rewritten 1
check '... rewritten, too' sh -c "strings src/t | grep -q '^file src/lib/h.h' && LOOM=0 src/t >said"

# a build that generates its sources
mkdir gen && cat >gen/Makefile <<'M'
all: p
made.h: ; echo 'static inline int made(int x) { while (x > 5) x--; return x; }' >$@
made.c: made.h ; printf '#include "made.h"\nint main(void) { return made(9); }\n' >$@
p: made.c ; $(CC) -O2 -o $@ made.c
M
: >log
check 'a build that generates its sources' make -s -C gen CC="$cc"
check '... rewritten, with the header' sh -c 'grep -q "made.c: rewritten" log && strings gen/p | grep -q "^file gen/made.h"; LOOM=0 gen/p; test $? = 5'
check 'nothing is left in the folder for temporary files' test -z "$(ls tmp)"

# forms of C in which #include, #line and the preprocessor matter, with all slots on
form() { # NAME FILE...
    name=$1
    shift
    (cd "$cases" && LOOM_ROOT=$cases && export LOOM_ROOT && : >"$here/log" &&
        gcc -O2 -w "$@" -o "$here/$name.before" -pthread &&
        "$cc" -O2 -w "$@" -o "$here/$name.after" -pthread) >said 2>&1 || { bad "$name"; return; }
    rm -f count
    "./$name.before" >want 2>&1
    echo $? >>want
    LOOM_RT=$LOOM_BUILD/testrt.so LOOM_TEST=slots LOOM_TEST_LOG=count "./$name.after" >got 2>&1
    echo $? >>got
    check "$name" sh -c "cmp want got && awk '{ n += \$2 } END { exit n == 0 }' count && [ \$(grep -c ': rewritten\$' log) = $# ]"
}
form header_shared header_shared.c header_shared_two.c
for name in include_c include_inside x_macro line_directive line_and_func macro_heads crlf bytes; do
    form "$name" "$name.c"
done

# killed while it works
# a compiler that takes its time, and removes its temporary file when it is ended
cat >slow-cc <<'S'
#!/bin/sh
trap 'rm "$TMPDIR/cc1.s"; kill $!; exit 143' TERM
: >"$TMPDIR/cc1.s"
sleep 60 &
wait
S
chmod +x slow-cc
# killed PHASE PATTERN: when a file of this name is in tmp
killed() {
    LOOM_CC=./slow-cc "$cc" -O2 -c src/b.c -o t.o &
    pid=$!
    n=0
    while ! ls tmp/$2 >said 2>&1 && [ $n -lt 2000 ]; do n=$((n + 1)); sleep 0.01; done
    kill -TERM $pid
    wait $pid
    check "SIGTERM ends it while it $1" test $? = 143
    check '... and leaves nothing' test -z "$(ls tmp)"
}
killed rewrites 'loom-cc-*'
killed compiles 'cc*.s'
exit 0
