// SPDX-License-Identifier: MIT
/* check.c: see check.h. */
#include "check.h"
#include <stdlib.h>
#include "rt/plan.h"

/* A region that begins in one function and ends in a closure function that some callers can only
 * call fast: those callers would keep it for ever. */
static int spans(const struct program *p, const struct operations *operations, uint16_t region) {
    uint32_t function = NONE;
    for (uint32_t i = 0; i < operations->count; i++) {
        uint32_t own = p->nodes[operations->items[i].node].function;
        if (operations->items[i].region != region) continue;
        if (function != NONE && own != function) return 1;
        function = own;
    }
    return 0;
}

static void check_closures(const struct program *p, const struct operations *operations,
                           const struct analysis *analysis, struct diagnostics *d) {
    for (uint32_t i = 0; i < operations->count; i++) {
        const struct operation *item = &operations->items[i];
        uint32_t f = p->nodes[item->node].function;
        int seen = 0;
        if (!analysis->not_slow[f]) continue;
        for (uint32_t k = 0; k < i; k++)
            seen |= p->nodes[operations->items[k].node].function == f &&
                    operations->items[k].region == item->region;
        if (seen) continue;
        int kept = !operations->order && spans(p, operations, item->region);
        diag_add(d, kept ? SEVERITY_ERROR : SEVERITY_WARNING, operation_span(operations, item),
                 "some calls of `%s` (%s:%u), in macros or in functions that were left alone, "
                 "always run its fast copy: they do not see this %s",
                 function_name(p, f), file_of(p, f)->path, p->functions[f].line,
                 operations->order ? "event" : "region");
    }
}

static void check_handlers(const struct program *p, const struct operations *operations,
                           const struct analysis *analysis, struct diagnostics *d) {
    for (uint32_t i = 0; i < operations->count; i++) {
        const struct operation *item = &operations->items[i];
        uint32_t f = p->nodes[item->node].function;
        if (item->kind != LOOM_ENTER && item->kind != LOOM_DOWN) continue;
        if (!(analysis->nodes[item->node] & UNSAFE_HANDLER)) continue;
        if (analysis->keeping != NONE) {
            diag_add(d, SEVERITY_ERROR, operation_span(operations, item),
                     "the signal handler `%s` can return inside this region: what the signal "
                     "interrupted would then be inside, too",
                     function_name(p, analysis->keeping));
            return;
        }
        diag_add(d, SEVERITY_WARNING, operation_span(operations, item),
                 "a signal handler may call `%s`: a thread that waits there cannot go on with what "
                 "the signal interrupted",
                 function_name(p, f));
        return;
    }
}

/* Two threads that share a region and want it alone would wait for each other. */
static int check_upgrade(const struct checking *c, const struct operation *alone) {
    const struct program *p = c->graph->program;
    uint32_t f = p->nodes[alone->node].function;
    for (uint32_t i = 0; i < c->operations->count; i++) {
        const struct operation *item = &c->operations->items[i];
        if (!(item->flags & LOOM_OP_SHARED)) continue;
        if (inside_slot(&c->insides[item->region], alone->node) != WAY_SURE) continue;
        diag_add(c->diagnostics, SUSPECTED(c), c->operations->spans[item->region],
                 "a thread in this shared region can come to `%s` (%s:%u), which it would need for "
                 "itself alone",
                 function_name(p, f), file_of(p, f)->path, p->nodes[alone->node].line);
        checking_path(c, &c->insides[item->region], "the way there", f);
        diag_hint(c->diagnostics, "do not share it%s",
                  c->force ? "" : "; --force lets such an enter pass");
        return 1;
    }
    return 0;
}

static void check_shared(const struct checking *c) {
    for (uint32_t i = 0; i < c->operations->count; i++) {
        const struct operation *item = &c->operations->items[i];
        if (item->kind != LOOM_ENTER || item->flags & LOOM_OP_SHARED) continue;
        if (check_upgrade(c, item)) return;
    }
}

static void check_vacuous(const struct operations *operations, const struct analysis *analysis,
                          struct diagnostics *d) {
    if (analysis->points < 20 || analysis->unsafe * 10ull < analysis->points * 9ull) return;
    diag_add(d, SEVERITY_WARNING, operations->spans[0],
             "%u of %u places where a thread can pause are unsafe for this filter: it may take "
             "long until it is in force",
             analysis->unsafe, analysis->points);
}

/* ---- what the parts share -------------------------------------------------------------------- */

struct checking checking_of(const struct callgraph *graph, const struct operations *operations,
                            struct analysis *analysis, int force, struct diagnostics *diagnostics) {
    analysis_insides(graph, operations, analysis);
    return (struct checking){graph, operations, force, diagnostics, analysis->insides};
}

void checking_hint(const struct checking *c, const char *instead) {
    diag_hint(c->diagnostics, "%s%s", instead,
              c->force ? "" : "; --force installs it all the same");
}

void checking_path(const struct checking *c, const struct inside *inside, const char *what,
                   uint32_t function) {
    char path[600];
    if (inside->through[function] == NONE) return; /* it stands in the region itself */
    inside_path(inside, function, path, sizeof path);
    diag_hint(c->diagnostics, "%s: %s", what, path);
}

static int any_enter_in(const struct program *p, const struct operations *operations,
                        const unsigned char *functions) {
    for (uint32_t i = 0; i < operations->count; i++)
        if (operations->items[i].kind == LOOM_ENTER &&
            functions[p->nodes[operations->items[i].node].function])
            return 1;
    return 0;
}

int starts_enter(const struct callgraph *graph, const struct operations *operations,
                 const uint32_t *calls, uint32_t count, uint32_t *function) {
    const struct program *p = graph->program;
    unsigned char *reached = take(p->function_count, 1);
    *function = NONE;
    for (uint32_t i = 0; i < (calls ? count : p->call_count) && *function == NONE; i++) {
        uint32_t number = calls ? calls[i] : i;
        const struct set *set = &graph->sets[graph->set_of[number]];
        if (p->calls[number].how != CALL_THREAD || p->calls[number].callee == NONE) continue;
        for (uint32_t k = 0; k < set->count && *function == NONE; k++) {
            sure_callees(graph, graph->members[set->first + k], reached);
            if (any_enter_in(p, operations, reached)) *function = graph->members[set->first + k];
        }
    }
    free(reached);
    return *function != NONE;
}

/* ---- all ------------------------------------------------------------------------------------- */

void check(const struct callgraph *graph, const struct operations *operations,
           struct analysis *analysis, int force, struct diagnostics *diagnostics) {
    check_closures(graph->program, operations, analysis, diagnostics);
    check_handlers(graph->program, operations, analysis, diagnostics);
    if (operations->count) check_vacuous(operations, analysis, diagnostics);
    if (operations->order) return;
    struct checking c = checking_of(graph, operations, analysis, force, diagnostics);
    check_shared(&c);
    check_waits(&c);
    check_leaves(&c);
    check_keys(&c);
}

void check_beside(const struct callgraph *graph, const struct operations *operations,
                  struct analysis *analysis, const struct other *others, uint32_t count, int force,
                  struct diagnostics *diagnostics) {
    struct checking c = checking_of(graph, operations, analysis, force, diagnostics);
    for (uint32_t i = 0; i < count; i++) {
        const struct other *other = &others[i];
        if (operations->order && other->operations->order) continue;
        if (!operations->order && !other->operations->order) {
            check_nesting(&c, other);
        } else if (!operations->order) {
            check_order_inside(&c, other->operations, other->text, 0);
        } else {
            struct checking around =
                checking_of(graph, other->operations, other->analysis, force, diagnostics);
            check_order_inside(&around, operations, other->text, 1);
        }
    }
}
