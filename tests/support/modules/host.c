/*
 * A program with plugins, for tests/live/modules.sh. Two threads work, one with plugin a, the other
 * with plugin b, each with a when there is no b. Main reads commands, one per line:
 *
 *     load a · unload a · load b · unload b · quit      answered by `done COMMAND`
 *
 * and prints the meters every 50 ms: calls and overlaps of the program's own place, of each plugin's
 * and of the function that the plugins have from meter.h.
 */
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "meter.h"

static struct meter own, common, plugin_meter[2];
static struct { void *module; plugin_run *run; } plugins[2];
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static inline __attribute__((always_inline)) void inlined(struct meter *m) {
    if (__atomic_fetch_add(&m->inside, 1, __ATOMIC_SEQ_CST))
        __atomic_fetch_add(&m->overlaps, 1, __ATOMIC_SEQ_CST);
    sched_yield();
    sched_yield();
    __atomic_fetch_sub(&m->inside, 1, __ATOMIC_SEQ_CST);
}

static void round_of(int which) {
    inlined(&own);
    __atomic_fetch_add(&own.calls, 1, __ATOMIC_SEQ_CST);
    pthread_rwlock_rdlock(&lock);
    if (!plugins[which].run) which = !which;
    if (plugins[which].run) plugins[which].run(&plugin_meter[which], &common);
    pthread_rwlock_unlock(&lock);
    usleep(200);
}

static void *worker(void *number) {
    for (;;) round_of((int)(long)number);
    return NULL;
}

static void load(int which) {
    void *module = dlopen(which ? "./b.so" : "./a.so", RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    pthread_rwlock_wrlock(&lock);
    plugins[which].module = module;
    *(void **)&plugins[which].run = dlsym(module, "run");
    pthread_rwlock_unlock(&lock);
}

static void unload(int which) {
    void *module = plugins[which].module;
    pthread_rwlock_wrlock(&lock);
    plugins[which].module = NULL;
    plugins[which].run = NULL;
    pthread_rwlock_unlock(&lock);
    if (module) dlclose(module);
}

static void command(char *word) {
    word[strcspn(word, "\n")] = 0;
    size_t size = strlen(word);
    if (strcmp(word, "quit") == 0) exit(0);
    if (strncmp(word, "load ", 5) == 0) load(word[size - 1] == 'b');
    if (strncmp(word, "unload ", 7) == 0) unload(word[size - 1] == 'b');
    printf("done %s\n", word);
    fflush(stdout);
}

int main(void) {
    struct pollfd input = {0, POLLIN, 0};
    pthread_t threads[2];
    char line[100];
    setvbuf(stdin, NULL, _IONBF, 0);
    for (long i = 0; i < 2; i++) pthread_create(&threads[i], NULL, worker, (void *)i);
    for (;;) {
        if (poll(&input, 1, 50) > 0 && fgets(line, sizeof line, stdin)) command(line);
        printf("own=%lu/%lu a=%lu/%lu b=%lu/%lu common=%lu/%lu\n", own.overlaps, own.calls,
               plugin_meter[0].overlaps, plugin_meter[0].calls, plugin_meter[1].overlaps,
               plugin_meter[1].calls, common.overlaps, common.calls);
        fflush(stdout);
    }
}
