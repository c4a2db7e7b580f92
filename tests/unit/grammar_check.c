// SPDX-License-Identifier: MIT
/*
 * Filters that are refused before they are installed: for each reason a program that shows it, one
 * that comes near and is accepted, and what --force does.
 */
#include <stdarg.h>
#include "tests/support/grammar.h"

/* A function with a body of up to three statements: `BASE`00 is the entry's line, `BASE`01 to 03 the
 * statements', `BASE`09 the exit's; its points are BASE0 to BASE4, and its calls have none. */
#define BODY(flag, name, base, attributes, one, two, three)                                        \
    "fn " flag " " name " " base "00:1 " base "09 " attributes "\nn " base "0 entry " base       \
    "00:1 " base "00:1 SR " base "1\nn " base "1 stmt " base "01:1 " base "01:9 SR " base "2\n" one  \
    "n " base "2 stmt " base "02:1 " base "02:9 SR " base "3\n" two "n " base "3 stmt " base         \
    "03:1 " base "03:9 SR " base "4\n" three "n " base "4 exit " base "09:1 " base "09:1 S -\n"
#define TYPES "type 0 void%20(void)\ntype 1 void%20*(void%20*)\n"
#define CALL(name) "c - d " name " rm\n"
#define OUT(name) "c - d " name " bixm\n" /* of a function outside of the program */
#define START(name) "c - t " name " x\n"

enum { ACCEPTED, WARNED, REFUSED };

/* A text of one filter or more against a program. */
struct trial {
    struct program program;
    struct callgraph graph;
    struct filters filters;
    struct diagnostics diagnostics;
    struct operations operations[8];
    struct analysis analyses[8];
};

static void judge(struct trial *t, const char *table, const char *filters, int force) {
    struct other others[8];
    struct text text = {"filter", filters, strlen(filters)};
    char *whole = malloc(strlen(table) + 32);
    const char *why = "";
    *t = (struct trial){0};
    sprintf(whole, "loom 1\n%s", table);
    cr_assert_eq(program_add(&t->program, "a.c", 1, BENCH_POINTS, BENCH_FLAGS, whole,
                             strlen(whole), &why), 0, "%s\n%s", why, table);
    free(whole);
    callgraph_make(&t->graph, &t->program);
    lower(&text, &t->filters, &t->diagnostics);
    for (unsigned i = 0; i < t->filters.count; i++) {
        resolve(&t->program, &t->filters.items[i], force, &t->operations[i], &t->diagnostics);
        analyse(&t->graph, &t->operations[i], &t->analyses[i]);
        check(&t->graph, &t->operations[i], &t->analyses[i], force, &t->diagnostics);
        check_beside(&t->graph, &t->operations[i], &t->analyses[i], others, i, force,
                     &t->diagnostics);
        others[i] = (struct other){&t->operations[i], &t->analyses[i], t->filters.items[i].text};
    }
}

static void done(struct trial *t) {
    for (unsigned i = 0; i < t->filters.count; i++) {
        analysis_free(&t->analyses[i]);
        operations_free(&t->operations[i]);
    }
    filters_free(&t->filters);
    diag_free(&t->diagnostics);
    callgraph_free(&t->graph);
    program_free(&t->program);
}

static int says(const struct trial *t, const char *words) {
    for (size_t i = 0; i < t->diagnostics.count; i++) {
        const struct diagnostic *d = &t->diagnostics.items[i];
        if (strstr(d->message, words) || (d->hint && strstr(d->hint, words))) return 1;
    }
    return 0;
}

/* `words`: what message and hints say, up to a null. */
static void expect(int verdict, int force, const char *table, const char *filters, ...) {
    struct trial t;
    va_list words;
    judge(&t, table, filters, force);
    int seen = t.diagnostics.errors ? REFUSED : t.diagnostics.count ? WARNED : ACCEPTED;
    int right = seen == verdict;
    const char *missing = NULL;
    va_start(words, filters);
    for (const char *word; !missing && (word = va_arg(words, const char *));)
        if (!says(&t, word)) missing = word;
    va_end(words);
    struct text text = {"filter", filters, strlen(filters)};
    if (!right || missing) diag_print(stderr, &text, &t.diagnostics, 0);
    cr_expect(right, "%s: verdict %d, not %d", filters, seen, verdict);
    cr_expect_null(missing, "%s: `%s` is not said", filters, missing);
    done(&t);
}

/* Suspected: an error, and with --force a warning. */
#define SUSPECT(table, filters, ...)                                                               \
    (expect(REFUSED, 0, table, filters, __VA_ARGS__, "--force installs it", NULL),                 \
     expect(WARNED, 1, table, filters, __VA_ARGS__, NULL))
#define CERTAIN(table, filters, ...)                                                               \
    (expect(REFUSED, 0, table, filters, __VA_ARGS__, NULL),                                        \
     expect(REFUSED, 1, table, filters, __VA_ARGS__, NULL))
#define WARN(table, filters, ...) expect(WARNED, 0, table, filters, __VA_ARGS__, NULL)
#define ACCEPT(table, filters) expect(ACCEPTED, 0, table, filters, NULL)

/* ---- waits inside ---------------------------------------------------------------------------- */

#define QUEUE(signal_in_put, signal_in_main)                                                       \
    TYPES BODY("0", "get", "1", "- 0", OUT("pthread_mutex_lock"), CALL("nap"), "")                   \
    BODY("1", "nap", "2", "s 0", "", OUT("pthread_cond_wait"), "")                                   \
    BODY("2", "put", "3", "- 0", signal_in_put, "", "")                                              \
    BODY("3", "main", "4", "- 0", CALL("put"), CALL("get"), signal_in_main)

Test(grammar_check, a_condition_that_is_signalled_in_the_region_only) {
    SUSPECT(QUEUE(OUT("pthread_cond_signal"), ""), "put <> get",
            "a thread in this region can wait in `pthread_cond_wait` (`nap`, a.c:202)",
            "all signals to conditions are given in the region",
            "the way there: get -> nap (a.c:102)");
    WARN(QUEUE(OUT("pthread_cond_signal"), ""), "get <> self", "while it waits it keeps others out");
    WARN(QUEUE("", OUT("pthread_cond_broadcast")), "put <> get", "while it waits");
    WARN(QUEUE("", ""), "put <> get", "while it waits"); /* a library signals */
    ACCEPT(QUEUE(OUT("pthread_cond_signal"), ""), "put <> self");
}

/* The loop waits, but not in these lines of it. */
Test(grammar_check, a_worker_loop_that_waits_outside_of_the_region) {
    ACCEPT(TYPES BODY("0", "worker", "1", "- 1", OUT("pthread_cond_wait"), CALL("work"), "")
               BODY("1", "work", "2", "- 0", OUT("pthread_cond_signal"), "", ""),
           "work <> a.c:102-103");
}

Test(grammar_check, a_wait_that_ends_by_itself) {
    WARN(TYPES BODY("0", "f", "1", "- 0", OUT("sem_timedwait"), OUT("sem_post"), ""), "f <> self",
         "`sem_timedwait`");
    SUSPECT(TYPES BODY("0", "f", "1", "- 0", OUT("sem_wait"), OUT("sem_post"), ""), "f <> self",
            "all semaphores are posted in the region");
}

Test(grammar_check, barriers) {
    SUSPECT(TYPES BODY("0", "f", "1", "- 0", "", OUT("pthread_barrier_wait"), ""), "f <> self",
            "all who come to a barrier come to it in the region");
    WARN(TYPES BODY("0", "f", "1", "- 0", "", OUT("pthread_barrier_wait"), "")
             BODY("1", "g", "2", "- 0", "", OUT("pthread_barrier_wait"), ""),
         "f <> self", "`pthread_barrier_wait`");
}

/* A function of the program of that name is none of them. */
Test(grammar_check, an_own_function_of_that_name) {
    ACCEPT(TYPES BODY("0", "f", "1", "- 0", CALL("sem_wait"), OUT("sem_post"), "")
               BODY("1", "sem_wait", "2", "s 0", "", "", ""),
           "f <> self");
}

#define JOINS(work)                                                                                \
    TYPES BODY("0", "stop", "1", "- 0", "", OUT("pthread_join"), "")                                 \
    BODY("1", "main", "2", "- 0", START("worker"), CALL("stop"), "")                                 \
    BODY("2", "worker", "3", "a 1", work, "", "") BODY("3", "f", "4", "- 0", "", "", "")

Test(grammar_check, join_of_a_thread_that_enters) {
    SUSPECT(JOINS(CALL("f")), "f <> stop", "can wait in `pthread_join` (`stop`, a.c:102)",
            "threads that start in `worker` enter this filter's region");
    WARN(JOINS(""), "f <> stop", "while it waits it keeps others out");
}

/* Pointers: one function fits, several do, a library calls back. */
Test(grammar_check, waits_behind_pointers) {
    const char *one = TYPES BODY("0", "f", "1", "- 0", "c - i 0 r\n", OUT("sem_post"), "")
        BODY("1", "g", "2", "a 0", OUT("sem_wait"), "", "");
    const char *two = TYPES BODY("0", "f", "1", "- 0", "c - i 0 r\n", OUT("sem_post"), "")
        BODY("1", "g", "2", "a 0", OUT("sem_wait"), "", "") BODY("2", "h", "3", "a 0", "", "", "");
    const char *back = TYPES BODY("0", "f", "1", "- 0", "c - d qsort bkx\n", OUT("sem_post"), "")
        BODY("1", "g", "2", "a 0", OUT("sem_wait"), "", "");
    SUSPECT(one, "f <> self", "the way there: f -> g (a.c:101)");
    WARN(two, "f <> self", "while it waits");
    ACCEPT(back, "f <> self");
}

/* A thread that goes there does not come back: `assert_failed(), __builtin_unreachable()`. */
Test(grammar_check, waits_at_the_end_of_the_program) {
#define DIES(behind)                                                                               \
    TYPES BODY("0", "f", "1", "- 0", CALL("failed") behind, "", "")                                  \
    BODY("1", "failed", "2", "- 0", "", CALL("stop"), "")                                            \
    BODY("2", "stop", "3", "- 0", "", OUT("pthread_join"), "")                                       \
    BODY("3", "main", "4", "- 0", START("worker"), "", "")                                           \
    BODY("4", "worker", "5", "ao 1", CALL("f"), "", "")
    ACCEPT(DIES("c - d __builtin_unreachable nxqr\n"), "f <> self");
    SUSPECT(DIES(""), "f <> self", "the way there: f -> failed (a.c:101) -> stop (a.c:202)");
    SUSPECT(DIES("c - d puts xr\n"), "f <> self", "the way there: f -> failed");
}

/* While others stand still, nobody can end a wait. */
Test(grammar_check, waits_of_who_is_alone) {
    const char *table = TYPES BODY("0", "f", "1", "- 0", OUT("pthread_cond_timedwait"), "", "")
        BODY("1", "g", "2", "- 0", OUT("pthread_cond_signal"), "", "");
    SUSPECT(table, "f <> *", "while it waits the others are let go: it is not alone");
    WARN(table, "f <> self", "while it waits it keeps others out");
    ACCEPT(table, "g <> *");
}

Test(grammar_check, coroutines) {
    SUSPECT(TYPES BODY("0", "f", "1", "- 0", CALL("yield"), "", "")
                BODY("1", "yield", "2", "s 0", OUT("swapcontext"), "", ""),
            "f <> self", "can leave its stack in `swapcontext` (`yield`, a.c:201)",
            "a coroutine may go on in another thread, which did not enter");
    ACCEPT(TYPES BODY("0", "f", "1", "- 0", "", "", "")
               BODY("1", "yield", "2", "s 0", OUT("swapcontext"), "", ""),
           "f <> self");
}

/* ---- regions that are not left --------------------------------------------------------------- */

#define HAND_OVER(in_main)                                                                         \
    TYPES BODY("0", "main", "1", "- 0", CALL("take"), START("worker"), in_main)                      \
    BODY("1", "take", "2", "s 0", "", "", "") BODY("2", "worker", "3", "sa 1", CALL("give"), "", "")   \
    BODY("3", "give", "4", "s 0", "", "", "")

Test(grammar_check, left_in_another_thread) {
    CERTAIN(HAND_OVER(""), "{take:exit; give:entry} <> self",
            "the thread that enters this region in `take` (a.c:209) does not leave it",
            "an order (a > b) can hand over");
    ACCEPT(HAND_OVER(CALL("give")), "{take:exit; give:entry} <> self");
    ACCEPT(HAND_OVER("c - i 1 r\n"), "{take:exit; give:entry} <> self"); /* it may */
}

Test(grammar_check, no_exit_can_be_reached) {
    const char *table = TYPES BODY("0", "main", "1", "- 0", CALL("give"), CALL("take"), "")
        BODY("1", "take", "2", "s 0", "", "", "") BODY("2", "give", "3", "s 0", "", "", "");
    CERTAIN(table, "{take:exit; give:entry} <> self", "no exit of it can be reached");
    ACCEPT(table, "{give:exit; take:entry} <> self");
}

/* f waits for an event for ever behind the enter; its exit stands in front. */
Test(grammar_check, no_way_to_the_exit_in_a_function) {
    CERTAIN("fn 0 f 100:1 109 - 0\nn 10 entry 100:1 100:1 SR 11\nn 11 stmt 101:1 101:9 SR 12\n"
            "n 12 stmt 102:1 102:9 SR 13\nn 13 poll 103:1 103:9 R 14\nn 14 stmt 104:1 104:9 SR 13\n",
            "{a.c:102; a.c:101} <> self", "no path in `f` leads from an entry to an exit");
}

/* ---- enters inside --------------------------------------------------------------------------- */

#define NESTED(f, g)                                                                               \
    TYPES BODY("0", "f", "1", "- 0", "", f, "") BODY("1", "g", "2", "- 0", "", g, "")                  \
    BODY("2", "main", "3", "- 0", CALL("f"), CALL("g"), "") BODY("3", "h", "4", "- 0", CALL("g"), "", "")

Test(grammar_check, opposite_nesting) {
    SUSPECT(NESTED(CALL("h"), CALL("f")), "f <> self\ng <> self",
            "a thread in this region can enter that of `f <> self` in `f` (a.c:100), and the "
            "reverse in `g` (a.c:200)",
            "the way there: g -> f (a.c:202)", "and the reverse: f -> h (a.c:102) -> g (a.c:401)",
            "name all these regions in one filter");
    ACCEPT(NESTED(CALL("h"), ""), "f <> self\ng <> self");
    ACCEPT(NESTED("", CALL("f")), "f <> self\ng <> self");
    ACCEPT(NESTED(CALL("h"), CALL("f")), "f <> g"); /* one lock */
    ACCEPT(NESTED("", ""), "f <> g\ng <> f within 1s"); /* entered at the same places */
    ACCEPT(NESTED(START("h"), CALL("f")), "f <> self\ng <> self");
}

/* Keys: as if the filter had them; typing them is not this test's. */
static size_t with_keys(const char *table, const char *filter, int force) {
    struct trial t;
    judge(&t, table, filter, 0);
    cr_assert_eq(t.diagnostics.count, 0);
    for (uint32_t i = 0; i < t.operations[0].count; i++) t.operations[0].items[i].key = 1;
    struct checking c =
        checking_of(&t.graph, &t.operations[0], &t.analyses[0], force, &t.diagnostics);
    check_keys(&c);
    size_t errors = t.diagnostics.errors;
    cr_expect_eq(t.diagnostics.count != 0, errors || force);
    if (errors) cr_expect(says(&t, "perhaps with another key") && says(&t, "--force"));
    done(&t);
    return errors;
}

Test(grammar_check, enters_with_two_keys) {
    cr_expect_eq(with_keys(NESTED(CALL("h"), ""), "f <> g", 0), 1);
    cr_expect_eq(with_keys(NESTED(CALL("h"), ""), "f <> g", 1), 0);
    cr_expect_eq(with_keys(NESTED(CALL("f"), ""), "f <> g", 0), 1, "recursion");
    cr_expect_eq(with_keys(NESTED("", ""), "f <> g", 0), 0);
    cr_expect_eq(with_keys(NESTED(CALL("h"), ""), "g <> a.c:103", 0), 0, "behind the call");
}

Test(grammar_check, readers_that_become_writers) {
    expect(REFUSED, 0, NESTED(CALL("h"), ""), "shared f <> g",
           "a thread in this shared region can come to `g` (a.c:200)",
           "the way there: f -> h (a.c:102) -> g (a.c:401)", "--force", NULL);
    expect(WARNED, 1, NESTED(CALL("h"), ""), "shared f <> g", NULL);
    ACCEPT(NESTED(CALL("h"), ""), "shared g <> f");
}

/* ---- orders inside exclusions ---------------------------------------------------------------- */

#define STAGES(body_of_f)                                                                          \
    TYPES BODY("0", "f", "1", "- 0", "", CALL("late"), body_of_f)                                    \
    BODY("1", "late", "2", "s 0", "", "", "") BODY("2", "early", "3", "s 0", "", "", "")               \
    BODY("3", "main", "4", "- 0", START("worker"), CALL("f"), "")

Test(grammar_check, an_order_that_waits_in_an_exclusion) {
    const char *inside = STAGES(CALL("early")) BODY("4", "worker", "5", "a 1", CALL("f"), "", "");
    const char *behind = STAGES("") BODY("4", "worker", "5", "a 1", CALL("f"), CALL("early"), "");
    const char *outside = STAGES("") BODY("4", "worker", "5", "a 1", CALL("early"), CALL("f"), "");
    const char *const orders[] = {"early:exit > late:entry\nf <> self",
                                  "f <> self\nearly:exit > late:entry"};
    SUSPECT(inside, orders[0], "in `late` (a.c:200), inside this region, `early:exit > late:entry` waits",
            "can only be done behind an enter of that region", "the way there: f -> late (a.c:102)");
    SUSPECT(inside, orders[1], "this event waits in `late` (a.c:200), inside a region of `f <> self`",
            "the way there: f -> late (a.c:102)");
    for (int i = 0; i < 2; i++) {
        SUSPECT(behind, orders[i], "can only be done behind an enter of that region");
        WARN(outside, orders[i], "while it waits it keeps others out");
    }
    ACCEPT(inside, "early:exit > f:entry\nf <> self"); /* waits before it enters */
    ACCEPT(outside, "early:exit > late:entry\nearly <> self");
}

Test(grammar_check, the_end_of_threads_inside_an_exclusion) {
    const char *table = TYPES BODY("0", "f", "1", "- 0", "", "", "")
        BODY("1", "main", "2", "- 0", "c 28 t worker x\n", CALL("f"), "")
        BODY("2", "worker", "3", "a 1", CALL("g"), "", "") BODY("3", "g", "4", "- 0", "", "", "");
    SUSPECT(table, "end(worker) > a.c:102\nf <> g", "can only be done behind an enter");
    WARN(table, "end(worker) > a.c:102\nf <> self", "while it waits");
}

/* ---- left sides that are past ---------------------------------------------------------------- */

/* Where the threads stand: points, 0 for one that runs. */
static int past(const char *filter, int force, unsigned count, const uint32_t *points) {
    static const char table[] = TYPES
        BODY("0", "main", "1", "- 0", CALL("init"), "c 18 t worker x\n", "c 19 d pthread_join bix\n")
        BODY("1", "worker", "2", "sa 1", CALL("use"), "c 28 d read bix\n", "")
        BODY("2", "init", "3", "s 0", "", "", "") BODY("3", "use", "4", "s 0", "", "", "");
    struct standing threads[4];
    struct trial t;
    judge(&t, table, filter, force);
    cr_assert_eq(t.diagnostics.count, 0);
    for (unsigned i = 0; i < count; i++) {
        threads[i] = (struct standing){NONE, NONE};
        if (points[i]) find_point(&t.program, 0, points[i], &threads[i].node, &threads[i].call);
    }
    check_past(&t.graph, &t.operations[0], &t.analyses[0], threads, count, force, &t.diagnostics);
    int seen = t.diagnostics.errors ? REFUSED : t.diagnostics.count ? WARNED : ACCEPTED;
    if (seen) cr_expect(says(&t, "can come to this event any more"));
    done(&t);
    return seen;
}

Test(grammar_check, left_sides_that_cannot_happen) {
    const uint32_t joining[] = {19, 28}, creating[] = {18, 28}, running[] = {19, 0}, first[] = {10};
    cr_expect_eq(past("init:exit > use:entry", 0, 2, joining), REFUSED);
    cr_expect_eq(past("init:exit > use:entry", 1, 2, joining), WARNED);
    cr_expect_eq(past("init:exit > use:entry", 0, 2, creating), REFUSED);
    cr_expect_eq(past("init:exit > use:entry", 0, 2, running), ACCEPTED);
    cr_expect_eq(past("init:exit > use:entry", 0, 1, first), ACCEPTED);
    cr_expect_eq(past("use:exit > init:entry", 0, 2, joining), REFUSED);
    cr_expect_eq(past("use:exit > init:entry", 0, 2, creating), ACCEPTED, "it starts a worker");
    cr_expect_eq(past("end(worker) > init:entry", 0, 1, joining), ACCEPTED);
    cr_expect_eq(past("init <> use", 0, 2, joining), ACCEPTED);
}
