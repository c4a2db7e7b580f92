// SPDX-License-Identifier: MIT
/*
 * Unsafe pause points and slow functions, scenario by scenario: each flaw named in
 * research/loom.md 2.2 and research/review.md 1 that concerns the analysis.
 *
 * Points of a function f are numbered 10, 11, ... in their order; its table says what they are.
 *
 * research/loom.md 2.2
 *   candidates of indirect calls         indirect_calls, unknown_callees_...
 *   returns lost by one visited set      a_return_while_inside_reaches_all_callers
 *   start routines that are not named    thread_start
 *   orders, or all: no unsafe sets       orders_have_unsafe_points, function_region
 * research/review.md 1
 *   1.1, 1.2   enter_in_callee_leave_in_caller, leave_in_callee, recursion
 *   1.3        stale_*, reads_end_staleness
 *   1.4        function_region (a site of a callee)
 *   1.5        landings
 *   1.6        handlers*
 *   1.7        callbacks_*
 *   1.8        function_region (slots)
 *   1.9, 1.10  grammar_resolve.c, grammar_order.c, grammar_reach.c
 *   1.12       grammar_check.c, enters_with_two_keys
 *   1.14       names_over_modules, calls_by_attributes
 *   1.17       grammar_check.c: left_in_another_thread, coroutines, readers_that_become_writers
 * 1.11, 1.13, 1.15 and 1.16 are not the analysis's. All of it at random: grammar_explore.c.
 */
#include "tests/support/grammar.h"
#include <time.h>

#define TYPES "type 0 void%20(void)\ntype 1 void%20(int)\ntype 2 void%20()\n"

/* A function in which a thread can pause: 90 entry, 91 a call that may block, 92 exit. */
#define PAUSES(name, attributes)                                                                   \
    "fn 9 " name " 90:1 95 " attributes " 0\nn 90 entry 90:1 90:1 SR 91\n"                         \
    "n 91 stmt 91:1 91:9 S 92\nc 93 d read bx\nn 92 exit 95:1 95:1 S -\n"

/* A table with a word in place of its `@`. */
static const char *with(const char *table, const char *word) {
    static char texts[2][4000], *text;
    const char *at = strchr(table, '@');
    text = texts[text == texts[0]];
    snprintf(text, sizeof texts[0], "%.*s%s%s", (int)(at - table), table, word, at + 1);
    return text;
}

static void scenario(struct bench *b, const char *table, const char *filter) {
    bench_table(b, "a.c", table);
    bench_analyse(b, filter);
}

Test(grammar_analyse, function_region) {
    struct bench b = {0};
    scenario(&b, TYPES PAUSES("callee", "-")
        "fn 0 f 10:1 15 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc - d callee -\n"
        "n 12 exit 15:1 15:1 S -\n"
        "fn 1 main 20:1 25 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 SR 22\nc 24 d poll bix\n"
        "n 22 stmt 22:1 22:9 S 23\nc - d f r\nn 23 exit 25:1 25:1 S -\n", "f <> self");
    cr_assert(bench_has(&b, 10, LOOM_ENTER, LOOM_OP_NEST));
    cr_assert(bench_has(&b, 12, LOOM_LEAVE, 0));
    cr_assert(bench_why(&b, 10) && bench_why(&b, 11) && bench_why(&b, 12));
    cr_assert(bench_why(&b, 91) & UNSAFE_INSIDE && bench_why(&b, 93) & UNSAFE_INSIDE);
    for (uint32_t point = 20; point <= 24; point++) cr_assert_eq(bench_why(&b, point), 0);
    cr_assert_eq(b.analysis.slow[1], 1);
    cr_assert_eq(b.analysis.slow[0] + b.analysis.slow[2], 0);
    bench_free(&b);
}

/* 1.1: the enter in a callee, the leave in its caller. */
Test(grammar_analyse, enter_in_callee_leave_in_caller) {
    struct bench b = {0};
    scenario(&b, TYPES
        "fn 0 lock 10:1 12 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\n"
        "n 12 exit 12:1 12:1 S -\n"
        "fn 1 work 20:1 26 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 S 22\nc - d lock r\n"
        "n 22 stmt 22:1 22:9 SR 23\nc 25 d read bx\nn 23 stmt 23:1 23:9 SR 24\n"
        "n 24 stmt 24:1 24:9 SR 26\nc 27 d read bx\nn 26 exit 26:1 26:1 S -\n",
        "{a.c:11; a.c:23} <> self");
    cr_assert(bench_has(&b, 11, LOOM_ENTER, 0));
    cr_assert(bench_has(&b, 23, LOOM_LEAVE, LOOM_OP_ANY_FRAME));
    cr_assert(bench_why(&b, 25) & UNSAFE_INSIDE);
    cr_assert_eq(bench_why(&b, 10), 0);
    cr_assert_eq(bench_why(&b, 27), 0);
    bench_free(&b);
}

/* 2.2: returns must be followed into every caller, also when the function was first met inside. */
Test(grammar_analyse, a_return_while_inside_reaches_all_callers) {
    struct bench b = {0};
    scenario(&b, TYPES
        "fn 0 f 10:1 14 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc - d helper r\n"
        "n 12 stmt 12:1 12:9 SR 13\nn 13 exit 14:1 14:1 S -\n"
        "fn 1 helper 20:1 22 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:1 S 22\n"
        "n 22 exit 22:1 22:1 S -\n"
        "fn 2 other 30:1 33 - 0\nn 30 entry 30:1 30:1 SR 31\nn 31 stmt 31:1 31:9 S 32\nc - d helper r\n"
        "n 32 stmt 32:1 32:9 SR 33\nc 34 d read bx\nn 33 exit 33:1 33:1 S -\n",
        "{f:entry, a.c:21; a.c:12} <> self");
    cr_assert(bench_why(&b, 34) & UNSAFE_INSIDE, "helper can return inside into other");
    bench_free(&b);
}

/* A leave in a callee ends the region only where the call is sure to happen. */
Test(grammar_analyse, leave_in_callee) {
    static const char table[] = TYPES
        "fn 0 unlock 10:1 12 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\n"
        "n 12 exit 12:1 12:1 S -\n"
        "fn 1 work 20:1 26 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 SR 22\n"
        "n 22 stmt 22:1 22:9 SR 23\nc - d unlock @\nn 23 stmt 23:1 23:9 SR 24\nc 25 d read bx\n"
        "n 24 exit 26:1 26:1 S -\n";
    for (int must = 0; must < 2; must++) {
        struct bench b = {0};
        scenario(&b, with(table, must ? "rm" : "r"), "{a.c:21; a.c:11} <> self");
        cr_assert(bench_why(&b, 10) & UNSAFE_INSIDE);
        cr_assert_eq(bench_why(&b, 12), 0, "behind the leave");
        cr_assert_eq(!bench_why(&b, 25), must);
        bench_free(&b);
    }
}

/* 2.2: one candidate of an indirect call that leaves is not enough, and all are entered. */
Test(grammar_analyse, indirect_calls) {
    struct bench b = {0};
    scenario(&b, TYPES PAUSES("callback", "a")
        "fn 0 other_type 80:1 85 a 1\nn 80 entry 80:1 80:1 SR 81\nn 81 exit 85:1 85:1 S -\n"
        "fn 1 not_taken 70:1 75 - 0\nn 70 entry 70:1 70:1 SR 71\nn 71 exit 75:1 75:1 S -\n"
        "fn 2 old_style 60:1 65 a 2\nn 60 entry 60:1 60:1 SR 61\nn 61 exit 65:1 65:1 S -\n"
        "fn 3 f 10:1 15 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc - i 0 -\n"
        "n 12 exit 15:1 15:1 S -\n", "f <> self");
    cr_assert(bench_why(&b, 91) & UNSAFE_INSIDE);
    cr_assert(bench_why(&b, 60) & UNSAFE_INSIDE, "without a prototype it fits every pointer");
    cr_assert_eq(bench_why(&b, 80) & UNSAFE_INSIDE, 0);
    cr_assert_eq(bench_why(&b, 70), 0);
    bench_free(&b);
}

/* Calls through a pointer without a prototype, and externals that call back, reach all. */
Test(grammar_analyse, unknown_callees_reach_all_whose_address_is_taken) {
    static const char *const calls[] = {"i 2 -", "i 7 -", "d qsort kx"};
    for (int i = 0; i < 3; i++) {
        struct bench b = {0};
        scenario(&b, with(TYPES PAUSES("callback", "a")
                "fn 0 f 10:1 15 - 1\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc - @\n"
                "n 12 exit 15:1 15:1 S -\n", calls[i]), "f <> self");
        cr_assert(bench_why(&b, 93) & UNSAFE_INSIDE, "c - %s", calls[i]);
        bench_free(&b);
    }
}

/* A library that calls back twice: the first function enters, the second pauses. */
Test(grammar_analyse, callbacks_that_enter) {
    struct bench b = {0};
    scenario(&b, TYPES PAUSES("second", "ab")
        "fn 0 first 10:1 15 ab 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\n"
        "n 12 exit 15:1 15:1 S -\n"
        "fn 1 loop 20:1 25 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 SR 22\nc 23 d event_loop bikx\n"
        "n 22 stmt 22:1 22:9 SR 24\nn 24 exit 25:1 25:1 S -\n",
        "{a.c:11; a.c:22} <> self");
    cr_assert(bench_why(&b, 93) & UNSAFE_INSIDE);
    cr_assert(bench_why(&b, 23) & UNSAFE_INSIDE);
    bench_free(&b);
}

Test(grammar_analyse, recursion) {
    struct bench b = {0};
    scenario(&b, TYPES
        "fn 0 f 10:1 19 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12,14\n"
        "n 12 stmt 12:1 12:9 S 13\nc - d g r\nn 13 stmt 13:1 13:9 SR 14\nc 18 d read bx\n"
        "n 14 exit 19:1 19:1 S -\n"
        "fn 1 g 20:1 29 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 S 22\nc - d f r\n"
        "n 22 stmt 22:1 22:9 SR 23\nc 24 d read bx\nn 23 exit 29:1 29:1 S -\n",
        "a.c:12 <> self");
    cr_assert(bench_why(&b, 24) & UNSAFE_INSIDE, "g runs inside a call of line 12");
    cr_assert(bench_why(&b, 18) & UNSAFE_INSIDE, "f may be called by g inside");
    cr_assert(bench_why(&b, 10) & UNSAFE_INSIDE);
    bench_free(&b);
}

/* 2.2: a thread that is started inside has a stack of its own: it is not inside, and no frame of its
 * creator is below it. The creator is, and so is what calls the start routine. */
Test(grammar_analyse, thread_start) {
    static const char table[] = TYPES PAUSES("worker", "a")
        "fn 0 f 10:1 15 - 1\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc 13 @ x\n"
        "n 12 exit 15:1 15:1 S -\n"
        "fn 1 late 20:1 25 - 1\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 S 22\nc 23 @ x\n"
        "n 22 stmt 22:1 22:9 S 24\nn 24 exit 25:1 25:1 S -\n";
    static const char *const starts[] = {"t worker", "t ?", "d worker"};
    for (int i = 0; i < 3; i++) {
        struct bench b = {0};
        scenario(&b, with(with(table, starts[i]), starts[i]), "f <> a.c:22");
        cr_expect(bench_why(&b, 13) & UNSAFE_INSIDE, "%s", starts[i]);
        cr_expect(bench_why(&b, 23) & UNSAFE_STALE, "%s", starts[i]);
        cr_expect_eq(bench_why(&b, 93) != 0, i == 2, "%s", starts[i]);
        bench_free(&b);
    }
}

/* 1.3: `return idle(x);` has no read behind it, and the exit slot is reached. */
Test(grammar_analyse, stale_at_an_exit_slot) {
    struct bench b = {0};
    scenario(&b, TYPES PAUSES("idle", "-")
        "fn 0 f 10:1 15 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 13\n"
        "n 13 stmt 13:1 13:9 SR 14\nc - d idle -\nn 14 exit 15:1 15:1 S -\n",
        "{a.c:11; f:exit} <> self");
    cr_assert(bench_why(&b, 93) & UNSAFE_BELOW_STALE);
    bench_free(&b);
}

#define CLOSURE                                                                                    \
    "fn 0 q 10:1 15 sc 0\nn 10 entry 10:1 10:1 S 11\nn 11 stmt 11:1 11:9 S 12\n"                   \
    "n 12 exit 15:1 15:1 S -\n"

/* 1.3: a pause before a call of a closure function, with no read between. */
Test(grammar_analyse, stale_through_a_closure) {
    struct bench b = {0};
    scenario(&b, TYPES CLOSURE PAUSES("idle", "-")
        "fn 1 mid 30:1 35 sc 0\nn 30 entry 30:1 30:1 S 31\nn 31 stmt 31:1 31:9 S 32\nc - d q -\n"
        "n 32 exit 35:1 35:1 S -\n"
        "fn 2 g 20:1 29 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 S 22\nc 26 d read bx\n"
        "n 22 stmt 22:1 22:9 S 23\nc - d mid -\nn 23 stmt 23:1 23:9 SR 24\nc 27 d read bx\n"
        "n 24 stmt 24:1 24:9 S 25\nc - d idle r\nn 25 exit 29:1 29:1 S -\n", "q <> self");
    cr_assert(bench_why(&b, 26) & UNSAFE_STALE, "g goes on into mid and q in its fast copy");
    cr_assert_eq(bench_why(&b, 27), 0);
    cr_assert_eq(bench_why(&b, 93), 0);
    cr_assert(b.analysis.slow[2] && b.analysis.slow[3], "callers of closures go slow, up to a test");
    cr_assert_eq(b.analysis.slow[1], 0);
    bench_free(&b);
}

/* r promises a read before slots of this function; a closure called before it is missed. */
Test(grammar_analyse, stale_in_the_same_statement) {
    struct bench b = {0};
    scenario(&b, TYPES CLOSURE
        "fn 2 g 20:1 29 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 S 22\nc 26 d read bxr\nc - d q r\n"
        "n 22 stmt 22:1 22:9 SR 25\nn 25 exit 29:1 29:1 S -\n", "q <> self");
    cr_assert(bench_why(&b, 26) & UNSAFE_STALE);
    bench_free(&b);
}

/* A read ends staleness, and so does the poll of a loop; calls that never return have none. */
Test(grammar_analyse, reads_end_staleness) {
    struct bench b = {0};
    scenario(&b, TYPES
        "fn 0 f 10:1 19 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc 20 d read bx\n"
        "n 12 poll 12:1 12:1 S 13,16\nn 13 stmt 13:1 13:9 S 12,17\nc 21 d write bx\n"
        "n 16 stmt 16:1 16:9 SR 18\nn 17 stmt 17:1 17:9 SR -\nc 22 d abort bnx\n"
        "n 18 exit 19:1 19:1 S -\n", "a.c:16 <> self");
    cr_assert_eq(bench_why(&b, 20), 0);
    cr_assert_eq(bench_why(&b, 21), 0);
    cr_assert_eq(bench_why(&b, 12), 0);
    cr_assert_eq(bench_why(&b, 22), 0);
    bench_free(&b);
}

/* 1.5: a longjmp goes on where setjmp was called, in the copy in which it was called, and what the
 * function itself holds it still holds there. */
Test(grammar_analyse, landings) {
    static const char table[] = TYPES PAUSES("callee", "-")
        "fn 0 f 10:1 19 j 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 SR 12\nc - d setjmp -\n"
        "n 12 stmt 12:1 12:9 @ 13\nc 18 d read bx\nn 13 stmt 13:1 13:9 SR 14\n"
        "n 14 stmt 14:1 14:9 SR 15\nc - d callee r\nn 15 stmt 15:1 15:9 SR 16\n"
        "n 16 exit 19:1 19:1 SR -\n";
    for (int read = 0; read < 2; read++) {
        struct bench b = {0};
        scenario(&b, with(table, read ? "SR" : "S"), "{a.c:14; a.c:15} <> self");
        cr_expect(bench_why(&b, 18) & UNSAFE_INSIDE, "callee jumps, f holds");
        cr_expect_eq(bench_why(&b, 11) & UNSAFE_INSIDE, 0, "in front of setjmp it does not");
        bench_free(&b);
        b = (struct bench){0};
        scenario(&b, with(table, read ? "SR" : "S"), "a.c:12 <> self");
        cr_expect_eq(!(bench_why(&b, 93) & UNSAFE_BELOW_STALE), read);
        cr_expect_eq(!(bench_why(&b, 15) & UNSAFE_STALE), read, "and so are slots of f");
        bench_free(&b);
    }
}

/* 1.6: what a signal handler can reach is unsafe for every filter. */
Test(grammar_analyse, handlers) {
    struct bench b = {0};
    scenario(&b, TYPES PAUSES("log", "-")
        "fn 1 on_signal 20:1 25 ah 1\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 S 22\nc - d log -\n"
        "n 22 exit 25:1 25:1 S -\n"
        "fn 0 f 10:1 15 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 exit 15:1 15:1 S -\n", "f <> self");
    cr_assert(bench_why(&b, 93) & UNSAFE_HANDLER);
    cr_assert(bench_why(&b, 20) & UNSAFE_HANDLER);
    bench_free(&b);
}

/* 1.14: names are a union over modules; static ones are not seen from other files. */
Test(grammar_analyse, names_over_modules) {
    struct bench b = {0};
    bench_table(&b, "lib/one.c", TYPES PAUSES("shared", "-"));
    bench_table(&b, "two.c", TYPES
        "fn 0 shared 80:1 85 - 0\nn 80 entry 80:1 80:1 SR 81\nn 81 exit 85:1 85:1 S -\n");
    bench_table(&b, "three.c", TYPES
        "fn 0 shared 70:1 75 s 0\nn 70 entry 70:1 70:1 SR 71\nn 71 exit 75:1 75:1 S -\n"
        "fn 1 own 60:1 65 - 0\nn 60 entry 60:1 60:1 SR 61\nn 61 stmt 61:1 61:9 S 62\nc - d shared -\n"
        "n 62 exit 65:1 65:1 S -\n");
    bench_table(&b, "f.c", TYPES
        "fn 0 f 10:1 15 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc 14 d shared bx\n"
        "n 12 exit 15:1 15:1 S -\n");
    bench_analyse(&b, "f <> self");
    cr_assert(bench_why(&b, 93) && bench_why(&b, 80), "a marked external call is a call of both");
    operations_free(&b.operations);
    analysis_free(&b.analysis);
    filters_free(&b.filters);
    callgraph_free(&b.graph);
    bench_analyse(&b, "own <> self");
    cr_assert(bench_why(&b, 70) & UNSAFE_INSIDE);
    cr_assert_eq(bench_why(&b, 93), 0, "the static one of the own file hides the others");
    bench_free(&b);
}

/* A callback without a boundary runs while its thread counts as being at the outer call. */
Test(grammar_analyse, callbacks_without_a_boundary) {
    static const char table[] = TYPES
        "fn 0 f 10:1 15 @ 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\n"
        "n 12 exit 15:1 15:1 S -\n"
        "fn 1 loop 20:1 25 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 SR 22\n"
        "c 23 d event_loop bikx\nc 24 d read bx\nn 22 exit 25:1 25:1 S -\n";
    for (int boundary = 0; boundary < 2; boundary++) {
        struct bench b = {0};
        scenario(&b, with(table, boundary ? "ab" : "a"), "f <> self");
        cr_assert_eq(!bench_why(&b, 23), boundary);
        cr_assert_eq(bench_why(&b, 24), 0);
        bench_free(&b);
    }
}

/* A function in which threads only start is not what a pointer of its type means. */
Test(grammar_analyse, start_routines_behind_pointers) {
    static const char table[] = TYPES PAUSES("idle", "@")
        "fn 0 f 10:1 15 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc - i 0 r\n"
        "c - i 2 r\nn 12 exit 15:1 15:1 S -\n"
        "fn 1 main 20:1 25 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 SR 22\n"
        "c 24 t idle x\nn 22 exit 25:1 25:1 S -\n";
    struct bench b = {0};
    scenario(&b, with(table, "a"), "f <> self");
    cr_assert(bench_why(&b, 93) & UNSAFE_INSIDE);
    bench_free(&b);
    b = (struct bench){0};
    scenario(&b, with(table, "ao"), "f <> self");
    cr_assert_eq(bench_why(&b, 93), 0);
    bench_free(&b);
}

/* A function that nobody could read may call anything. */
Test(grammar_analyse, blind_functions) {
    struct bench b = {0};
    scenario(&b, TYPES PAUSES("anything", "s") "x odd 50 macro\nx tame 51 macro\nc - d nothing x\n"
        "fn 0 f 10:1 15 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc - d odd -\n"
        "n 12 exit 15:1 15:1 S -\n"
        "fn 1 g 20:1 25 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 S 22\nc - d tame -\n"
        "n 22 exit 25:1 25:1 S -\n", "f <> self");
    cr_assert(bench_why(&b, 93) & UNSAFE_INSIDE);
    bench_free(&b);
    b = (struct bench){0};
    scenario(&b, TYPES PAUSES("anything", "s") "x tame 51 macro\nc - d nothing x\n"
        "fn 1 g 20:1 25 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 S 22\nc - d tame -\n"
        "n 22 exit 25:1 25:1 S -\n", "g <> self");
    cr_assert_eq(bench_why(&b, 93), 0);
    bench_free(&b);
}

/* A closure that macros can only call fast does not see the region there. */
Test(grammar_analyse, closures_called_from_macros_are_reported) {
    struct bench b = {0};
    scenario(&b, TYPES CLOSURE
        "fn 1 g 20:1 25 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 SM 22\nc - d q q\n"
        "n 22 exit 25:1 25:1 S -\n", "q <> self");
    cr_assert(bench_says(&b, "always run its fast copy"));
    bench_free(&b);
}

/* A handler that returns inside would leave whatever it interrupted inside. */
Test(grammar_analyse, handlers_that_return_inside_are_refused) {
    struct bench b = {0};
    scenario(&b, TYPES
        "fn 0 on_signal 10:1 15 abh 1\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\n"
        "n 12 exit 15:1 15:1 S -\n"
        "fn 1 main 20:1 25 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 exit 25:1 25:1 S -\n",
        "{a.c:11; main:entry} <> self");
    cr_assert(b.diagnostics.errors && bench_says(&b, "can return inside this region"));
    bench_free(&b);
}

/* 1.14: what a scope's cleanup calls is called there. */
Test(grammar_analyse, calls_by_attributes) {
    struct bench b = {0};
    scenario(&b, TYPES PAUSES("cleaner", "s")
        "fn 0 f 10:1 15 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 S 12\nc - f cleaner -\n"
        "n 12 exit 15:1 15:1 S -\n", "f <> self");
    cr_assert(bench_why(&b, 93) & UNSAFE_INSIDE);
    bench_free(&b);
}

/* 2.2: an order has no inside, but slots that a stale frame would go past. */
Test(grammar_analyse, orders_have_unsafe_points) {
    struct bench b = {0};
    scenario(&b, TYPES PAUSES("idle", "-")
        "fn 0 f 10:1 15 - 0\nn 10 entry 10:1 10:1 SR 11\nn 11 stmt 11:1 11:9 SR 12\nc - d idle -\n"
        "n 12 exit 15:1 15:1 S -\n"
        "fn 1 g 20:1 25 - 0\nn 20 entry 20:1 20:1 SR 21\nn 21 stmt 21:1 21:9 SR 22\nc 24 d read bx\n"
        "n 22 exit 25:1 25:1 SR -\n", "f:exit > g:entry");
    cr_expect(bench_why(&b, 93) & UNSAFE_BELOW_STALE, "idle returns into f's fast copy");
    cr_expect(bench_why(&b, 12) & UNSAFE_OWN_SLOT);
    cr_expect(bench_why(&b, 20) & UNSAFE_OWN_SLOT);
    cr_expect_eq(bench_why(&b, 24), 0);
    cr_expect_eq(bench_why(&b, 10), 0);
    bench_free(&b);
}

/* Size: 4000 functions, 80000 nodes, every function calls three others; a filter takes well under
 * 0.3 s and 100 MB (the limits here leave room for sanitizers and busy machines). */
Test(grammar_analyse, size, .timeout = 60) {
    enum { MANY = 4000, EACH = 20 };
    struct bench b = {0};
    const char *why;
    char *table = malloc(MANY * EACH * 60);
    size_t size = (size_t)sprintf(table, "loom 1\ntype 0 void%%20(void)\n");
    for (unsigned f = 0; f < MANY; f++) {
        size += (size_t)sprintf(table + size, "fn %u f%u %u:1 %u - 0\n", f, f, f * 30 + 1,
                                f * 30 + 29);
        for (unsigned n = 0; n < EACH; n++) {
            unsigned point = f * EACH + n;
            size += (size_t)sprintf(table + size, "n %u %s %u:1 %u:9 S%s ", point,
                                    n == 0 ? "entry" : n == EACH - 1 ? "exit" : "stmt",
                                    f * 30 + 1 + n, f * 30 + 1 + n, n % 5 ? "" : "R");
            size += (size_t)sprintf(table + size, n == EACH - 1 ? "-\n" : "%u\n", point + 1);
            if (n % 5 == 2)
                size += (size_t)sprintf(table + size, "c - d f%u -\n", (f * 7 + n * 131) % MANY);
        }
    }
    clock_t start = clock();
    cr_assert_eq(program_add(&b.program, "a.c", 1, MANY * EACH, MANY, table, size, &why), 0);
    bench_analyse(&b, "f100 <> f200 <> a.c:9005-9010 <> {f300:entry; f400:exit}");
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    cr_log_info("80000 nodes: %.3f s", seconds);
    cr_expect_lt(seconds, 3.0);
    free(table);
    bench_free(&b);
}

/* Readers that can become writers would wait for each other. */
Test(grammar_analyse, a_shared_region_that_leads_to_its_writer_is_refused) {
    static const char table[] =
        "fn 0 r 1:1 3 - 0\nn 10 entry 1:1 1:1 SR 11\nn 11 stmt 2:1 2:9 S 12\nc - d w m\n"
        "n 12 exit 3:1 3:1 S -\nfn 1 w 5:1 7 - 0\nn 20 entry 5:1 5:1 SR 21\nn 21 exit 7:1 7:1 S -\n"
        "fn 2 o 8:1 9 - 0\nn 30 entry 8:1 8:1 SR 31\nn 31 exit 9:1 9:1 S -\n";
    struct bench b = {0}, good = {0};
    bench_table(&b, "a.c", table);
    bench_analyse(&b, "shared r <> w");
    cr_expect_eq(b.diagnostics.errors, 1);
    cr_expect(bench_says(&b, "a thread in this shared region can come to `w`"));
    bench_free(&b);
    bench_table(&good, "a.c", table);
    bench_analyse(&good, "shared r <> o");
    cr_expect_eq(good.diagnostics.errors, 0);
    cr_expect(bench_has(&good, 10, LOOM_ENTER, LOOM_OP_NEST | LOOM_OP_SHARED));
    cr_expect(bench_has(&good, 30, LOOM_ENTER, LOOM_OP_NEST));
    bench_free(&good);
}
