// SPDX-License-Identifier: MIT
/*
 * edit.h: what will be inserted where, as values: place makes them, emit turns them into text.
 *
 * Rule: edits of one list never overlap; at one offset those that close something come before
 * those that open something, each in the order in which they were made (place works pre-order for
 * opening edits and post-order for closing ones).
 */
#ifndef LOOM_EDIT_H
#define LOOM_EDIT_H
#include "cfg.h"
#include "names.h"

enum edit_kind {
    EDIT_RUN,           /* the whole pair: struct run */
    EDIT_BRACE_OPEN,    /* { */
    EDIT_BRACE_CLOSE,   /* } */
    EDIT_SLOT,          /* in a slow run */
    EDIT_SLOT_DECL,     /* the same, among declarations */
    EDIT_SLOT_COND,     /* the same, in front of a condition */
    EDIT_IF_SLOT,       /* outside of runs: reads the flag */
    EDIT_IF_SLOT_DECL,
    EDIT_IF_SLOT_COND,
    EDIT_IF_POLL,       /* a poll that no run takes in */
    EDIT_IF_POLL_DECL,
    EDIT_IF_POLL_EMPTY, /* a poll as the whole body: while (x) POLL; */
    EDIT_VALUE_OPEN,    /* return ({ T v = ( */
    EDIT_VALUE_CLOSE,   /* ); exit slot; v; }) */
    EDIT_IF_VALUE_CLOSE,
    EDIT_TAIL,          /* if (no operation at the exit) return VALUE; keeps a tail call one.
                           Also CALL; return; at the end of a void function */
    EDIT_CALL_OPEN,     /* marker of an external call */
    EDIT_CALL_CLOSE,
    EDIT_BACK_OPEN,     /* a call of the program in the arguments of a marked one */
    EDIT_CALL_HEAD,     /* replaces `name(` of pthread_create and pthread_mutex_lock */
    EDIT_SLOW_CALLEE,   /* name__slow in place of a closure function's name */
    EDIT_FAST_CALLEE,   /* name__fast, or LOOM_SHORTCUT(name): past the test of a function that has one */
    EDIT_EITHER_CALLEE, /* replaces its `name(` where the flag must be asked */
    EDIT_EITHER_ONCE,   /* the same, replaces its name only */
    EDIT_EXIT_HOOK,     /* first declaration of a body: its cleanup is the exit slot */
    EDIT_IF_EXIT_HOOK,
    EDIT_BOUNDARY,
    EDIT_LANDED
};

struct run;

struct edit {
    enum edit_kind kind;
    unsigned offset;
    unsigned remove; /* bytes replaced */
    bool close;
    unsigned order;
    struct node *node; /* whose point is named */
    struct call *call;
    struct run *run;
    struct stmt *stmt; /* VALUE: the return */
};

enum copy { COPY_BASE, COPY_FAST, COPY_SLOW };

struct edits {
    enum copy copy; /* what the text around is */
    struct edit *list;
    unsigned count, room;
};

/* A maximal run of statements that is written twice: fast as it is, slow with slots. */
struct run {
    unsigned begin, end;
    struct edits fast; /* call markers */
    struct edits slow; /* call markers and slots */
    struct node *poll; /* the run begins with this poll; NULL: none */
    struct names labels; /* in it, local to each copy */
    bool declares;     /* the run begins with a declaration */
    bool read_memory;  /* behind a label that gotos come back to, or a poll: volatile read */
};

void edit_add(struct edits *edits, struct edit edit);
void edits_sort(struct edits *edits);
/* Adds those of `more` that `into` has not, for variants of one function; `more` is then empty. */
void edits_unite(struct edits *into, struct edits *more);
void edits_free(struct edits *edits);

#endif
