// SPDX-License-Identifier: MIT
/* variables.c: the lines of a slot table that tell of types and variables (see reader.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "reader.h"
#include "type.h"

static int read_type_text(struct reader *r, const char **text) {
    struct piece field = read_piece(r);
    *text = arena_copy(&r->program->arena, field.bytes, field.size);
    return type_is_good(*text) ? 0 : read_bad(r, "a type of values is expected");
}

/* rec ID KIND NAME SIZE */
int read_record(struct reader *r) {
    struct program *p = r->program;
    p->layouts = grow(p->layouts, p->layout_count, sizeof *p->layouts);
    struct layout *layout = &p->layouts[p->layout_count];
    *layout = (struct layout){.first_member = p->member_count};
    if (read_number(r, &layout->id)) return -EINVAL;
    layout->is_union = (uint8_t)piece_is(read_piece(r), "u");
    layout->name = piece_name(r, read_piece(r));
    if (!piece_long(read_piece(r), 0, &layout->size))
        return read_bad(r, "the size of a record is expected");
    p->layout_count++;
    p->files[r->file].layout_count++;
    return 0;
}

static int read_bits(struct reader *r, struct member *member) {
    struct piece field = read_piece(r);
    uint32_t bit, width, size = (uint32_t)strtoul(member->type + 1, NULL, 10) * 8;
    if (!field.size) return 0;
    if (!piece_digits(&field, ':', &bit) || !piece_digits(&field, 0, &width) || !width ||
        !strchr("biu", member->type[0]) || bit >= size || width > size - bit)
        return read_bad(r, "the bits of a member are expected");
    member->bit = (uint8_t)bit;
    member->width = (uint8_t)width;
    return 0;
}

/* m NAME OFFSET TYPE [BIT:WIDTH] */
int read_member(struct reader *r) {
    struct program *p = r->program;
    if (!p->files[r->file].layout_count) return read_bad(r, "a member of no record");
    p->members = grow(p->members, p->member_count, sizeof *p->members);
    struct member *member = &p->members[p->member_count];
    *member = (struct member){.name = piece_name(r, read_piece(r))};
    if (!piece_long(read_piece(r), 0, &member->offset))
        return read_bad(r, "the offset of a member is expected");
    if (read_type_text(r, &member->type) || read_bits(r, member)) return -EINVAL;
    p->member_count++;
    p->layouts[p->layout_count - 1].member_count++;
    return 0;
}

/* e NAME VALUE */
int read_constant(struct reader *r) {
    struct program *p = r->program;
    uint64_t value;
    uint32_t name = piece_name(r, read_piece(r));
    if (!piece_long(read_piece(r), 1, &value)) return read_bad(r, "a value is expected");
    p->constants = grow(p->constants, p->constant_count, sizeof *p->constants);
    p->constants[p->constant_count++] = (struct constant){name, (int64_t)value};
    p->files[r->file].constant_count++;
    return 0;
}

/* g INDEX NAME TYPE */
int read_global(struct reader *r) {
    struct program *p = r->program;
    p->globals = grow(p->globals, p->global_count, sizeof *p->globals);
    struct global *global = &p->globals[p->global_count];
    if (read_number(r, &global->index)) return -EINVAL;
    global->name = piece_name(r, read_piece(r));
    if (read_type_text(r, &global->type)) return -EINVAL;
    p->global_count++;
    p->files[r->file].global_count++;
    return 0;
}

/* l ID NAME TYPE */
int read_local(struct reader *r) {
    struct program *p = r->program;
    if (r->function == NONE) return read_bad(r, "a local variable of no function");
    p->locals = grow(p->locals, p->local_count, sizeof *p->locals);
    struct local *local = &p->locals[p->local_count];
    if (read_number(r, &local->id)) return -EINVAL;
    local->name = piece_name(r, read_piece(r));
    if (read_type_text(r, &local->type)) return -EINVAL;
    p->local_count++;
    p->functions[r->function].local_count++;
    return 0;
}

int read_values(struct reader *r, struct node *node) {
    struct program *p = r->program;
    struct piece field = read_piece(r);
    node->first_value = p->value_count;
    if (!field.size || piece_is(field, "-")) return 0;
    for (;;) {
        uint32_t id;
        char stop = memchr(field.bytes, ',', field.size) ? ',' : 0;
        if (!piece_digits(&field, stop, &id))
            return read_bad(r, "a list of local variables is expected");
        p->values = grow(p->values, p->value_count, sizeof *p->values);
        p->values[p->value_count++] = id;
        node->value_count++;
        if (!stop) return 0;
    }
}

int end_values(struct reader *r, const struct function *function) {
    struct program *p = r->program;
    uint32_t from = p->nodes[function->first_node].first_value;
    for (uint32_t v = from; v < p->value_count; v++) {
        uint32_t local = 0;
        while (local < function->local_count &&
               p->locals[function->first_local + local].id != p->values[v])
            local++;
        if (local == function->local_count)
            return read_bad(r, "a function before this line passes a variable that it does not "
                               "have");
        p->values[v] = function->first_local + local;
    }
    return 0;
}
