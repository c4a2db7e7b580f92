// SPDX-License-Identifier: MIT
/*
 * facts.h: what scan learns of one unit, as plain values without any libclang type.
 *
 * Facts are about the text: every offset is a byte offset in the original file. Nothing here says
 * what will be edited; place decides that, emit writes it. A function is kept as its tree of
 * statements; the expressions of a statement are kept only as the calls and properties that
 * matter (`own`: of the statement itself, not of the statements inside it).
 *
 * Facts travel from the scan process to the merge as text, one record per line, see facts.c.
 */
#ifndef LOOM_FACTS_H
#define LOOM_FACTS_H
#include "names.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum stmt_kind {
    STMT_COMPOUND,
    STMT_NULL,
    STMT_DECL,
    STMT_EXPR,
    STMT_IF,       /* kids: then, else */
    STMT_WHILE,    /* kids: body */
    STMT_DO,       /* kids: body */
    STMT_FOR,      /* kids: body */
    STMT_SWITCH,   /* kids: body */
    STMT_CASE,     /* kids: the labelled statement */
    STMT_DEFAULT,  /* kids: the labelled statement */
    STMT_LABEL,    /* kids: the labelled statement; name */
    STMT_RETURN,
    STMT_GOTO,     /* name */
    STMT_GOTO_ANY, /* computed goto */
    STMT_BREAK,
    STMT_CONTINUE,
    STMT_ASM,
    STMT_OTHER /* attribute statements and what libclang does not expose: never moved */
};

/* Properties of a statement's place and own expressions. */
enum stmt_flags {
    IN_TEXT = 1 << 0,       /* begin and end are offsets in the function's file */
    FROM_MACRO = 1 << 1,    /* begins in a macro expansion: begin is the expansion's */
    TO_MACRO = 1 << 2,      /* ends in one: end is the expansion's */
    INSERT_LIST = 1 << 3,   /* a statement may be inserted in front, in a block */
    INSERT_BODY = 1 << 4,   /* ... as the body of a control statement (needs braces) */
    CUT = 1 << 5,           /* a directive inside, or a foreign #else behind: no braces around */
    NO_EFFECT = 1 << 6,     /* assert under NDEBUG, (void)x */
    IMPURE = 1 << 7,        /* calls, or reads memory */
    OWN_LABEL = 1 << 8,     /* statement expression with a label, &&label */
    OWN_STATIC = 1 << 9,    /* declares a static or extern object, a function or a type */
    OWN_ASM = 1 << 10,      /* whose text is not seen, or that jumps: must not be copied */
    OWN_LITERAL = 1 << 11,  /* compound literal: lives as long as the block */
    OWN_TWICE = 1 << 12,    /* calls setjmp, vfork, getcontext or the like */
    OWN_RETURN = 1 << 13,   /* a return inside a statement expression */
    ALWAYS_TRUE = 1 << 14,  /* loop without a condition, or with a constant one */
    NEVER_TRUE = 1 << 15,   /* do { } while (0) */
    PROGRESS = 1 << 16,     /* leaf loop that steps (design 2: not polled, as far as the text says) */
    TAIL_CALL = 1 << 17,    /* return of a call */
    BRACED = 1 << 18,       /* compound whose braces are in the text */
    COND_IN_TEXT = 1 << 19, /* `if`: cond_begin is a place for `slot,` */
    PRIVATE = 1 << 22,      /* its own expressions touch only locals that do not escape and call
                               nothing; or a jump that is all its branch of an `if` does */
    OWN_TABLE = 1 << 20,    /* declares a static object that is constant and only read */
    OWN_BREAK = 1 << 23,    /* a break or continue inside a statement expression, of what is around */
    DECL_PLAIN = 1 << 21    /* declares automatic objects without initialiser that reads memory */
};

#define SYSTEM_HEADER "<>"

struct call {
    char *callee;         /* name; NULL: indirect */
    char *file;           /* where the callee is defined, if that is seen in this unit: below the
                             root, or SYSTEM_HEADER */
    char *type;           /* canonical function type, of indirect calls */
    char *start;          /* start routine of pthread_create; "?" if not a plain name */
    char **callbacks;     /* types of the function pointers it is given */
    unsigned callback_count;
    unsigned begin, end;  /* of the call expression; 0, 0 if not in the text */
    unsigned named;       /* of the callee's name in the text, maybe in an argument of a macro, a parenthesis
                             behind it; 0: not there */
    unsigned args;        /* offset behind the opening parenthesis; 0: marked only as a whole */
    unsigned inner;       /* calls behind it in the list that are made for its arguments */
    bool from_macro;      /* begins in the macro expansion at macro_begin */
    unsigned macro_begin, macro_end; /* end: 0, or that of what can be marked as a whole */
    bool open;            /* ... a statement, and no `;` behind that belongs to it */
    bool no_return;
    bool must;         /* its statement's only call, and made whenever that is executed */
    bool at_scope_end; /* not a call expression: attribute cleanup */
    bool ours;         /* declared below the root: another unit may define it */
    bool defined;      /* ... and in this unit its definition stands in front of the call */
    /* filled by the merge: */
    bool varies; /* units define the callee in different files */
    /* filled by place: */
    bool marked; /* gets a marker */
    bool locks;  /* ... of one that returns with a lock held */
    bool back;   /* is made in the arguments of one with a marker: inside again */
    bool shortcut; /* in a fast run it goes past the callee's flag test */
    unsigned point; /* 1 + the number of its point, 0: no marker */
};

#define ANY_LABEL "*"

/* Variables whose values a slot passes: numbers among the function's values. */
struct uses {
    unsigned *list;
    const struct value **values; /* where facts were read: the same, of the function */
    unsigned count;
};

/* A local variable or parameter that some statement reads. Every one of the function also stands
 * there with the type HIDES: what else has its name is not seen in it. */
#define HIDES "?"
struct value {
    char *name, *type; /* type: as in rt/table.h, records as r{USR} */
    const struct unit_types *types;
};

struct stmt {
    enum stmt_kind kind;
    uint32_t flags;
    unsigned begin, end;          /* with the semicolon */
    unsigned line, column, end_line, end_column;
    unsigned cond_begin;          /* IF with COND_IN_TEXT */
    unsigned value_begin, value_end; /* RETURN: the expression, 0 if none or not in the text */
    char *name;                   /* label */
    struct call *calls;
    unsigned call_count;
    char **targets; /* labels of gotos and && inside own expressions; words of an asm, some of
                       which may be labels; or ANY_LABEL */
    unsigned target_count;
    struct uses uses; /* what it reads */
    struct stmt **kids;
    unsigned kid_count;

    /* filled by cfg and place, see place.h */
    struct place *place;
};

enum function_flags {
    FN_STATIC = 1 << 0,
    FN_INLINE_EXTERN = 1 << 1, /* inline with external linkage */
    FN_VARIADIC = 1 << 2,
    FN_OLD_STYLE = 1 << 3,     /* K&R, or parameters that cannot be written again */
    FN_VOID = 1 << 4,
    FN_PURE = 1 << 5,          /* pure or const attribute */
    FN_NO_RETURN = 1 << 6,
    FN_LEAVE_ALONE = 1 << 7,   /* naked, ifunc resolver, no_instrument_function */
    FN_SIMPLE_HEAD = 1 << 8,   /* name and parameters in the text, body follows: can get a twin */
    FN_USES_NAME = 1 << 9,     /* __func__ and relatives: predefined_names */
    FN_DYNAMIC_STACK = 1 << 10,
    FN_SIGNAL_TYPE = 1 << 11,
    FN_BODY_IN_TEXT = 1 << 12,
    FN_RECORD = 1 << 13,       /* returns a struct or union without a usable name */
    FN_LOCAL_LABELS = 1 << 14, /* __label__ at the begin of a block */
    FN_CONSTRUCTOR = 1 << 15,
    FN_ALWAYS_INLINE = 1 << 16,
    FN_ASM_SYMBOL = 1 << 17,   /* contains an asm that defines a symbol or changes the section */
    FN_USES_FRAME = 1 << 18,   /* return or frame address */
    FN_RESULT_VARIES = 1 << 19, /* no name for the return type is right everywhere */
    FN_SHADOWS_RESULT = 1 << 20, /* a local object has the name of the return type */
    FN_NAME_VARIES = 1 << 21,    /* configurations differ in its name */
    FN_KEEPS_CODE = 1 << 22,     /* an attribute says how, where or for whom its code is compiled */
    FN_OPENMP = 1 << 23,         /* has directives that say what statements may stand where */
    FN_OWN_NAMES = 1 << 24       /* where it stands, one of these is a macro of the program's */
};

struct function {
    char *name, *file, *type;  /* file relative to the root */
    char *result;              /* spelling of the return type */
    char *pretty;              /* clang's __PRETTY_FUNCTION__, quoted, if that is used */
    char *target;              /* its attribute target("..."), if it has one: what its body needs */
    char **params;
    unsigned param_count;
    uint32_t flags;
    unsigned begin;            /* of the definition */
    unsigned name_begin, params_begin, params_end; /* "(" .. behind ")", FN_SIMPLE_HEAD */
    unsigned body_begin, body_end;
    unsigned line, column, end_line;
    struct value *values;
    unsigned value_count;
    struct uses uses; /* of the entry: parameters */
    struct unit_types *types; /* what its records are */
    struct stmt *body;
    uint64_t hash; /* of its facts text: equal in two units means the same function */
    struct cfg *cfg;
};

/* A struct or union that the types of values lead to. */
struct field {
    char *name;
    long long offset; /* bytes */
    char *type;
    unsigned bit, width; /* width 0: not a bit-field */
};

struct record {
    char *usr, *name;
    bool is_union, system; /* system: of a system header */
    unsigned long long size; /* 0: incomplete */
    struct field *fields;
    unsigned field_count;
};

/* The records of one unit: what a USR means in it. Shared by its functions, freed by the program. */
struct unit_types {
    struct names names; /* USRs */
    struct record **records;
};

/* What a file's functions mention. */
struct mention {
    enum { MENTION_MEMBER, MENTION_ENUMERATOR, MENTION_GLOBAL } kind;
    char *file;         /* that mentions it; of a global the unit's main file: NULL */
    char *name, *place; /* place: USR of the member's record, type of the global */
    long long number;   /* value of the enumerator, offset of the mention of a global */
};

/* An #include that the compiler followed: its words in the text, and what it means. */
struct include {
    char *file;         /* that has it */
    unsigned begin, end; /* `include "name.h"`, without the # */
    bool local;         /* written with quotes; false: <>, or out of a macro */
    char *target;       /* of what is below the root: its path there; else NULL */
    char *spelled;      /* as the compiler found it, absolute */
    char *shown;        /* the same as messages and __FILE__ have it */
};

struct unit_facts {
    char *main_file; /* relative to the root */
    struct unit_types *types;
    struct mention *mentions;
    unsigned mention_count;
    struct function **functions;
    unsigned function_count;
    struct include *includes;
    unsigned include_count;
    char **addresses; /* triples: name, file of its definition or "", type or ADDRESS_STARTS */
    unsigned address_count;
};

/* Writing, in the scan process. */
void facts_write_head(FILE *out, const char *main_file);
/* Instead of a type: a thread is started in the function, named in the very call. */
#define ADDRESS_STARTS "start"
void facts_write_address(FILE *out, const char *name, const char *file, const char *type);
void facts_write_function(FILE *out, const struct function *function);
void facts_write_record(FILE *out, const struct record *record);
void facts_write_member(FILE *out, const char *file, const char *usr, const char *name);
void facts_write_enumerator(FILE *out, const char *file, const char *name, long long value);
void facts_write_include(FILE *out, const struct include *include);
void facts_write_global(FILE *out, const char *name, const char *type, unsigned offset);

/* Reads a facts file; NULL and errno on failure (EPROTO: not a facts file). */
struct unit_facts *facts_read(const char *path);
/* Frees the list, not the functions and types: they move to the program. */
void unit_facts_free(struct unit_facts *unit);
void unit_types_free(struct unit_types *types);
void include_free(struct include *include);
void function_free(struct function *function);
void stmt_free(struct stmt *stmt);

/* The statement or one inside it has one of the flags. */
bool stmt_any(const struct stmt *stmt, uint32_t flags);

static inline bool is_label(const struct stmt *stmt) {
    return stmt->kind == STMT_CASE || stmt->kind == STMT_DEFAULT || stmt->kind == STMT_LABEL;
}
static inline bool is_loop(const struct stmt *stmt) {
    return stmt->kind == STMT_WHILE || stmt->kind == STMT_FOR || stmt->kind == STMT_DO;
}
static inline bool is_jump(const struct stmt *stmt) {
    return stmt->kind == STMT_GOTO || stmt->kind == STMT_GOTO_ANY || stmt->kind == STMT_BREAK ||
           stmt->kind == STMT_CONTINUE;
}
/* The statement below its labels. */
static inline struct stmt *unlabelled(struct stmt *stmt) {
    while (is_label(stmt) && stmt->kid_count) stmt = stmt->kids[0];
    return stmt;
}

#endif
