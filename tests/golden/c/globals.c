/* rule: a file gives the values of variables that its functions mention outside of every #if */
#include <pthread.h>
#include <stdio.h>
extern char **environ;
extern int elsewhere[];
int elsewhere[3];
struct state {
    int level;
    struct state *up;
};
static struct state state;
static int counter, unmentioned __attribute__((unused));
static const int limit = 3;
static const int table[2] = {1, 2};
static unsigned char bytes[8];
static _Atomic long total;
static volatile int quiet = 1;
static float part = 1.5f;
static __thread int mine;
static void *(*start)(void *);
extern int absent __attribute__((weak));
int shown = 2;
#define renamed shown_not
static int renamed = 5;
#ifndef WITHOUT
static int optional;
#endif

static void *work(void *arg) {
    counter += *(int *)arg;
    return arg;
}
static void *never(void *arg) { return arg; }
static void *(*const choices[])(void *) = {work, never};

int main(void) {
    static int inside;
    int one = 1;
    pthread_t thread = pthread_self();
    inside++;
    mine++;
    total += limit + table[1];
    state.level = elsewhere[1] + bytes[2];
    start = &work;
    if (quiet && environ && pthread_create(&thread, 0, start, &one)) return 1;
    pthread_join(thread, 0);
#ifndef WITHOUT
    optional++;
#endif
    if (&absent) counter += absent;
    printf("%d %ld %d %d %d %d %d\n", counter, total, state.level, inside, mine, shown, renamed);
    printf("%d %d\n", (int)part, choices[1] == never);
    return 0;
}
