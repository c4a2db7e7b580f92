// SPDX-License-Identifier: MIT
/*
 * explain.c: --explain: what an installation would do (pass_explain of session.h).
 *
 * For each filter: where regions begin (enter) and end (leave) on their source lines, functions
 * that go slow, pause points that are unsafe and why, and the threads that stand there now. The
 * source is read below --source or the current directory; text of another version is not shown.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "dot.h"
#include "find.h"
#include "json.h"
#include "passed.h"
#include "record.h"
#include "rt/plan.h"
#include "session.h"
#include "source.h"

/* ---- text ------------------------------------------------------------------------------------ */

/* The caret stands under the statement; `~` go to its end on this line. */
static void print_line(const struct source *source, const struct node *node, const char *what) {
    size_t size;
    const char *line = source_line(source, node->line, &size);
    printf("  %7s %5u | ", what, node->line);
    if (!line) {
        printf("column %u\n", node->column);
        return;
    }
    for (size_t i = 0; i < size; i++)
        putchar(line[i] == '\t' || (unsigned char)line[i] >= 32 ? line[i] : ' ');
    printf("\n  %7s %5s | ", "", "");
    size_t start = node->column <= size ? node->column : size; /* an end stands behind its brace */
    size_t end =
        node->end_line == node->line && node->end_column > start ? node->end_column - 1 : 0;
    for (size_t i = 1; i <= size && (i <= start || i <= end); i++)
        putchar(i > start ? '~' : i == start ? '^' : line[i - 1] == '\t' ? '\t' : ' ');
    putchar('\n');
}

static const char *const operation_words[] = {
    [LOOM_ENTER] = "enter", [LOOM_LEAVE] = "leave",  [LOOM_UP] = "happens",
    [LOOM_DOWN] = "waits",  [LOOM_BIRTH] = "starts", [LOOM_TEST] = "tests"};

/* What the operation computes, and of what. */
static void print_programs(const struct program *p, const struct operations *operations,
                           const struct operation *item) {
    const struct {
        const char *word;
        uint32_t program;
    } all[] = {{"key", item->key},
               {"if", item->condition},
               {"count", item->flags & LOOM_OP_COUNTED ? item->count : 0}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!all[i].program) continue;
        printf("  %7s %5s | of ", all[i].word, "");
        taken_print(p, &operations->code, all[i].program, item->node);
        putchar('\n');
    }
}

static const char *region_word(const struct operations *operations, uint16_t region) {
    if (operations->order) return "event";
    for (uint32_t i = 0; i < operations->count; i++)
        if (operations->items[i].region == region && operations->items[i].flags & LOOM_OP_SHARED)
            return "shared region";
    return "region";
}

/* In how many modules the function is; 0: this is not the first of its copies. */
static unsigned copies_from(const struct program *p, uint32_t f) {
    unsigned copies = 0;
    for (uint32_t other = 0; other < p->function_count; other++) {
        if (!is_same_function(p, f, other)) continue;
        if (other < f) return 0;
        copies++;
    }
    return copies;
}

static void print_function(const struct program *p, uint32_t f, unsigned copies) {
    printf("  %s, %s:%u-%u", function_name(p, f), file_of(p, f)->path, p->functions[f].line,
           p->functions[f].end_line);
    if (copies > 1) printf(", in %u modules", copies);
    putchar('\n');
}

static void print_region(const struct session *s, const struct work *work, uint16_t region) {
    const struct program *p = &s->process.program;
    struct span span = work->operations.spans[region];
    struct source source = {.file = NONE};
    uint32_t shown = NONE;
    unsigned copies = 0;
    printf("%s `%.*s`\n", region_word(&work->operations, region), (int)(span.end - span.start),
           s->text.bytes + span.start);
    if (region == 0 && work->operations.starts)
        printf("  threads whose start routine it is, wherever they are started\n");
    for (uint32_t i = 0; region == 0 && i < work->operations.birth_count; i++) {
        const struct call *call = &p->calls[work->operations.births[i]];
        printf("  threads started by %s, %s:%u\n", function_name(p, call->function),
               file_of(p, call->function)->path,
               call->node == NONE ? p->functions[call->function].line : p->nodes[call->node].line);
    }
    for (uint32_t i = 0; i < work->operations.count; i++) {
        const struct operation *item = &work->operations.items[i];
        const struct node *node = &p->nodes[item->node];
        if (item->region + (item->kind == LOOM_DOWN) != region) continue;
        if (shown != node->function) {
            copies = copies_from(p, node->function);
            if (copies) print_function(p, node->function, copies);
        }
        shown = node->function;
        if (!copies) continue;
        source_read(&source, p, p->functions[node->function].file, s->options.source);
        print_line(&source, node, operation_words[item->kind]);
        print_programs(p, &work->operations, item);
    }
    source_free(&source);
}

static void print_slow(const struct program *p, const struct work *work) {
    uint32_t count = 0;
    for (uint32_t f = 0; f < p->function_count; f++) count += work->analysis.slow[f];
    printf("goes slow: %u of %u functions:", count, p->function_count);
    count = 0;
    for (uint32_t f = 0; f < p->function_count; f++) {
        if (!work->analysis.slow[f]) continue;
        if (count++ == 12) {
            printf(" ...");
            break;
        }
        printf("%s %s", count > 1 ? "," : "", function_name(p, f));
    }
    putchar('\n');
}

struct reasons {
    uint32_t inside, stale, below, handler, own, callback;
};

static void count_reasons(struct reasons *r, unsigned char why) {
    r->inside += (why & UNSAFE_INSIDE) != 0;
    r->stale += (why & UNSAFE_STALE) != 0;
    r->below += (why & UNSAFE_BELOW_STALE) != 0;
    r->handler += (why & UNSAFE_HANDLER) != 0;
    r->own += (why & UNSAFE_OWN_SLOT) != 0;
    r->callback += (why & UNSAFE_CALLBACK) != 0;
}

static struct reasons reasons_of(const struct program *p, const struct analysis *a) {
    struct reasons r = {0};
    for (uint32_t n = 0; n < p->node_count; n++)
        if (is_pause_node(&p->nodes[n])) count_reasons(&r, a->nodes[n]);
    for (uint32_t c = 0; c < p->call_count; c++)
        if (p->calls[c].point != NONE) count_reasons(&r, a->calls[c]);
    return r;
}

static void print_unsafe(const struct program *p, const struct analysis *a) {
    struct reasons r = reasons_of(p, a);
    printf("unsafe: %u of %u places where a thread can pause (inside the region %u, its own slots "
           "%u, in front of slots in a fast run %u, called from such a place %u, in signal "
           "handlers %u, calling back functions without a boundary %u)\n",
           a->unsafe, a->points, r.inside, r.own, r.stale, r.below, r.handler, r.callback);
}

/* ---- threads --------------------------------------------------------------------------------- */

static unsigned char why_unsafe(const struct program *p, const struct analysis *a, long long file,
                                long long point) {
    uint32_t node = NONE, call = NONE;
    if (file_number(p, file) != NONE && point >= 0 && point < NONE)
        find_point(p, file_number(p, file), (uint32_t)point, &node, &call);
    return call != NONE ? a->calls[call] : node != NONE ? a->nodes[node] : 0;
}

struct crowd {
    unsigned all, running, unsafe;
};

static struct crowd print_threads(const struct session *s, const struct work *work, char *text,
                                  int json) {
    struct crowd crowd = {0};
    struct record record;
    char place[512];
    while (record_next(&text, &record)) {
        if (!record_is(&record, "thread")) continue;
        long long file = record_number(&record, "file", -1),
                  point = record_number(&record, "point", -1);
        int running = strcmp(record_get(&record, "where"), "inside") == 0;
        crowd.all++;
        crowd.running += (unsigned)running;
        if (running || !why_unsafe(&s->process.program, &work->analysis, file, point)) continue;
        process_place(&s->process, file, point, place, sizeof place);
        if (json) {
            printf("%s{\"tid\":%lld,\"name\":", crowd.unsafe ? "," : "",
                   record_number(&record, "tid", 0));
            json_string(stdout, record_get(&record, "name"));
            printf(",\"place\":");
            json_string(stdout, place);
            putchar('}');
        } else {
            printf("%s    thread %lld `%s` at %s\n", crowd.unsafe ? "" : "stands there now:\n",
                   record_number(&record, "tid", 0), record_get(&record, "name"), place);
        }
        crowd.unsafe++;
    }
    return crowd;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void json_program(const struct program *p, const struct operations *operations,
                         const struct operation *item, const char *word, uint32_t program) {
    if (!program) return;
    printf(",\"%s\":", word);
    taken_json(p, &operations->code, program, item->node);
}

static void json_operations(const struct program *p, const struct work *work) {
    printf(",\"operations\":[");
    for (uint32_t i = 0; i < work->operations.count; i++) {
        const struct operation *item = &work->operations.items[i];
        const struct node *node = &p->nodes[item->node];
        printf("%s{\"kind\":\"%s\",\"region\":%u,\"function\":", i ? "," : "",
               operation_words[item->kind], item->region);
        json_string(stdout, function_name(p, node->function));
        printf(",\"file\":");
        json_string(stdout, file_of(p, node->function)->path);
        printf(",\"line\":%u,\"column\":%u,\"nest\":%s,\"any_frame\":%s", node->line, node->column,
               item->flags & LOOM_OP_NEST && item->kind == LOOM_ENTER ? "true" : "false",
               item->flags & LOOM_OP_ANY_FRAME && item->kind == LOOM_LEAVE ? "true" : "false");
        json_program(p, &work->operations, item, "key", item->key);
        json_program(p, &work->operations, item, "condition", item->condition);
        json_program(p, &work->operations, item, "count",
                     item->flags & LOOM_OP_COUNTED ? item->count : 0);
        putchar('}');
    }
    putchar(']');
}

static void json_work(const struct session *s, const struct work *work, char *threads) {
    const struct program *p = &s->process.program;
    struct reasons r = reasons_of(p, &work->analysis);
    const char *comma = "";
    printf("{\"text\":");
    json_string(stdout, work->filter->text);
    json_operations(p, work);
    printf(",\"slow\":[");
    for (uint32_t f = 0; f < p->function_count; f++) {
        if (!work->analysis.slow[f]) continue;
        fputs(comma, stdout);
        json_string(stdout, function_name(p, f));
        comma = ",";
    }
    printf("],\"points\":%u,\"unsafe\":%u,\"inside\":%u,\"own\":%u,\"stale\":%u,\"below\":%u,"
           "\"handler\":%u,\"callback\":%u,\"there_now\":[",
           work->analysis.points, work->analysis.unsafe, r.inside, r.own, r.stale, r.below,
           r.handler, r.callback);
    struct crowd crowd = print_threads(s, work, threads, 1);
    printf("],\"threads\":%u,\"running\":%u}", crowd.all, crowd.running);
}

static void text_work(const struct session *s, const struct work *work, char *threads) {
    printf("%s\n", work->filter->text);
    for (uint16_t i = 0; i < work->operations.regions + work->operations.order; i++)
        print_region(s, work, i);
    print_slow(&s->process.program, work);
    print_unsafe(&s->process.program, &work->analysis);
    struct crowd crowd = print_threads(s, work, threads, 0);
    printf("threads: %u, of them running %u, at unsafe places %u\n", crowd.all, crowd.running,
           crowd.unsafe);
}

static int explain_dot(const struct session *s) {
    for (unsigned i = 0; i < s->filters.count; i++) dot_print(stdout, s, &s->works[i], i);
    return 0;
}

int pass_explain(struct session *s) {
    struct bytes answer;
    if (s->options.dot) return explain_dot(s);
    int code = process_ask(&s->process, LOOM_THREADS, NULL, 0, &answer);
    if (code) return code;
    if (s->options.json) putchar('[');
    for (unsigned i = 0; i < s->filters.count; i++) {
        char *copy = strdup(answer.bytes); /* reading cuts it up */
        if (!copy) abort();
        if (i) putchar(s->options.json ? ',' : '\n');
        if (s->options.json)
            json_work(s, &s->works[i], copy);
        else
            text_work(s, &s->works[i], copy);
        free(copy);
    }
    if (s->options.json) puts("]");
    free(answer.bytes);
    return 0;
}
