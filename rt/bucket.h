// SPDX-License-Identifier: MIT
/*
 * bucket.h: who owns filter locks, and who waits for them.
 *
 * Rule: the holder's record is the lock. A bucket, found by (filter id, key), lists the owners of
 * its locks and queues those who wait; a lock that nobody holds does not exist. Hand-over is first
 * come, first served: the one who leaves makes the first waiter the owner, if that one has waited
 * for TURN_MS (10). Before, the lock is free for whoever comes first, and the first waiter is woken
 * to try: a lock that goes to threads which must wake up first is held by sleepers most of the time
 * (bench/scaling.sh, 8 to 32 threads: 1.2 to 1.5 times the response time). A waiter that is
 * `in_turn` is passed by nobody.
 *
 * No memory is allocated: the nodes are in the records of threads (thread.h). Each bucket has a
 * quick lock (rank.h): callers are busy, or end.
 */
#ifndef LOOM_BUCKET_H
#define LOOM_BUCKET_H
#include <stdbool.h>
#include <stdint.h>

#include "thread.h"

struct bucket;

/* The bucket of a lock, with its lock held. Null, and Loom is off: it does not come free. */
struct bucket *bucket_take(uint32_t filter, uint64_t key);
void bucket_drop(struct bucket *bucket);
unsigned bucket_number(const struct bucket *bucket); /* below BUCKETS */

/* ---- with the bucket's lock held ---- */
/* Takes the lock for the thread, if nobody has it (or all share it) and nobody has a better right.
 */
bool bucket_own(struct bucket *bucket, struct own *own, struct thread *thread, uint32_t filter,
                uint64_t key, bool shared, loom_op *point);
void bucket_queue(struct bucket *bucket, struct wait *wait);
/* The owner is no longer one: wakes the first waiter to try, or makes it the owner. Nothing, if the
 * lock ceased to exist meanwhile. */
void bucket_hand_over(struct bucket *bucket, struct own *own);
/* Was the waiter woken to try? Then it takes the lock if nobody was faster, or waits on. */
void bucket_try(struct bucket *bucket, struct wait *wait);
/* A free lock goes to its first waiter once that has waited its turn out, although it has not come:
 * then it is an owner, whom the guard can see (a signal handler may keep it for long). */
void bucket_give_free(struct bucket *bucket, uint32_t filter, uint64_t key);
/* A waiter passes without the lock; who waits behind it may come in. */
void bucket_pass(struct bucket *bucket, struct wait *wait);
/* The one that has owned the lock longest, for the guard; null: nobody. */
struct own *bucket_oldest(const struct bucket *bucket, uint32_t filter, uint64_t key);

/* Is this wait not over? WAITING or TRY. */
bool bucket_waits(const struct wait *wait);

/* ---- all buckets ---- */
/* Lets all waiters of the filter pass. */
void bucket_pass_all(uint32_t filter);
/* Removal, after its grace: nobody enters any more; all locks of the filter cease to exist. */
void bucket_forget(uint32_t filter);

/* fork: prepare takes all buckets or none; the child keeps only the locks of `self` (may be
 * null). */
bool bucket_before_fork(void);
void bucket_after_fork_parent(void);
void bucket_after_fork_child(struct thread *self);

#endif
