// SPDX-License-Identifier: MIT
/*
 * scan.h: shared by the scan_*.c files, the only ones that see libclang.
 *
 *   scan.c          one unit: parse, functions, addresses
 *   scan_source.c   files of the unit: macro expansions, places in the text
 *   scan_active.c   which of their bytes are active code
 *   scan_stmt.c     statements
 *   scan_expr.c     properties of expressions
 *   scan_include.c  which file each #include means
 *   scan_loop.c     conditions of loops, the progress rule
 *   scan_private.c  statements that nothing else can see
 *   scan_macro.c    macro expansions that can be marked as a whole
 *   scan_argument.c calls in arguments of macros
 *   scan_attribute.c what attributes and pragmas say of functions
 *   scan_cursors.c  a table from cursors to numbers
 *   scan_value.c    what statements read, what functions mention: for expressions in filters
 *   scan_type.c     types as text, records
 *
 * Vocabulary
 *   source    a file below the root, with a map of its active code: bytes that belong to tokens
 *             and are not in comments, directives or skipped #if parts
 *   span      a cursor's place in its source; ends that lie in a macro expansion are widened to
 *             the whole outermost expansion
 */
#ifndef LOOM_SCAN_H
#define LOOM_SCAN_H
#include "facts.h"
#include "lex.h"
#include "names.h"
#include <clang-c/Index.h>

struct interval {
    unsigned begin, end;
};

struct source {
    struct source *next;
    CXFile file;
    char *path; /* relative to the root; NULL: not below it */
    char *text;
    unsigned size;
    char *code;                  /* by byte: belongs to a token, skipped or not */
    const char *active;          /* the same, not skipped in the inclusion that was chosen */
    struct activity *activities; /* maps of all inclusions that were */
    struct directives directives;
    struct interval *macros; /* outermost expansions, sorted, not overlapping */
    unsigned macro_count, macro_room;
};

struct span {
    struct source *source;
    unsigned begin, end;
    bool from_macro, to_macro, ok;
};

struct cursors {
    struct cursor_number *list;
    unsigned count, room;
};

struct scan {
    CXTranslationUnit unit;
    const char *root;
    const char *main_file; /* relative to the root */
    bool openmp;           /* the compiler heeds its directives (clang does not, see flags.c) */
    struct source *sources;
    CXSourceRangeList *skipped; /* of all files, once asked for */
    struct names macros;   /* without parameters */
    struct names all_macros; /* with what they are defined as, by number */
    struct macro_text **macro_texts;
    struct names mentions; /* written already */
    struct names attributed; /* functions with attributes at any of their declarations */
    uint32_t *attribute_flags; /* FN_ flags of these, by number */
    struct names targets;      /* "NAME target(...)" of functions for other processors */
    struct names defined;  /* functions whose definitions were seen so far */
    bool says_weak;        /* its text may make any external function weak */
    struct names records;  /* by USR: types led to them */
    CXCursor *record_cursors;
    FILE *out;
    struct span before;        /* the last declaration outside of functions */
    struct function *function; /* being read */
    struct cursors escaping;   /* its local variables whose address is taken */
    struct cursors ends;       /* where its control statements end: they nest deeply */
    unsigned own_loops, own_switches; /* open inside of the expression that is read */
    struct names value_keys;   /* its values, as `NAME TYPE`, in their order */
};

/* scan_active.c */
void active_load(struct scan *scan, struct source *source); /* the first inclusion's */
/* From here on the map is that of the inclusion in which the function stands. */
void active_choose(struct scan *scan, struct source *source, CXCursor name, CXCursor body);
void active_free(struct source *source);

/* scan_source.c */
void sources_load(struct scan *scan);
void sources_free(struct scan *scan);
struct source *source_of(struct scan *scan, CXFile file);
struct source *source_at(struct scan *scan, CXSourceLocation location, unsigned *offset);
const struct interval *macro_at(const struct source *source, unsigned offset);
struct span span_of(struct scan *scan, CXCursor cursor);
int next_active(const struct source *source, unsigned offset); /* -1: none */
int previous_active(const struct source *source, unsigned offset);
bool ends_word(const struct source *source, int at, const char *word); /* at: its last byte */
bool insertable(const struct span *span, unsigned low, const char *after);
bool cut_by_directive(const struct source *source, unsigned begin, unsigned end);
bool control_cut_by_directive(const struct source *source, unsigned begin, unsigned end);
unsigned statement_end(struct scan *scan, CXCursor cursor); /* with ';'; 0: cannot tell */
/* The word `else` between two branches does not come out of the macro that the first one ends in. */
bool else_apart(struct scan *scan, CXCursor then, CXCursor otherwise);

bool has_directive(const struct source *source, unsigned begin, unsigned end, const char *words);

/* scan_attribute.c */
void scan_attributes(struct scan *scan); /* reads those of the whole unit */
/* The declaration with its own attributes, not those of others or of a pragma; to be freed. */
char *printed_head(CXCursor cursor);
uint32_t scan_attribute_flags(const struct scan *scan, CXCursor function);
char *scan_target(const struct scan *scan, const char *function); /* struct function.target */
void attributes_free(struct scan *scan);

/* scan_stmt.c */
struct stmt *scan_stmt(struct scan *scan, CXCursor cursor, unsigned low, const char *after);

/* scan_cursors.c; number: may be NULL */
void cursors_add(struct cursors *cursors, CXCursor cursor, unsigned number);
bool cursors_find(const struct cursors *cursors, CXCursor cursor, unsigned *number);
void cursors_free(struct cursors *cursors);

/* scan_expr.c: adds what the expression `cursor` does to the statement */
void scan_expr(struct scan *scan, CXCursor cursor, struct stmt *stmt);
/* The statement always evaluates these: notes whether its only call is surely made. In what order
 * several are made, C does not say. */
void scan_must(struct stmt *stmt, const CXCursor *expressions, unsigned count);
bool has_no_effect(CXCursor cursor);
bool is_unevaluated(CXCursor cursor); /* sizeof and the like, but of a type with a variable size */
bool is_impure(CXCursor cursor);
bool is_call(CXCursor cursor);
bool any_kid(CXCursor cursor, bool (*test)(CXCursor)); /* test holds for a child */

/* scan_private.c */
void scan_escaping(struct scan *scan, CXCursor body); /* sets `escaping` */
/* The expression touches only local variables that do not escape, and calls nothing. */
bool scan_is_private(const struct scan *scan, CXCursor cursor);

/* A constant static variable whose values are read and whose address nobody has: as good twice. */
bool scan_is_table(CXCursor variable);

/* scan_macro.c: of calls that come out of macros, which can be marked */
void scan_wholes(struct scan *scan, CXCursor body, struct stmt *stmt);

/* scan_include.c */
void scan_include(struct scan *scan, CXCursor directive);

/* scan_loop.c */
bool makes_progress(CXCursor loop);
int constant_condition(CXCursor condition); /* 0, 1, or -1: not constant */
bool is_for_without_condition(CXCursor loop, unsigned kid_count);

/* scan_value.c */
/* Sets the statement's `uses`: what these expressions read, which it evaluates, in this order. */
void scan_reads(struct scan *scan, struct stmt *stmt, const CXCursor *expressions, unsigned count);
void scan_hand_down(struct stmt *stmt); /* what a private `if` reads, to its branches */
void scan_local(struct scan *scan, CXCursor variable); /* a declaration: it hides what has its name */
void scan_parameters(struct scan *scan, CXCursor function); /* sets the function's `uses` */
void scan_mention(struct scan *scan, CXCursor cursor); /* of a member, an enumerator, a variable */
void scan_global(struct scan *scan, CXCursor mention, CXCursor global);
void scan_macro(struct scan *scan, CXCursor definition);

/* scan_argument.c */
void scan_macro_text(struct scan *scan, CXCursor definition);
/* What stands in parentheses behind this expansion of `name` are arguments, too: #define name OTHER, and OTHER
 * has parameters; or OTHER is an argument. */
bool scan_takes_arguments(struct scan *scan, const char *name, const struct source *s, struct interval expansion);
void macro_texts_free(struct scan *scan);
/* Where the callee's name stands in an argument of a macro that does nothing but expand it; 0: nowhere. */
unsigned scan_argument_name(struct scan *scan, CXCursor call, const char *callee);
/* Is there a _Pragma in the text, or in a macro that it may expand? */
bool scan_has_pragma(struct scan *scan, const struct source *s, unsigned begin, unsigned end);
/* The name stands there, and a parenthesis behind it, with nothing but blanks between. */
bool is_callee_at(const struct source *source, unsigned at, const char *callee);

/* scan_type.c; the caller frees the text */
char *type_code(struct scan *scan, CXType type);
char *parameter_code(struct scan *scan, CXType type);
bool is_passable(CXType type);         /* a slot can pass a value of it */
void scan_records(struct scan *scan); /* writes those that the types of this unit lead to */

/* shared little things */
struct kids {
    CXCursor *list;
    unsigned count;
};
struct kids kids_of(CXCursor cursor);
CXCursor without_parens(CXCursor cursor);
char *copy_string(CXString string); /* disposes of it; the caller frees the result */
CXType function_type(CXType type);  /* below pointers, canonical */
bool is_function_type(CXType type);
char *type_name(CXType type); /* canonical text of a function type */
bool never_returns(CXCursor function);
/* What a call of pthread_create starts: the name of a function, or "?". To be freed. */
char *start_routine(CXCursor call);
bool has_word(const char *text, const char *word); /* not as a tag: `struct word` has a space of its own */
bool is_unnamed(const char *type); /* a struct, union or enum without a tag */
void check_shadow(struct function *function, CXCursor object);

#endif
