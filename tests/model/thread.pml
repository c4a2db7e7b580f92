/* SPDX-License-Identifier: MIT */
/*
 * thread.pml: what install.pml and stop.pml share: the records of threads (rt/thread.h), the
 * handshake, activation, and the entry's unsafe sets. Names are those of the functions in rt/.
 *
 * A step of a model is one access to shared memory, or a section under one lock in which nothing
 * else is touched (`atomic`). What that hides:
 *   - Memory is sequentially consistent except for the one place where the code relies on more:
 *     the marker of a call (rt/slot.h) stores INSIDE without a fence and then loads the request.
 *     There `seen`, what others see of the state, may lag behind `state` until the thread's next
 *     fence or the updater's sys_barrier(). All else is seq_cst, under a lock, or has a fence; and a
 *     late OUTSIDE only hides for longer that there is nothing to wait for.
 *   - Sites. A pause point is unsafe for a filter or not, nothing else counts; so there is one site
 *     outside of all regions, one in each region (stale positions included), and SITE_START.
 */
#define THREADS 3
#define FILTERS 2 /* entries; a filter's bit is its entry's number */

#define INSIDE     0
#define SITE_START 1
#define SITE_OUT   2 /* safe for all */
#define SITE_IN_0  3 /* in region 0: unsafe for filters on it */
#define SITE_IN_1  4
#define SITE_LOCK  5 /* a lock call outside of all regions */

#define REQUEST_LOOK  1
#define REQUEST_SLICE 2 /* and up: the number of the slice */

#define THREAD_FREE 0
#define THREAD_LIVE 1

byte state[THREADS]; /* as the thread sees it */
byte seen[THREADS];  /* as the others see it */
byte request[THREADS], is_active[THREADS], counted[THREADS], life[THREADS];
byte filters_open;
byte unsafe_in[2]; /* per region: the entries whose loaded filter calls it unsafe */

#define MASK(f)             (1 << (f))
#define unsafe_at(site)     ((site) == SITE_IN_0 -> unsafe_in[0] : \
                             ((site) == SITE_IN_1 -> unsafe_in[1] : 0))
#define safe_bits(pending, site) ((pending) & ~unsafe_at(site))
#define pending_of(t)       (filters_open & ~is_active[t])

/* A store that others see at once, or (BARE) may see later. */
#define STATE_FENCED(t, s) d_step { state[t] = s; seen[t] = s }
#define INSIDE_BARE(t) atomic { state[t] = INSIDE; if :: seen[t] = INSIDE :: skip fi }
inline sys_barrier() {
    d_step { seen[0] = state[0]; seen[1] = state[1]; seen[2] = state[2] }
}

/* A counted thread runs nothing before it is active (thread.h, activate.h). */
#define RUNS(t) assert((counted[t] & filters_open & ~is_active[t]) == 0)

byte safe_now[THREADS]; /* local of activate_self */

inline activate_self(t, site) {
    atomic {
        grace_enter(t); safe_now[t] = safe_bits(pending_of(t), site); REMEMBER(t)
        PREEMPT
        CHECK_SAME(t);
        is_active[t] = is_active[t] | safe_now[t];
        safe_now[t] = 0; FORGET(t); grace_leave(t)
    }
    if
    :: pending_of(t) == 0 ->
        request[t] = request[t] & ~REQUEST_LOOK;
        if
        :: pending_of(t) != 0 -> request[t] = request[t] | REQUEST_LOOK
        :: else
        fi
    :: else
    fi
}

#define lock_take(lock) atomic { !lock -> lock = true }
#define lock_drop(lock) lock = false
bool threads_lock;

inline activate_uncount(t) {
    atomic { !threads_lock -> counted[t] = counted[t] & is_active[t] }
}

inline ask_look(t) {
    request[t] = request[t] | (life[t] == THREAD_LIVE -> REQUEST_LOOK : 0)
}
inline activate_request_all() {
    atomic { lock_take(threads_lock); ask_look(0) };
    ask_look(1);
    atomic { ask_look(2); lock_drop(threads_lock) }
}

/* ---- the census: it holds the lock, so `counted` does not change between its steps ---- */
byte census_missing;
inline visit(t) {
    d_step {
        if
        :: life[t] == THREAD_LIVE ->
            if
            :: seen[t] != INSIDE ->
                counted[t] = counted[t] | safe_bits(filters_open & ~is_active[t] & ~counted[t], seen[t])
            :: else
            fi;
            census_missing = census_missing | (filters_open & ~is_active[t] & ~counted[t])
        :: else
        fi
    }
}
inline enter_force(f) {
    if
    :: phase[f] == PUBLISHED && !(census_missing & MASK(f)) -> phase[f] = IN_FORCE
    :: else
    fi
}
inline activate_work() {
    atomic {
#ifndef BUG_NO_BARRIER /* the updater reads the states without a barrier */
        sys_barrier();
#endif
        lock_take(threads_lock)
    };
    visit(0); visit(1); visit(2);
    atomic { lock_drop(threads_lock); enter_force(0); enter_force(1); census_missing = 0 }
}
/* Would a census move a filter on? (It is taken again and again; one that finds the same is no
 * step, so that a run of the model ends, and one that never gets there ends in the wrong place.) */
#define ready(t, f) (life[t] != THREAD_LIVE || ((is_active[t] | counted[t]) & MASK(f)))
#define countable(t, f) (life[t] == THREAD_LIVE && !ready(t, f) && state[t] != INSIDE && \
                         safe_bits(MASK(f), state[t]))
#define census_helps(f) (phase[f] == PUBLISHED && \
    (countable(0, f) || countable(1, f) || countable(2, f) || \
     (ready(0, f) && ready(1, f) && ready(2, f))))

/* stop_look leaves its answer in parked_now. */
bool parked_now[THREADS];

#ifdef BUG_UNPARK /* leaving a park does not look again */
inline handshake(t, site, may_park) {
    STATE_FENCED(t, INSIDE);
    if
    :: request[t] != 0 ->
        stop_look(t, site, may_park);
        if
        :: parked_now[t] -> atomic { parked_now[t] = false; STATE_FENCED(t, INSIDE) }
        :: else -> activate_self(t, site)
        fi
    :: else
    fi
}
#else
inline handshake(t, site, may_park) {
    do
    :: STATE_FENCED(t, INSIDE);
        if
        :: request[t] == 0 -> break
        :: else
        fi;
        stop_look(t, site, may_park); /* look */
        if
        :: parked_now[t] -> parked_now[t] = false
        :: else ->
            activate_self(t, site);
            break
        fi
    od
}
#endif

/* The marker around a call (loom_out_, loom_in_ in rt/slot.h), and a poll whose flag is set. */
inline loom_before(t, site) { STATE_FENCED(t, site) }
inline loom_after(t, site, may_park) {
    INSIDE_BARE(t);
    if
    :: request[t] != 0 -> handshake(t, site, may_park)
    :: else
    fi
}
inline handshake_poll(t, site) {
    if
    :: request[t] != 0 -> handshake(t, site, true)
    :: else
    fi
}
