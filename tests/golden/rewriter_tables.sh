#!/bin/sh
# The slot tables say what was emitted: node numbers are unique, successors exist, every slot and
# every marker of the text has its line in the table and the other way round; what a slot passes and
# what a file gives are the names that the table says, in that order. Checked on all golden cases, and
# on a file that two configurations see in different shapes. And which calls are surely made.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/tables}
mkdir -p "$work"

# numbers TAG TEXT: the points that the text names
numbers() {
    grep -oE "LOOM_(SLOT(_OWN)?(_DECL|_COND)?|CALL|CALL_LOCK|LOCK|CREATE|EXIT)\($1, [0-9]+" "$2" |
        grep -oE '[0-9]+$'
    grep -oE "LOOM_(SLOT_IF|SLOT_IF_DECL|SLOT_IF_COND|EXIT_IF|COND_BREAK|COND_BREAK_DECL|POLL_IF|POLL_IF_DECL)\($1, [0-9]+, [0-9]+" \
        "$2" | grep -oE '[0-9]+$'
}

# passed TAG TEXT: `NUMBER NAME...` of every slot that passes values, `g NUMBER NAME` of what is given
passed() {
    LC_ALL=C grep -aoE "LOOM_SLOT(_OWN)?(_DECL|_COND)?\($1, [0-9]+, [^)]*\)" "$2" | sed 's/^[^,]*, //'
    LC_ALL=C grep -aoE "LOOM_SLOT_IF(_DECL|_COND)?\($1, [0-9]+, [0-9]+, [^)]*\)" "$2" |
        sed 's/^[^,]*, [0-9]*, //'
    sed -nE 's/^LOOM_GLOBAL(_AT)?\(([0-9]+), (.*)\)\r?$/g \2 \3/p' "$2"
}

check() { # NAME TREE
    bad=
    for table in $(cd "$2/.loom" && find . -name '*.h' ! -name slot.h ! -name 'slot_*.h' ! -name rt.h); do
        file=${table%.h}
        tag=$(grep -oE 'LOOM_FILE\([A-Za-z0-9_]+' "$2/.loom/$table" | cut -d'(' -f2)
        sed -n 's/^"\(.*\)\\n"$/\1/p' "$2/.loom/$table" >"$work/lines"
        awk '$1 == "n" { if (seen[$2]++) print "node " $2 " twice"
                         n = split($7, next_, ","); for (i = 1; i <= n; i++) want[next_[i]] = $2 }
             END { for (w in want) if (w != "-" && !(w in seen)) print "node " want[w] " leads to no node " w }' \
            "$work/lines" >"$work/faults"
        # `x` lines stand in front of the `fn` of who is left alone
        awk '$1 == "x" { left = 1 }
             $1 == "fn" { name = $3; skip = left; left = 0 }
             $1 == "n" && $3 == "exit" && !skip && $6 !~ /S/ { print "a way out of " name " without a slot: " $4 }' \
            "$work/lines" >>"$work/faults"
        awk '($1 == "n" && ($6 ~ /S/ || $3 == "poll")) || ($1 == "c" && $2 != "-") { print $2 }' \
            "$work/lines" | sort -u >"$work/told"
        numbers "$tag" "$2/$file" | sort -u >"$work/emitted"
        comm -3 "$work/told" "$work/emitted" >"$work/differ"
        passed "$tag" "$2/$file" | tr -d '),' | sort -u >"$work/passed"
        awk '$1 == "fn" { split("", name) }
             $1 == "l" { name[$2] = $3 }
             $1 == "g" { print "g", $2, $3 }
             $1 == "n" && $8 != "" { n = split($8, id, ","); line = $2
                 for (i = 1; i <= n; i++) line = line " " name[id[i]]
                 print line }' "$work/lines" | sort -u >"$work/listed"
        comm -3 "$work/listed" "$work/passed" >>"$work/differ"
        awk '$1 == "rec" { if ($2 != records++ || $5 !~ /^[0-9]+$/) print "record: " $0 }
             $1 == "m" && (NF < 4 || !records) { print "member: " $0 }
             { type = $1 == "m" || $1 == "g" || $1 == "l" ? $4 : "v"
               sub(/^([pa]|[0-9]+x)*/, "", type); sub(/^r/, "", type)
               if (type !~ /^(b1|[iu][1248]|f4|f8|f16|v|F|[?]|[0-9]+)$/) print "type: " $0
               if (type ~ /^[0-9]+$/) used[type] = $0 }
             END { for (u in used) if (u >= records) print "no such record: " used[u] }' \
            "$work/lines" >>"$work/faults"
        # a return that is a tail call names its exit slot in LOOM_ON only beside LOOM_SLOT
        if [ -s "$work/faults" ] || [ -s "$work/differ" ]; then
            bad="$bad $file"
            sed 's/^/  /' "$work/faults"
            [ -s "$work/differ" ] && echo "  $file: told but not emitted | emitted but not told:" &&
                head -n 10 "$work/differ"
        fi
    done
    if [ -z "$bad" ]; then echo "ok $1"; else echo "not ok $1:$bad"; fi
}

cp -R tests/golden/c "$work/cases" && rm -f "$work"/cases/*.expect
"$build/loom-rewrite" "$work/cases" "$work/cases-out" -- -std=gnu11 >/dev/null 2>&1
check 'golden cases' "$work/cases-out"

mkdir -p "$work/two"
cat >"$work/two/a.c" <<'EOF'
#include <stdio.h>
int f(int a);
int f(int a) {
#ifdef LOUD
    if (a > 1) {
        puts("loud");
#else
    {
#endif
        a++;
    }
    while (a < 9) {
        a += 2;
#ifdef LOUD
        puts("step");
        if (a == 5) return 1;
#endif
    }
    return a;
}
#ifdef LOUD
typedef long number;
#else
typedef int number;
#endif
static number total;
static int count;
struct box {
    number first;
    int second;
};
int g(number n, int m, struct box *b, const int *same);
int g(number n, int m, struct box *b, const int *same) {
    total += n + b->second;
    count += m + *same;
    return (int)(total + n) + m + count;
}
double hides(double count);
double hides(double count) { return count; }
EOF
cat >"$work/two/compile_commands.json" <<EOF
[{"directory": "$work/two", "file": "a.c", "arguments": ["cc", "-c", "a.c"]},
 {"directory": "$work/two", "file": "a.c", "arguments": ["cc", "-DLOUD", "-c", "a.c"]}]
EOF
"$build/loom-rewrite" "$work/two" "$work/two-out" >/dev/null || echo "not ok two configurations: refused"
check 'two configurations' "$work/two-out"
# both must agree on the name and type of what is passed or given, and on the layout behind a pointer;
# a local variable that hides one that is given is listed
sed -nE 's/^"([lg] .*)\\n"$/\1/p' "$work/two-out/.loom/a.c.h" | sed 's/ [0-9]*//' | tr '\n' ';' >"$work/agreed"
if [ "$(cat "$work/agreed")" = 'g count i4;l a i4;l m i4;l same pi4;l count ?;' ]; then
    echo 'ok two configurations: what both agree on is passed'
else
    echo "not ok two configurations pass $(cat "$work/agreed")"
fi
for loud in '' -DLOUD; do
    if (cd "$work/two-out" && gcc -Wall -Wextra -Werror $loud -c a.c -o a.o); then
        echo "ok two configurations compile $loud"
    else
        echo "not ok two configurations compile $loud"
    fi
done

# Class m: a call that is made whenever its statement is executed, and is the only one in it.
mkdir -p "$work/must"
cat >"$work/must/a.c" <<'EOF'
int yes_statement(int), yes_if(int), yes_cast(int), yes_value(int), yes_left(int), yes_choice(int);
int yes_switch(int), yes_return(int);
int no_right(int), no_branch(int), no_other(int), no_size(int), no_loop(int), no_elvis(int);
int no_first(int), no_second(int), no_in_block(int), no_type(int);
int f(int a);
int f(int a) {
    yes_statement(a);
    if (yes_if(a) > 1) a++;
    (void)yes_cast(a);
    int b = -yes_value(a);
    a += yes_left(a) && b;
    a += b && no_right(a);
    a += yes_choice(a) ? b : 2;
    a += b ? no_branch(a) : 2;
    a += b ? 2 : no_other(a);
    a += (int)sizeof(no_size(a));
    a += b ?: no_elvis(a);
    a += no_first(no_second(a));
    a += __extension__({ if (b) no_in_block(a); 1; });
    __typeof__(no_type(a)) c = a;
    while (no_loop(c)) c--;
    switch (yes_switch(c)) {
    case 1: b++;
    }
    return 1 + yes_return(b);
}
EOF
"$build/loom-rewrite" "$work/must" "$work/must-out" -- -std=gnu11 >"$work/said" 2>&1 ||
    echo "not ok sure calls: $(cat "$work/said")"
sed -n 's/^"c .* d \([a-z_]*\) \(.*\)\\n"$/\1 \2/p' "$work/must-out/.loom/a.c.h" | sort -u >"$work/calls"
wrong=$(awk '/^yes_/ && $2 !~ /m/ || /^no_/ && $2 ~ /m/' "$work/calls")
count=$(grep -c '^yes_.* [a-z]*m' "$work/calls")
if [ -z "$wrong" ] && [ "$count" -eq 8 ]; then echo "ok sure calls"; else echo "not ok sure calls: $count; $wrong"; fi

# Attribute o: a function whose address is given to pthread_create, by its name, and goes nowhere else.
mkdir -p "$work/start"
cat >"$work/start/a.c" <<'EOF'
#include <pthread.h>
static void *only(void *p) { return p; }
static void *plain(void *p) { return p; }
static void *kept(void *p) { return p; }
static void *either(void *p) { return p; }
static void *other(void *p) { return p; }
static void *argument(void *p) { return p; }
static void *(*variable)(void *) = kept;
static void *handed(void *(*f)(void *)) { return f(0); }
int main(void) {
    pthread_t t[5];
    pthread_create(&t[0], 0, only, 0);
    pthread_create(&t[1], 0, &only, 0);
    pthread_create(&t[2], 0, kept, (void *)plain(0));
    pthread_create(&t[3], 0, t[0] ? either : other, 0);
    pthread_create(&t[4], 0, only, (void *)argument);
    return handed(plain) == variable(0);
}
EOF
"$build/loom-rewrite" "$work/start" "$work/start-out" -- -std=gnu11 >"$work/said" 2>&1 ||
    echo "not ok start routines: $(cat "$work/said")"
sed -n 's/^"fn [0-9]* \([a-z]*\) [0-9:]* [0-9]* \([a-z-]*\) .*/\1 \2/p' "$work/start-out/.loom/a.c.h" |
    awk '$2 ~ /o/ { printf "%s ", $1 } $2 ~ /a/ { n++ } END { print n }' >"$work/started"
if [ "$(cat "$work/started")" = 'only 6' ]; then echo 'ok start routines'; else
    echo "not ok start routines: $(cat "$work/started")"
fi

# Jumps out of statement expressions, wherever these stand; a table of labels in a condition.
mkdir -p "$work/jumps"
cat >"$work/jumps/a.c" <<'EOF'
int g(int);
int f(int x);
int f(int x) {
    for (int i = 0; i < x; i++) {
        x += ({ if (g(i)) break; 1; });
        x += ({ if (g(i)) continue; 1; });
        x += ({ for (;;) { if (g(i)) continue; break; } 1; });
        g(8);
    }
    g(10);
    while (g(({ if (x) return 9; if (g(2)) goto out; 1; })))
        g(12);
    if (({ if (g(7)) goto out; x; }))
        g(14);
    switch (({ if (g(8)) return 4; x; })) {
    case 1: g(16);
    }
    for (int k = ({ if (g(3)) goto out; 1; }); k < 3; k++)
        g(19);
    do {
        g(21);
    } while (({ if (g(4)) goto out; 0; }));
    void *p = x ? &&here : &&out;
    if (x) p = ({ if (g(5)) goto *p; &&there; });
    goto *p;
here:
    g(27);
there:
    g(29);
out:
    return x;
}
EOF
"$build/loom-rewrite" "$work/jumps" "$work/jumps-out" -- -std=gnu11 >"$work/said" 2>&1 ||
    echo "not ok jumps: $(cat "$work/said")"
# FROM-TO, by lines, from statements and conditions to what they lead to
sed -n 's/^"n \([0-9]*\) \([a-z]*\) \([0-9]*\):[0-9]* \([0-9]*\):[^ ]* [^ ]* \([0-9,-]*\).*/\1 \2 \3 \4 \5/p' \
    "$work/jumps-out/.loom/a.c.h" | awk '{ line[$1] = $3; kind[$1] = $2; next_[$1] = $5 }
    END { for (id in line) { n = split(next_[id], to, ",")
        for (i = 1; i <= n; i++) print line[id] "-" line[to[i]] (kind[to[i]] == "exit" ? "exit" : "") } }' |
    sort -u >"$work/edges"
missing=
for edge in 5-10 5-4 6-4 11-31 11-32exit 13-31 15-32exit 18-31 20-31 23-24 24-29 24-31 25-27 25-29 25-31; do
    grep -qx -- "$edge" "$work/edges" || missing="$missing $edge"
done
if [ -z "$missing" ]; then echo 'ok jumps out of statement expressions'; else
    echo "not ok jumps out of statement expressions: missing$missing"
fi
# what stays inside of its own loop is no jump
if grep -qE '^7-(4|10)$' "$work/edges"; then echo 'not ok jumps inside of a statement expression'
else echo 'ok jumps inside of a statement expression'; fi

# Every call is listed, whatever kind of expression it stands in.
mkdir -p "$work/kinds"
cat >"$work/kinds/a.c" <<'EOF'
#include <stdarg.h>
#include <stddef.h>
int c1(int), c2(int), c3(int), c4(int), c5(int), c6(int), c7(int), c8(int), c9(int), c10(int), c11(int), c12(int), c13(int), c14(int), c15(int), c16(int), c17(int), c18(int), c19(int), c20(int), c21(int), c22(int), c23(int), c24(int), c25(int), c26(int), c27(int), c28(int), c29(int), c30(int), c31(int), c32(int), c33(int), c34(int), c35(int);
struct s { int a, b[3]; }; union u { int i; float f; };
typedef float vec __attribute__((vector_size(16))); typedef int ivec __attribute__((vector_size(16)));
void h(struct s); int va(va_list);
int k(int x, ...) {
    va_list l;
    int arr[c1(x)];
    struct s s = {.b[1] = c2(x), .a = c3(1)};
    struct s t = {a: c4(x)};
    h((struct s){c5(x), {[2] = c6(x)}});
    x += (int)sizeof(int[c7(x)]);
    x += _Generic(x, int: c8(x), default: c9(x));
    x += __builtin_choose_expr(1, c10(x), c11(x));
    x = c12(x) ?: c13(x);
    va_start(l, x);
    x += va_arg(l, int) + va_arg(*(c14(1) ? &l : &l), int);
    __asm__ volatile("" : : "r"(c15(x)));
    __asm__ volatile("" : "=r"(arr[c16(x)]));
    __atomic_store_n(&x, c17(x), __ATOMIC_SEQ_CST);
    __attribute__((unused)) int q = c18(x);
    [[likely]] c19(x);
    x += ((union u)c20(x)).i;
    vec v = {(float)c21(x), 2};
    x += (int)__builtin_offsetof(struct s, b[c22(x)]);
    typedef int row[c23(x)];
    __typeof__(int[c24(x)]) other;
    int (*p)[c25(x)] = 0;
    x += ({ int z = c26(x); z; });
    _Complex double cd = __builtin_complex(1.0, (double)c27(x)); x += (int)__real__(cd * c28(x));
    x += __builtin_expect(c29(x), 1);
    if (c30(x)) [[unlikely]] { c31(x); }
    x += (int)_Alignof(int) + *(int *)(void *)(char[]){(char)c32(x)};
    for (int i = c33(x), j[] = {c34(i)}; i < j[0]; i++) ;
    _Static_assert(1, "x");
    (void)p; (void)(sizeof(*p)); (void)sizeof(row);
    switch (x) { case 1: [[fallthrough]]; default: __attribute__((nomerge)) c35(x); }
    return (int)sizeof other + q + t.a + s.a + (int)v[0];
}
static int c36(int x) { return x; }
int omp(int n);
int omp(int n) {
#pragma omp parallel for
    for (int i = 0; i < n; i++) c36(i);
    return n;
}
EOF
"$build/loom-rewrite" "$work/kinds" "$work/kinds-out" -- -std=gnu2x -w -fopenmp >"$work/said" 2>&1 ||
    echo "not ok calls of all kinds: $(cat "$work/said")"
missing=
for i in $(seq 36); do
    case $i in 9 | 11) continue ;; esac # never evaluated
    grep -q "^\"c .* d c$i " "$work/kinds-out/.loom/a.c.h" || missing="$missing c$i"
done
if [ -z "$missing" ]; then echo 'ok calls of all kinds'; else echo "not ok calls of all kinds: missing$missing"; fi
