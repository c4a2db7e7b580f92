#!/bin/sh
# loom-rewrite, bad input: each gets a clear error, a non-zero exit, and leaves nothing behind.
# timeout: 120
set -u
rewrite=$LOOM_BUILD/loom-rewrite
cd "$LOOM_WORK" || exit 2
chmod 755 .
umask 022

mkdir src && cat >src/a.c <<'C'
#include <stdio.h>
int main(void) { puts("hello"); return 0; }
C

say() { # say ok|no NAME
    if [ "$1" = ok ]; then echo "ok $2"; else
        echo "not ok $2"
        sed 's/^/    /' err
    fi
}

# refused NAME STATUS TEXT COMMAND...: exits with STATUS, says TEXT, changes no file name below .
refused() {
    name=$1 wanted=$2 text=$3
    shift 3
    rm -f outp
    before=$(find . -xdev | sort)
    "$@" >outp 2>err
    status=$?
    rm -f outp
    good=ok
    [ $status -eq "$wanted" ] || { good=no; echo "status $status, not $wanted" >>err; }
    grep -q -- "$text" err || { good=no; echo "did not say: $text" >>err; }
    [ "$before" = "$(find . -xdev | sort)" ] || { good=no; echo "left behind:" >>err; find . >>err; }
    say $good "$name"
}
: >err

refused 'no operands' 2 'SRC and OUT are needed' "$rewrite"
refused 'one operand' 2 'too few' "$rewrite" src
refused 'three operands' 2 'too many' "$rewrite" src out more
refused 'unknown option' 2 'loom-rewrite --help' "$rewrite" --bogus src out
refused '-j 0' 2 'from 1 to' "$rewrite" -j 0 src out
refused '-j x' 2 'from 1 to' "$rewrite" -jx src out
refused '-p with --' 2 'exclude each other' "$rewrite" -p . src out -- -O2
refused '--report-format of another kind' 2 'text or json' "$rewrite" --report r --report-format xml src out
refused '--report-format alone' 2 'needs --report' "$rewrite" --report-format json src out
refused '--diff of a missing file' 1 'no such file' "$rewrite" --diff=nowhere.c src
refused 'empty OUT' 2 'cannot be empty' "$rewrite" src ''

refused 'SRC missing' 1 'SRC nowhere: No such file' "$rewrite" nowhere out
refused 'SRC is a file' 1 'not a folder' "$rewrite" src/a.c out
refused 'OUT inside SRC' 1 'inside SRC' "$rewrite" src src/out
ln -s src alias
refused 'OUT inside SRC by another name' 1 'inside SRC' "$rewrite" src alias/out
refused 'OUT is SRC' 1 'inside SRC' "$rewrite" src src
refused 'OUT is SRC, as .' 1 'inside SRC' sh -c "cd src && '$rewrite' . ."
refused 'SRC inside OUT' 1 'inside OUT' "$rewrite" src .
mkdir full && : >full/x
refused 'OUT exists' 1 'OUT full exists' "$rewrite" src full
: >file
refused 'OUT exists, with a .loom of others' 1 'OUT full exists' sh -c "mkdir full/.loom; '$rewrite' src full; s=\$?; rmdir full/.loom; exit \$s"
refused 'OUT is a file' 1 'OUT file exists' "$rewrite" src file
refused 'OUT is below a file' 1 'file' "$rewrite" src file/out
ln -s nowhere dangling
refused 'OUT is a link to nothing' 1 'symbolic link' "$rewrite" src dangling
refused 'folder of OUT missing' 1 'make that folder first' "$rewrite" src no/such/out
mkdir done done/.loom && cp src/a.c done
refused 'SRC was rewritten before' 1 'written by loom-rewrite' "$rewrite" done out
mkdir none && : >none/readme
refused 'no C file' 1 'no .c file' "$rewrite" none out

# databases
refused '-p missing' 1 'nowhere' "$rewrite" -p nowhere src out
mkdir bad && cp src/a.c bad && echo 'no json' >bad/compile_commands.json
refused 'database is not JSON' 1 'bear -- make' "$rewrite" bad out
echo '[]' >bad/compile_commands.json
refused 'database is empty' 1 'bear -- make' "$rewrite" bad out
echo '[{"directory":"/usr","file":"/usr/x.c","arguments":["cc","-c","x.c"]}]' \
    >bad/compile_commands.json
refused 'database of another tree' 1 'no command is for a C file below SRC' "$rewrite" bad out
mkdir bad/b1 bad/b2
mv bad/compile_commands.json bad/b1
cp bad/b1/compile_commands.json bad/b2
refused 'two databases' 1 'choose with -p' "$rewrite" bad out

# files that do not parse
mkdir broken && echo 'int main(void) { return undeclared; }' >broken/a.c
refused 'no file parses' 1 'do not parse' "$rewrite" broken out
refused 'no file parses with flags' 1 'do not parse' "$rewrite" broken out -- -O2
cp src/a.c broken/b.c
refused 'without database, one file does not parse' 1 'bear -- make' "$rewrite" broken out
refused 'call list missing' 1 'calls nowhere' "$rewrite" --calls nowhere src out
echo 'frob z' >calls
refused 'call list wrong' 1 'calls:1: `z`' "$rewrite" --calls calls src out
refused 'report cannot be written' 1 'no/report' "$rewrite" --report no/report src out

# with flags, a file that does not parse is copied and listed
if "$rewrite" broken out -- >outp 2>err && cmp -s broken/a.c out/a.c &&
    grep -q '^a.c: not rewritten, it does not parse: .*undeclared' out/.loom/report.txt &&
    grep -q '1 of 2 files do not parse' outp; then say ok 'one file does not parse: copied, listed'
else say no 'one file does not parse: copied, listed'; fi
rm -rf out outp

# a file or folder that this user cannot read (root can read everything)
user="setpriv --reuid=65534 --regid=65534 --clear-groups"
if [ "$(id -u)" = 0 ] && $user test -x "$rewrite" -a -r src/a.c; then
    cp -r src secret && chmod 600 secret/a.c && chmod 777 .
    refused 'file cannot be read' 1 'a.c: cannot read' $user "$rewrite" secret out
    chmod 644 secret/a.c && mkdir secret/sub && chmod 700 secret/sub
    refused 'folder cannot be read' 1 'sub: cannot read' $user "$rewrite" secret out
    chmod 755 secret/sub secret && mkdir closed && chmod 755 closed
    refused 'folder of OUT cannot be written' 1 'closed/out' $user "$rewrite" secret closed/out
    chmod 555 secret secret/sub && chmod 444 secret/a.c
    if $user "$rewrite" secret out >outp 2>err && [ "$(stat -c %a out out/sub out/a.c | tr '\n' ' ')" = '555 555 444 ' ]
    then say ok 'read-only tree, not as root'; else say no 'read-only tree, not as root'; fi
    rm -rf out outp
    chmod 755 .
else
    echo '# unreadable files: skipped, needs root and a build folder that others may enter'
fi

# the disk is full, and a file grows too large
head -c 3000000 /dev/zero >src/data
if [ "$(id -u)" = 0 ] && mkdir disk && mount -t tmpfs -o size=1m none disk 2>err; then
    "$rewrite" src disk/out >outp 2>err
    status=$?
    if [ $status -eq 1 ] && [ -z "$(ls -A disk)" ] && grep -q 'No space left' err; then
        say ok 'disk full'; else say no 'disk full'; fi
    head -c 600000 /dev/zero >src/data
    # the copy fits, what the rewriter adds may not: grow from full until it does
    seen=no
    for room in 600 604 608 612 616 620 624 628 632 636 640 644 652 660 668 676 700; do
        mount -o remount,size=${room}k disk || break
        if "$rewrite" src disk/out >outp 2>err; then
            cmp -s src/data disk/out/data && [ -f disk/out/.loom/report.txt ] && seen=yes
            break
        fi
        if [ -n "$(ls -A disk)" ]; then seen=no; break; fi
    done
    if [ $seen = yes ]; then say ok 'disk full at every stage: complete or absent'
    else say no 'disk full at every stage: complete or absent'; fi
    umount disk && rmdir disk
else
    echo '# disk full on a tmpfs: skipped, cannot mount'
fi
head -c 3000000 /dev/zero >src/data
refused 'file size limit' 1 'File too large\|Large\|limit' sh -c "ulimit -f 1000; trap '' XFSZ; '$rewrite' src out"
rm -f src/data outp

# interrupted: nothing is left, and the caller sees the signal
mkdir big && for i in $(seq 60); do cp src/a.c big/f$i.c; done
for signal in INT TERM HUP; do
    # a background job of sh ignores INT; env gives it back
    env --default-signal=INT "$rewrite" -j 1 big out >outp 2>err &
    pid=$!
    n=0
    while [ -z "$(ls -d out.loom-tmp-* 2>/dev/null)" ] && [ $n -lt 200 ]; do n=$((n + 1)); sleep 0.01; done
    kill -$signal $pid
    wait $pid
    status=$?
    if [ $status -gt 128 ] && [ -z "$(ls -d out* | grep -v '^outp$')" ]; then
        say ok "interrupted by SIG$signal"
    else
        { echo "status $status"; ls -d out*; } >>err
        say no "interrupted by SIG$signal"
    fi
    rm -rf out outp
done
# ... as early as can be: in the call that makes the work folder
if strace -o trace true 2>/dev/null; then
    strace -o trace -e trace=mkdir -e inject=mkdir:signal=SIGTERM:when=1 "$rewrite" -j 1 big out >outp 2>err
    status=$?
    if [ $status -eq 143 ] && grep -q loom-tmp trace && [ -z "$(ls -d out* | grep -v '^outp$')" ]; then
        say ok 'interrupted while it makes the work folder'
    else
        { echo "status $status"; ls -d out*; } >>err
        say no 'interrupted while it makes the work folder'
    fi
else
    echo '# interrupted while it makes the work folder: skipped, cannot trace'
fi
exit 0
