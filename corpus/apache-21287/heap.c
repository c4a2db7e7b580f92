// SPDX-License-Identifier: MIT
/*
 * heap.c: malloc that remembers what was freed.
 *
 * A freed block is filled with a pattern and kept aside (in quarantine) until the round is over, so
 * that a block that is freed twice can be counted where the real server would crash.
 */
#include "cache.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIVE = 0x11fe11fe, DEAD = 0xdeaddead };

typedef struct header {
    struct header *next; /* in quarantine */
    size_t size;
    unsigned state;
} header;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static header *quarantine;
static size_t live, freed_twice;

static header *header_of(const void *block) {
    return (header *)block - 1;
}

void *heap_alloc(size_t size) {
    header *h = calloc(1, sizeof *h + size);
    if (!h) {
        perror("heap_alloc");
        exit(2);
    }
    h->size = size;
    h->state = LIVE;
    pthread_mutex_lock(&lock);
    live++;
    pthread_mutex_unlock(&lock);
    return h + 1;
}

void heap_free(void *block) {
    header *h = header_of(block);
    pthread_mutex_lock(&lock);
    if (h->state == DEAD) {
        freed_twice++;
    } else {
        memset(block, 0xdb, h->size);
        h->state = DEAD;
        h->next = quarantine;
        quarantine = h;
        live--;
    }
    pthread_mutex_unlock(&lock);
}

bool heap_is_live(const void *block) {
    pthread_mutex_lock(&lock);
    bool yes = header_of(block)->state == LIVE;
    pthread_mutex_unlock(&lock);
    return yes;
}

bool heap_judge(void) {
    pthread_mutex_lock(&lock);
    bool sound = freed_twice == 0 && live == 0;
    freed_twice = 0;
    while (quarantine) {
        header *h = quarantine;
        quarantine = h->next;
        free(h);
    }
    pthread_mutex_unlock(&lock);
    return sound;
}
