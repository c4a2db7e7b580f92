// SPDX-License-Identifier: MIT
/*
 * pbzip2.h: a parallel compressor in the shape of PBZip2 0.9.
 *
 *   block      a part of the input; compressed by itself, so that all blocks can be at once
 *   producer   cuts the input into blocks and puts them into the queue; the main thread
 *   consumer   a thread that takes blocks from the queue and compresses them
 *   writer     the thread that writes the compressed blocks in their order
 *
 * Locks: the queue's mutex guards the queue and allDone, outMutex the compressed blocks. Neither is
 * taken while the other is held.
 */
#ifndef PBZIP2_H
#define PBZIP2_H
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { CONSUMERS_MAX = 64, BLOCKS_MAX = 64, QUEUESIZE = 8 };

/* ---- heap.c: what was freed is kept, and marked, until the round is over ---- */

void *heapAlloc(size_t size);
void heapFree(void *block);
/* The caller uses the block now: counted if it was freed. */
void heapUse(const void *block);
/* How often a freed block was used. Gives all that was freed back to the system: nobody may hold a
 * pointer to it any more. */
unsigned heapJudge(void);

/* ---- queue.c ---- */

typedef struct outBuff {
    char *buf;
    unsigned bufSize;
    int blockNum;
} outBuff;

typedef struct queue {
    outBuff buf[QUEUESIZE];
    int head, tail;
    bool full, empty;
    pthread_mutex_t *mut;
    pthread_cond_t *notFull, *notEmpty;
} queue;

queue *queueInit(void);
void queueDelete(queue *q);
/* Both need q->mut, and room or something in it. */
void queueAdd(queue *q, outBuff in);
outBuff queueDel(queue *q);

/* ---- pbzip2.c: the threads ---- */

/* Of the file that is being compressed. */
extern int numBlocks;
extern bool allDone; /* all blocks are in the queue */

/* Cuts the input up; comes back when all blocks are in the queue. */
void producer(const char *input, size_t size, size_t blockSize, queue *fifo);
/* Start routines: of a queue, of a FILE that is written to. */
void *consumer(void *fifo);
void *fileWriter(void *out);

/* ---- compress.c, or compress_fixed.c: the main part of the original's main ---- */

/* Compresses the input with so many consumers. Fresh threads and a fresh queue for each file. */
void compressFile(const char *input, size_t size, size_t blockSize, FILE *out, unsigned consumers);
/* Waits until no consumer is left. */
void joinConsumers(void);

/* ---- main.c ---- */

/* Prints what went wrong, with errno, and ends the program. */
void giveUp(const char *what);

#endif
