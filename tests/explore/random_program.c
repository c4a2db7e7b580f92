// SPDX-License-Identifier: MIT
/*
 * random_program.c: small programs with calls, loops, recursion, callbacks, handlers, closure
 * functions, started threads, setjmp and longjmp, and read points where the rewriter could have put
 * them (and, in functions that call setjmp, fewer).
 *
 * Every node has a line of its own: 100 * function + index. Functions are main, f1, f2, ...; the
 * last may be a signal handler.
 */
#include <stdio.h>
#include <string.h>
#include "explore.h"

enum { FUNCTIONS = 4, NODES = 8, CALLS = 2 };

struct made_call {
    char text[48];
    int quick, must, shortcut;
    int point;
};
struct made_node {
    int poll, slot, read, next[3], next_count, call_count;
    struct made_call calls[CALLS];
};
struct made_function {
    int closure, shortcut, taken, handler, jumped, type, count, point;
    struct made_node nodes[NODES];
};
struct made {
    struct made_function functions[FUNCTIONS];
    int count, points;
};

uint32_t roll(struct dice *dice, uint32_t sides) {
    dice->state ^= dice->state << 13;
    dice->state ^= dice->state >> 7;
    dice->state ^= dice->state << 17;
    return (uint32_t)(dice->state >> 20) % sides;
}

static const char *name_of(uint32_t f) {
    static const char *const names[FUNCTIONS] = {"main", "f1", "f2", "f3"};
    return names[f];
}

/* Some function that has a test of its own. */
static int make_start(struct dice *d, struct made *m, struct made_call *call) {
    uint32_t f = roll(d, (uint32_t)m->count);
    if (m->functions[f].closure) return 0;
    m->functions[f].taken = 1;
    snprintf(call->text, sizeof call->text, "t %s", name_of(f));
    call->point = 0;
    return 1;
}

static void make_call(struct dice *d, struct made *m, struct made_call *call) {
    uint32_t kind = roll(d, 10);
    call->point = -1;
    call->must = chance(d, 50);
    if (chance(d, 5) && make_start(d, m, call)) return;
    if (chance(d, 5)) {
        snprintf(call->text, sizeof call->text, "d longjmp");
    } else if (kind < 5) {
        snprintf(call->text, sizeof call->text, "d %s", name_of(roll(d, (uint32_t)m->count)));
        call->quick = chance(d, 5);
        call->shortcut = chance(d, 70);
    } else if (kind < 6) {
        snprintf(call->text, sizeof call->text, "i %u", roll(d, 2));
    } else {
        snprintf(call->text, sizeof call->text, "d %s", kind < 7 ? "run" : "read");
        call->point = 0; /* to be numbered */
    }
}

static void make_edges(struct dice *d, struct made_function *f, int i) {
    struct made_node *node = &f->nodes[i];
    if (i == f->count - 1) return;
    node->next[node->next_count++] = i + 1;
    if (i && chance(d, 30))
        node->next[node->next_count++] = i + 1 + (int)roll(d, (uint32_t)(f->count - 1 - i));
    for (int back = 1; back <= i && node->next_count < 3; back++)
        if (f->nodes[back].poll && chance(d, 60)) {
            node->next[node->next_count++] = back;
            break;
        }
}

static void make_landing(struct dice *d, struct made_node *node) {
    struct made_call landing = {.text = "d setjmp", .point = -1, .must = 1};
    if (node->call_count == CALLS) node->call_count--;
    if (node->call_count && chance(d, 50)) {
        node->calls[node->call_count] = node->calls[node->call_count - 1];
        node->calls[node->call_count++ - 1] = landing;
    } else {
        node->calls[node->call_count++] = landing;
    }
}

static void make_function(struct dice *d, struct made *m, struct made_function *f) {
    int often = f->jumped && chance(d, 80); /* as the rewriter does it */
    f->count = 3 + (int)roll(d, NODES - 3);
    for (int i = 0; i < f->count; i++) {
        struct made_node *node = &f->nodes[i];
        int middle = i > 0 && i < f->count - 1;
        node->poll = middle && !f->closure && chance(d, 20);
        node->slot = !middle || (!node->poll && chance(d, 80));
        node->read = !f->closure && (i == 0 || node->poll || often || chance(d, 30));
        for (; middle && !node->poll && node->call_count < CALLS && chance(d, 50);
             node->call_count++)
            make_call(d, m, &node->calls[node->call_count]);
        if (middle && !node->poll && f->jumped && chance(d, 40)) make_landing(d, node);
    }
    for (int i = 0; i < f->count; i++) make_edges(d, f, i);
}

/* As the rewriter says it: no own slot before the next read. */
static int read_follows(const struct made_function *f, int from, unsigned *seen) {
    for (int i = 0; i < f->nodes[from].next_count; i++) {
        int to = f->nodes[from].next[i];
        if (f->nodes[to].read || *seen & 1u << to) continue;
        *seen |= 1u << to;
        if (f->nodes[to].slot || !read_follows(f, to, seen)) return 0;
    }
    return 1;
}

static void number(struct made *m) {
    for (int f = 0; f < m->count; f++) {
        m->functions[f].point = m->points;
        m->points += m->functions[f].count;
        for (int n = 0; n < m->functions[f].count; n++)
            for (int c = 0; c < m->functions[f].nodes[n].call_count; c++)
                if (m->functions[f].nodes[n].calls[c].point == 0)
                    m->functions[f].nodes[n].calls[c].point = m->points++;
    }
}

static void print_node(FILE *out, const struct made_function *f, int index, int i) {
    const struct made_node *node = &f->nodes[i];
    const char *kind = i == 0 ? "entry" : i == f->count - 1 ? "exit" : node->poll ? "poll" : "stmt";
    int line = 100 * index + 10 + i;
    fprintf(out, "n %d %s %d:1 %d:9 -%s%s ", f->point + i, kind, line, line, node->slot ? "S" : "",
            node->read ? "R" : "");
    for (int k = 0; k < node->next_count; k++)
        fprintf(out, "%s%d", k ? "," : "", f->point + node->next[k]);
    fputs(node->next_count ? "\n" : "-\n", out);
    for (int c = 0; c < node->call_count; c++) {
        const struct made_call *call = &node->calls[c];
        unsigned seen = 0;
        if (call->point >= 0)
            fprintf(out, "c %d", call->point);
        else
            fputs("c -", out);
        fprintf(out, " %s -%s%s%s%s%s\n", call->text, strstr(call->text, "run") ? "bkx" : "",
                strstr(call->text, "read")                             ? "bx"
                : strstr(call->text, "longjmp")                        ? "nx"
                : strstr(call->text, "setjmp") || call->text[0] == 't' ? "x"
                                                                       : "",
                call->must ? "m" : "", call->quick ? "q" : "", call->shortcut ? "s" : "");
        if (read_follows(f, i, &seen)) fseek(out, -1, SEEK_CUR), fputs("r\n", out);
    }
}

static void print_program(FILE *out, const struct made *m) {
    fputs("loom 1\ntype 0 void%20(void)\ntype 1 void%20(int)\n", out);
    for (int i = 0; i < m->count; i++) {
        const struct made_function *f = &m->functions[i];
        fprintf(out, "fn %d %s %d:1 %d -%s%s%s%s%s %d\n", i, name_of((uint32_t)i), 100 * i + 10,
                100 * i + 10 + NODES, f->closure ? "sc" : "", f->shortcut ? "f" : "", f->taken ? "ab" : "",
                f->handler ? "h" : "", f->jumped ? "j" : "", f->type);
        for (int n = 0; n < f->count; n++) print_node(out, f, i, n);
    }
}

static int some_line(struct dice *d, const struct made *m) {
    int f = (int)roll(d, (uint32_t)m->count);
    return 100 * f + 10 + (int)roll(d, (uint32_t)m->functions[f].count);
}

static void make_filter(struct dice *d, const struct made *m, char *text, size_t size) {
    int line = some_line(d, m);
    switch (roll(d, 4)) {
    case 0: snprintf(text, size, "%s <> self", name_of(roll(d, (uint32_t)m->count))); break;
    case 1: snprintf(text, size, "a.c:%d-%d <> self", line, line + (int)roll(d, 3)); break;
    case 2: snprintf(text, size, "{a.c:%d; a.c:%d} <> self", line, some_line(d, m)); break;
    default:
        snprintf(text, size, "{a.c:%d; a.c:%d, a.c:%d} <> %s", line, some_line(d, m),
                 some_line(d, m), name_of(roll(d, (uint32_t)m->count)));
    }
}

static void make_event(struct dice *d, const struct made *m, char *text, size_t size) {
    if (chance(d, 60))
        snprintf(text, size, "%s:%s", name_of(roll(d, (uint32_t)m->count)),
                 chance(d, 50) ? "entry" : "exit");
    else
        snprintf(text, size, "a.c:%d", some_line(d, m));
}

static void make_order(struct dice *d, const struct made *m, char *text, size_t size) {
    char left[40], right[40];
    make_event(d, m, left, sizeof left);
    make_event(d, m, right, sizeof right);
    snprintf(text, size, "%s > %s", left, right);
}

void random_program(struct dice *d, int order, char *table, size_t table_size, char *filter,
                    size_t filter_size) {
    struct made m = {.count = 2 + (int)roll(d, FUNCTIONS - 1)};
    for (int i = 0; i < m.count; i++) {
        struct made_function *f = &m.functions[i];
        f->closure = i > 0 && chance(d, 35);
        f->taken = i > 0 && !f->closure && chance(d, 30);
        f->handler = f->taken && i == m.count - 1 && chance(d, 30);
        f->jumped = !f->closure && chance(d, 25);
        f->shortcut = !f->closure && chance(d, 30);
        f->type = f->handler ? 1 : (int)roll(d, 2);
    }
    for (int i = 0; i < m.count; i++) make_function(d, &m, &m.functions[i]);
    number(&m);
    memset(table, 0, table_size);
    FILE *out = fmemopen(table, table_size, "w");
    print_program(out, &m);
    fclose(out);
    (order ? make_order : make_filter)(d, &m, filter, filter_size);
}
