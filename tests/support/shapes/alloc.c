/*
 * alloc.c: a program with an allocator of its own, which libc and libraries call, too: alloc METER,
 * until SIGTERM. Nothing is ever given back; overlaps are of threads in take().
 */
#include "region.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct meter *meter;
static _Atomic int inside;
static char *arena;
static _Atomic size_t used;
enum { ALIGN = 16 };

static void *take(size_t size) {
    size_t room = (size + 2 * ALIGN - 1) / ALIGN * ALIGN;
    char *block;
    if (!arena)
        arena = mmap(NULL, 1ul << 36, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (meter) {
        if (atomic_fetch_add(&inside, 1)) meter->overlaps++;
        for (int i = 0; i < 300; i++) atomic_signal_fence(memory_order_seq_cst);
        if (meter->rounds % 4 == 0) usleep(20);
        meter->rounds++;
        atomic_fetch_sub(&inside, 1);
    }
    block = arena + atomic_fetch_add(&used, room);
    memcpy(block, &size, sizeof size);
    return block + ALIGN;
}

void *malloc(size_t size) {
    return take(size);
}

void free(void *block) {
    (void)block;
}

void *calloc(size_t count, size_t size) {
    return take(count * size); /* fresh pages are zero, and none comes twice */
}

void *realloc(void *block, size_t size) {
    size_t before;
    void *fresh = malloc(size);
    if (!block) return fresh;
    memcpy(&before, (char *)block - ALIGN, sizeof before);
    return memcpy(fresh, block, before < size ? before : size);
}

static void *worker(void *unused) {
    for (;;) {
        char *text = strdup("libc calls it");
        text = realloc(text, 40);
        if (strcmp(text, "libc calls it")) abort();
        free(text);
        usleep(100);
    }
    return unused;
}

static void *short_life(void *unused) {
    return malloc(10) ? unused : NULL;
}

int main(int count, char **words) {
    pthread_t thread;
    int fd = count > 1 ? open(words[count - 1], O_RDWR) : -1;
    struct meter *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) return 2;
    meter = mapped;
    for (int i = 0; i < 3; i++)
        if (pthread_create(&thread, NULL, worker, NULL)) return 3;
    meter->pid = getpid();
    for (;;) { /* pthread_create allocates: in an enter, and from the runtime's own calls */
        if (pthread_create(&thread, NULL, short_life, NULL)) return 3;
        pthread_join(thread, NULL);
        meter->made++;
        usleep(1000);
    }
}
