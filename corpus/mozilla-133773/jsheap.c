// SPDX-License-Identifier: MIT
/*
 * jsheap.c: malloc that remembers what was freed.
 *
 * A freed block is filled with a pattern and kept aside (in quarantine) until the round is over, so
 * that a use of freed memory can be seen and counted where the real engine would crash.
 */
#include "js.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIVE = 0x11fe11fe, DEAD = 0xdeaddead };

typedef struct Header {
    struct Header *next; /* in quarantine */
    size_t size;
    unsigned state;
} Header;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Header *quarantine;
static size_t live;

void *js_malloc(size_t size) {
    Header *header = calloc(1, sizeof *header + size);
    if (!header) {
        perror("js_malloc");
        exit(2);
    }
    header->size = size;
    header->state = LIVE;
    pthread_mutex_lock(&lock);
    live++;
    pthread_mutex_unlock(&lock);
    return header + 1;
}

void js_free(void *block) {
    Header *header = (Header *)block - 1;
    memset(block, 0xdb, header->size);
    pthread_mutex_lock(&lock);
    header->state = DEAD;
    header->next = quarantine;
    quarantine = header;
    live--;
    pthread_mutex_unlock(&lock);
}

bool js_IsLive(const void *block) {
    pthread_mutex_lock(&lock);
    bool yes = ((const Header *)block - 1)->state == LIVE;
    pthread_mutex_unlock(&lock);
    return yes;
}

void js_EmptyQuarantine(void) {
    pthread_mutex_lock(&lock);
    while (quarantine) {
        Header *header = quarantine;
        quarantine = header->next;
        free(header);
    }
    pthread_mutex_unlock(&lock);
}

size_t js_LiveBlocks(void) {
    pthread_mutex_lock(&lock);
    size_t count = live;
    pthread_mutex_unlock(&lock);
    return count;
}
