// SPDX-License-Identifier: MIT
/*
 * dot.c: see dot.h.
 *
 * Vocabulary
 *   drawn    a function with an event of the filter, or one that can be called inside its region;
 *            as many as there is room for, nearest first.
 *   marked   with a red border: a thread can pause here and cannot take the filter up. In the
 *            shaded region, where no slot is safe, only loops and calls that may block.
 *
 * Rule: every text goes through `put_text`: graphviz wants UTF-8, quotes and backslashes escaped.
 */
#include "dot.h"
#include <stdlib.h>
#include <string.h>
#include "json.h"
#include "source.h"

enum { CALLEES_MAX = 6, NODES_MAX = 1500, TEXT_MAX = 60 };

struct drawing {
    FILE *out;
    const struct program *program;
    const struct callgraph *graph;
    const struct work *work;
    struct source source;
    const char *folder;
    unsigned char *met;          /* per function: in `functions`, or too many */
    uint32_t *functions;         /* drawn, nearest first */
    uint32_t count, room, nodes; /* of them */
    unsigned left_out;
    unsigned graph_number;
};

/* ---- what is drawn --------------------------------------------------------------------------- */

static void meet(struct drawing *d, uint32_t f) {
    uint32_t nodes = d->program->functions[f].node_count;
    if (d->met[f]) return;
    d->met[f] = 1;
    if (d->count == d->room || !nodes || d->nodes + nodes > NODES_MAX) {
        d->left_out++;
        return;
    }
    d->met[f] = 2;
    d->functions[d->count++] = f;
    d->nodes += nodes;
}

static void meet_callees(struct drawing *d, uint32_t call) {
    const struct set *set = &d->graph->sets[d->graph->set_of[call]];
    if (d->graph->set_of[call] == d->graph->every || d->graph->set_of[call] == d->graph->taken)
        return; /* a variable without a type: that is not a picture any more */
    for (uint32_t i = 0; i < set->count; i++) meet(d, d->graph->members[set->first + i]);
}

static void choose_functions(struct drawing *d) {
    const struct program *p = d->program;
    const struct operations *all = &d->work->operations;
    for (uint32_t i = 0; i < all->count; i++) meet(d, p->nodes[all->items[i].node].function);
    for (uint32_t i = 0; i < all->birth_count; i++) meet(d, p->calls[all->births[i]].function);
    if (d->room > d->count + CALLEES_MAX) d->room = d->count + CALLEES_MAX;
    for (uint32_t next = 0; next < d->count; next++) {
        const struct function *function = &p->functions[d->functions[next]];
        for (uint32_t c = 0; c < function->call_count; c++)
            if (d->work->analysis.calls[function->first_call + c] & UNSAFE_INSIDE)
                meet_callees(d, function->first_call + c);
    }
}

/* ---- texts ----------------------------------------------------------------------------------- */

static void put_text(FILE *out, const char *text, size_t size) {
    char copy[1024] = {0};
    if (size >= sizeof copy) size = sizeof copy - 1;
    memcpy(copy, text, size);
    for (const char *at = copy; *at;) {
        size_t bytes = utf8_character((const unsigned char *)at);
        if (*at == '"' || *at == '\\') putc('\\', out);
        if (bytes == 0 || (unsigned char)*at < 32 || *at == 127)
            putc(*at == '\t' ? ' ' : '?', out);
        else
            fwrite(at, 1, bytes, out);
        at += bytes ? bytes : 1;
    }
}

static void put_string(FILE *out, const char *text) {
    put_text(out, text, strlen(text));
}

/* The first line of the node's text, if there is one. */
static int put_source(struct drawing *d, const struct node *node) {
    size_t size = 0, end;
    source_read(&d->source, d->program, d->program->functions[node->function].file, d->folder);
    const char *line = source_line(&d->source, node->line, &size);
    if (!line || node->column > size || !node->column) return 0;
    end = node->end_line == node->line && node->end_column > node->column ? node->end_column - 1
                                                                          : size;
    if (end > size) end = size;
    line += node->column - 1;
    size = end - (node->column - 1);
    while (size && strchr(" \t\r", line[size - 1])) size--;
    size_t shown = size > TEXT_MAX ? TEXT_MAX : size;
    while (shown < size && shown && (line[shown] & 0xc0) == 0x80) shown--; /* not in a character */
    put_text(d->out, line, shown);
    if (size > shown || node->end_line != node->line) fputs(" ...", d->out);
    return size > 0;
}

static void put_label(struct drawing *d, const struct node *node) {
    static const char *const kinds[] = {"entry",      "statement",    "condition",
                                        "next round", "end of block", "return"};
    fprintf(d->out, "%u  ", node->line);
    if (node->kind != NODE_STMT && node->kind != NODE_COND)
        fputs(kinds[node->kind], d->out);
    else if (!put_source(d, node))
        fprintf(d->out, "%s, column %u", kinds[node->kind], node->column);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static const struct {
    const char *word, *fill;
} looks[] = {[LOOM_ENTER] = {"enter", "#f4a6a0"},  [LOOM_LEAVE] = {"leave", "#a8d5a2"},
             [LOOM_UP] = {"happens", "#a8d5a2"},   [LOOM_DOWN] = {"waits", "#f4a6a0"},
             [LOOM_BIRTH] = {"starts", "#c9c3e6"}, [LOOM_TEST] = {"tests", "#c9c3e6"}};
static const char shade[] = "#fbe3b5";

static int is_inside(const struct drawing *d, uint32_t number) {
    const struct node *node = &d->program->nodes[number];
    const struct analysis *a = &d->work->analysis;
    for (uint32_t c = node->first_call; c < node->first_call + node->call_count; c++)
        if (a->calls[c] & UNSAFE_INSIDE) return 1;
    return (a->nodes[number] & UNSAFE_INSIDE) != 0;
}

static int is_marked(const struct drawing *d, uint32_t number) {
    const struct node *node = &d->program->nodes[number];
    const struct analysis *a = &d->work->analysis;
    int pauses = node->kind == NODE_POLL || (is_pause_node(node) && !is_inside(d, number));
    if (pauses && a->nodes[number]) return 1;
    for (uint32_t c = node->first_call; c < node->first_call + node->call_count; c++)
        if (d->program->calls[c].point != NONE && a->calls[c]) return 1;
    return 0;
}

static void print_node(struct drawing *d, uint32_t number) {
    const struct operations *all = &d->work->operations;
    const char *fill = is_inside(d, number) ? shade : "white";
    fprintf(d->out, "    n%u [label=\"", number);
    for (uint32_t i = 0; i < all->count; i++) {
        const struct operation *item = &all->items[i];
        if (item->node != number || item->kind >= sizeof looks / sizeof *looks) continue;
        fprintf(d->out, "%s\\l", looks[item->kind].word);
        fill = looks[item->kind].fill;
    }
    put_label(d, &d->program->nodes[number]);
    fprintf(d->out, "\\l\" fillcolor=\"%s\"%s];\n", fill,
            is_marked(d, number) ? " color=\"#c1121f\" penwidth=2" : "");
}

static int has_operation(const struct drawing *d, uint32_t number) {
    const struct operations *all = &d->work->operations;
    for (uint32_t i = 0; i < all->count; i++)
        if (all->items[i].node == number) return 1;
    return 0;
}

/* Ends of blocks where nothing happens are left out; arrows go through them. */
static int is_drawn(const struct drawing *d, uint32_t number) {
    const struct node *node = &d->program->nodes[number];
    return node->kind != NODE_END || node->next_count != 1 || has_operation(d, number);
}

static uint32_t through_ends(const struct drawing *d, uint32_t number) {
    for (int i = 0; i < 1000 && !is_drawn(d, number); i++)
        number = d->program->next[d->program->nodes[number].first_next];
    return number;
}

static void print_arrows(const struct drawing *d, uint32_t number) {
    const struct node *node = &d->program->nodes[number];
    for (uint32_t i = 0; i < node->next_count; i++)
        fprintf(d->out, "    n%u -> n%u;\n", number,
                through_ends(d, d->program->next[node->first_next + i]));
}

static void print_function(struct drawing *d, uint32_t f) {
    const struct program *p = d->program;
    const struct function *function = &p->functions[f];
    fprintf(d->out, "  subgraph cluster_%u_%u {\n    label=\"", d->graph_number, f);
    put_string(d->out, function_name(p, f));
    fputs("\\n", d->out);
    put_string(d->out, file_of(p, f)->path);
    fprintf(d->out, ":%u-%u%s\";\n", function->line, function->end_line,
            d->work->analysis.slow[f] ? ", slow" : "");
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        if (!is_drawn(d, n)) continue;
        print_node(d, n);
        print_arrows(d, n);
    }
    fputs("  }\n", d->out);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void print_calls_of(struct drawing *d, uint32_t f) {
    const struct program *p = d->program;
    const struct function *function = &p->functions[f];
    for (uint32_t c = function->first_call; c < function->first_call + function->call_count; c++) {
        const struct set *set = &d->graph->sets[d->graph->set_of[c]];
        for (uint32_t i = 0; i < set->count && p->calls[c].node != NONE; i++) {
            uint32_t callee = d->graph->members[set->first + i];
            if (d->met[callee] != 2) continue;
            fprintf(d->out, "  n%u -> n%u [style=dashed constraint=false%s];\n", p->calls[c].node,
                    p->functions[callee].first_node,
                    p->calls[c].how == CALL_THREAD     ? " label=\"starts\""
                    : p->calls[c].how == CALL_INDIRECT ? " color=gray"
                                                       : "");
        }
    }
}

static void print_key(const struct drawing *d) {
    unsigned g = d->graph_number;
    int order = d->work->operations.order;
    fprintf(d->out, "  subgraph cluster_%u_key {\n    label=\"\"; style=invis;\n", g);
    fprintf(d->out, "    key%u_1 [label=\"%s\" fillcolor=\"%s\"];\n", g, order ? "waits" : "enter",
            looks[LOOM_ENTER].fill);
    fprintf(d->out, "    key%u_2 [label=\"%s\" fillcolor=\"%s\"];\n", g,
            order ? "happens" : "leave", looks[LOOM_LEAVE].fill);
    if (!order)
        fprintf(d->out, "    key%u_3 [label=\"in the region\" fillcolor=\"%s\"];\n", g, shade);
    fprintf(d->out,
            "    key%u_4 [label=\"a pause here is unsafe\" color=\"#c1121f\" penwidth=2];\n  }\n",
            g);
}

void dot_print(FILE *out, const struct session *session, const struct work *work, unsigned number) {
    const struct program *p = &session->process.program;
    struct drawing d = {.out = out,
                        .program = p,
                        .graph = &session->process.graph,
                        .work = work,
                        .source = {.file = NONE},
                        .folder = session->options.source,
                        .met = take(p->function_count, 1),
                        .functions = take(p->function_count, sizeof *d.functions),
                        .room = p->function_count,
                        .graph_number = number};
    choose_functions(&d);
    fprintf(out, "digraph loom_%u {\n  label=\"", number);
    put_string(out, work->filter->text);
    if (d.left_out) fprintf(out, "\\n(%u more functions are not drawn)", d.left_out);
    fputs("\";\n  labelloc=t; fontname=\"sans-serif\"; fontsize=12;\n"
          "  node [shape=box style=filled fillcolor=white fontname=\"monospace\" fontsize=10];\n"
          "  edge [fontname=\"sans-serif\" fontsize=9];\n",
          out);
    for (uint32_t i = 0; i < d.count; i++) print_function(&d, d.functions[i]);
    for (uint32_t i = 0; i < d.count; i++) print_calls_of(&d, d.functions[i]);
    print_key(&d);
    fputs("}\n", out);
    source_free(&d.source);
    free(d.functions);
    free(d.met);
}
