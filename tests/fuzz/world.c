// SPDX-License-Identifier: MIT
/* world.c: see world.h. The tables have every kind of line of rt/table.h. */
#include "world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "rt/install.h"
#include "rt/module.h"

static const char server[] =
    "loom 1\n"
    "file src/server.c 0000000000000011 200 20\n"
    "type 0 void%20(void)\ntype 1 int%20(int)\n"
    "rec 0 s cache 40\nm id 0 i4\nm size 4 u2\nm flags 8 u4 3:2\nm next 16 pr0\nm slot 24 a4xi4\n"
    "rec 1 u odd 0\ne CACHE_MAX 17\ne CACHE_NONE -1\n"
    "g 0 the_cache pr0\ng 1 limit i4\ng 2 worker F\n"
    "fn 0 accept_all 10:6 19 - 0\n"
    "l 0 n i4\nl 1 c pr0\nl 2 ratio f8\n"
    "n 0 entry 10:6 10:6 SR 1 0,1\nn 1 stmt 11:5 14:5 S 2 0\nn 2 cond 11:5 11:30 - 3,6\n"
    "c 8 d accept bix\nn 3 poll 12:9 12:9 R 4\nn 4 stmt 12:9 12:20 S 5 1\nc - d serve -\n"
    "n 5 end 14:5 14:6 S 2\nn 6 stmt 15:5 15:20 SR 7 0,1,2\nn 7 exit 19:1 19:2 S -\n"
    "fn 1 serve 20:6 29 s 0\n"
    "n 20 entry 20:6 20:6 SR 21\nn 21 stmt 21:5 23:9 S 22\nc 28 d read bix\n"
    "n 22 stmt 25:5 25:30 SR 23,24\nn 23 exit 25:16 25:25 S -\nn 24 stmt 26:5 26:20 SM 25\n"
    "n 25 stmt 27:5 27:9 M 26\nc - d put -\nn 26 exit 29:1 29:2 S -\n"
    "x odd_one 40 its%20body%20comes%20out%20of%20a%20macro\n"
    "fn 2 walk 50:6 55 t 0\n"
    "n 50 entry 50:6 50:6 SR 51\nn 51 exit 55:1 55:2 S -\n"
    "fn 3 forever 60:6 65 j 0\n"
    "n 60 entry 60:6 60:6 SR 61\nn 61 poll 62:1 62:1 SR 61\n"
    "fn 4 worker 70:7 75 ab 0\n"
    "n 70 entry 70:7 70:7 SR 71\nn 71 stmt 71:5 71:20 S 72\nc - d helper -\nc - i 1 r\n"
    "n 72 stmt 72:5 72:20 S 73\nc 74 d pthread_cond_wait bix\nn 73 exit 75:1 75:2 S -\n"
    "fn 5 start 80:6 85 - 0\n"
    "n 80 entry 80:6 80:6 SR 81\nn 81 stmt 81:5 81:40 S 82\nc 83 t worker xk\n"
    "n 82 exit 85:1 85:2 S -\n"
    "fn 6 helper 90:13 94 scr 0\n"
    "n 90 entry 90:13 90:13 S 91\nn 91 stmt 91:5 91:20 S 92\nn 92 exit 94:1 94:2 S -\n"
    "fn 7 on_signal 100:6 104 ah 0\n"
    "n 100 entry 100:6 100:6 SR 101\nn 101 stmt 101:5 101:9 SJ 102\nc - d get m\n"
    "n 102 exit 104:1 104:2 S -\n";

static const char cache[] =
    "loom 1\n"
    "file src/cache.c 0000000000000012 200 20\n"
    "type 0 void%20(void)\nrec 0 s cache 40\nm id 0 i4\nm next 16 pr0\ng 0 the_cache pr0\n"
    "fn 0 put 5:6 9 - 0\nl 0 cache pr0\nl 1 key u8\n"
    "n 105 entry 5:6 5:6 SR 106 0,1\nn 106 exit 9:1 9:2 S -\n"
    "fn 1 get 11:6 15 v 0\nl 0 cache pr0\nn 111 entry 11:6 11:6 SR 112 0\nn 112 exit 15:1 15:2 S "
    "-\n"
    "fn 2 serve 20:6 25 s 0\nn 120 entry 20:6 20:6 SR 121\nn 121 exit 25:1 25:2 S -\n";

static const struct {
    const char *path, *table;
    uint64_t hash;
} files[WORLD_FILES] = {{"src/server.c", server, 0x11},
                        {"src/cache.c", cache, 0x12},
                        {"src/cache.c", cache, 0x12}}; /* in two modules */

void *fuzz_map(size_t size) {
    return calloc(1, size ? size : 1);
}

void fuzz_unmap(void *memory, size_t size) {
    (void)size;
    free(memory);
}

__attribute__((weak)) long fuzz_read(int fd, void *buffer, size_t size) {
    (void)fd, (void)buffer, (void)size;
    return 0;
}

static struct program program;
static struct callgraph graph;

void world_fail(const char *what, const char *more) {
    fprintf(stderr, "fuzz: %s: %s\n", what, more);
    abort();
}

const struct program *world_program(void) {
    const char *why = "";
    for (int i = program.file_count ? WORLD_FILES : 0; i < WORLD_FILES; i++)
        if (program_add(&program, files[i].path, files[i].hash, WORLD_POINTS, WORLD_FLAGS,
                        files[i].table, strlen(files[i].table), &why))
            world_fail(files[i].path, why);
    if (!graph.program) callgraph_make(&graph, &program);
    return &program;
}

const struct callgraph *world_graph(void) {
    world_program();
    return &graph;
}

/* ---- in the process -------------------------------------------------------------------------- */

static loom_op ops[WORLD_FILES][WORLD_POINTS];
static loom_flag flags[WORLD_FILES][WORLD_FLAGS];
static struct loom_file attached[WORLD_FILES];

unsigned long world_global(unsigned n) {
    static const struct {
        int id;
        short size;
        void *next;
    } one = {7, 3, (void *)&one};
    return n == 0 ? (unsigned long)&one : n == 1 ? 40 : n == 2 ? (unsigned long)&world_global : 0;
}

uint64_t world_modules(void) {
    for (int i = attached[0].path ? WORLD_FILES : 0; i < WORLD_FILES; i++) {
        if (i == 0) lock_take(&install_lock);
        attached[i] = (struct loom_file){.abi = LOOM_ABI,
                                         .size = sizeof attached[i],
                                         .path = files[i].path,
                                         .table = files[i].table,
                                         .table_size = strlen(files[i].table),
                                         .hash = files[i].hash,
                                         .points = WORLD_POINTS,
                                         .functions = WORLD_FLAGS,
                                         .ops = ops[i],
                                         .flags = flags[i],
                                         .global = world_global};
        if (module_add(&attached[i])) world_fail(files[i].path, "cannot be attached");
    }
    return modules_hash();
}
