// SPDX-License-Identifier: MIT
/* compress.c: the threads come, and the queue goes. */
#include "pbzip2.h"
#include <errno.h>

static pthread_t con[CONSUMERS_MAX];
static unsigned conCount;

void joinConsumers(void) {
    while (conCount > 0) pthread_join(con[--conCount], NULL);
}

void compressFile(const char *input, size_t size, size_t blockSize, FILE *out, unsigned consumers) {
    pthread_t output;
    queue *fifo = queueInit();
    numBlocks = (int)((size + blockSize - 1) / blockSize);
    allDone = false;

    for (; conCount < consumers; conCount++)
        if ((errno = pthread_create(&con[conCount], NULL, consumer, fifo)) != 0)
            giveUp("pthread_create");
    if ((errno = pthread_create(&output, NULL, fileWriter, out)) != 0) giveUp("pthread_create");
    producer(input, size, blockSize, fifo);

    /* Wait until all blocks are written. */
    pthread_join(output, NULL);

    /* Reclaim memory. */
    queueDelete(fifo);
}
