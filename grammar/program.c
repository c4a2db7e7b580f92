// SPDX-License-Identifier: MIT
/*
 * program.c: reads slot tables (rt/table.h) into a program.
 *
 * Rule: a table is read as if it came from a stranger. Unknown lines and letters are skipped, any
 * other surprise names the line and refuses the table. Successors are file-local while a function
 * is read and become node numbers at its end.
 */
#include "program.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "rt/table.h"

struct reader {
    struct program *program;
    const char *at, *end; /* of the present line */
    uint32_t line, file, points;
    uint32_t *types, type_count; /* table's type ID to name */
    uint32_t *node_of;           /* point to node; only those of the present function count */
    uint32_t function;           /* under construction, or NONE */
    const char *why;
};

/* ---- fields ---------------------------------------------------------------------------------- */

static int bad(struct reader *r, const char *what) {
    if (!r->why) r->why = arena_print(&r->program->arena, "line %u: %s", r->line, what);
    return -EINVAL;
}

struct piece {
    const char *bytes;
    size_t size;
};

static struct piece piece(struct reader *r) {
    while (r->at < r->end && *r->at == ' ') r->at++;
    struct piece piece = {r->at, 0};
    while (r->at < r->end && *r->at != ' ') r->at++;
    piece.size = (size_t)(r->at - piece.bytes);
    return piece;
}

static int is(struct piece piece, const char *text) {
    return piece.size == strlen(text) && memcmp(piece.bytes, text, piece.size) == 0;
}

/* A decimal number up to `stop` (0: the end of the piece); moves behind it. */
static int digits(struct piece *piece, char stop, uint32_t *value) {
    uint64_t sum = 0;
    size_t i = 0;
    for (; i < piece->size && piece->bytes[i] >= '0' && piece->bytes[i] <= '9' && i < 10; i++)
        sum = sum * 10 + (uint64_t)(piece->bytes[i] - '0');
    if (i == 0 || sum >= NONE) return 0;
    if (stop ? i == piece->size || piece->bytes[i] != stop : i != piece->size) return 0;
    *value = (uint32_t)sum;
    piece->bytes += i + (stop != 0);
    piece->size -= i + (stop != 0);
    return 1;
}

static int number(struct reader *r, uint32_t *value) {
    struct piece field = piece(r);
    return digits(&field, 0, value) ? 0 : bad(r, "a number is expected");
}

static int place(struct reader *r, uint32_t *line, uint32_t *column) {
    struct piece field = piece(r);
    if (digits(&field, ':', line) && digits(&field, 0, column)) return 0;
    return bad(r, "LINE:COL is expected");
}

static uint32_t letters(struct piece field, const char *known, const uint16_t *values) {
    uint32_t sum = 0;
    for (size_t i = 0; i < field.size; i++) {
        const char *letter = strchr(known, field.bytes[i]);
        if (letter && *letter) sum |= values[letter - known];
    }
    return sum;
}

static int hex(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

void unescape(char *text) {
    char *to = text;
    for (; *text; text++) {
        if (*text == '%' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
            *to++ = (char)(hex(text[1]) * 16 + hex(text[2]));
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = 0;
}

static const char *plain(struct reader *r, struct piece field) {
    char *text = arena_copy(&r->program->arena, field.bytes, field.size);
    unescape(text);
    return text;
}

static uint32_t name(struct reader *r, struct piece field) {
    if (!memchr(field.bytes, '%', field.size))
        return names_add(&r->program->names, field.bytes, field.size);
    const char *text = plain(r, field);
    return names_add(&r->program->names, text, strlen(text));
}

static uint32_t type(struct reader *r, struct piece field) {
    uint32_t id;
    if (!digits(&field, 0, &id) || id >= r->type_count) return NONE;
    return r->types[id];
}

/* ---- lines ----------------------------------------------------------------------------------- */

static int read_type(struct reader *r) {
    uint32_t id;
    if (number(r, &id)) return -EINVAL;
    if (id > r->points + 65536) return bad(r, "a type ID out of range");
    while (r->type_count <= id) {
        r->types = grow(r->types, r->type_count, sizeof *r->types);
        r->types[r->type_count++] = NONE;
    }
    r->types[id] = name(r, piece(r));
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
                                      FUNCTION_ANY_TYPE | FUNCTION_TAKEN};
    return letters(field, "sahcpvtjrbu", values);
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
        return bad(r, "a function before this line does not begin with its entry");
    for (uint32_t n = 0; n < function->node_count; n++) {
        struct node *node = &p->nodes[function->first_node + n];
        for (uint32_t i = 0; i < node->next_count; i++) {
            uint32_t *next = &p->next[node->first_next + i];
            uint32_t target = *next < r->points ? r->node_of[*next] : NONE;
            if (target == NONE || target < function->first_node)
                return bad(r, "a function before this line names a successor that it does not "
                              "have");
            *next = target;
        }
    }
    return 0;
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
    if (end_function(r) || number(r, &flag)) return -EINVAL;
    uint32_t own_name = name(r, piece(r));
    struct function *function = seen_already(r, left, own_name);
    if (!function) function = new_function(r);
    r->function = r->program->function_count - 1;
    if (flag >= r->program->files[r->file].flags) return bad(r, "a flag out of range");
    function->flag = flag;
    function->name = own_name;
    if (place(r, &function->line, &function->column) || number(r, &function->end_line))
        return -EINVAL;
    function->attributes |= function_letters(piece(r));
    function->type = type(r, piece(r));
    return 0;
}

/* x NAME LINE REASON [ATTRS TYPE]; calls may follow. */
static int read_left(struct reader *r) {
    if (end_function(r)) return -EINVAL;
    struct function *function = new_function(r);
    r->function = r->program->function_count - 1;
    function->attributes = FUNCTION_LEFT | FUNCTION_BLIND;
    function->name = name(r, piece(r));
    if (number(r, &function->line)) return -EINVAL;
    function->end_line = function->line;
    function->reason = plain(r, piece(r));
    function->attributes |= function_letters(piece(r));
    function->type = type(r, piece(r));
    return 0;
}

static int read_kind(struct reader *r, struct node *node) {
    static const char *const kinds[] = {"entry", "stmt", "cond", "poll", "end", "exit"};
    struct piece field = piece(r);
    for (uint16_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        node->kind = i;
        if (is(field, kinds[i])) return 0;
    }
    return bad(r, "an unknown kind of node");
}

static int read_next(struct reader *r, struct node *node) {
    struct program *p = r->program;
    struct piece field = piece(r);
    node->first_next = p->next_count;
    if (is(field, "-")) return 0;
    for (;;) {
        uint32_t target;
        char stop = memchr(field.bytes, ',', field.size) ? ',' : 0;
        if (!digits(&field, stop, &target)) return bad(r, "a list of nodes is expected");
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
        return bad(r, "a node outside of a function");
    p->nodes = grow(p->nodes, p->node_count, sizeof *p->nodes);
    struct node *node = &p->nodes[p->node_count];
    *node = (struct node){.function = r->function, .first_call = p->call_count};
    if (number(r, &node->point)) return -EINVAL;
    if (node->point >= r->points) return bad(r, "a node out of range");
    if (read_kind(r, node) || place(r, &node->line, &node->column) ||
        place(r, &node->end_line, &node->end_column))
        return -EINVAL;
    node->attributes = (uint16_t)letters(piece(r), "SRJMN", values);
    r->node_of[node->point] = p->node_count++;
    p->functions[r->function].node_count++;
    return read_next(r, node);
}

static int read_how(struct reader *r, struct call *call) {
    struct piece how = piece(r), callee = piece(r);
    call->callee = is(callee, "?") || is(callee, "-") ? NONE : name(r, callee);
    if (is(how, "d"))
        call->how = CALL_DIRECT;
    else if (is(how, "t"))
        call->how = CALL_THREAD;
    else if (is(how, "f"))
        call->how = CALL_ATTRIBUTE;
    else if (is(how, "i")) {
        call->how = CALL_INDIRECT;
        call->callee = type(r, callee);
    } else {
        return bad(r, "an unknown kind of call");
    }
    return 0;
}

static int read_call(struct reader *r) {
    static const uint16_t values[] = {CALL_BLOCKS,   CALL_IDLES, CALL_BACK, CALL_LOCKS, CALL_ENDS,
                                      CALL_EXTERNAL, CALL_QUICK, CALL_READ, CALL_MUST};
    struct program *p = r->program;
    struct piece point = piece(r);
    struct function *function = r->function == NONE ? NULL : &p->functions[r->function];
    int blind = function && function->attributes & FUNCTION_BLIND;
    if (!function || (!blind && !function->node_count)) return bad(r, "a call outside of a node");
    p->calls = grow(p->calls, p->call_count, sizeof *p->calls);
    struct call *call = &p->calls[p->call_count];
    *call = (struct call){
        .point = NONE, .node = blind ? NONE : p->node_count - 1, .function = r->function};
    if (!is(point, "-") && (!digits(&point, 0, &call->point) || call->point >= r->points))
        return bad(r, "a point out of range");
    if (read_how(r, call)) return -EINVAL;
    call->class = (uint16_t)letters(piece(r), "biklnxqrm", values);
    p->call_count++;
    function->call_count++;
    if (blind)
        function->attributes |= FUNCTION_LISTED;
    else
        p->nodes[p->node_count - 1].call_count++;
    return 0;
}

static int read_line(struct reader *r) {
    struct piece word = piece(r);
    if (is(word, "n")) return read_node(r);
    if (is(word, "c")) return read_call(r);
    if (is(word, "fn")) return read_function(r);
    if (is(word, "type")) return read_type(r);
    if (is(word, "x")) return read_left(r);
    return 0;
}

static int read_table(struct reader *r, const char *table, size_t size) {
    const char *stop = table + size;
    if (size && table[size - 1] == 0) stop--;
    while (table < stop) {
        const char *end = memchr(table, '\n', (size_t)(stop - table));
        r->line++;
        if (!end) return bad(r, "the table is cut off");
        r->at = table;
        r->end = end;
        if (r->line == 1 && !is((struct piece){table, (size_t)(end - table)}, "loom 1"))
            return bad(r, "this is not a slot table of version 1");
        if (read_line(r)) return -EINVAL;
        table = end + 1;
    }
    r->line++;
    return r->line == 1 ? bad(r, "the table is empty") : end_function(r);
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
                              .first_function = program->function_count};
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
