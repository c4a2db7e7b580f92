// SPDX-License-Identifier: MIT
/*
 * program.c: reads slot tables (rt/table.h) into a program.
 *
 * Successors are file-local while a function is read and become node numbers at its end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "reader.h"
#include "rt/table.h"

static uint32_t type(struct reader *r, struct piece field) {
    uint32_t id = NONE;
    if (!piece_digits(&field, 0, &id) || id >= r->type_count) return NONE;
    return r->types[id];
}

/* ---- lines ----------------------------------------------------------------------------------- */

static int read_type(struct reader *r) {
    uint32_t id;
    if (read_number(r, &id)) return -EINVAL;
    if (id > r->points + 65536) return read_bad(r, "a type ID out of range");
    while (r->type_count <= id) {
        r->types = grow(r->types, r->type_count, sizeof *r->types);
        r->types[r->type_count++] = NONE;
    }
    r->types[id] = piece_name(r, read_piece(r));
    return 0;
}

static struct function *new_function(struct reader *r) {
    struct program *p = r->program;
    p->functions = grow(p->functions, p->function_count, sizeof *p->functions);
    struct function *function = &p->functions[p->function_count++];
    *function = (struct function){.file = r->file,
                                  .type = NONE,
                                  .flag = NONE,
                                  .first_node = p->node_count,
                                  .first_local = p->local_count,
                                  .first_call = p->call_count};
    p->files[r->file].function_count++;
    return function;
}

static uint32_t function_letters(struct piece field) {
    static const uint16_t values[] = {FUNCTION_STATIC,
                                      FUNCTION_TAKEN,
                                      FUNCTION_HANDLER,
                                      FUNCTION_CLOSURE,
                                      FUNCTION_PURE,
                                      FUNCTION_VARIABLE_FRAME,
                                      FUNCTION_TAIL,
                                      FUNCTION_SETJMP,
                                      FUNCTION_TWIN,
                                      FUNCTION_BOUNDARY,
                                      FUNCTION_ANY_TYPE | FUNCTION_TAKEN,
                                      FUNCTION_START,
                                      FUNCTION_SHORTCUT};
    return piece_letters(field, "sahcpvtjrbuof", values);
}

/* Successors of the function that ends here become node numbers. */
static int end_function(struct reader *r) {
    struct program *p = r->program;
    if (r->function == NONE) return 0;
    struct function *function = &p->functions[r->function];
    r->function = NONE;
    if (function->attributes & FUNCTION_LEFT && !function->node_count)
        function->attributes |= FUNCTION_BLIND;
    if (function->attributes & FUNCTION_BLIND) return 0;
    if (!function->node_count || p->nodes[function->first_node].kind != NODE_ENTRY)
        return read_bad(r, "a function before this line does not begin with its entry");
    for (uint32_t n = 0; n < function->node_count; n++) {
        struct node *node = &p->nodes[function->first_node + n];
        for (uint32_t i = 0; i < node->next_count; i++) {
            uint32_t *next = &p->next[node->first_next + i];
            uint32_t target = *next < r->points ? r->node_of[*next] : NONE;
            if (target == NONE || target < function->first_node)
                return read_bad(r, "a function before this line names a successor that it does not "
                                   "have");
            *next = target;
        }
    }
    return end_values(r, function);
}

/* An `fn` line behind the `x` line of the same function adds what is known of it all the same. */
static struct function *seen_already(struct reader *r, uint32_t left, uint32_t own_name) {
    struct program *p = r->program;
    if (left == NONE || left + 1 != p->function_count) return NULL;
    struct function *function = &p->functions[left];
    if (!(function->attributes & FUNCTION_BLIND) || function->call_count ||
        function->name != own_name)
        return NULL;
    function->attributes = FUNCTION_LEFT;
    return function;
}

static int read_function(struct reader *r) {
    uint32_t flag, left = r->function; /* an `x` line just before, perhaps */
    if (end_function(r) || read_number(r, &flag)) return -EINVAL;
    uint32_t own_name = piece_name(r, read_piece(r));
    struct function *function = seen_already(r, left, own_name);
    if (!function) function = new_function(r);
    r->function = r->program->function_count - 1;
    if (flag >= r->program->files[r->file].flags) return read_bad(r, "a flag out of range");
    function->flag = flag;
    function->name = own_name;
    if (read_place(r, &function->line, &function->column) || read_number(r, &function->end_line))
        return -EINVAL;
    function->attributes |= function_letters(read_piece(r));
    function->type = type(r, read_piece(r));
    return 0;
}

/* x NAME LINE REASON [ATTRS TYPE]; calls may follow. */
static int read_left(struct reader *r) {
    if (end_function(r)) return -EINVAL;
    struct function *function = new_function(r);
    r->function = r->program->function_count - 1;
    function->attributes = FUNCTION_LEFT | FUNCTION_BLIND;
    function->name = piece_name(r, read_piece(r));
    if (read_number(r, &function->line)) return -EINVAL;
    function->end_line = function->line;
    function->reason = piece_plain(r, read_piece(r));
    function->attributes |= function_letters(read_piece(r));
    function->type = type(r, read_piece(r));
    return 0;
}

static int read_kind(struct reader *r, struct node *node) {
    static const char *const kinds[] = {"entry", "stmt", "cond", "poll", "end", "exit"};
    struct piece field = read_piece(r);
    for (uint16_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        node->kind = i;
        if (piece_is(field, kinds[i])) return 0;
    }
    return read_bad(r, "an unknown kind of node");
}

static int read_next(struct reader *r, struct node *node) {
    struct program *p = r->program;
    struct piece field = read_piece(r);
    node->first_next = p->next_count;
    if (piece_is(field, "-")) return 0;
    for (;;) {
        uint32_t target;
        char stop = memchr(field.bytes, ',', field.size) ? ',' : 0;
        if (!piece_digits(&field, stop, &target)) return read_bad(r, "a list of nodes is expected");
        p->next = grow(p->next, p->next_count, sizeof *p->next);
        p->next[p->next_count++] = target;
        node->next_count++;
        if (!stop) return 0;
    }
}

static int read_node(struct reader *r) {
    static const uint16_t values[] = {NODE_SLOT, NODE_READ, NODE_JUMP, NODE_MACRO, NODE_IDLE};
    struct program *p = r->program;
    if (r->function == NONE || p->functions[r->function].attributes & FUNCTION_BLIND)
        return read_bad(r, "a node outside of a function");
    p->nodes = grow(p->nodes, p->node_count, sizeof *p->nodes);
    struct node *node = &p->nodes[p->node_count];
    *node = (struct node){.function = r->function, .first_call = p->call_count};
    if (read_number(r, &node->point)) return -EINVAL;
    if (node->point >= r->points) return read_bad(r, "a node out of range");
    if (read_kind(r, node) || read_place(r, &node->line, &node->column) ||
        read_place(r, &node->end_line, &node->end_column))
        return -EINVAL;
    node->attributes = (uint16_t)piece_letters(read_piece(r), "SRJMN", values);
    r->node_of[node->point] = p->node_count++;
    p->functions[r->function].node_count++;
    return read_next(r, node) ? -EINVAL : read_values(r, node);
}

static int read_how(struct reader *r, struct call *call) {
    struct piece how = read_piece(r), callee = read_piece(r);
    call->callee = piece_is(callee, "?") || piece_is(callee, "-") ? NONE : piece_name(r, callee);
    if (piece_is(how, "d"))
        call->how = CALL_DIRECT;
    else if (piece_is(how, "t"))
        call->how = CALL_THREAD;
    else if (piece_is(how, "f"))
        call->how = CALL_ATTRIBUTE;
    else if (piece_is(how, "i")) {
        call->how = CALL_INDIRECT;
        call->callee = type(r, callee);
    } else {
        return read_bad(r, "an unknown kind of call");
    }
    return 0;
}

static int read_call(struct reader *r) {
    static const uint16_t values[] = {CALL_BLOCKS,   CALL_IDLES, CALL_BACK, CALL_LOCKS, CALL_ENDS,
                                      CALL_EXTERNAL, CALL_QUICK, CALL_READ, CALL_MUST,
                                      CALL_ELSEWHERE, CALL_SHORTCUT};
    struct program *p = r->program;
    struct piece point = read_piece(r);
    struct function *function = r->function == NONE ? NULL : &p->functions[r->function];
    int blind = function && function->attributes & FUNCTION_BLIND;
    if (!function || (!blind && !function->node_count))
        return read_bad(r, "a call outside of a node");
    p->calls = grow(p->calls, p->call_count, sizeof *p->calls);
    struct call *call = &p->calls[p->call_count];
    *call = (struct call){
        .point = NONE, .node = blind ? NONE : p->node_count - 1, .function = r->function};
    if (!piece_is(point, "-") &&
        (!piece_digits(&point, 0, &call->point) || call->point >= r->points))
        return read_bad(r, "a point out of range");
    if (read_how(r, call)) return -EINVAL;
    call->class = (uint16_t)piece_letters(read_piece(r), "biklnxqrmws", values);
    p->call_count++;
    function->call_count++;
    if (blind)
        function->attributes |= FUNCTION_LISTED;
    else
        p->nodes[p->node_count - 1].call_count++;
    return 0;
}

/* at NAME TYPE */
static int read_foreign(struct reader *r) {
    struct program *p = r->program;
    uint32_t name = piece_name(r, read_piece(r));
    struct piece type = read_piece(r);
    p->foreign = grow(p->foreign, p->foreign_count, sizeof *p->foreign);
    p->foreign[p->foreign_count++] =
        (struct foreign){name, piece_name(r, type), piece_is(type, "start")};
    return 0;
}

static int read_line(struct reader *r) {
    struct piece word = read_piece(r);
    if (piece_is(word, "n")) return read_node(r);
    if (piece_is(word, "c")) return read_call(r);
    if (piece_is(word, "fn")) return read_function(r);
    if (piece_is(word, "type")) return read_type(r);
    if (piece_is(word, "x")) return read_left(r);
    if (piece_is(word, "l")) return read_local(r);
    if (piece_is(word, "rec")) return read_record(r);
    if (piece_is(word, "m")) return read_member(r);
    if (piece_is(word, "e")) return read_constant(r);
    if (piece_is(word, "g")) return read_global(r);
    if (piece_is(word, "at")) return read_foreign(r);
    return 0;
}

static int read_table(struct reader *r, const char *table, size_t size) {
    const char *stop = table + size;
    if (size && table[size - 1] == 0) stop--;
    while (table < stop) {
        const char *end = memchr(table, '\n', (size_t)(stop - table));
        r->line++;
        if (!end) return read_bad(r, "the table is cut off");
        r->at = table;
        r->end = end;
        if (r->line == 1 && !piece_is((struct piece){table, (size_t)(end - table)}, "loom 1"))
            return read_bad(r, "this is not a slot table of version 1");
        if (read_line(r)) return -EINVAL;
        table = end + 1;
    }
    r->line++;
    return r->line == 1 ? read_bad(r, "the table is empty") : end_function(r);
}

int program_add(struct program *program, const char *path, uint64_t hash, uint32_t points,
                uint32_t flags, const char *table, size_t size, const char **why) {
    struct reader r = {
        .program = program, .file = program->file_count, .points = points, .function = NONE};
    program->files = grow(program->files, program->file_count, sizeof *program->files);
    program->files[program->file_count++] =
        (struct program_file){.path = arena_copy(&program->arena, path, strlen(path)),
                              .index = r.file,
                              .hash = hash,
                              .points = points,
                              .flags = flags,
                              .first_function = program->function_count,
                              .first_layout = program->layout_count,
                              .first_constant = program->constant_count,
                              .first_global = program->global_count};
    r.node_of = take(points, sizeof *r.node_of);
    memset(r.node_of, 0xff, points * sizeof *r.node_of);
    int result = read_table(&r, table, size);
    free(r.node_of);
    free(r.types);
    *why = r.why;
    return result;
}

void program_free(struct program *program) {
    names_free(&program->names);
    arena_free(&program->arena);
    free(program->files);
    free(program->functions);
    free(program->nodes);
    free(program->calls);
    free(program->next);
    free(program->layouts);
    free(program->members);
    free(program->constants);
    free(program->globals);
    free(program->locals);
    free(program->values);
    free(program->foreign);
    *program = (struct program){0};
}

uint32_t file_number(const struct program *program, long long index) {
    for (uint32_t f = 0; f < program->file_count; f++)
        if (program->files[f].index == index) return f;
    return NONE;
}

void find_point(const struct program *program, uint32_t file, uint32_t point, uint32_t *node,
                uint32_t *call) {
    *node = *call = NONE;
    if (file >= program->file_count) return;
    const struct program_file *in = &program->files[file];
    for (uint32_t f = in->first_function; f < in->first_function + in->function_count; f++) {
        const struct function *function = &program->functions[f];
        for (uint32_t n = 0; n < function->node_count; n++)
            if (program->nodes[function->first_node + n].point == point)
                *node = function->first_node + n;
        for (uint32_t c = 0; c < function->call_count; c++)
            if (program->calls[function->first_call + c].point == point)
                *call = function->first_call + c;
    }
}
