// SPDX-License-Identifier: MIT
/*
 * alone.h: a filter of unilateral exclusion on demo.c's regions, threads that go in, and witnesses of who runs
 * meanwhile. For rt_alone.c and rt_alone_ends.c.
 *
 * The test's own thread is OUTSIDE (demo_away). A witness notes each of its statements that runs
 * while an entry is complete: `inside` is set by the thread in r, stop_is_alone() says that the
 * entry has not ended early, as it may on a loaded machine.
 */
#ifndef LOOM_TEST_ALONE_H
#define LOOM_TEST_ALONE_H
#include "tests/support/actor.h"

enum { LIMIT_MS = 10000 };

extern struct hit enter, leave, other_enter, other_leave;
extern const struct loom_plan_operation region[2], other_region[2];
/* `region <> *`. The test's thread is OUTSIDE from here on. */
struct filter *publish_region(uint32_t within_ms);
struct filter *publish_other(void);

/* An entry is complete; witnesses' statements, and those of them that ran while it was. */
extern _Atomic bool inside, witnesses_end;
extern _Atomic long steps, during;
void one_step(void);
/* Ways to be a witness: it computes and polls; makes calls that wait; takes and gives back a mutex. */
void *computing(void *unused);
void *calling(void *unused);
void *locking(void *unused);
extern pthread_t witnesses[16];
void start_witness(void *(*how)(void *));
void end_witnesses(void);
bool all_go_on(void);

unsigned parked_threads(void);
bool somebody_in_turn(void);

/* In r. Entries that could not be complete are left again. For actors. */
extern _Atomic long complete_entries;
bool try_to_go_in(void);
void go_in(void *unused);
void go_out(void *unused);
/* Does something for about 2 ms, without a call. */
void pass_through(void *unused);
/* Goes in and out until the witnesses end. */
void many_entries(void *unused);
/* Neither polls nor calls anything until `spinning` is cleared; in r. */
extern _Atomic bool spinning;
void spin_without_polls(void *unused);
void go_in_and_spin(void *unused);
/* Behind it a is in r, and b waits for its turn to enter the other region. */
void one_in_one_waiting(struct actor *a, struct actor *b);

#endif
