// SPDX-License-Identifier: MIT
/*
 * heap.c: malloc that remembers what was freed.
 *
 * A freed block is marked and kept aside as it is (in quarantine) until the round is over, so that
 * a use of freed memory can be counted where the real program would crash.
 */
#include "pbzip2.h"
#include <stdlib.h>

enum { LIVE = 0x11fe11fe, DEAD = 0xdeaddead };

typedef struct Header {
    struct Header *next; /* in quarantine */
    size_t state;
} Header;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Header *quarantine;
static unsigned usesOfFreed;

void *heapAlloc(size_t size) {
    Header *header = calloc(1, sizeof *header + size);
    if (!header) giveUp("heapAlloc");
    header->state = LIVE;
    return header + 1;
}

void heapFree(void *block) {
    Header *header = (Header *)block - 1;
    pthread_mutex_lock(&lock);
    header->state = DEAD;
    header->next = quarantine;
    quarantine = header;
    pthread_mutex_unlock(&lock);
}

void heapUse(const void *block) {
    pthread_mutex_lock(&lock);
    if (((const Header *)block - 1)->state == DEAD) usesOfFreed++;
    pthread_mutex_unlock(&lock);
}

unsigned heapJudge(void) {
    pthread_mutex_lock(&lock);
    unsigned count = usesOfFreed;
    usesOfFreed = 0;
    while (quarantine) {
        Header *header = quarantine;
        quarantine = header->next;
        free(header);
    }
    pthread_mutex_unlock(&lock);
    return count;
}
