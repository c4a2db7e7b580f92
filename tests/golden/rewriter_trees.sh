#!/bin/sh
# loom-rewrite, whole trees: what is copied and how, and every form of a compilation database.
# timeout: 120
set -u
rewrite=$LOOM_BUILD/loom-rewrite
tests=$(cd "$(dirname "$0")" && pwd)
cd "$LOOM_WORK" || exit 2
here=$(pwd)

# check NAME COMMAND...: ok if the command succeeds
check() {
    name=$1
    shift
    if "$@" >log 2>&1; then echo "ok $name"; else
        echo "not ok $name"
        sed 's/^/    /' log err outp 2>/dev/null
    fi
}

# run ARGUMENT...: loom-rewrite into `out`, anew
run() {
    rm -rf out
    "$rewrite" "$@" >outp 2>err
}

# rewritten FILE...: each of them is in out, and differs from the one in src
rewritten() {
    for f in "$@"; do [ -f "out/$f" ] && ! cmp -s "src/$f" "out/$f" || { echo "$f as before"; return 1; }; done
}
untouched() {
    for f in "$@"; do cmp "src/$f" "out/$f" || return 1; done
}
reported() { grep -q -- "$1" out/.loom/report.txt || { cat out/.loom/report.txt; return 1; }; }

# new NAME: an empty src with one C file
new() {
    rm -rf src out
    mkdir -p src
    cat >src/a.c <<'C'
#include <stdio.h>
static int twice(int x) { puts("twice"); return 2 * x; }
int main(void) { for (int i = 0; i < 3; i++) printf("%d\n", twice(i)); return 0; }
C
}

# ---- the copy --------------------------------------------------------------------------------------

new
mkdir -p src/sub src/empty src/.git src/locked
cp src/a.c src/sub/b.c && chmod 444 src/sub/b.c
printf 'data\0with zeros' >src/data && printf '#!/bin/sh\n' >src/run.sh && chmod 755 src/run.sh
echo hidden >src/.hidden && echo x >src/.git/config && echo x >src/locked/x && chmod 555 src/locked
ln -s data src/relative && ln -s "$here/src/data" src/absolute && ln -s ../../elsewhere src/leaves
ln -s nowhere src/dangling && ln -s sub src/folder && mkfifo src/fifo
perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "src/socket", Listen => 1) or die $!'
gcc -c src/a.c -o src/a.o && ar rcs src/liba.a src/a.o && gcc src/a.c -o src/program
gcc -shared -fPIC src/a.c -o src/liba.so && echo '# a.lo - a libtool object file' >src/a.lo
echo 'int x;' >src/pre.h && gcc -x c-header src/pre.h -o src/pre.h.gch
(cd src && gcc --coverage -o counted a.c && ./counted >/dev/null && mv counted-a.gcda a.gcda && mv counted-a.gcno a.gcno && rm counted)
echo text >src/text && ar rcs src/text.a src/text && echo 'plain' >src/notes.la
printf 'TOP = %s\n' "$here/src" >src/Makefile
cp src/a.o src/test_data && chmod 644 src/test_data
touch -d '2001-02-03 04:05:06.789' src/a.c src/data src/sub/b.c src/empty src/sub
chmod 2750 src/sub
run src out
check 'a tree is rewritten' rewritten a.c sub/b.c
check 'other files are copied' untouched data test_data run.sh .hidden locked/x Makefile text.a notes.la
stamps() { # of all that exists in both, without the top, whose names differ
    (cd "$1" && find . -mindepth 1 ! -type l ! -path './.loom*' -printf '%P %m %T@\n' | sort)
}
stamps src >times.src
stamps out >times.out
check 'modes and times are kept' sh -c '! grep -vxFf times.src times.out'
check 'links are kept' test "$(readlink out/relative out/leaves out/dangling out/folder | tr '\n' ' ')" = 'data ../../elsewhere nowhere sub '
check 'absolute links into SRC lead into OUT' test "$(readlink out/absolute)" = "$here/out/data"
check 'a link that leads out is noted' reported '^leaves: this link leads out of SRC'
check 'build products stay behind' sh -c '! ls out/a.o out/liba.a out/program out/liba.so out/a.lo out/pre.h.gch out/a.gcda out/a.gcno 2>/dev/null | grep .'
check 'build products are counted' reported '^8 products of a build'
check '.git stays behind' sh -c 'test ! -e out/.git && grep -q "^.git not copied" out/.loom/report.txt'
check 'a fifo is noted' reported '^fifo: not copied'
check 'a socket is noted' reported '^socket: not copied: it is not a file but a socket'
check 'empty folders are copied' test -d out/empty
mkdir -p deep && {
    echo 'int f(int x); int f(int x) { switch (x) {'
    seq 1500 | sed 's/.*/ case &:/'
    echo '  return 1; } return 2; }'
    echo 'int main(void) { int x = f(3) - 1;'
    seq 1500 | sed 's/.*/ if (x == &) x += &; else/'
    echo '; return x; }'
} >deep/deep.c
rm -rf deepout
check 'long lists of cases and of else if' sh -c '"$LOOM_BUILD/loom-rewrite" deep deepout && gcc deepout/deep.c -o p && LOOM=0 ./p'
check 'a build file with the path of SRC is noted' reported '^Makefile: names the folder of SRC'
check 'one summary line' test "$(wc -l <outp)" = 1
check 'nothing on stderr' test ! -s err
check 'the output compiles and runs' sh -c 'gcc -Wall -Wextra -Werror out/a.c -o p && LOOM=0 ./p | tail -n 1 | grep -qx 4'
chmod -R u+w src out
rm -f src/fifo src/socket

run -j 1 src out
mv out first
run -j 4 src out
check 'the same input gives the same output' diff -r --no-dereference first out
rm -rf first
mkdir empty && "$rewrite" src empty >outp 2>err
check 'an empty OUT is used' test -f empty/.loom/report.txt
rm -rf empty out
(cd src && "$rewrite" . ../out/ >../outp 2>../err)
check 'SRC . and OUT with a slash' rewritten a.c
run --report rep src out
check '--report writes the same report' cmp rep out/.loom/report.txt
rm -rf out
"$rewrite" --diff src out >diff 2>err
check '--diff shows the change' grep -q '^--- a/sub/b.c' diff
check '--diff makes no OUT' test ! -e out
"$rewrite" --diff src >diff2 2>err
check '--diff without OUT' cmp diff diff2
"$rewrite" --diff=sub/b.c src >diff3 2>err
check '--diff=FILE shows one file' sh -c "grep -q '^--- a/sub/b.c' diff3 && ! grep -q '^--- a/a.c' diff3"
check '... which is part of all' sh -c "grep -vxFf diff diff3 | grep . && exit 1; exit 0"

new
cat >src/b.c <<'C'
#include <stdio.h>
#include <unistd.h>
#define SPIN(n) while (f(n)) { n--; }
int f(int n);
static int (*g)(int) = f;
int busy(int n);
int busy(int n) { int s = 0; for (int i = 0; i < 4; i++) s += i; while (s > n) s = g(s); return s; }
int macro(int n);
int macro(int n) { SPIN(n) usleep(1); return n; }
__attribute__((const)) int alone(int n) { return n + 1; }
int main(void) { return 0; }
C
run --report rep.json --report-format json src out
count() { grep -qx "$1" out/.loom/report.txt || { cat out/.loom/report.txt; return 1; }; }
check 'counts: files' count '2 files rewritten'
check 'counts: functions' count '5 functions rewritten'
check 'counts: left alone' count '1 functions left alone'
check 'counts: loops' sh -c "grep -qx '2 loops exempted' out/.loom/report.txt && grep -qx '1 loops skipped' out/.loom/report.txt && grep -qx '1 polls' out/.loom/report.txt"
check 'counts: indirect calls' count '1 indirect calls'
check 'counts: blocking sites' count '4 blocking sites'
check 'counts: statements' count '16 statements'
check 'a place left alone has its line and reason' reported '^b.c:10: alone: left alone: it is declared pure'
cat >json.pl <<'P'
use strict; use JSON::PP; local $/;
open my $json, '<', 'rep.json'; my $r = decode_json(<$json>);
open my $text, '<', 'out/.loom/report.txt'; my ($head, $notes) = split /\n\n/, <$text>, 2;
my %counts = map { my ($n, $name) = split / /, $_, 2; $name =~ tr/ /_/; $name => $n } split /\n/, $head;
for (keys %counts) { die "$_: $r->{counts}{$_}\n" unless $counts{$_} eq $r->{counts}{$_} }
die "counts\n" unless keys %counts == keys %{$r->{counts}} && keys %counts > 10;
my $lines = join '', map { ($_->{file} ? $_->{file} . ($_->{line} ? ":$_->{line}" : '') . ': ' : '') . "$_->{text}\n" } @{$r->{notes}};
die "$lines\nis not\n$notes" unless $lines eq $notes;
P
check '--report-format json says the same' perl json.pl

mkdir "sp ace" && cp src/a.c 'sp ace/ä b.c'
rm -rf out && "$rewrite" 'sp ace' 'o ut' >outp 2>err
check 'names with blanks and other letters' sh -c "! cmp -s 'sp ace/ä b.c' 'o ut/ä b.c' && gcc -x c 'o ut/ä b.c' -o p && LOOM=0 ./p"

# names that a database has to quote, relative directories, links to sources and headers, and what
# lies outside of SRC
new
rm -rf elsewhere && mkdir elsewhere src/real 'src/b $(x) é' && ln -s real src/linked && ln -s a.c src/link.c
echo 'static inline int outside(int x) { while (x > 5) x--; return x; }' >elsewhere/outside.h
echo 'static inline int near(int x) { for (int i = 0; i < 3; i++) x += i; return x; }' >src/real/near.h
printf '#include "../linked/near.h"\n#include <outside.h>\nint main(void) { return near(1) + outside(9); }\n' \
    >'src/b $(x) é/c;d.c'
cp 'src/b $(x) é/c;d.c' 'src/qu"ote.c' && sed -i 's|\.\./linked|linked|' 'src/qu"ote.c'
cat >src/compile_commands.json <<'J'
[{"directory":".","file":"link.c","command":"gcc -I../elsewhere -c link.c"},
 {"directory":"b $(x) \u00e9","file":"c;d.c","command":"gcc -I ../../elsewhere -c 'c;d.c'"},
 {"directory":"","file":"qu\"ote.c","arguments":["gcc","-I../elsewhere","-c","qu\"ote.c"]}]
J
cp elsewhere/outside.h outside.h
run src out
check 'relative directories, names that must be quoted, a header by a link' rewritten a.c real/near.h 'b $(x) é/c;d.c'
check '... they compile and run' sh -c 'cd "out/b \$(x) é" && gcc -I../../elsewhere "c;d.c" -o p && { LOOM=0 ./p; test $? = 9; }'
check 'a source by a link: the link stays' test "$(readlink out/link.c)" = a.c
check 'a header outside of SRC is as it was' cmp outside.h elsewhere/outside.h
check 'a name that no #include can have: copied, told' sh -c \
    'cmp "src/qu\"ote.c" "out/qu\"ote.c" && grep -q "^qu\"ote.c: not rewritten: an #include cannot" out/.loom/report.txt'

new
printf 'CMAKE_HOME_DIRECTORY:INTERNAL=%s\n' "$here/src" >src/CMakeCache.txt
run src out
check 'a CMake build folder gives a warning' grep -q 'run cmake again in OUT' err

# A million levels are more than the parser's stack holds.
new
perl -e 'print "int sum(int x); int sum(int x) { return ", "(" x 1000000, "x", ")" x 1000000, "; }\n"' >src/sum.c
run src out --
check 'a file on which the parser crashes is copied' untouched sum.c
check '... and listed' reported '^sum.c: not rewritten: the parser crashed on it'
check '... and costs no other file' rewritten a.c

# ---- databases -------------------------------------------------------------------------------------

# database JSON...: the entries of src/compile_commands.json; @ is the current folder
database() {
    { echo '['; printf '%s' "$*"; echo ']'; } | sed "s|@|$here|g" >src/compile_commands.json
}
new
mkdir -p src/include src/lib
echo 'static inline int three(void) { return 3; }' >src/include/three.h
cat >src/lib/b.c <<'C'
#include "three.h"
#ifndef NEEDED
#error NEEDED is not defined
#endif
int b(void);
int b(void) { int i, s = 0; for (i = 0; i < three(); i++) s += NEEDED(i); return s; }
C
database '{"directory":"@/src","file":"a.c","command":"gcc -O2 -c -o a.o a.c"},' \
    '{"directory":"@/src/lib","file":"b.c","command":"gcc -I../include \"-DNEEDED(x)=((x)+1)\" -c b.c"}'
run src out
check 'command form' rewritten a.c lib/b.c include/three.h
check 'nothing to complain about' sh -c '! grep -q "not rewritten" out/.loom/report.txt'

database '{"directory":"@/src/lib","file":"../lib/b.c","output":"b.o","arguments":["gcc","-I","../include","-DNEEDED(x)=x","-MD","-MF","b.d","-MT","b.o","-Wall","-Werror","-Wlogical-op","-o","b.o","-c","../lib/b.c"]}'
run src out
check 'arguments form, outputs dropped' rewritten lib/b.c
check 'only the files it names' untouched a.c
check 'no output of the compiler' sh -c 'test ! -e src/lib/b.d -a ! -e src/lib/b.o'

database '{"directory":"@/src","file":"a.c","command":"ccache /usr/bin/x86_64-linux-gnu-gcc -fno-tree-pta -fconserve-stack -mno-such-thing -fmin-function-alignment=3 -std=gnu3000 -fplugin=/no.so --param=ssp-buffer-size=4 -flto=auto -Wa,-g -Wl,-z,now -Xlinker x -lm -L/x -T s.ld -Wp,-MD,x.d -c a.c"}'
run src out
check 'flags that only gcc knows' rewritten a.c
check '... are reported' reported 'compiler flag -fconserve-stack is not known to clang'
check '... each of them' test "$(grep -c '^compiler flag' out/.loom/report.txt)" = 5

echo 'int c(int x); int c(int x) { return sizeof(long) == 4 ? x : missing; }' >src/cross.c
sed 's/missing/(int)sizeof(char[sizeof(void *) == 4 ? 1 : -1])/' src/cross.c >src/c32.c
sed 's/missing/(int)sizeof(char[(char)-1 > 0 ? 1 : -1])/' src/cross.c >src/arm.c
database '{"directory":"@/src","file":"c32.c","command":"gcc -m32 -c c32.c"},' \
    '{"directory":"@/src","file":"arm.c","arguments":["aarch64-linux-gnu-gcc","-mcpu=cortex-a72","-c","arm.c"]}'
run src out
check 'flags and compilers for other machines' rewritten c32.c arm.c
rm src/c32.c src/arm.c src/cross.c

cat >src/lib/conf.h <<'C'
static inline int conf(int x) {
#ifdef A
    if (x > 3) return 1;
#endif
    while (x > 10) x ^= x ^ (x - 3); /* polled: it has no slow copy of its own */
    return x;
}
C
printf '#include "lib/conf.h"\nint u1(int x); int u1(int x) { return conf(x); }\n' >src/u1.c
printf '#include "lib/conf.h"\nint main(void) { return conf(4); }\n' >src/u2.c
database '{"directory":"@/src","file":"u1.c","command":"gcc -DA -c u1.c"},' \
    '{"directory":"@/src","file":"u2.c","command":"gcc -c u2.c"}'
run src out
check 'configurations that differ are reported' reported '^lib/conf.h:1: conf: configurations differ'
check '... and the header is right for both' sh -c 'gcc -DA -c out/u1.c -o u1.o && gcc out/u2.c u1.o -o p; LOOM=0 ./p; test $? = 4; s=$?; gcc -DA out/u2.c u1.o -o p; LOOM=0 ./p; test $?$s = 10'
rm src/u1.c src/u2.c src/lib/conf.h

printf '%s\n' '-I ../include' '"-DNEEDED(x)=x"' >src/lib/args.rsp
database '{"directory":"@/src/lib","file":"b.c","command":"gcc @args.rsp -c b.c"}'
sed -i "s|$here""args|@args|" src/compile_commands.json
run src out
check 'response file' rewritten lib/b.c

cat >src/two.c <<'C'
int two(int x);
#ifdef A
int two(int x) { while (x > 10) x -= 3; return x; }
#else
int two(int x) { while (x > 20) x -= 7; return x; }
#endif
C
database '{"directory":"@/src","file":"two.c","command":"gcc -DA -c two.c -o a.o"},' \
    '{"directory":"@/src","file":"two.c","command":"gcc -DA -c two.c -o same.o"},' \
    '{"directory":"@/src","file":"two.c","command":"gcc -c two.c -o b.o"}'
run src out
check 'a file with two configurations' rewritten two.c
for c in gcc clang-19; do for d in A B; do
    check "... compiles in both ($c -D$d)" $c -D$d -O2 -Wall -Wextra -Werror -c out/two.c -o two.o
done; done

cat >src/two.c <<'C'
#include <stdio.h>
#ifdef A
#define API static
#define VALUE long
#else
#define API
#define VALUE int
#endif
API VALUE half(VALUE x);
API VALUE half(VALUE x) { VALUE r = x / 2; return r; }
#ifdef A
int main(void) { printf("%ld\n", half(1L << 40)); return 0; }
#endif
C
cat >src/main.c <<'C'
int half(int x);
int main(void) { return half(14); }
C
database '{"directory":"@/src","file":"two.c","command":"gcc -DA -c two.c -o a.o"},' \
    '{"directory":"@/src","file":"main.c","command":"gcc -c main.c"},' \
    '{"directory":"@/src","file":"two.c","command":"gcc -c two.c -o b.o"}'
run src out
export LOOM_RT="$LOOM_BUILD/testrt.so" LOOM_TEST=slots
check 'static in one configuration only' sh -c 'gcc -O2 out/two.c out/main.c -o p; ./p; test $? = 7'
check 'a return type that depends on the configuration' sh -c 'gcc -DA -O2 out/two.c -o p && ./p | grep -qx 549755813888'
cat >src/two.c <<'C'
#include <stdio.h>
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#ifdef A
#define half JOIN(PREFIX, half)
#define state JOIN(PREFIX, state)
#endif
typedef struct { int n; } state;
int half(state *s);
int half(state *s) { state copy = *s; copy.n /= 2; if (copy.n > 100) return -1; return copy.n; }
static state *same(state *s) { return s->n ? s : 0; }
#ifdef A
static int call(int (*f)(state *), state *s) { return f(s); }
int main(void) { state s = {14}; printf("%d\n", call(half, same(&s))); return 0; }
#endif
C
cat >src/main.c <<'C'
int half(int *x);
int main(void) { int x = 14; return half(&x); }
C
run src out
check 'names that depend on the configuration' sh -c 'gcc -O2 -w out/two.c out/main.c -o p; ./p; test $? = 7 && gcc -DA -O2 out/two.c -o p && ./p | grep -qx 7'
unset LOOM_RT LOOM_TEST
rm src/main.c src/two.c

echo 'int f() { return 1; }' >src/x.cpp
database '{"directory":"@/src","file":"x.cpp","command":"g++ -c x.cpp"},' \
    '{"directory":"/usr","file":"/usr/include/stdio.h","command":"gcc -xc -c /usr/include/stdio.h"},' \
    '{"directory":"@/src/gone","file":"a.c","command":"gcc -c a.c"},' \
    '{"directory":"@/src","file":"a.c","command":"gcc -c a.c"}'
run src out
check 'other files and languages are ignored' rewritten a.c
check '... and counted' sh -c 'grep -q "^1 compile commands are for files outside SRC" out/.loom/report.txt && grep -q "^1 compile commands are for other languages" out/.loom/report.txt && grep -q "^1 commands of .* do not exist" out/.loom/report.txt'

mkdir src/build && database '{"directory":"@/src/build","file":"../a.c","command":"gcc -c ../a.c"}'
mv src/compile_commands.json src/build
run src out
check 'database in a build folder' rewritten a.c
mv src/build/compile_commands.json mine.json
run -p mine.json src out
check 'database of another name and place' rewritten a.c
run -p "$here" src out
check '-p FOLDER without a database is refused' test ! -e out
mv mine.json compile_commands.json
run -p . src out
check '-p FOLDER' rewritten a.c
rm compile_commands.json

ln -sfn src alias
database '{"directory":"@/alias","file":"@/alias/a.c","command":"gcc -c @/alias/a.c"}'
run src out
check 'the database names SRC by a link' rewritten a.c
rm -rf out && "$rewrite" alias out >outp 2>err
check 'SRC is a link' rewritten a.c
rm alias

rm src/compile_commands.json src/x.cpp
run src out
check 'no database: a file needs flags' test ! -e out
run src out -- -Iinclude '-DNEEDED(x)=(x)'
check 'flags behind --' rewritten a.c lib/b.c

printf 'int main(void) { return old(1); }\nold(x) int x; { return x - 1; }\n' >src/old.c
database '{"directory":"@/src","file":"old.c","command":"gcc -std=gnu11 -c old.c"}'
run src out
check 'what gcc only warns about is accepted' rewritten old.c
exit 0
