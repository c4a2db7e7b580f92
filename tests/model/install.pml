/* SPDX-License-Identifier: MIT */
/*
 * install.pml: rolling installation and removal: publication, activation, census, slots, graces,
 * and the reuse of an entry (rt/install.c, activate.c, grace.c, slot.c, thread.c, handshake.c).
 *
 * Two runs, since one would be too large: two filters published while threads run, jump out of a
 * call, are born, come from elsewhere and end; and -DREMOVAL: one removed at any moment, then its
 * entry used again for another region. "Ends": the threads' programs are finite and come to rest at
 * a safe place (idle, or polling); a run that stops before the filters are in force is an invalid
 * end state. A thread that rests in the region is reported by --status; that is no step here.
 * Memory that is freed is a ghost bit per entry (`block`) that whoever uses it compares.
 * Stops are in stop.pml, waiting for filter locks and the guard in lock.pml.
 */
#ifdef REMOVAL
#define PREEMPT } atomic {
#else /* nothing of what was found can change */
#define PREEMPT ;
#endif

#define REMEMBER(t)   look_block[t] = block
#define CHECK_SAME(t) assert(safe_now[t] == 0 || safe_block_alive(t))
#define FORGET(t)     look_block[t] = 0
#define stop_look(t, site, may_park) skip

/* ---- grace.c: `waits` is "grace is odd and inside still equals it" ---- */
bool inside[3], waits[3];
byte begun, finished, wanted;

#define grace_enter(t) inside[t] = true
#define grace_leave(t) inside[t] = false; waits[t] = false
#define grace_passed(t) (finished >= (t))
inline grace_ticket(ticket) { d_step { wanted = begun + 1; ticket = wanted } }

/* ---- ghosts ---- */
byte block;             /* changes when an entry's block is freed: bit per entry */
byte look_block[3], slot_block[3];
#define safe_block_alive(t) (((look_block[t] ^ block) & safe_now[t]) == 0)

#include "thread.pml"

/* ---- filter.h ---- */
mtype = { FREE, PUBLISHED, IN_FORCE, CLOSING, CLEARED };
mtype phase[FILTERS] = FREE;
byte ticket[FILTERS];
byte closing;        /* bit per entry */
byte table[2];       /* per region: the entries with operations there */
byte flag[2];        /* per region: how many filters make its function slow */

/* Ghosts of I3 and I4, as bits per entry: */
byte was_in[THREADS];  /* the thread was in the region when the filter was published */
byte entered[THREADS]; /* this pass through the region executed the enter, not yet the leave */
byte in_region[THREADS]; /* 0, or region + 1 */

#ifdef BUG_ENTER_WITHOUT_LEAVE /* operations count as soon as published, not after activation */
#define counts(t) (3)
#else
#define counts(t) is_active[t]
#endif

byte ops[THREADS]; /* the operations found for this slot that count */

/*
 * slot_hit, run, execute. grace_enter belongs to the step that first reads what the grace protects,
 * grace_leave to the step that last uses it: to be in the runtime longer only delays removals.
 */
inline slot_find(t, region) {
    grace_enter(t); ops[t] = table[region] & counts(t); slot_block[t] = block
}
inline slot_done(t) {
    atomic { ops[t] = 0; slot_block[t] = 0; grace_leave(t) }
}
inline slot_enter(t, region) {
    atomic { slot_find(t, region) PREEMPT /* op_lock_enter */
        assert(((slot_block[t] ^ block) & ops[t]) == 0);
        assert((ops[t] & was_in[t]) == 0);               /* I4 */
        entered[t] = entered[t] | ops[t];
        slot_done(t)
    }
}
inline slot_leave(t, region) {
    atomic { slot_find(t, region) PREEMPT /* op_lock_leave */
        assert(((slot_block[t] ^ block) & ops[t]) == 0);
        assert((ops[t] & was_in[t]) == 0);               /* I4 */
        assert((ops[t] & ~entered[t]) == 0);             /* I3: no leave without its enter */
        entered[t] = entered[t] & ~ops[t];
        slot_done(t)
    }
}

#define installed ((phase[0] == PUBLISHED || phase[0] == IN_FORCE -> 1 : 0) | \
                   (phase[1] == PUBLISHED || phase[1] == IN_FORCE -> 2 : 0))
#define published(f) (phase[f] == PUBLISHED || phase[f] == IN_FORCE)

inline begin_region(t, region) { /* caller reads its flag: from here on it is in, or stale */
    atomic { in_region[t] = region + 1; slow[t] = (flag[region] != 0) }
}
inline end_region(t) {
    d_step {
        assert((entered[t] & installed) == 0); /* I3: no enter without its leave */
        in_region[t] = 0; was_in[t] = 0; entered[t] = 0; slow[t] = false
    }
}
bool slow[THREADS]; /* what the caller read of its flag */

#define SITE_IN(region) (SITE_IN_0 + (region))
inline enter(t, region) { /* the callee's read of its flag is another one */
    if
    :: flag[region] != 0 -> slot_enter(t, region)
    :: else
    fi
}
inline leave(t, region) {
    if
    :: slow[t] -> slot_leave(t, region)
    :: else
    fi
}

/*
 * The program: a caller reads its flag, idles perhaps, calls a function that reads its own and has
 * the enter, idles in the region, and then has the leave in what it read long ago (review 1.1).
 * From the idle call in the region it may jump back to before all that (review 1.5).
 */
inline pass(t, region, jumps) {
    RUNS(t);
    begin_region(t, region);
    enter(t, region);
    loom_before(t, SITE_IN(region));
    if
    :: loom_after(t, SITE_IN(region), true);
        RUNS(t);
        leave(t, region)
    :: jumps -> /* handshake_landed */
        d_step { entered[t] = 0; state[t] = INSIDE; seen[t] = INSIDE } /* op_lock_drop_deeper */
        if
        :: request[t] != 0 -> activate_uncount(t)
        :: else
        fi
    fi;
    end_region(t)
}

/* thread_contact: LIVE, inactive, INSIDE, wherever it may be. */
inline thread_contact(t) {
    atomic {
        !threads_lock ->
        request[t] = (filters_open != 0 -> REQUEST_LOOK : 0); /* activate_request_at_birth */
        state[t] = INSIDE; seen[t] = INSIDE;
        life[t] = THREAD_LIVE
    }
}
inline thread_release(t) {
    atomic {
        !threads_lock ->
        life[t] = THREAD_FREE; waits[t] = false; is_active[t] = 0; counted[t] = 0; request[t] = 0;
        state[t] = INSIDE; seen[t] = INSIDE
    }
}

/* thread_reserve in the creator, thread_begin and handshake in the new thread; ends. */
proctype born() {
    handshake(0, SITE_START, true);
    RUNS(0);
    thread_release(0)
}

#ifdef REMOVAL
#define JUMPS false
#else
#define JUMPS true
#endif
/* Known from the start; then computes for ever, and polls. */
proctype computes() {
    pass(1, 1, JUMPS);
end:
    do
    :: request[1] != 0 -> handshake_poll(1, SITE_OUT)
    od
}

/* Somebody else's thread: known from its first slot or call on, perhaps in the region; idles. */
proctype foreign() {
    begin_region(2, 1);
    thread_contact(2);
    leave(2, 1);
    end_region(2);
    loom_before(2, SITE_OUT)
}

/* ---- install.c: the updater's side; one process, so RANK_INSTALL needs no variable ---- */
inline install_publish(f, region) {
    atomic { /* filter_load; the table and the flags are read by slots only, each alone */
        unsafe_in[region] = unsafe_in[region] | MASK(f);
        table[region] = table[region] | MASK(f)           /* op_table_swap */
    };
    flag[region] = flag[region] + 1;                      /* mark_slow */
    sys_barrier();
    atomic {                                              /* activate_open */
        phase[f] = PUBLISHED;
        filters_open = filters_open | MASK(f);
        note_who_is_in(f, region)
    };
    activate_request_all()
}
inline note_who_is_in(f, region) {
    d_step {
        was_in[0] = was_in[0] | (in_region[0] == region + 1 -> MASK(f) : 0);
        was_in[1] = was_in[1] | (in_region[1] == region + 1 -> MASK(f) : 0);
        was_in[2] = was_in[2] | (in_region[2] == region + 1 -> MASK(f) : 0)
    }
}

inline begin_removal(f) {
    closing = closing | MASK(f);
    filters_open = filters_open & ~MASK(f);               /* activate_close */
    phase[f] = CLOSING;
    grace_ticket(ticket[f])
}
inline clear(f, region) {
    table[region] = table[region] & ~MASK(f);
    flag[region] = flag[region] - 1;
    atomic {
        phase[f] = CLEARED;
        grace_ticket(ticket[f])
    }
}
inline finish(f, region) {
    lock_take(threads_lock);
    d_step {
        is_active[0] = is_active[0] & ~MASK(f); is_active[1] = is_active[1] & ~MASK(f);
        is_active[2] = is_active[2] & ~MASK(f);
        counted[0] = counted[0] & ~MASK(f); counted[1] = counted[1] & ~MASK(f);
        counted[2] = counted[2] & ~MASK(f)
    };
    lock_drop(threads_lock);
    d_step { /* free_entry */
        unsafe_in[region] = unsafe_in[region] & ~MASK(f);
        closing = closing & ~MASK(f);
        block = block ^ MASK(f);
        was_in[0] = was_in[0] & ~MASK(f); entered[0] = entered[0] & ~MASK(f);
        was_in[1] = was_in[1] & ~MASK(f); entered[1] = entered[1] & ~MASK(f);
        was_in[2] = was_in[2] & ~MASK(f); entered[2] = entered[2] & ~MASK(f);
        phase[f] = FREE
    }
}

/* grace_work. It is called from ticks; a call that would change nothing is no step. */
inline grace_begin() {
    begun++;
    sys_barrier();
    atomic { !threads_lock -> waits[0] = inside[0]; waits[1] = inside[1]; waits[2] = inside[2] }
}
#define all_seen_outside (!waits[0] && !waits[1] && !waits[2])

#ifdef BUG_NO_GRACE /* removal clears and finishes without a grace */
#define over(f) true
#else
#define over(f) grace_passed(ticket[f])
#endif

byte step; /* what the clients have asked for so far */
active proctype updater() {
    byte region_of_0 = 0;
    atomic {
        life[0] = THREAD_LIVE; STATE_FENCED(0, SITE_START); request[0] = REQUEST_LOOK;
        life[1] = THREAD_LIVE;
        run born(); run computes(); run foreign()
    };
    do
#ifdef REMOVAL
    :: step == 0 -> install_publish(0, 0); step++
    :: step == 1 -> begin_removal(0); step++
    :: step == 2 && phase[0] == FREE ->
        region_of_0 = 1;
        install_publish(0, 1);                            /* the same entry, another region */
        step++
    :: step == 3 && phase[0] == IN_FORCE -> break
#else
    :: step == 0 -> install_publish(0, 0); step++
    :: step == 1 -> install_publish(1, 1); step++
    :: step == 2 && phase[0] == IN_FORCE && phase[1] == IN_FORCE -> break
#endif
    :: census_helps(0) || census_helps(1) -> activate_work()
    :: phase[0] == CLOSING && over(0) -> clear(0, region_of_0)
    :: phase[0] == CLEARED && over(0) -> finish(0, region_of_0)
    :: begun == finished && wanted > finished -> grace_begin()
    :: begun > finished && all_seen_outside -> finished = begun
    od
}
