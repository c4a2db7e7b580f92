// SPDX-License-Identifier: MIT
/*
 * From where an order's left side can still be reached, way by way. Brute force is in
 * grammar_explore.c.
 */
#include "tests/support/grammar.h"

#define TYPES "type 0 void%20(void)\ntype 1 void%20*(void%20*)\ntype 2 void%20(int)\n"

/* init, whose exit is the left side of all orders here; and use, with its right side. */
#define SIDES                                                                                      \
    "fn 0 init 1:1 3 - 0\nn 1 entry 1:1 1:1 SR 2\nn 2 exit 3:1 3:1 S -\n"                         \
    "fn 1 use 5:1 7 - 0\nn 5 entry 5:1 5:1 SR 6\nn 6 exit 7:1 7:1 S -\n"

/* A function of three statements, points from BASE: entry, 1, 2, 3, exit. */
#define BODY(flag, name, base, attributes, type, one, two, three)                                  \
    "fn " flag " " name " " base "00:1 " base "09 " attributes " " type "\nn " base "0 entry " base  \
    "00:1 " base "00:1 SR " base "1\nn " base "1 stmt " base "01:1 " base "01:9 SR " base "2\n" one  \
    "n " base "2 stmt " base "02:1 " base "02:9 SR " base "3\n" two "n " base "3 stmt " base          \
    "03:1 " base "03:9 SR " base "4\n" three "n " base "4 exit " base "09:1 " base "09:1 SR -\n"

static void order(struct bench *b, const char *table) {
    bench_table(b, "a.c", table);
    bench_analyse(b, "init:exit > use:entry");
}

static int can(const struct bench *b, uint32_t point) {
    uint32_t node, call;
    find_point(&b->program, 0, point, &node, &call);
    return node != NONE ? b->analysis.reach_nodes[node] : b->analysis.reach_calls[call];
}

static void expect(const struct bench *b, const char *yes, const char *no) {
    char *end;
    for (; *yes; yes = end + (*end == ' ')) {
        unsigned point = (unsigned)strtoul(yes, &end, 10);
        cr_expect(can(b, point), "from %u it can", point);
    }
    for (; *no; no = end + (*end == ' ')) {
        unsigned point = (unsigned)strtoul(no, &end, 10);
        cr_expect_not(can(b, point), "from %u it cannot", point);
    }
}

Test(grammar_reach, calls_and_returns) {
    struct bench b = {0};
    order(&b, TYPES SIDES
          BODY("2", "main", "1", "-", "0", "c - d helper -\n", "c - d init -\n", "c - d helper -\n")
          BODY("3", "helper", "2", "-", "0", "c 28 d read bx\n", "", "")
          BODY("4", "other", "3", "s", "0", "c - d helper -\n", "", "c 38 d read bx\n"));
    expect(&b, "10 11 12 1 2 20 24 28", "13 14 30 31 34 38 5 6");
    bench_free(&b);
}

/* A creation counts for its site, and for what comes before; the end of the routine leads nowhere. */
Test(grammar_reach, started_threads) {
    struct bench b = {0};
    order(&b, TYPES SIDES
          BODY("2", "main", "1", "-", "0", "", "c 18 t worker x\n", "c 19 d pthread_join bix\n")
          BODY("3", "worker", "2", "sa", "1", "", "c - d init -\n", "c 28 d read bx\n"));
    expect(&b, "10 11 12 18 20 21 22", "13 14 19 23 24 28");
    bench_free(&b);
}

Test(grammar_reach, unknown_start_routine) {
    struct bench b = {0};
    order(&b, TYPES SIDES
          BODY("2", "main", "1", "-", "0", "", "c 18 t ? x\n", "")
          BODY("3", "worker", "2", "sa", "1", "", "c - d init -\n", ""));
    expect(&b, "12 18 20", "13 23");
    bench_free(&b);
}

Test(grammar_reach, pointers_and_callbacks) {
    static const char *const calls[] = {"c 18 d qsort bkx\n", "c - i 1 -\n", "c - i 2 -\n"};
    for (int i = 0; i < 3; i++) {
        struct bench b = {0};
        char table[3000];
        snprintf(table, sizeof table, "%s%s%s%s",
                 TYPES SIDES "fn 2 main 100:1 109 - 0\nn 10 entry 100:1 100:1 SR 11\n"
                             "n 11 stmt 101:1 101:9 SR 12\n", calls[i],
                 "n 12 stmt 102:1 102:9 SR 13\nc 19 d read bx\nn 13 exit 109:1 109:1 SR -\n",
                 BODY("3", "compare", "2", "sa", "1", "", "c - d init -\n", ""));
        order(&b, table);
        expect(&b, i < 2 ? "10 11 20 22" : "20 22", i < 2 ? "12 13 19" : "10 11 12 13 19");
        if (i == 0) expect(&b, "18 23 24", ""); /* qsort may call it again */
        bench_free(&b);
    }
}

/* A library that nobody knows may keep what it is given, and call it in a thread of its own. */
Test(grammar_reach, strangers) {
    struct bench b = {0};
    order(&b, TYPES SIDES
          BODY("2", "main", "1", "-", "0", "c 18 d lib_watch bikx\n", "", "")
          BODY("3", "on_event", "2", "sab", "2", "", "c - d init -\n", ""));
    expect(&b, "10 13 14 18 23 5 6", "");
    bench_free(&b);
}

/* ... but not the start routines of this program. */
Test(grammar_reach, strangers_do_not_start_workers) {
    struct bench b = {0};
    order(&b, TYPES SIDES
          BODY("2", "main", "1", "-", "0", "c 18 d lib_watch bikx\n", "c 19 t worker x\n", "")
          BODY("3", "worker", "2", "sab", "1", "", "c - d init -\n", ""));
    expect(&b, "10 12 18 19 22", "13 14");
    bench_free(&b);
}

Test(grammar_reach, handlers_come_from_everywhere) {
    struct bench b = {0};
    order(&b, TYPES SIDES
          BODY("2", "main", "1", "-", "0", "", "", "")
          BODY("3", "on_signal", "2", "sah", "2", "", "c - d init -\n", ""));
    expect(&b, "10 13 14 23 5 6", "");
    bench_free(&b);
}

/* What is interrupted by a handler goes on where it was. */
Test(grammar_reach, handlers_return_to_everywhere) {
    struct bench b = {0};
    order(&b, TYPES SIDES
          BODY("2", "main", "1", "-", "0", "", "c - d init -\n", "")
          BODY("3", "on_signal", "2", "sah", "2", "", "", ""));
    expect(&b, "10 12 20 23 24", "13 14");
    bench_free(&b);
}

/* Given to atexit, or a destructor: runs when main returns. */
Test(grammar_reach, ends_of_processes) {
    for (int type = 0; type < 3; type += 2) {
        struct bench b = {0};
        order(&b, type ? TYPES SIDES BODY("2", "main", "1", "-", "0", "", "", "")
                             BODY("3", "at_end", "2", "sab", "2", "", "c - d init -\n", "")
                       : TYPES SIDES BODY("2", "main", "1", "-", "0", "", "", "")
                             BODY("3", "at_end", "2", "sab", "0", "", "c - d init -\n", ""));
        expect(&b, type ? "22" : "10 13 14 22", type ? "10 13 14" : "5");
        bench_free(&b);
    }
}

Test(grammar_reach, jumps) {
    for (int jumps = 0; jumps < 2; jumps++) {
        struct bench b = {0};
        order(&b, jumps ? TYPES SIDES
                  BODY("2", "main", "1", "j", "0", "c - d setjmp x\n", "c - d init -\n", "c - d work -\n")
                  BODY("3", "work", "2", "s", "0", "", "c 28 d read bx\n", "c - d longjmp nx\n")
                        : TYPES SIDES
                  BODY("2", "main", "1", "-", "0", "c - d set x\n", "c - d init -\n", "c - d work -\n")
                  BODY("3", "work", "2", "s", "0", "", "c 28 d read bx\n", "c - d longjmp nx\n"));
        expect(&b, jumps ? "10 12 13 14 28 20" : "10 12", jumps ? "" : "13 14 20 28");
        bench_free(&b);
    }
}

Test(grammar_reach, coroutines_go_everywhere) {
    struct bench b = {0};
    order(&b, TYPES SIDES
          BODY("2", "main", "1", "-", "0", "", "c 18 d swapcontext bkx\n", "")
          BODY("3", "routine", "2", "s", "0", "", "c - d init -\n", ""));
    expect(&b, "12 18 22", "13 14");
    bench_free(&b);
}

/* Functions that could not be read may call everything, or what they list. */
Test(grammar_reach, blind_functions) {
    for (int listed = 0; listed < 2; listed++) {
        struct bench b = {0};
        order(&b, listed ? TYPES SIDES BODY("2", "main", "1", "-", "0", "", "c - d odd -\n", "")
                               "x odd 50 macro\nc - d nothing x\n"
                         : TYPES SIDES BODY("2", "main", "1", "-", "0", "", "c - d odd -\n", "")
                               "x odd 50 macro\n");
        expect(&b, listed ? "1 2" : "1 2 10 12 13 14", listed ? "10 12 13 14" : ""); /* main, too */
        bench_free(&b);
    }
}

/* Without a main the program is not known: it may call what is not static. */
Test(grammar_reach, libraries) {
    for (int is_static = 0; is_static < 2; is_static++) {
        struct bench b = {0};
        order(&b, is_static ? TYPES SIDES BODY("2", "api", "1", "s", "0", "", "", "")
                            : TYPES SIDES BODY("2", "api", "1", "-", "0", "", "", ""));
        expect(&b, is_static ? "1 2" : "1 2 13 14", is_static ? "13 14" : "");
        bench_free(&b);
    }
}

/* A bit per link; links from the end of threads have none. */
Test(grammar_reach, links) {
    struct bench b = {0};
    bench_table(&b, "a.c", TYPES SIDES
                BODY("2", "main", "1", "-", "0", "c - d init -\n", "c - d use -\n", "c - d last -\n")
                BODY("3", "last", "2", "s", "0", "", "", ""));
    bench_analyse(&b, "init:exit > use:exit > last:entry");
    cr_expect_eq(can(&b, 11), 3);
    cr_expect_eq(can(&b, 12), 2);
    cr_expect_eq(can(&b, 13), 0);
    bench_free(&b);
}
