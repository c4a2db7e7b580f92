// SPDX-License-Identifier: MIT
/* slots.c: see slots.h. */
#include "slots.h"
#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "find.h"
#include "json.h"
#include "passed.h"

static const char *const kinds[] = {"entry", "statement", "condition", "poll", "end", "exit"};

/* Does a function match FUNCTION, FILE or FILE:LINE? *line: only this line. */
static int matches(const struct program *p, uint32_t f, const char *pattern, uint32_t *line) {
    const char *colon = strrchr(pattern, ':'), *path = file_of(p, f)->path;
    char *file = strdup(pattern);
    int match = fnmatch(pattern, function_name(p, f), 0) == 0 || path_matches(path, pattern);
    *line = 0;
    if (file && colon) {
        file[colon - pattern] = 0;
        if (isdigit((unsigned char)colon[1])) {
            uint32_t at = (uint32_t)strtoul(colon + 1, NULL, 10);
            match = path_matches(path, file) && p->functions[f].line <= at &&
                    at <= p->functions[f].end_line;
            *line = at;
        } else {
            match = path_matches(path, file) && fnmatch(colon + 1, function_name(p, f), 0) == 0;
        }
    }
    free(file);
    return match;
}

static uint32_t slot_count(const struct program *p, const struct function *function) {
    uint32_t count = 0;
    for (uint32_t n = 0; n < function->node_count; n++)
        count += (p->nodes[function->first_node + n].attributes & NODE_SLOT) != 0;
    return count;
}

static void print_function(const struct program *p, uint32_t f) {
    const struct function *function = &p->functions[f];
    printf("%s:%u: %s", file_of(p, f)->path, function->line, function_name(p, f));
    if (function->attributes & FUNCTION_LEFT)
        printf("  left alone: %s\n", function->reason);
    else
        printf("  %u slots\n", slot_count(p, function));
}

static void print_nodes(const struct program *p, uint32_t f, uint32_t line) {
    const struct function *function = &p->functions[f];
    for (uint32_t n = 0; n < function->node_count; n++) {
        const struct node *node = &p->nodes[function->first_node + n];
        if (!(node->attributes & NODE_SLOT) || (line && node->line != line)) continue;
        printf("    %s:%u:%u: %s", file_of(p, f)->path, node->line, node->column,
               kinds[node->kind]);
        for (uint32_t c = 0; c < node->call_count; c++) {
            const struct call *call = &p->calls[node->first_call + c];
            if (call->how != CALL_INDIRECT && call->callee != NONE)
                printf("%s%s", c ? ", " : "  calls ", p->names.texts[call->callee]);
        }
        passed_print(p, function->first_node + n);
        putchar('\n');
    }
}

static void json_function(const struct program *p, uint32_t f, int detailed, uint32_t line) {
    const struct function *function = &p->functions[f];
    const char *comma = "";
    printf("{\"function\":");
    json_string(stdout, function_name(p, f));
    printf(",\"file\":");
    json_string(stdout, file_of(p, f)->path);
    printf(",\"line\":%u,\"end_line\":%u,\"slots\":", function->line, function->end_line);
    if (!detailed)
        printf("%u", slot_count(p, function));
    else
        putchar('[');
    for (uint32_t n = 0; detailed && n < function->node_count; n++) {
        const struct node *node = &p->nodes[function->first_node + n];
        if (!(node->attributes & NODE_SLOT) || (line && node->line != line)) continue;
        printf("%s{\"line\":%u,\"column\":%u,\"kind\":\"%s\",\"passes\":", comma, node->line,
               node->column, kinds[node->kind]);
        passed_json(p, function->first_node + n);
        putchar('}');
        comma = ",";
    }
    if (detailed) putchar(']');
    if (function->attributes & FUNCTION_LEFT) {
        printf(",\"left_alone\":");
        json_string(stdout, function->reason);
    }
    putchar('}');
}

int print_slots(const struct program *p, const char *pattern, int json) {
    uint32_t line = 0, count = 0;
    if (json) putchar('[');
    for (uint32_t f = 0; f < p->function_count; f++) {
        if (pattern && !matches(p, f, pattern, &line)) continue;
        if (json) {
            if (count++) putchar(',');
            json_function(p, f, pattern != NULL, line);
            continue;
        }
        count++;
        print_function(p, f);
        if (pattern) print_nodes(p, f, line);
    }
    if (json) puts("]");
    if (count || json) return 0;
    fprintf(stderr, "loom-pipe: nothing matches `%s`\n", pattern ? pattern : "");
    return EXIT_FILTER;
}

/* ---- --ps ------------------------------------------------------------------------------------ */

static void command_of(pid_t pid, char *name, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    FILE *file = fopen(path, "re");
    if (!file || !fgets(name, (int)size, file)) snprintf(name, size, "?");
    if (file) fclose(file);
    name[strcspn(name, "\n")] = 0;
}

static int print_process(pid_t pid, int json, unsigned count) {
    struct process process;
    char name[64];
    int found = process_open(&process, pid, 1) == 0;
    if (found) {
        command_of(pid, name, sizeof name);
        if (json) {
            printf("%s{\"pid\":%d,\"name\":", count ? "," : "", (int)pid);
            json_string(stdout, name);
            printf(",\"build\":\"%016llx\",\"threads\":%u,\"filters\":%u,\"fast\":%s}",
                   (unsigned long long)process.modules_hash, process.thread_count,
                   process.filter_count, process.fast ? "true" : "false");
        } else {
            printf("%8d  %-16s build %016llx  %4u threads  %2u filters  %s\n", (int)pid, name,
                   (unsigned long long)process.modules_hash, process.thread_count,
                   process.filter_count, process.fast ? "fast" : "slow");
        }
    }
    process_close(&process);
    return found;
}

int print_processes(int json) {
    struct dirent *entry;
    unsigned count = 0;
    DIR *all = opendir("/proc");
    if (!all) return EXIT_PROCESS;
    if (json) putchar('[');
    while ((entry = readdir(all))) {
        int pid = atoi(entry->d_name);
        if (pid > 0) count += (unsigned)print_process(pid, json, count);
    }
    closedir(all);
    if (json)
        puts("]");
    else if (!count)
        puts("no instrumented process with more than one thread");
    return 0;
}
