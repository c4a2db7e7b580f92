// SPDX-License-Identifier: MIT
/*
 * program.h: the facts of all units united. Key of everything is (file, offset): a header seen by
 * many units, or a file compiled several times, is one file with one set of functions.
 *
 * Where configurations differ, a function has variants. Variants of the same shape (the same
 * statements at the same places) are united into one; others stay side by side, and the function
 * gets no runs, but a slow copy of its own if it can: with the slots of all of them.
 */
#ifndef LOOM_PROGRAM_H
#define LOOM_PROGRAM_H
#include "edit.h"
#include "facts.h"
#include "given.h"
#include "text.h"

struct definition {
    struct function **variants; /* at least one */
    unsigned variant_count;
    unsigned number; /* in the order of program_next */
    bool single;    /* variants of different shape: no runs, but maybe a slow copy of its own */
    unsigned idle_depth; /* waits for the outside world in that many calls, itself: 1; 0: not */
    bool address;   /* its address is taken somewhere */
    bool elsewhere; /* ... not only where threads are started in it */
    bool any_type;  /* ... and cast to another type */
    bool boundary;  /* emitted with one */
    bool twin;      /* its slow copy is a function of its own */
    bool closure;   /* a twin without a test: the callers' flags decide */
    bool substitute; /* a closure in an #if with an #else, and callers are not: place_closure.c */
    bool shortcut;  /* a twin whose fast copy is a function of its own, too: NAME__fast */
    struct names renamed;  /* closures that it calls out of macros: macros in its slow copy */
    struct names forwards; /* closures whose slow copies are declared in front of it */
    struct names shortcuts; /* functions whose fast copies are */
    unsigned first_callee, callee_count, walk; /* place_closure.c */
    unsigned order, lowest;                    /* place_shortcut.c */
    bool circle;    /* calls itself, perhaps through others: has no fast copy of its own */
    bool hooked;    /* a way out has no place for a slot: one hook takes all (place_exit.c) */
    bool alone;     /* left alone; `reason` says why */
    const char *reason;
    unsigned flag;      /* index in the file's flags */
    struct edits edits; /* filled by place */
    struct program_file *file;
};

struct program_file {
    char *path, *tag;
    struct text text;
    struct definition **definitions; /* by offset */
    unsigned definition_count;
    unsigned points, flags;
    unsigned own_points; /* those below are of functions whose slow copy is one of its own */
    bool mixed; /* units of other languages include it, too: mixed.h */
    bool moves; /* of a unit alone: emitted, for itself or for what it includes */
    struct givens givens;
    struct names members; /* that its functions mention: "USR NAME", and the USRs alone */
    struct names enumerators;
    long long *enumerator_values; /* by number */
    struct include *includes;     /* of a unit alone: where its #includes lead */
    unsigned include_count;
};

struct program {
    char *root;
    struct program_file **files; /* by path */
    unsigned file_count;
    char **addresses; /* triples: name, file or NULL, type */
    unsigned address_count;
    struct name_index *index;
    struct unit_types **types; /* of all units */
    unsigned type_count;
    char *main_file; /* of a unit alone: other units are not known; else NULL */
};

/* The definition a call may reach by name from `file`, or NULL: not in the tree. */
struct definition *program_callee(const struct program *program, const char *file,
                                  const struct call *call);

/* Another definition of the same file has its name: in two branches of an #if, each seen in some
 * configuration. A call may mean either. */
bool program_has_rival(const struct program *program, const struct definition *definition);

/* Of a unit alone: another unit may define the callee. It is taken for one of ours, and loom-pipe
 * finds out (letter w in rt/table.h). */
bool program_elsewhere(const struct program *program, const char *file, const struct call *call);

/* What a call of a function outside of the tree can do: letters as in calls.h. What the list does
 * not name, and is defined in a system header (bswap and the like), does nothing of that kind. */
const char *program_class(const struct call *call);

/* The call may wait for the outside world, itself or by a few direct calls. A call that never returns
 * pauses nothing that matters: crash paths do not count. */
bool program_idles(const struct program *program, const char *file, const struct call *call);

/* Every definition once: for (it = 0; (d = program_next(p, &it));) */
struct definition *program_next(const struct program *program, unsigned *iterator);

#endif
