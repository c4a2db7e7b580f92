#!/bin/sh
# Golden tests of loom-rewrite: c/NAME.c is one text rule, c/NAME.expect what it is rewritten to.
# timeout: 400
#
# All of c/ is rewritten as one tree. Each case is then compiled, original and rewritten, by gcc and
# clang-19 at -O0 and -O2 with -Wall -Wextra -Werror, and run with a test runtime (testrt.c) that
# leaves all functions fast, sends all to their slow copies, or toggles at random. Output and exit
# status must be those of the original; then its text is compared. Words in the first comment of a case, after ` * `:
#
#   flags: FLAGS     also for the compiler (and for loom-rewrite)
#   only: COMPILER   gcc or clang-19
#   levels: -ON...   instead of -O0 -O2
#   modes: MODE...   of testrt.c, instead of: fast slow slots toggle
#   link: FILE       compiled with it; that FILE says `part: of NAME`, and is no case itself
#   alone: REGEX     the report has a line NAME.c...REGEX
#
#   tests/golden/rewriter.sh [NAME...]            these cases only
#   tests/golden/rewriter.sh --accept [NAME...]   writes c/NAME.expect anew: look at the diff
set -u
cd "$(dirname "$0")/../.." || exit 2
root=$(pwd)
build=${LOOM_BUILD:-$root/build}
work=${LOOM_WORK:-$build/work/golden}
cases=$root/tests/golden/c
accept=
[ "${1:-}" = --accept ] && { accept=1; shift; }

# word FILE KEY: what the first comment of a case says under this key
word() { sed -n "1,7s|^ \* $2: \(.*\)|\1|p" "$1" | sed 's| *\*/.*||'; }

# ---- one case, in a process of its own -------------------------------------------------------------

# build PROGRAM FOLDER COMPILER LEVEL
compile() {
    (cd "$2" && $3 $4 -Wall -Wextra -Werror $flags "$name.c" $link -o "$1" -pthread -lm) >>"$log" 2>&1
}

# try PROGRAM MODE: output and exit status
try() {
    LOOM_RT=$build/testrt.so LOOM_TEST=$2 LOOM_TEST_LOG=$work/$name.count timeout -k 1 20 "$1" 2>&1
    echo "status $?"
}

bad() {
    [ -s "$log.bad" ] || echo "not ok $name: $*" >"$log.bad"
    echo "== $*" >>"$log"
}

# Slow copies that are never taken would prove nothing.
check_count() {
    awk '{ n += $2 } END { exit n == 0 }' "$work/$name.count" 2>/dev/null || bad 'no slot was ever reached'
}

check_runs() { # COMPILER LEVEL
    program=$work/$name.$1$2
    compile "$program.before" "$work/src" "$1" "$2" || { bad "original with $1 $2"; return; }
    compile "$program" "$work/out" "$1" "$2" || { bad "does not compile with $1 $2"; return; }
    LOOM=0 try "$program.before" none >"$program.want"
    for mode in $modes; do
        try "$program" "$mode" >"$program.got"
        cmp -s "$program.want" "$program.got" && continue
        bad "$1 $2 $mode: output differs"
        diff "$program.want" "$program.got" | head -n 10 >>"$log"
    done
}

check_case() {
    name=$1 log=$work/$1.log source=$cases/$1.c
    flags=$(word "$source" flags) link=$(word "$source" link) alone=$(word "$source" alone)
    modes=$(word "$source" modes) levels=$(word "$source" levels) only=$(word "$source" only)
    : "${modes:=fast slow slots toggle}"
    : >"$log"
    rm -f "$log.bad" "$work/$name.count"
    for compiler in ${only:-gcc clang-19}; do
        for level in ${levels:--O0 -O2}; do check_runs "$compiler" "$level"; done
    done
    if [ -n "$alone" ]; then
        grep -Eq "^$name\.c.*($alone)" "$work/out/.loom/report.txt" || bad "not reported: $alone"
    elif grep "^$name\.c: not rewritten" "$work/out/.loom/report.txt" >>"$log"; then
        bad 'left alone'
    else case $modes in *slots*) check_count ;; esac
    fi
    if [ -s "$log.bad" ]; then
        cat "$log.bad"
        sed 's/^/    /' "$log" | head -n 30
    else echo "ok $name"; fi
    if cmp "$cases/$name.expect" "$work/out/$name.c" >"$log" 2>&1; then echo "ok $name, text"; else
        echo "not ok $name, text: is not c/$name.expect"
        diff "$cases/$name.expect" "$work/out/$name.c" | head -n 6 | cut -c 1-200 | sed 's/^/    /'
    fi
}

if [ "${1:-}" = --case ]; then
    check_case "$2"
    exit 0
fi

# ---- all of them -----------------------------------------------------------------------------------

mkdir -p "$work" && rm -rf "$work/src" "$work/out"
cp -r "$cases" "$work/src" && rm -f "$work"/src/*.expect
list=$(cd "$cases" && grep -L '^ \* part:' *.c | sed 's/\.c$//')
{
    echo '['
    for source in "$cases"/*.c; do
        name=$(basename "$source" .c)
        case $name in include_c_part) continue ;; esac
        printf '{"directory":"%s","file":"%s.c","command":"cc -O2 %s -c %s.c"},\n' \
            "$work/src" "$name" "$(word "$source" flags)" "$name"
    done | sed '$ s/,$//'
    echo ']'
} >"$work/src/compile_commands.json"

"$build/loom-rewrite" "$work/src" "$work/out" || { echo 'not ok rewriting'; exit 1; }
if [ -n "$accept" ]; then
    for name in ${*:-$list}; do cp "$work/out/$name.c" "$cases/$name.expect"; done
    exit 0
fi
export LOOM_BUILD="$build" LOOM_WORK="$work"
printf '%s\n' ${*:-$list} | xargs -n 1 -P "$(nproc)" tests/golden/rewriter.sh --case
