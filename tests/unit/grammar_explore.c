// SPDX-License-Identifier: MIT
/* The analysis against brute force: tests/explore/explore.h says what is tried and what must hold.
 */
#include "tests/support/grammar.h"
#include "tests/explore/explore.h"

enum { STATES = 20000 };

struct totals {
    unsigned programs, cut, states, activations, points, safe, inside, seen;
    unsigned jumps, skips, starts, pauses, hopeless, watched, comes;
};

static void add_points(struct totals *t, const struct bench *b, const struct walk_result *r) {
    const struct program *p = &b->program;
    t->points += b->analysis.points;
    t->safe += b->analysis.points - b->analysis.unsafe;
    for (uint32_t n = 0; n < p->node_count; n++) {
        if (!is_pause_node(&p->nodes[n]) || !(b->analysis.nodes[n] & UNSAFE_INSIDE)) continue;
        t->inside += r->seen[n] & SEEN;
        t->seen += (r->seen[n] & SEEN_INSIDE) != 0;
    }
    for (uint32_t c = 0; c < p->call_count; c++) {
        if (p->calls[c].point == NONE || !(b->analysis.calls[c] & UNSAFE_INSIDE)) continue;
        t->inside += r->seen[p->node_count + c] & SEEN;
        t->seen += (r->seen[p->node_count + c] & SEEN_INSIDE) != 0;
    }
}

static void try_one(struct totals *t, int order, uint64_t seed) {
    struct dice dice = {seed * 0x9e3779b97f4a7c15ull | 1};
    char table[20000], filter[200];
    const char *why = "";
    struct bench b = {0};
    for (int i = 0; i < 10; i++) roll(&dice, 2);
    random_program(&dice, order, table, sizeof table, filter, sizeof filter);
    cr_assert_eq(
        program_add(&b.program, "a.c", 1, BENCH_POINTS, BENCH_FLAGS, table, strlen(table), &why), 0,
        "%s\n%s", why, table);
    bench_resolve(&b, filter);
    if (!b.diagnostics.errors) {
        analyse(&b.graph, &b.operations, &b.analysis);
        check(&b.graph, &b.operations, &b.analysis, 0, &b.diagnostics);
    }
    if (!b.diagnostics.errors && b.operations.count) {
        struct walk_result r =
            walk_program(&b.program, &b.operations, &b.analysis, chance(&dice, 30),
                         roll(&dice, b.program.node_count + b.program.call_count), STATES);
        t->programs++;
        t->cut += (unsigned)r.cut;
        t->states += r.states;
        t->activations += r.activations;
        t->jumps += r.jumps;
        t->skips += r.skips;
        t->starts += r.starts;
        t->pauses += r.pauses;
        t->hopeless += r.hopeless;
        t->watched += (unsigned)(r.watched && !r.cut);
        t->comes += (unsigned)(r.watched && !r.cut && r.comes);
        add_points(t, &b, &r);
        cr_assert_null(r.broken, "seed %llu: %s, at line %u\n%s\n%s", (unsigned long long)seed,
                       r.broken, b.program.nodes[r.place].line, filter, table);
        free(r.seen);
    }
    bench_free(&b);
}

static struct totals try_all(int order, unsigned programs) {
    const char *wanted = getenv("LOOM_PROGRAMS"), *first = getenv("LOOM_SEED");
    uint64_t seed = first ? strtoull(first, NULL, 10) : 1;
    struct totals t = {0};
    if (wanted) programs = (unsigned)atoi(wanted);
    while (t.programs < programs) try_one(&t, order, seed++);
    cr_log_info("%u programs (%u with more states than looked at), %u states, %u activations, %u "
                "started threads, %u jumps, %u skipped enters; of %u pause points %u safe",
                t.programs, t.cut, t.states, t.activations, t.starts, t.jumps, t.skips, t.points,
                t.safe);
    return t;
}

Test(grammar_explore, random_programs, .timeout = 115) {
    struct totals t = try_all(0, 10000);
    cr_log_info("of %u points that are called inside and reached %u are seen inside", t.inside,
                t.seen);
    cr_expect_gt(t.safe * 100ull, t.points * 38ull, "not vacuous");
    cr_expect_gt(t.seen * 100ull, t.inside * 65ull, "not vacuous");
    cr_expect(t.jumps && t.skips && t.starts);
}

/* From where an order's left side can still be reached (grammar/reach.h). */
Test(grammar_explore, random_orders, .timeout = 115) {
    struct totals t = try_all(1, 4000);
    cr_log_info("at %u of %u pauses the left side is out of reach; of %u points from which it can "
                "be reached %u lead there",
                t.hopeless, t.pauses, t.watched, t.comes);
    cr_expect_gt(t.safe * 100ull, t.points * 38ull, "not vacuous");
    cr_expect_gt(t.comes * 10ull, t.watched * 4ull, "not vacuous");
    cr_expect(t.hopeless && t.jumps && t.starts);
}
