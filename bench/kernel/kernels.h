// SPDX-License-Identifier: MIT
/*
 * kernels.h: small loops, each a worst case of its kind, with nothing around that would dilute what
 * a test or a lost optimisation costs. main.c calls them from another file, so that nothing of a
 * kernel is inlined into, or hoisted out of, the loop that repeats it.
 */
#include <pthread.h>

struct node {
    struct node *next;
    long value;
};
struct entry {
    struct entry *next;
    unsigned hash;
    int length;
    unsigned long value;
    char key[24];
};
enum { BUCKETS = 1024, ENTRIES = 2048, SHARDS = 16 };
struct table {
    int used;
    struct entry *buckets[BUCKETS];
    struct entry pool[ENTRIES];
};
struct vector {
    double x, y, z;
};
struct shard {
    pthread_mutex_t lock;
    long operations;
    struct table table;
};
struct cache {
    struct shard shards[SHARDS];
};

/* vector.c: loops that compilers make vector code of */
void matrix_multiply(int n, const double *a, const double *b, double *c);
void scale_add(int n, float a, const float *x, float *y);
int dot(int n, const int *x, const int *y);
void butterflies(int n, double *re, double *im, const double *wr, const double *wi);

/* text.c */
long text_length(const char *s);
unsigned text_hash(const char *s);
int text_words(const char *s);

/* chase.c */
long chase(const struct node *node);

/* sort.c */
void sort(int *a, int n);

/* table.c: a hash table of many small functions */
unsigned table_hash(const char *key, int length);
int table_set(struct table *table, const char *key, int length, unsigned long value);
unsigned long table_get(const struct table *table, const char *key, int length);

/* interpreter.c: a byte code, nine instructions */
long interpret(const unsigned char *code, long *memory);

/* recursion.c: a few instructions a call */
long fibonacci(int n);

/* small.c: functions that a compiler inlines */
double walk(int n, struct vector *v);

/* request.c: what a cache server does with a request, without the system calls; -1: bad request */
int request(struct cache *cache, const char *text, int length, char *answer);
