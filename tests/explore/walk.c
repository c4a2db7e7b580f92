// SPDX-License-Identifier: MIT
/*
 * walk.c: all runs of one thread through a program (see explore.h). Depth-first over states kept in
 * a hash table; it knows nothing of the analysis but which points it calls safe.
 *
 * A frame is at a node in one of these steps: 0 arrived · 1 behind the read, in front of the slot
 * (a slow copy can pause here) · 2 + 2c in front of call c · 3 + 2c in call c.
 * A call of setjmp leaves its number and the copy it was made in in the frame: a longjmp goes on
 * behind it, in that copy.
 */
#include <stdlib.h>
#include <string.h>
#include "explore.h"
#include "rt/plan.h"

enum { DEPTH = 4, HOLDS = 4 };
enum {
    SLOW = 1,
    QUICK = 2,
    HANDLER = 4
}; /* of a frame; QUICK: always fast, as its caller's macro */

struct frame {
    uint16_t node, landing; /* landing: 1 + the call of setjmp, or 0 */
    uint8_t step, bits, landing_bits, reserved;
};
struct hold {
    uint8_t region, frame; /* frame 255: ended */
};
struct state {
    struct frame frames[DEPTH];
    struct hold holds[HOLDS];
    uint8_t depth, hold_count, published, active;
    uint8_t hopeless; /* it cannot come to the left side of the order, says the analysis */
    uint8_t watched;  /* it can, and paused at the point that is watched */
};

struct walk {
    const struct program *program;
    const struct operations *operations;
    const struct analysis *analysis;
    struct state *states; /* stack of what is to be visited */
    size_t count;
    struct state *table;
    unsigned char *used;
    size_t mask;
    unsigned limit;
    int conditions;
    struct walk_result result;
};

static struct frame *top(struct state *s) {
    return &s->frames[s->depth - 1];
}

static void visit(struct walk *w, const struct state *s) {
    size_t at = (size_t)loom_hash64(LOOM_HASH64_START, s, sizeof *s) & w->mask;
    while (w->used[at]) {
        if (memcmp(&w->table[at], s, sizeof *s) == 0) return;
        at = (at + 1) & w->mask;
    }
    if (w->result.states >= w->limit) {
        w->result.cut = 1;
        return;
    }
    w->used[at] = 1;
    w->table[at] = *s;
    w->result.states++;
    w->states[w->count++] = *s;
}

static void broken(struct walk *w, const char *what, uint32_t node) {
    if (w->result.broken) return;
    w->result.broken = what;
    w->result.place = node;
}

/* ---- operations, as the runtime would do them had it always been there -------------------------
 */

static void leave(struct state *s, const struct operation *item) {
    for (int i = s->hold_count - 1; i >= 0; i--) {
        int own = s->holds[i].frame + 1 >= s->depth; /* of this frame, or of an ended, deeper one */
        if (s->holds[i].region != item->region || (!own && !(item->flags & LOOM_OP_ANY_FRAME)))
            continue;
        memmove(&s->holds[i], &s->holds[i + 1], (size_t)(s->hold_count - i - 1) * sizeof *s->holds);
        memset(&s->holds[--s->hold_count], 0, sizeof *s->holds);
        if (item->flags & LOOM_OP_ANY_FRAME) return;
    }
}

static int enter(struct state *s, const struct operation *item) {
    for (int i = 0; i < s->hold_count && !(item->flags & LOOM_OP_NEST); i++)
        if (s->holds[i].region == item->region && s->holds[i].frame == s->depth - 1) return 1;
    if (s->hold_count == HOLDS) return 0; /* deeper than we look */
    s->holds[s->hold_count++] = (struct hold){(uint8_t)item->region, (uint8_t)(s->depth - 1)};
    return 1;
}

static int operates(const struct walk *w, uint32_t node, int kind) {
    for (uint32_t i = 0; i < w->operations->count; i++)
        if (w->operations->items[i].node == node && w->operations->items[i].kind == kind) return 1;
    return 0;
}

/* 0: this run is not followed further. */
static int operate(struct walk *w, struct state *s, int skip) {
    uint32_t node = top(s)->node;
    static const int kinds[] = {LOOM_LEAVE, LOOM_UP, LOOM_DOWN, LOOM_ENTER};
    int operated = 0;
    for (int k = 0; k < 4; k++)
        for (uint32_t i = 0; i < w->operations->count; i++) {
            const struct operation *item = &w->operations->items[i];
            if (item->node != node || item->kind != kinds[k]) continue;
            operated = 1;
            if (item->kind == LOOM_LEAVE)
                leave(s, item);
            else if (item->kind == LOOM_UP && s->hopeless)
                broken(w, "reach: a thread comes to the left side after all", node);
            else if (item->kind == LOOM_UP && s->watched)
                w->result.comes = 1;
            else if (item->kind == LOOM_ENTER && !skip && !enter(s, item))
                return 0;
        }
    if (operated && s->active && !(top(s)->bits & (SLOW | QUICK)))
        broken(w, "I3: an active thread goes past an operation in a fast copy", node);
    return 1;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static int can_reach(const struct walk *w, uint32_t number) {
    uint32_t nodes = w->program->node_count;
    return number < nodes ? w->analysis->reach_nodes[number]
                          : w->analysis->reach_calls[number - nodes];
}

/* `number` is a node, or a call behind the nodes. */
static void pause_at(struct walk *w, const struct state *s, uint32_t number, int unsafe) {
    struct state next = *s;
    uint8_t *seen = &w->result.seen[number];
    w->result.pauses++;
    if (w->operations->order && !s->hopeless && !can_reach(w, number)) {
        next.hopeless = 1;
        w->result.hopeless++;
        visit(w, &next);
        next = *s;
    } else if (w->operations->order && number == w->result.watch && !s->watched) {
        next.watched = 1;
        w->result.watched = 1;
        visit(w, &next);
        next = *s;
    }
    if (s->active) return;
    *seen |= s->hold_count ? SEEN_INSIDE | SEEN : SEEN;
    if (!s->published || unsafe) return;
    w->result.activations++;
    if (s->hold_count)
        broken(w, "I4: a thread is activated inside a region", s->frames[s->depth - 1].node);
    next.active = 1;
    visit(w, &next);
}

static void arrive(struct walk *w, const struct state *s) {
    struct state next = *s;
    const struct node *node = &w->program->nodes[top(&next)->node];
    top(&next)->step = 1;
    if (!(node->attributes & NODE_READ) || top(&next)->bits & QUICK) {
        visit(w, &next);
        return;
    }
    top(&next)->bits |= SLOW; /* always possible: other filters, or a request to pause */
    visit(w, &next);
    if (s->published && w->analysis->slow[node->function]) return;
    top(&next)->bits &= (uint8_t)~SLOW;
    visit(w, &next);
}

static void at_slot(struct walk *w, const struct state *s) {
    struct state next = *s;
    uint32_t number = top(&next)->node;
    if (top(&next)->bits & SLOW && is_pause_node(&w->program->nodes[number]))
        pause_at(w, s, number, w->analysis->nodes[number]);
    top(&next)->step = 2;
    struct state without = next;
    if (operate(w, &next, 0)) visit(w, &next);
    if (!w->conditions || !operates(w, number, LOOM_ENTER)) return;
    w->result.skips++;
    if (operate(w, &without, 1)) visit(w, &without);
}

static void call_function(struct walk *w, const struct state *s, uint32_t f, const struct call *call) {
    const struct function *function = &w->program->functions[f];
    const int quick = (call->class & CALL_QUICK) != 0;
    struct state next = *s;
    if (next.depth == DEPTH) return;
    struct frame *caller = top(&next), *frame = &next.frames[next.depth++];
    frame->node = (uint16_t)function->first_node;
    if (function->attributes & FUNCTION_CLOSURE)
        frame->bits = quick ? QUICK : caller->bits & (SLOW | QUICK);
    if (function->attributes & FUNCTION_SHORTCUT && call->class & CALL_SHORTCUT &&
        !(caller->bits & SLOW)) {
        frame->bits = caller->bits & QUICK;
        frame->step = 1; /* past the read */
    }
    visit(w, &next);
}

/* The started thread goes on instead of this one. */
static void start(struct walk *w, const struct state *s, uint32_t f) {
    struct state next = {
        .depth = 1, .published = s->published, .hopeless = s->hopeless, .watched = s->watched};
    next.frames[0].node = (uint16_t)w->program->functions[f].first_node;
    w->result.starts++;
    visit(w, &next);
    next.active = s->published;
    visit(w, &next);
}

static int is_call_of(const struct walk *w, const struct call *call, const char *name) {
    return call->how == CALL_DIRECT && !strcmp(w->program->names.texts[call->callee], name);
}

/* Back to frame i; what deeper frames entered is left there. */
static void land(struct walk *w, const struct state *s, int i) {
    const struct call *call = &w->program->calls[s->frames[i].landing - 1];
    uint32_t first = w->program->nodes[call->node].first_call;
    struct state next = *s;
    w->result.jumps++;
    memset(&next.frames[i + 1], 0, sizeof *next.frames * (size_t)(DEPTH - i - 1));
    next.depth = (uint8_t)(i + 1);
    top(&next)->node = (uint16_t)call->node;
    top(&next)->step = (uint8_t)(4 + 2 * ((uint32_t)(call - w->program->calls) - first));
    top(&next)->bits = next.frames[i].landing_bits;
    for (int k = next.hold_count; k-- > 0;) {
        if (next.holds[k].frame <= i) continue;
        memmove(&next.holds[k], &next.holds[k + 1],
                (size_t)(next.hold_count - k - 1) * sizeof *next.holds);
        memset(&next.holds[--next.hold_count], 0, sizeof *next.holds);
    }
    visit(w, &next);
}

static void in_call(struct walk *w, const struct state *s, const struct call *call) {
    const struct program *p = w->program;
    uint32_t number = (uint32_t)(call - p->calls);
    struct state next = *s;
    for (uint32_t f = 0; f < p->function_count; f++) {
        const struct function *function = &p->functions[f];
        int taken = (function->attributes & FUNCTION_TAKEN) != 0;
        if (call->how == CALL_THREAD && function->name == call->callee) start(w, s, f);
        if ((call->how == CALL_DIRECT && function->name == call->callee) ||
            (call->how == CALL_INDIRECT && taken && function->type == call->callee) ||
            (call->class & CALL_BACK && taken))
            call_function(w, s, f, call);
    }
    if (!(call->class & CALL_EXTERNAL)) return;
    if (call->point != NONE) pause_at(w, s, p->node_count + number, w->analysis->calls[number]);
    for (int i = 0; i < s->depth && is_call_of(w, call, "longjmp"); i++)
        if (s->frames[i].landing) land(w, s, i);
    if (call->class & CALL_ENDS) return;
    top(&next)->step++;
    visit(w, &next);
    if (!is_call_of(w, call, "setjmp")) return;
    top(&next)->landing = (uint16_t)(number + 1);
    top(&next)->landing_bits = top(&next)->bits;
    visit(w, &next);
}

/* The thread, or the process, ends: destructors and what was given to atexit run. */
static void end(struct walk *w, const struct state *s) {
    const struct program *p = w->program;
    for (uint32_t f = 0; f < p->function_count && w->operations->order; f++) {
        const struct function *function = &p->functions[f];
        struct state next = *s;
        if (!(function->attributes & FUNCTION_TAKEN) ||
            strcmp(p->names.texts[function->type], "void (void)") != 0)
            continue;
        next.depth = 1;
        next.frames[0] = (struct frame){.node = (uint16_t)function->first_node};
        visit(w, &next);
    }
}

static void go_back(struct walk *w, const struct state *s) {
    struct state next = *s;
    int handler = top(&next)->bits & HANDLER;
    memset(top(&next), 0, sizeof(struct frame));
    next.depth--;
    if (next.depth == 0) {
        end(w, &next);
        return;
    }
    /* a library that calls back may do so again: it stays in its call */
    const struct frame *caller = top(&next);
    const struct node *node = &w->program->nodes[caller->node];
    int in_external =
        caller->step > 2 && caller->step & 1 &&
        w->program->calls[node->first_call + (caller->step - 3u) / 2].class & CALL_EXTERNAL;
    if (!handler && !in_external) top(&next)->step++;
    visit(w, &next);
}

static void go_on(struct walk *w, const struct state *s) {
    const struct program *p = w->program;
    struct state next = *s;
    const struct node *node = &p->nodes[top(&next)->node];
    for (uint32_t i = 0; i < node->next_count; i++) {
        top(&next)->node = (uint16_t)p->next[node->first_next + i];
        top(&next)->step = 0;
        visit(w, &next);
    }
    if (node->kind == NODE_EXIT) go_back(w, s);
}

static void interrupt(struct walk *w, const struct state *s) {
    const struct program *p = w->program;
    for (int i = 0; i < s->depth; i++)
        if (s->frames[i].bits & HANDLER) return;
    for (uint32_t f = 0; f < p->function_count && s->depth < DEPTH; f++) {
        struct state next = *s;
        if (!(p->functions[f].attributes & FUNCTION_HANDLER)) continue;
        next.frames[next.depth++] =
            (struct frame){.node = (uint16_t)p->functions[f].first_node, .bits = HANDLER};
        visit(w, &next);
    }
}

static void step(struct walk *w, const struct state *s) {
    const struct frame *frame = &s->frames[s->depth - 1];
    const struct node *node = &w->program->nodes[frame->node];
    uint32_t call = node->first_call + (frame->step - 2u) / 2;
    struct state next = *s;
    next.published = 1;
    visit(w, &next);
    interrupt(w, s);
    if (frame->step == 0) {
        arrive(w, s);
    } else if (frame->step == 1) {
        at_slot(w, s);
    } else if (call >= node->first_call + node->call_count) {
        go_on(w, s);
    } else if (frame->step & 1) {
        in_call(w, s, &w->program->calls[call]);
    } else {
        next = *s;
        top(&next)->step++;
        visit(w, &next);
        top(&next)->step++;
        if (!(w->program->calls[call].class & CALL_MUST)) visit(w, &next);
    }
}

struct walk_result walk_program(const struct program *program, const struct operations *operations,
                                const struct analysis *analysis, int conditions, uint32_t watch,
                                unsigned limit) {
    struct walk w = {.program = program,
                     .operations = operations,
                     .analysis = analysis,
                     .conditions = conditions,
                     .limit = limit,
                     .result.watch = watch};
    struct state start = {.depth = 1};
    for (w.mask = 1; w.mask < 2 * (size_t)limit; w.mask *= 2) continue;
    w.table = calloc(w.mask, sizeof *w.table);
    w.used = calloc(w.mask--, 1);
    w.states = calloc(limit + 1, sizeof *w.states);
    w.result.seen = calloc(program->node_count + program->call_count + 1, 1);
    visit(&w, &start);
    while (w.count && !w.result.broken) {
        struct state s = w.states[--w.count];
        step(&w, &s);
    }
    free(w.table);
    free(w.used);
    free(w.states);
    return w.result;
}
