/* SPDX-License-Identifier: MIT */
/*
 * channel.h: frames to and from the runtime of a process (rt/plan.h). The one seam to /proc and to
 * pipes.
 *
 * Rule: nothing here waits without a deadline, and nothing that was read is trusted: a byte stream
 * that lost its step (a client killed in the middle of a read) is searched for the next whole
 * frame, and frames of other sessions are skipped.
 */
#ifndef LOOM_CHANNEL_H
#define LOOM_CHANNEL_H
#include <stdint.h>
#include <sys/types.h>
#include "rt/plan.h"

/* For the lock, for one exchange, and for one try of a request that may be repeated. */
enum { LOCK_MS = 5000, CHANNEL_MS = 10000, TRY_MS = 2000 };

struct channel {
    int requests, replies; /* descriptors */
    pid_t helper;          /* the thread that answers */
    uint64_t session;
    uint32_t seq;
    unsigned char buffer[1 << 16];
    size_t filled;
};

struct bytes {
    char *bytes; /* with a NUL behind; the caller frees */
    size_t size;
};

/* 0, or -ESRCH: no such process · -EACCES: of another user · -ENXIO: no Loom in it · -EAGAIN: Loom
 * is in it, but it has one thread only · -ENOTCONN: Loom is in it, but has no helper thread ·
 * -EPROTO: its helper has a seccomp filter, under which a request might kill the process. */
int channel_open(struct channel *channel, pid_t pid);
/* The number of a thread of the process that has a seccomp filter, or 0. */
int channel_sandboxed(pid_t pid);
void channel_close(struct channel *channel);

/* One client at a time: from lock to unlock nobody else talks. 0, -ETIMEDOUT (-EWOULDBLOCK). */
int channel_lock(struct channel *channel, int ms);
void channel_unlock(struct channel *channel);

/* One request; with an answer unless `answer` is null. 0, or -ETIMEDOUT, -EPIPE: the process ended,
 * or -errno. Called with the channel locked. */
int channel_ask(struct channel *channel, unsigned type, const void *payload, size_t size,
                struct bytes *answer, int ms);

int64_t now_ms(void);
int64_t now_us(void);

#endif
