// SPDX-License-Identifier: MIT
/*
 * filters.c: what loom-pipe does between the fetched tables and the plan, timed once.
 *
 *     filters TABLES FILTER      TABLES: slot tables, one behind the other; FILTER: a text
 *
 * Prints one line: milliseconds of CPU for reading the tables, for the call graph, for parsing and
 * resolving, for analysis and checks and plan, and for all; then the peak memory in MB. A wrong
 * filter ends it with status 1. Used by bench/filters.sh.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "grammar/check.h"
#include "grammar/lower.h"
#include "grammar/resolve.h"
#include "grammar/session.h"

/* CPU and not the clock: the machine may have other work. */
static int64_t cpu_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static char *contents(const char *path, size_t *size) {
    FILE *in = fopen(path, "re");
    char *bytes = NULL;
    if (!in || fseek(in, 0, SEEK_END)) {
        perror(path);
        exit(2);
    }
    *size = (size_t)ftell(in);
    rewind(in);
    bytes = take(*size + 1, 1);
    if (fread(bytes, 1, *size, in) != *size) exit(2);
    fclose(in);
    return bytes;
}

/* As the process would send it: the line `file PATH HASH POINTS FUNCTIONS` says what it is. */
static void add_table(struct program *program, const char *table, size_t size) {
    char head[8192], path[4096]; /* sscanf would measure all of the table */
    unsigned long long hash;
    unsigned points, functions;
    const char *why;
    snprintf(head, sizeof head, "%.*s", (int)(size < sizeof head ? size : sizeof head - 1), table);
    if (sscanf(head, "loom %*d\nfile %4095s %llx %u %u", path, &hash, &points, &functions) != 4 ||
        program_add(program, path, hash, points, functions, table, size, &why)) {
        fprintf(stderr, "table %u cannot be read\n", program->file_count);
        exit(2);
    }
}

static void read_tables(struct program *program, const char *path) {
    size_t size;
    char *all = contents(path, &size);
    for (char *at = all; *at;) {
        char *end = strstr(at, "\nloom ");
        size_t part = end ? (size_t)(end + 1 - at) : strlen(at);
        add_table(program, at, part);
        at += part;
    }
    free(all);
}

static void plan_all(struct session *s) {
    s->works = take(s->filters.count, sizeof *s->works);
    for (unsigned i = 0; i < s->filters.count; i++) s->works[i].filter = &s->filters.items[i];
    if (pass_resolve(s) || pass_analyse(s) || pass_encode(s)) {
        pass_report(s);
        exit(1);
    }
}

int main(int count, char **words) {
    static struct session s = {.process.channel = {.requests = -1, .replies = -1}};
    struct rusage usage;
    size_t size;
    if (count != 3) return 2;
    s.options.force = 1; /* what is only suspected is looked for all the same */
    s.text = (struct text){words[2], contents(words[2], &size), 0};
    s.text.size = size;
    int64_t start = cpu_us();
    read_tables(&s.process.program, words[1]);
    int64_t read = cpu_us();
    callgraph_make(&s.process.graph, &s.process.program);
    int64_t graph = cpu_us();
    lower(&s.text, &s.filters, &s.diagnostics);
    if (s.diagnostics.errors) {
        pass_report(&s);
        return 1;
    }
    int64_t parsed = cpu_us();
    plan_all(&s);
    int64_t end = cpu_us();
    getrusage(RUSAGE_SELF, &usage);
    printf("%.1f %.1f %.1f %.1f %.1f %.1f\n", (double)(read - start) / 1000,
           (double)(graph - read) / 1000, (double)(parsed - graph) / 1000,
           (double)(end - parsed) / 1000, (double)(end - start) / 1000,
           (double)usage.ru_maxrss / 1024);
    return 0;
}
