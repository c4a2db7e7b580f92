// SPDX-License-Identifier: MIT
/*
 * place.h: decides on slots, polls, runs and markers; the chunk form of design 2.
 *
 *   place.c         per definition: what is polled, who is left alone, twins, boundaries
 *   place_list.c    lists of statements: maximal runs, and what stands between them
 *   place_slow.c    slow copies: a slot in front of every statement, exits, ends
 *   place_exit.c    ways out of a function
 *   place_calls.c   markers of external calls, calls of closure functions
 *   place_marks.c   which calls get a marker
 *   place_dispatch.c the loops of interpreters
 *   place_closure.c which functions leave the flag test to their callers
 *   place_shortcut.c which calls go past the flag test of a function that has one
 *   place_back.c    labels that gotos come back to
 *   place_number.c  dense point numbers per file
 *   variants.c      functions that configurations see differently
 *
 * Vocabulary
 *   run       statements without a read point inside (but at their very end), written twice
 *   base      text outside of runs: written once, with slots that read the flag
 *   single    a function without runs: only base
 *   group     statements of a list that share their text, since they come out of one macro: one
 *             slot in front, none inside (a block that comes out of a macro is as a group of one)
 */
#ifndef LOOM_PLACE_H
#define LOOM_PLACE_H
#include "edit.h"
#include "program.h"

/* Per label, the offset of the last goto that names it; UINT_MAX if its address is taken. */
struct jumps {
    struct names labels;
    unsigned *last;
};

/* State while one variant of a definition is placed. */
struct placing {
    const struct program *program;
    struct definition *definition;
    struct function *function;
    const struct text *text;
    struct edits *base;
    struct jumps jumps; /* while polls are chosen */
    bool single;
    unsigned closed; /* while polls are chosen: so many closed statements around */
};

/* Where a list of statements stands, and what must be read or run at its ends. */
struct list_context {
    struct stmt **items;
    unsigned count;
    unsigned begin, end; /* offsets behind the opening and of the closing brace */
    bool is_switch;      /* nothing before the first case */
    bool in_text;        /* begin and end are places in the text */
    struct node *poll;   /* poll due at the head */
    struct node *entry;  /* entry slot due at the head */
    struct node *close;  /* end slot, or exit slot of a void function; NULL: none */
    bool close_needed;   /* also without a run that reaches the end */
    bool dispatch;       /* one run, whatever stands in it */
};

void place_list(struct placing *p, const struct list_context *context);

/* place_slow.c: edits of one statement inside a slow run. */
void slow_statement(struct placing *p, struct edits *slow, struct stmt *stmt);
void slow_list(struct placing *p, struct edits *slow, struct stmt **items, unsigned count,
               bool is_switch);
/* Wants a slot at all: does something that others can see. */
bool wants_slot(const struct placing *p, const struct stmt *stmt);
/* It or something in it wants one; a way out counts. */
bool wants_any_slot(const struct placing *p, const struct stmt *stmt);
/* The statement that the slot in front of a group stands for: the first that a thread comes to; NULL:
 * none in it wants one, or no place of the text is in front of it alone. */
struct stmt *slot_owner(const struct placing *p, struct stmt **group, unsigned count);
/* How many statements at the head of a list are one group. */
unsigned group_size(struct stmt *const *items, unsigned count);
/* The slot of a group, or of one statement, behind its labels. */
void slow_slot(struct placing *p, struct edits *slow, struct stmt **group, unsigned count);

/* A statement of a macro whose parts may be in the text all the same: FOREACH(i) { ... }. */
static inline bool is_macro_head(const struct stmt *s) {
    return s->kind == STMT_IF || is_loop(s);
}

/* What is inside of it gets no edits but markers of calls: it, or its braces, come out of a macro. */
static inline bool is_closed(const struct stmt *s) {
    if (s->kind == STMT_COMPOUND) return !(s->flags & BRACED);
    return s->flags & FROM_MACRO && s->kind != STMT_EXPR && s->kind != STMT_DECL &&
           !is_label(s) && !is_macro_head(s);
}

/* A block one of whose braces comes out of a macro: its inside is left as it is. */
static inline bool is_macro_block(const struct stmt *s) {
    return s->kind == STMT_COMPOUND && !(s->flags & BRACED);
}

/* place_exit.c */
/* A return of the body has no place for an exit slot, and a hook can take its part. */
bool needs_hook(const struct function *function);
/* The hook, first in the text of a body or of a slow copy (edits->copy says which). */
void place_hook(struct placing *p, struct edits *edits);
/* There will be an exit slot behind its value. */
bool has_exit_slot(const struct placing *p, const struct stmt *stmt);
/* The edits of a return: its calls, and the exit slot behind its value. */
void place_return(struct placing *p, struct edits *edits, struct stmt *stmt);
/* The last statement of a void function calls it again: that stays a tail call as well. */
void keep_last_call(struct placing *p, struct edits *slow, struct stmt *s, struct node *exit);

/* place_calls.c: edits of the calls of a statement; of everything inside, too */
void mark_calls(struct placing *p, struct edits *edits, const struct stmt *stmt);
void mark_all_calls(struct placing *p, struct edits *edits, const struct stmt *stmt);

/* place_marks.c: sets marked, locks and back of all calls of the function */
void choose_marks(struct placing *p);

/* mark_calls has something to do: the text cannot be copied as it is. */
bool changes_calls(const struct placing *p, const struct stmt *stmt);

/* place_closure.c: sets `closure`; needs `twin` of all definitions. */
void find_closures(const struct program *program);
/* The other copy of d can be called there by its name, and is declared (needs_forward: by a line in
 * front of the caller). */
bool call_fits(const struct definition *caller, const struct definition *d, const struct call *call);
bool needs_forward(const struct definition *caller, const struct definition *d,
                   const struct call *call);
/* The compiler may come upon another definition of d there than libclang did. */
bool has_alternative(const struct definition *caller, const struct definition *d,
                     const struct call *call);

/* place_shortcut.c: sets `shortcut` of calls and definitions; needs `closure` of all definitions. */
void find_shortcuts(const struct program *program);

/* place_dispatch.c: the loop's body becomes one run; the labels in a statement. */
bool is_dispatch(const struct placing *p, const struct stmt *loop);
void add_labels(struct names *labels, const struct stmt *s);

/* place_back.c */
void find_jumps(struct jumps *jumps, const struct stmt *body);
bool jumps_back(const struct jumps *jumps, const struct stmt *label);
void jumps_free(struct jumps *jumps);

/* variants.c: takes INSERT_LIST and INSERT_BODY from where they hold in some variants only */
void agree_on_inserts(struct definition *d);

/* Statements inside, itself counted. */
unsigned count_statements(const struct stmt *stmt);

/* place_number.c */
void number_points(struct program_file *file);

static inline struct node *node_of(const struct placing *p, unsigned index) {
    return &p->function->cfg->nodes[index];
}

#endif
