// SPDX-License-Identifier: MIT
/*
 * cfg.h: the control-flow graph of one function, on its statements; made from facts alone.
 *
 * Built backwards (build(statement, what comes next) gives its first node), as in
 * research/rewriter.md 2. An extra edge is on the safe side ("may this thread reach the region?"),
 * a missing one is not; tests compare with clang::CFG. Node kinds are those of rt/table.h.
 */
#ifndef LOOM_CFG_H
#define LOOM_CFG_H
#include "facts.h"

enum node_kind { NODE_ENTRY, NODE_STMT, NODE_COND, NODE_POLL, NODE_END, NODE_EXIT };

struct node {
    enum node_kind kind;
    struct stmt *stmt; /* the statement, or the block or return it belongs to; entry: the body */
    unsigned id;       /* point number in the file */
    bool reachable;
    bool landed; /* comes behind a call that returns twice */
    bool slot; /* S */
    bool read; /* R */
    unsigned *next;
    unsigned next_count, next_room;
    unsigned walk; /* the last one of cfg->walks that came here */
};

struct cfg {
    struct node *nodes; /* nodes[0] is the entry */
    unsigned count, room;
    unsigned walks; /* so far */
    const struct call **cleanups; /* made at the end of scopes */
    unsigned cleanup_count;
};

#define NO_NODE 0u

/* What cfg and place know of a statement. Nodes are indexes into the function's cfg. */
struct place {
    unsigned node, cond, poll, end, exit;
    bool polled; /* a loop with a poll, or a statement behind a label that gotos come back to */
    bool reads;  /* a read is due inside: an idle call or a poll */
    bool editable; /* nothing around it is closed (place.h) */
    bool skipped; /* a loop that wants a poll, without a place for it */
    bool barrier; /* must be written once: labels, statics, asm, attributes */
    bool dispatch; /* an interpreter's loop: its body is one run (place_dispatch.c) */
    bool open_case; /* holds a case of a switch around it */
};

/* Needs place->polled of every statement. stmt->place must exist. one_exit: every return leads to
 * the body's exit node. */
struct cfg *cfg_build(struct function *function, bool one_exit);
void cfg_free(struct cfg *cfg);

#endif
