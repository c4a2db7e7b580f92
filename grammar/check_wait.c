// SPDX-License-Identifier: MIT
/*
 * check_wait.c: regions that wait inside for something that another thread does.
 *
 * Rule: it is suspected to hang if all who could end the wait stand in the region themselves: they
 * would have to enter it. If somebody outside can end it, the wait only keeps others out, which is
 * a warning. Nothing here is certain: which condition is meant is not known.
 */
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "region.h"

enum kind { CONDITION, SEMAPHORE, BARRIER, JOIN, SWITCH, KINDS };

struct wait {
    const char *name;
    enum kind kind;
    int timed; /* ends by itself */
};
static const struct wait waits[] = {{"pthread_cond_wait", CONDITION, 0},
                                    {"cnd_wait", CONDITION, 0},
                                    {"pthread_cond_timedwait", CONDITION, 1},
                                    {"pthread_cond_clockwait", CONDITION, 1},
                                    {"cnd_timedwait", CONDITION, 1},
                                    {"sem_wait", SEMAPHORE, 0},
                                    {"sem_timedwait", SEMAPHORE, 1},
                                    {"sem_clockwait", SEMAPHORE, 1},
                                    {"pthread_barrier_wait", BARRIER, 0},
                                    {"pthread_join", JOIN, 0},
                                    {"pthread_timedjoin_np", JOIN, 1},
                                    {"pthread_clockjoin_np", JOIN, 1},
                                    {"thrd_join", JOIN, 0},
                                    {"swapcontext", SWITCH, 0},
                                    {"setcontext", SWITCH, 0}};
static const struct wait ends[] = {{"pthread_cond_signal", CONDITION, 0},
                                   {"pthread_cond_broadcast", CONDITION, 0},
                                   {"cnd_signal", CONDITION, 0},
                                   {"cnd_broadcast", CONDITION, 0},
                                   {"sem_post", SEMAPHORE, 0},
                                   {"pthread_barrier_wait", BARRIER, 0}};
enum { WAITS = sizeof waits / sizeof *waits, ENDS = sizeof ends / sizeof *ends };

static const struct wait *find(const struct wait *list, size_t count, const struct program *p,
                               const struct call *call) {
    if (call->how != CALL_DIRECT || call->callee == NONE || !(call->class & CALL_EXTERNAL))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].name, p->names.texts[call->callee]) == 0) return &list[i];
    return NULL;
}

/* Of each kind: who can end such a wait. */
struct enders {
    uint32_t all[KINDS], outside[KINDS]; /* the last is the number of calls outside of the region */
    uint32_t routine;                    /* a start routine that enters the region, or NONE */
};

static void find_enders(const struct checking *c, struct enders *enders) {
    const struct program *p = c->graph->program;
    unsigned char *fresh = take(p->node_count, 1);
    *enders = (struct enders){.routine = NONE};
    outside_nodes(c->graph, c->operations, 1, fresh);
    for (uint32_t i = 0; i < p->call_count; i++) {
        const struct call *call = &p->calls[i];
        const struct wait *end = find(ends, ENDS, p, call);
        int own = 0;
        if (!end) continue;
        for (uint16_t r = 0; r < c->operations->regions; r++)
            own |= c->insides[r].calls[i] & INSIDE_OWN;
        enders->all[end->kind]++;
        enders->outside[end->kind] += call->node == NONE || (fresh[call->node] && !own);
    }
    starts_enter(c->graph, c->operations, NULL, 0, &enders->routine);
    free(fresh);
}

static int hangs(const struct checking *c, const struct enders *enders, const struct wait *wait) {
    if (c->operations->alone || wait->kind == SWITCH) return 1;
    if (wait->timed) return 0;
    if (wait->kind == JOIN) return enders->routine != NONE;
    return enders->all[wait->kind] && !enders->outside[wait->kind];
}

static void say(struct checking *c, uint16_t region, uint32_t number, enum way way,
                const struct wait *wait, const struct enders *enders) {
    static const char *const why[] = {
        "all signals to conditions are given in the region",
        "all semaphores are posted in the region",
        "all who come to a barrier come to it in the region", "",
        "a coroutine may go on in another thread, which did not enter"};
    const struct program *p = c->graph->program;
    uint32_t f = p->calls[number].function;
    int suspected = way == WAY_SURE && hangs(c, enders, wait);
    diag_add(c->diagnostics, suspected ? SUSPECTED(c) : SEVERITY_WARNING,
             c->operations->spans[region], "a thread in this region can %s `%s` (`%s`, %s:%u)",
             wait->kind == SWITCH ? "leave its stack in" : "wait in", wait->name,
             function_name(p, f), file_of(p, f)->path, call_line(p, number));
    if (!suspected)
        diag_hint(c->diagnostics, "while it waits it keeps others out");
    else if (c->operations->alone)
        diag_hint(c->diagnostics, "while it waits the others are let go: it is not alone");
    else if (wait->kind == JOIN)
        diag_hint(c->diagnostics,
                  "threads that start in `%s` enter this filter's region, and may "
                  "wait for it",
                  function_name(p, enders->routine));
    else
        diag_hint(c->diagnostics, "%s", why[wait->kind]);
    checking_path(c, &c->insides[region], "the way there", f);
    if (suspected) checking_hint(c, "let the region end before the wait");
}

/* One of each kind, the worst: a suspected one before others. */
static void check_region(struct checking *c, uint16_t region, const struct enders *enders) {
    const struct program *p = c->graph->program;
    uint32_t found[KINDS], rank[KINDS] = {0};
    for (uint32_t i = 0; i < p->call_count; i++) {
        const struct wait *wait = find(waits, WAITS, p, &p->calls[i]);
        enum way way = wait ? inside_call(&c->insides[region], i) : WAY_NONE;
        if (way == WAY_NONE || (way == WAY_DOUBTFUL && !hangs(c, enders, wait))) continue;
        uint32_t is = way == WAY_SURE && hangs(c, enders, wait) ? 2 : 1;
        if (is <= rank[wait->kind]) continue;
        rank[wait->kind] = is;
        found[wait->kind] = i;
    }
    for (int kind = 0; kind < KINDS; kind++) {
        if (!rank[kind]) continue;
        say(c, region, found[kind], inside_call(&c->insides[region], found[kind]),
            find(waits, WAITS, p, &p->calls[found[kind]]), enders);
    }
}

static int any_wait(const struct checking *c) {
    const struct program *p = c->graph->program;
    for (uint32_t i = 0; i < p->call_count; i++)
        for (uint16_t r = 0; r < c->operations->regions && find(waits, WAITS, p, &p->calls[i]); r++)
            if (inside_call(&c->insides[r], i) != WAY_NONE) return 1;
    return 0;
}

void check_waits(struct checking *c) {
    struct enders enders;
    if (!any_wait(c)) return;
    find_enders(c, &enders);
    for (uint16_t region = 0; region < c->operations->regions; region++)
        check_region(c, region, &enders);
}
