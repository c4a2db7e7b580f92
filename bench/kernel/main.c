// SPDX-License-Identifier: MIT
/*
 * main.c: kernels NAME TIMES: repeats one kernel on data that are always the same, prints a
 * checksum.
 */
#include "kernels.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 80, N = 4096, POINTS = 1024, WORDS = 512, WORD = 64, TEXT = 8192 };

static double a[SIDE * SIDE], b[SIDE * SIDE], c[SIDE * SIDE];
static double re[POINTS], im[POINTS], wr[POINTS / 2], wi[POINTS / 2];
static float x[N], y[N];
static int p[N], q[N], unsorted[N], sorted[N];
static char text[TEXT], words[WORDS][WORD], keys[ENTRIES][24];
static struct node nodes[N], *list;
static struct vector vectors[POINTS];
static struct table table;
static struct cache cache;
static long memory[256];

static unsigned random_number(void) {
    static unsigned seed = 7;
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static unsigned long run_matrix(void) {
    matrix_multiply(SIDE, a, b, c);
    return (unsigned long)(c[5] * 16);
}
static unsigned long run_vector(void) {
    scale_add(N, 0.5f, x, y);
    return (unsigned long)dot(N, p, q);
}
static unsigned long run_fft(void) {
    for (int i = 0; i < POINTS; i++) re[i] = i & 31, im[i] = 0;
    butterflies(POINTS, re, im, wr, wi);
    return (unsigned long)(re[33] * 1e3 + 1e6);
}
static unsigned long run_text(void) {
    unsigned long sum = 0;
    for (int i = 0; i < WORDS; i++)
        sum += (unsigned long)text_length(words[i]) + text_hash(words[i]);
    return sum + (unsigned long)text_words(text);
}
static unsigned long run_list(void) {
    return (unsigned long)chase(list);
}
static unsigned long run_sort(void) {
    memcpy(sorted, unsorted, sizeof sorted);
    sort(sorted, N);
    return (unsigned long)sorted[77];
}
static unsigned long run_hash(void) {
    unsigned long sum = 0;
    for (int i = 0; i < ENTRIES; i++) {
        if (i % 8 == 3)
            sum += (unsigned long)table_set(&table, keys[i], 16, (unsigned long)i);
        else
            sum += table_get(&table, keys[i], 16);
    }
    return sum;
}
static unsigned long run_interpreter(void) {
    /* r1 = 3000; do { r2 = memory[r1]; r0 += r2; r0 ^= r1 * 31; memory[r0] = r2; } while (--r1) */
    static const unsigned char code[] = {1, 1, 3000 & 255, 3000 >> 8, 5, 2, 1,   2, 0, 2, 4, 0,
                                         1, 6, 2,          0,         8, 1, 255, 7, 1, 4, 0};
    return (unsigned long)interpret(code, memory);
}
static unsigned long run_recursion(void) {
    return (unsigned long)fibonacci(20);
}
static unsigned long run_small(void) {
    return (unsigned long)(walk(POINTS, vectors) * 1e6 + 1e9);
}
static unsigned long run_request(void) {
    char line[40], answer[64];
    unsigned long sum = 0;
    for (int i = 0; i < 1000; i++) {
        snprintf(line, sizeof line, "%s key-%05d-%02d x", i & 3 ? "get" : "set", i % 8 * 37, i % 4);
        for (int times = 0; times < 8; times++)
            sum += (unsigned long)request(&cache, line, 20, answer);
    }
    return sum;
}

/* times: so often makes one to four million instructions */
static const struct kernel {
    const char *name;
    unsigned long (*run)(void);
    int times;
} kernels[] = {
    {"matrix", run_matrix, 1},
    {"vector", run_vector, 40},
    {"fft", run_fft, 10},
    {"text", run_text, 10},
    {"list", run_list, 50},
    {"sort", run_sort, 2},
    {"hash", run_hash, 4},
    {"interpreter", run_interpreter, 5},
    {"recursion", run_recursion, 6},
    {"small", run_small, 30},
    {"request", run_request, 2},
};

static void prepare(void) {
    int order[N];
    for (int i = 0; i < SIDE * SIDE; i++) a[i] = random_number() % 7, b[i] = random_number() % 5;
    for (int i = 0; i < N; i++) {
        x[i] = 1e-6f * (float)i, y[i] = (float)i;
        p[i] = (int)random_number() % 100, q[i] = (int)random_number() % 100;
        unsorted[i] = (int)random_number();
        order[i] = i;
    }
    for (int i = 0; i < TEXT - 1; i++)
        text[i] = random_number() % 5 ? (char)('a' + random_number() % 26) : ' ';
    for (int i = 0; i < WORDS; i++)
        for (unsigned j = 0, n = 4 + random_number() % 40; j < n; j++)
            words[i][j] = (char)('a' + random_number() % 26);
    for (int i = N - 1; i > 0; i--) {
        int k = (int)(random_number() % (unsigned)(i + 1)), t = order[i];
        order[i] = order[k], order[k] = t;
    }
    for (int i = 0; i < N; i++) {
        nodes[order[i]].value = i;
        nodes[order[i]].next = i < N - 1 ? &nodes[order[i + 1]] : NULL;
    }
    list = &nodes[order[0]];
    for (int i = 0; i < POINTS; i++)
        vectors[i] = (struct vector){random_number() % 100 * .01, random_number() % 100 * -.01, .3};
    for (int i = 0; i < POINTS / 2; i++)
        wr[i] = cos(-2 * M_PI * i / POINTS), wi[i] = sin(-2 * M_PI * i / POINTS);
    for (int i = 0; i < ENTRIES; i++)
        snprintf(keys[i], sizeof keys[i], "key-%012u", random_number() % 1000 * 2 + (i & 1));
    for (int i = 0; i < 256; i++) memory[i] = (long)random_number() % 1000;
    for (int i = 0; i < SHARDS; i++) pthread_mutex_init(&cache.shards[i].lock, NULL);
}

int main(int argc, char **argv) {
    for (size_t i = 0; argc == 3 && i < sizeof kernels / sizeof kernels[0]; i++) {
        unsigned long sum = 0;
        if (strcmp(argv[1], kernels[i].name) != 0) continue;
        prepare();
        for (long times = atol(argv[2]) * kernels[i].times; times > 0; times--)
            sum = sum * 31 + kernels[i].run();
        printf("%s %lu\n", argv[1], sum);
        return 0;
    }
    fputs("usage: kernels NAME TIMES; see the table in main.c for names\n", stderr);
    return 2;
}
