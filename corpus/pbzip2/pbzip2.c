// SPDX-License-Identifier: MIT
/* pbzip2.c: the threads: producer, consumers, writer. */
#include "pbzip2.h"
#include "../common/rounds.h"
#include <bzlib.h>
#include <stdlib.h>
#include <string.h>

int numBlocks;
bool allDone;

static pthread_mutex_t outMutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t outChanged = PTHREAD_COND_INITIALIZER;
static outBuff outputBuffer[BLOCKS_MAX];

void producer(const char *input, size_t size, size_t blockSize, queue *fifo) {
    for (int blockNum = 0; size > 0; blockNum++) {
        size_t length = size < blockSize ? size : blockSize;
        char *fileData = malloc(length);
        if (!fileData) giveUp("producer");
        memcpy(fileData, input, length);

        pthread_mutex_lock(fifo->mut);
        while (fifo->full) pthread_cond_wait(fifo->notFull, fifo->mut);
        queueAdd(fifo, (outBuff){fileData, (unsigned)length, blockNum});
        pthread_mutex_unlock(fifo->mut);
        pthread_cond_signal(fifo->notEmpty);

        input += length;
        size -= length;
    }
    pthread_mutex_lock(fifo->mut);
    allDone = true;
    pthread_mutex_unlock(fifo->mut);
    pthread_cond_broadcast(fifo->notEmpty);
}

static outBuff compressBlock(outBuff in) {
    outBuff out = {.bufSize = in.bufSize + in.bufSize / 100 + 600, .blockNum = in.blockNum};
    out.buf = malloc(out.bufSize);
    if (!out.buf || BZ2_bzBuffToBuffCompress(out.buf, &out.bufSize, in.buf, in.bufSize, 1, 0, 30))
        giveUp("BZ2_bzBuffToBuffCompress");
    free(in.buf);
    return out;
}

void *consumer(void *q) {
    queue *fifo = q;
    for (;;) {
        pthread_mutex_lock(fifo->mut);
        heapUse(fifo);
        while (fifo->empty) {
            if (allDone) {
                rounds_test_point();
                heapUse(fifo);
                pthread_mutex_unlock(fifo->mut);
                return NULL;
            }
            pthread_cond_wait(fifo->notEmpty, fifo->mut);
            heapUse(fifo);
        }
        outBuff block = queueDel(fifo);
        pthread_mutex_unlock(fifo->mut);
        pthread_cond_signal(fifo->notFull);

        block = compressBlock(block);

        pthread_mutex_lock(&outMutex);
        outputBuffer[block.blockNum] = block;
        pthread_mutex_unlock(&outMutex);
        pthread_cond_signal(&outChanged);
    }
}

void *fileWriter(void *out) {
    for (int currBlock = 0; currBlock < numBlocks; currBlock++) {
        outBuff *next = &outputBuffer[currBlock];
        pthread_mutex_lock(&outMutex);
        while (!next->buf) pthread_cond_wait(&outChanged, &outMutex);
        pthread_mutex_unlock(&outMutex);

        if (fwrite(next->buf, 1, next->bufSize, out) != next->bufSize) giveUp("fileWriter");
        free(next->buf);
        next->buf = NULL;
    }
    return NULL;
}
