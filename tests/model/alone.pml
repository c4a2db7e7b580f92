/* SPDX-License-Identifier: MIT */
/*
 * alone.pml: one thread alone (rt/op_alone.c, rt/stop.c phase ALONE): turn, asking, gathering,
 * COMPLETE, parks, release by the one inside or by one who is parked. See thread.pml for the threads;
 * no filter is being installed.
 *
 * Two threads enter regions of two filters, a third calls and comes back; it may not park in the
 * "after" of one of the calls (may_park false). Checked:
 *   - while an entry is complete nobody else runs a statement (RUN);
 *   - nobody is kept from running by two entries in a row (parks);
 *   - everybody comes to his end: no wake-up is lost, nobody is parked for ever (invalid end state).
 * MUTEX: the third parks with a mutex that the first needs inside: one who is parked must end the
 * entry. -DBUG_NO_BARRIER gathers without a barrier; BUG_NOT_OWED does not wait for those who wake;
 * BUG_GIVE_AFTER_UNLOCK lets the next entry begin before the last has told all; BUG_NO_LOOK: nobody
 * ends an entry whose thread is blocked. Each is found.
 *
 * What is left out, and why that is sound:
 *   - Time. A gathering may be given up whenever somebody is missing; a look by one who is parked may
 *     find the thread blocked at any moment LOOKS times, and besides when nothing else can happen.
 *     Ticks only look: no sleeper relies on them to find that he was woken.
 *   - The order of turns, limits, events: they choose among what is searched here.
 *   - Locks of the filters: lock.pml. Births: the request of a record is written under RANK_THREADS, as
 *     in stop.pml.
 */
#define STOP_IDLE  0
#define STOP_ALONE 3
#ifdef MUTEX
#define LOOKS      0
#else
#define LOOKS      1
#endif
#define PREEMPT        ;
#define REMEMBER(t)    skip
#define CHECK_SAME(t)  skip
#define FORGET(t)      skip
#define grace_enter(t) skip
#define grace_leave(t) skip
#include "thread.pml"

#define SITE_SLOT SITE_IN_0 /* OUTSIDE in a wait at a slot */

byte stop_phase, slice, alone; /* alone: thread + 1 */
bool complete, stop_lock, install_lock;
byte parked[3];   /* number of the slice it sleeps for */
byte parks[3];    /* for so many numbers in a row, without a statement in between */
byte parked_last[3];
bool owed[3];
bool sleeping[3]; /* in the kernel, on the request word */
byte looks;
bool mutex;       /* a lock of the program */

#define slice_of(request) ((request) / REQUEST_SLICE)

/* A statement of instrumented code. */
#define RUN(t) atomic { \
    assert(stop_phase != STOP_ALONE || !complete || alone == t + 1); parks[t] = 0; parked_last[t] = 0; owed[t] = false }

inline ask(t, number) {
    if
    :: number && alone == t + 1
    :: else -> request[t] = number * REQUEST_SLICE
    fi;
    if
    :: number == 0 -> sleeping[t] = false                 /* sys_futex_wake */
    :: else
    fi
}
inline ask_all(number) {
    lock_take(threads_lock);
    ask(0, number); ask(1, number); ask(2, number);
    lock_drop(threads_lock)
}

byte turns;
bool turn_sleeping[3];
inline wake_turns() {
    d_step { turns = (turns + 1) % 8; turn_sleeping[0] = false; turn_sleeping[1] = false }
}

/* RANK_INSTALL held; dropped here. */
inline stop_give(n) {
    if
    :: stop_phase == STOP_ALONE && slice == n ->
        atomic { !stop_lock -> alone = 0; stop_phase = STOP_IDLE; complete = false };
#ifdef BUG_GIVE_AFTER_UNLOCK
        lock_drop(install_lock);
        ask_all(0);
        wake_turns()
#else
        ask_all(0);
        wake_turns();
        lock_drop(install_lock)
#endif
    :: else -> lock_drop(install_lock)
    fi
}

inline end_entry(n) {
    lock_take(install_lock);
    stop_give(n)
}

byte word[3];
inline sleep_until_released(t) {
    do
    :: word[t] = request[t];
        if
        :: slice_of(word[t]) != parked[t] -> word[t] = 0; break
        :: else
        fi;
        sleeping[t] = (request[t] == word[t]);            /* futex_wait: the kernel compares */
        do
        :: !sleeping[t] -> break
#ifndef BUG_NO_LOOK
        :: sleeping[t] && looks < LOOKS -> looks++; end_entry(parked[t]) /* op_alone_look */
        :: sleeping[t] && timeout -> end_entry(parked[t])
#endif
        od
    od
}

inline stop_look(t, site, may_park) {
    if
    :: stop_phase == STOP_IDLE
    :: else ->
        lock_take(stop_lock);
        if
        :: stop_phase == STOP_ALONE && alone != t + 1 && (complete || (may_park && !owed[t])) ->
            parked[t] = slice;
            STATE_FENCED(t, site);
            lock_drop(stop_lock);
            d_step {
                parks[t] = parks[t] + (parked_last[t] != parked[t] -> 1 : 0);
                parked_last[t] = parked[t];
                assert(parks[t] <= 1)
            };
            sleep_until_released(t);
            owed[t] = (stop_phase != STOP_ALONE || slice != parked[t]);
            STATE_FENCED(t, INSIDE);                      /* before parked */
            atomic { parked[t] = 0; parked_now[t] = true }
        :: else -> lock_drop(stop_lock)
        fi
    fi
}

/* ---- an enter ---- */
byte number[3];    /* of the thread's entry */
byte seen_turns[3];

inline stop_take(t) {
    atomic { !stop_lock -> slice = slice % 5 + 1; alone = t + 1; complete = false; stop_phase = STOP_ALONE };
    ask_all(slice);
    number[t] = slice
}
inline wait_for_turn(t) {
    do
    :: seen_turns[t] = turns;
        lock_take(install_lock);
        if
        :: stop_phase == STOP_IDLE -> stop_take(t); lock_drop(install_lock); break
        :: else -> lock_drop(install_lock)
        fi;
        turn_sleeping[t] = (turns == seen_turns[t]);      /* futex_wait */
        !turn_sleeping[t]
    od;
    seen_turns[t] = 0
}

#ifdef BUG_NOT_OWED
#define wakes(o, n) false
#else
#define wakes(o, n) (parked[o] != 0 && parked[o] != n)
#endif
#define is_missing(o, t, n) (o != t && (wakes(o, n) || seen[o] == INSIDE))
#define anybody_missing(t)  (is_missing(0, t, number[t]) || is_missing(1, t, number[t]) || \
                             is_missing(2, t, number[t]))
#define is_mine(t)          (stop_phase == STOP_ALONE && slice == number[t])

/* A scan that would find the same is no step: it waits until one of them is out, or gives up. */
inline gather(t) {
#ifndef BUG_NO_BARRIER
    sys_barrier();
#endif
    do
    :: atomic {                                           /* stop_missing: RANK_STOP, THREADS */
        !stop_lock && !threads_lock && is_mine(t) && !anybody_missing(t) -> complete = true; break }
    :: atomic { !is_mine(t) -> break }                    /* ended meanwhile */
    :: atomic { is_mine(t) && anybody_missing(t) -> skip };
        end_entry(number[t]);                             /* GATHER_MS: in vain */
        break
    od
}

inline op_alone_enter(t) {
    STATE_FENCED(t, SITE_SLOT);                           /* handshake_begin_wait */
    wait_for_turn(t);
    gather(t);
    handshake(t, SITE_SLOT, false)                        /* handshake_end_wait */
}
inline op_alone_leave(t) { end_entry(number[t]); number[t] = 0 }

#define program_lock(t, site) \
    loom_before(t, site); atomic { !mutex -> mutex = true }; loom_after(t, site, false)

proctype entrant(byte t) {
    RUN(t);
    op_alone_enter(t);
    RUN(t);
#ifdef MUTEX
    if
    :: t == 0 -> program_lock(t, SITE_OUT); RUN(t); mutex = false
    :: else
    fi;
#endif
    op_alone_leave(t);
    RUN(t);
    loom_before(t, SITE_OUT)                              /* idles for ever */
}

proctype worker() {
#ifdef MUTEX
    program_lock(2, SITE_OUT);
    RUN(2);
    handshake_poll(2, SITE_OUT);                          /* may park with the mutex */
    RUN(2);
    mutex = false;
#else
    RUN(2);
    loom_before(2, SITE_OUT);
    loom_after(2, SITE_OUT, true);
    RUN(2);
    loom_before(2, SITE_LOCK);
    loom_after(2, SITE_LOCK, false);
    RUN(2);
    handshake_poll(2, SITE_OUT);
    RUN(2);
#endif
    loom_before(2, SITE_OUT)
}

init {
    atomic {
        life[0] = THREAD_LIVE; life[1] = THREAD_LIVE; life[2] = THREAD_LIVE;
        run entrant(0); run entrant(1); run worker()
    }
}
