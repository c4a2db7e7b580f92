/* SPDX-License-Identifier: MIT */
/*
 * stop.pml: a stop installation (rt/stop.c) of filter 0 on region 0, with -DROLLING while filter 1
 * on region 1 is installed rolling: slices, parks, rests, commit, deadline. See thread.pml for the threads.
 *
 * Four runs, since one would be too large: as it is, with a thread first met at any moment; DEADLINE:
 * rolled back at any moment; MUTEX: a thread in the region waits for a mutex of one that may park,
 * and the stop must still commit; ROLLING: with filter 1, slices end only when nothing else happens.
 * -DBUG_OPEN_AFTER_SCAN is a fault that rt/stop.c had until this model.
 *
 * What is left out, and why that is sound:
 *   - Operation table, flags, graces: install.pml. The flags are set before stop_begin, so here all
 *     is slow; a slot is whether its operations count. What is rolled back is only closed.
 *   - Time. A slice or a rest may end at any time, SLICES times; besides it ends when nothing else
 *     can happen (spin's `timeout`), as often as that takes. Rests that help
 *     nobody more than twice in a row are an error: that is a stop that never ends.
 */
#define STOP_IDLE      0
#define STOP_RESTING   1
#define STOP_GATHERING 2
#ifdef ROLLING
#define SLICES         0
#define SCANS          0
#else
#define SLICES         1
#define SCANS          1
#endif

#define PREEMPT        ;
#define REMEMBER(t)    skip
#define CHECK_SAME(t)  skip
#define FORGET(t)      skip
#define grace_enter(t) skip
#define grace_leave(t) skip

#include "thread.pml"

byte stop_phase, slice;
bool stop_lock, gathered; /* gathered: filter 0 */
byte parked_at[3];        /* number of the slice, while the thread sleeps; local of stop_look */
bool sleeping[3];         /* in the kernel, on the request word */

#define slice_of(request) ((request) / REQUEST_SLICE)

/* Parks the caller if a slice asks for it and the site is safe. */
inline stop_look(t, site, may_park) {
    if
    :: stop_phase == STOP_IDLE
    :: else ->
        lock_take(stop_lock);
        if
        :: stop_phase == STOP_GATHERING && may_park && safe_bits(1, site) ->
            parked_at[t] = slice;
            STATE_FENCED(t, site);
            lock_drop(stop_lock);
            sleep_until_released(t);
            atomic { parked_at[t] = 0; parked_now[t] = true }
        :: else -> lock_drop(stop_lock)
        fi
    fi
}
byte word[3]; /* the request that sleep_until_released loaded */
inline sleep_until_released(t) {
    do
    :: word[t] = request[t];
        if
        :: slice_of(word[t]) != parked_at[t] -> word[t] = 0; break
        :: else
        fi;
        sleeping[t] = (request[t] == word[t]); /* futex_wait: the kernel compares and sleeps */
        !sleeping[t]
    od
}

mtype = { FREE, STOPPING, PUBLISHED, IN_FORCE, ROLLED_BACK };
mtype phase[FILTERS] = FREE;
byte in_region[THREADS]; /* 0, or region + 1 */
byte was_in[THREADS];    /* the filters that were published while it was in their region */
byte entered[THREADS];
bool mutex;              /* a lock of the program */

/* A pass through a region: enter, an idle call, leave. */
inline slot_enter(t, region) {
    atomic {
        RUNS(t);
        in_region[t] = region + 1;
        entered[t] = is_active[t] & MASK(region);
        assert((entered[t] & was_in[t]) == 0)             /* I4 */
    }
}
inline slot_leave(t, region) {
    atomic {
        RUNS(t);
        assert((is_active[t] & MASK(region) & filters_open) == (entered[t] & filters_open)); /* I3 */
        in_region[t] = 0; was_in[t] = 0; entered[t] = 0
    }
}
#define SITE_IN(region) (SITE_IN_0 + (region))

/* LOOM_MARK_LOCK: nobody parks in the "after" of a lock call. */
inline program_lock(t, site) {
    loom_before(t, site);
    atomic { !mutex -> mutex = true };
    loom_after(t, site, false)
}

/* In the region it waits for the mutex that `idler` holds while it may be parked. Computes. */
proctype worker() {
    slot_enter(0, 0);
#ifdef MUTEX
    program_lock(0, SITE_IN(0));
    mutex = false;
#else
    loom_before(0, SITE_IN(0));
    loom_after(0, SITE_IN(0), true);
#endif
    slot_leave(0, 0);
    loom_before(0, SITE_OUT)                              /* idles for ever */
}

proctype idler() {
#ifdef MUTEX
    program_lock(1, SITE_LOCK);
    handshake_poll(1, SITE_OUT);                          /* may park with the mutex */
    mutex = false;
#else
    loom_before(1, SITE_OUT);
    loom_after(1, SITE_OUT, true);
    slot_enter(1, 0);
    slot_leave(1, 0);
#endif
    loom_before(1, SITE_OUT)                              /* idles for ever */
}

/* A thread of a library: unknown until its contact. activate_request_at_birth, stop_request. */
proctype foreign() {
#if defined(MUTEX) || defined(ROLLING)
    loom_after(2, SITE_OUT, true);
    slot_enter(2, 0);
    slot_leave(2, 0);
    loom_before(2, SITE_OUT)
#else
    byte look, number;
    atomic { !threads_lock -> threads_lock = true; state[2] = INSIDE; seen[2] = INSIDE };
    look = (filters_open != 0 -> REQUEST_LOOK : 0);
    if
    :: stop_phase == STOP_GATHERING -> number = slice * REQUEST_SLICE
    :: else
    fi;
    atomic {
        request[2] = look | number; look = 0; number = 0;
        life[2] = THREAD_LIVE;
        threads_lock = false
    };
end:
    do
    :: request[2] != 0 -> handshake_poll(2, SITE_OUT)
    od
#endif
}

/* ---- the updater ---- */
inline note_who_is_in(f, region) {
    d_step {
        was_in[0] = was_in[0] | (in_region[0] == region + 1 -> MASK(f) : 0);
        was_in[1] = was_in[1] | (in_region[1] == region + 1 -> MASK(f) : 0);
        was_in[2] = was_in[2] | (in_region[2] == region + 1 -> MASK(f) : 0)
    }
}

inline ask(t, number) {
    atomic {
        if
        :: life[t] == THREAD_LIVE -> request[t] = (request[t] & REQUEST_LOOK) | number * REQUEST_SLICE
        :: else
        fi
    }
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

inline set_phase(to) {
    atomic {
        !stop_lock ->
        if
        :: to == STOP_GATHERING -> slice = slice % 7 + 1
        :: else
        fi;
        stop_phase = to;
        gathered = (to != STOP_IDLE)
    };
    if
    :: to == STOP_GATHERING -> ask_all(slice)
    :: else -> ask_all(0)
    fi
}

bool missing; /* `computing` only changes how long a slice lasts */
inline look_at(t) {
    missing = missing || (life[t] == THREAD_LIVE && (seen[t] == INSIDE || !safe_bits(1, seen[t])))
}
inline count(t) {
    if
    :: life[t] == THREAD_LIVE -> counted[t] = counted[t] | 1; request[t] = request[t] | REQUEST_LOOK
    :: else
    fi
}
inline scan_threads() {
    sys_barrier();
    lock_take(threads_lock);
    look_at(0); look_at(1); look_at(2);
    if
    :: !missing ->
#ifndef BUG_OPEN_AFTER_SCAN /* as it was: a thread first met in between is asked by nobody */
        filters_open = filters_open | 1;
#endif
        atomic { count(0); count(1); count(2) }
    :: else
    fi;
    lock_drop(threads_lock)
}

inline try_commit() {
    lock_take(stop_lock);
    scan_threads();
    if
    :: !missing ->
#ifdef BUG_OPEN_AFTER_SCAN
        filters_open = filters_open | 1;
#endif
        note_who_is_in(0, 0);
        atomic {
            assert(in_region[0] != 1 && in_region[1] != 1 && in_region[2] != 1);
            phase[0] = PUBLISHED;
            stop_phase = STOP_IDLE;
            gathered = false
        }
    :: else
    fi;
    lock_drop(stop_lock)
}

inline gather() {
    try_commit();
    if
    :: !missing -> ask_all(0)
    :: else
    fi;
    missing = false
}

/* Would a scan commit, if all stood still? Such a scan is taken again and again, one that begins
 * otherwise (threads may get there while it looks) SCANS times. */
#define at_rest(t) (life[t] != THREAD_LIVE || (state[t] != INSIDE && safe_bits(1, state[t])))
#define scan_helps (at_rest(0) && at_rest(1) && at_rest(2))

inline roll_back() {
    if
    :: gathered -> set_phase(STOP_IDLE)                   /* stop_cancel */
    :: else
    fi;
    filters_open = filters_open & ~1;                     /* activate_close */
    phase[0] = ROLLED_BACK
}

byte step, early, brief, calm, scans;
active proctype updater() {
    atomic {
        life[0] = THREAD_LIVE; life[1] = THREAD_LIVE;
#if defined(MUTEX) || defined(ROLLING)
        life[2] = THREAD_LIVE; STATE_FENCED(2, SITE_OUT);
#endif
        run worker(); run idler(); run foreign()
    };
    do
    :: step == 0 -> /* install_publish, --stop */
        atomic { unsafe_in[0] = 1; phase[0] = STOPPING; step++ };
        set_phase(STOP_GATHERING)                         /* stop_begin */
#ifdef ROLLING
    :: step == 1 -> /* install_publish, rolling */
        atomic { unsafe_in[1] = 2; phase[1] = PUBLISHED; step++ };
        atomic { filters_open = filters_open | 2; note_who_is_in(1, 1) };
        activate_request_all()
#define ALL_ENDED (step == 2 && phase[1] == IN_FORCE)
#else
#define ALL_ENDED (step == 1)
#endif
    :: census_helps(0) || census_helps(1) -> activate_work()
    /* stop_work */
    :: stop_phase == STOP_GATHERING && scan_helps -> gather()
    :: stop_phase == STOP_GATHERING && scans < SCANS -> scans++; gather()
    :: stop_phase == STOP_GATHERING && early < SLICES -> early++; set_phase(STOP_RESTING)
    :: stop_phase == STOP_GATHERING && timeout ->
        calm++;
        assert(calm < 3);                                 /* for ever, and nothing comes of it */
        set_phase(STOP_RESTING)
    :: stop_phase == STOP_RESTING && brief < SLICES -> brief++; set_phase(STOP_GATHERING)
    :: stop_phase == STOP_RESTING && timeout -> set_phase(STOP_GATHERING) /* they grow */
    /* step: deadline; begin_removal */
#ifdef DEADLINE
    :: phase[0] == STOPPING -> roll_back()
    :: phase[0] == PUBLISHED -> roll_back()
#endif
    :: ALL_ENDED && (phase[0] == IN_FORCE || phase[0] == ROLLED_BACK) ->
        break
    od
}
