/* SPDX-License-Identifier: MIT */
/*
 * lock.pml: two filter locks, a program mutex, hand-over, the guard, and the removal of a filter
 * while threads wait for it (rt/op_lock.c, guard.c, install.c).
 *
 * Three threads, each takes two things in order. As it is: a cycle of two filter locks and a mutex;
 * OPPOSITE: two filter locks in opposite orders; REMOVAL: the first, while filter 0 is removed and
 * a filter is suspended at any moment.
 *
 * What is abstracted, and why that is sound:
 *   - One key per filter, so two locks; a bucket's lock makes what is done under it one step.
 *   - A wake-up (sys_futex_wake) is a step of its own after the answer. Waits are timed (20 ms), so
 *     a lost one would only cost time: the waiter asserts after each tick that none was lost.
 *   - A tick comes when nothing else can happen (`timeout`), or TICKS times at any moment. The
 *     guard reads owner by owner, each in a step of its own.
 *   - How long the first waiter has waited is a choice each time somebody asks (may_be_passed).
 *   - Activation and graces: install.pml; all threads are active, and the removal waits until no
 *     thread is in the middle of an enter. Holds count one: recursion is the owner's own business.
 */
#define THREADS 3
#define NOBODY  7
#define TICKS   2

mtype = { NONE, WAITING, GRANTED, PASS, TRY };
mtype word[THREADS] = NONE;       /* of each thread's `wait` */
byte wait_for[THREADS];           /* its filter */
byte number[THREADS];             /* never repeats */
bool sleeping[THREADS];           /* in the kernel */
bool waking[THREADS];             /* answered, the wake-up is on its way */
bool ticked[THREADS];             /* its wait ran out of time */

byte owner[2] = NOBODY;           /* own: find_owner(filter) */
chan queue[2] = [THREADS] of { byte };
bool closing[2], suspended[2];
byte mutex = NOBODY, wants_mutex[THREADS];
byte inside[2];                   /* ghost: threads between an enter that took the lock and its leave */
bool passes[2];                   /* ghost: somebody passed, so others may be inside as well */
byte early, calm;
bool limited;
#ifdef REMOVAL
#define LIMIT true
#else
#define LIMIT false
#endif

#define inert(f) (closing[f] || suspended[f])
#define is_waiting(t) (word[t] == WAITING || word[t] == TRY)

/* Under the bucket's lock. */
inline answer(t, what) { word[t] = what; waking[t] = true }
inline sys_futex_wake(t) { d_step { sleeping[t] = false; waking[t] = false } }

/* bucket_pass_all: one bucket is one filter here. */
inline bucket_pass_all(f, next) {
    do
    :: atomic { nempty(queue[f]) -> queue[f] ? next; answer(next, PASS) };
        sys_futex_wake(next)
    :: empty(queue[f]) -> next = 0; break
    od
}

/* The lock goes to the first waiter, or is free and the first waiter is woken to try. */
inline release(t, f, next) {
    atomic {
        if
        :: owner[f] != t -> next = NOBODY                 /* forgotten */
        :: owner[f] == t && empty(queue[f]) -> owner[f] = NOBODY; next = NOBODY
        :: owner[f] == t && nempty(queue[f]) ->           /* hand_over */
            queue[f] ? next;
            owner[f] = next;
#ifndef BUG_NO_WAKE /* the answer is not followed by a wake-up */
            answer(next, GRANTED)
#else
            word[next] = GRANTED; next = NOBODY
#endif
        :: owner[f] == t && nempty(queue[f]) ->           /* wake_to_try */
            queue[f] ? <next>;
            owner[f] = NOBODY;
            if
            :: word[next] == TRY -> next = NOBODY
            :: else ->
#ifndef BUG_NO_TRY /* nobody is woken: whoever comes next may never come */
                answer(next, TRY)
#else
                next = NOBODY
#endif
            fi
        fi
    };
    if
    :: next != NOBODY -> sys_futex_wake(next)
    :: else
    fi;
    next = 0
}


/* Whom does t wait for (waits_for): one look under one lock. */
inline waits_for(t, found) {
    atomic {
        if
        :: is_waiting(t) -> found = owner[wait_for[t]]
        :: !is_waiting(t) && wants_mutex[t] -> found = mutex
        :: else -> found = NOBODY
        fi
    }
}
#define MUTEX_NUMBER 15 /* of a wait for the mutex: its address */
#define number_of(t) (is_waiting(t) -> number[t] : MUTEX_NUMBER)

/* A free lock goes to its first waiter, if that one has waited long; it need not be awake. */
inline give_free_lock(f, next) {
    atomic {
        if
        :: owner[f] == NOBODY && nempty(queue[f]) ->
            queue[f] ? next; owner[f] = next; answer(next, GRANTED);
            sleeping[next] = false; waking[next] = false; next = 0
        :: true
        fi
    }
}

/* follow, twice with the same numbers: break_cycle. `link` is the numbers of the chain, 4 bits each,
 * `proof` that of the last tick. */
inline guard_tick(t) {
    give_free_lock(wait_for[t], who);
    atomic { /* ghost: does the cycle really stand, now that the tick begins? */
        waits_for(t, at);
        if
        :: at != NOBODY && at != t -> waits_for(at, who); at = who
        :: else
        fi;
        if
        :: at != NOBODY && at != t -> waits_for(at, who); at = who
        :: else
        fi;
        stands = (at == t);
        at = t; link = 0; length = 0; who = 0
    };
    do
    :: length < THREADS ->
        atomic { link = link * 16 + number_of(at); waits_for(at, who) };
        at = who; length++;
        if
        :: at == t || at == NOBODY -> break
        :: else
        fi
    :: else -> break
    od;
    atomic {
        if
        :: at != t -> link = 0
        :: else
        fi;
        if
        :: link != 0 && link == proof && is_waiting(t) ->
            assert(stands);                               /* nobody passes without a cycle */
            /* op_lock_pass */
            remove_self(t);
            passes[wait_for[t]] = true;
            word[t] = PASS;
            if
            :: owner[wait_for[t]] == NOBODY && nempty(queue[wait_for[t]]) -> /* grant_waiters */
                queue[wait_for[t]] ? who; owner[wait_for[t]] = who; answer(who, GRANTED);
                sleeping[who] = false; waking[who] = false
            :: else
            fi;
            proof = 0
        :: link != 0 && link == proof && !is_waiting(t) -> proof = 0
        :: else -> proof = link
        fi;
        at = 0; who = 0; link = 0; length = 0; stands = false
    }
}
inline remove_self(t) { queue[wait_for[t]] ?? eval(t) }

/* limit_owner: held too long. Not proved, so it may come at any time, once. */
inline limit_owner(t) {
    atomic { suspended[wait_for[t]] = true; passes[wait_for[t]] = true };
    bucket_pass_all(wait_for[t], who)
}

/* Woken: takes the lock if nobody was faster. Under the bucket's lock. */
inline try_again(t, f) {
    atomic {
        if
        :: word[t] != TRY
        :: word[t] == TRY && owner[f] != NOBODY -> word[t] = WAITING
        :: word[t] == TRY && owner[f] == NOBODY -> /* it is the first: nobody waits before it */
            queue[f] ? <who>; assert(who == t);
            queue[f] ? who; owner[f] = t; word[t] = GRANTED; who = 0
        fi
    }
}

/* acquire, begin_wait, sleep_for, wait_until_answered */
inline op_lock_enter(t, f, got) {
    atomic { /* acquire, under the bucket's lock */
        got = NONE;
        if
        :: inert(f) -> got = PASS
        :: !inert(f) && owner[f] == NOBODY -> owner[f] = t; got = GRANTED
        :: !inert(f) && (owner[f] != NOBODY || nempty(queue[f])) -> /* begin_wait, enqueue */
            word[t] = WAITING; wait_for[t] = f; number[t]++; queue[f] ! t
        fi
    };
    if
    :: got != NONE
    :: else ->
        do
        :: !is_waiting(t) -> break
        :: word[t] == TRY -> try_again(t, f)
        :: word[t] == WAITING ->
            sleeping[t] = (word[t] == WAITING); /* futex_wait: the kernel compares and sleeps */
            if
            :: !sleeping[t] -> ticked[t] = false
            :: atomic { sleeping[t] && early < TICKS -> early++; tick(t) }
                guard_tick(t)
            :: atomic { sleeping[t] && ticked[t] -> ticked[t] = false; tick(t) }
                guard_tick(t)
            :: atomic { sleeping[t] && !limited && LIMIT -> limited = true; tick(t) }
                limit_owner(t)
            fi
        od;
        atomic { got = word[t]; word[t] = NONE; proof = 0 }
    fi;
    atomic {
        if
        :: got == GRANTED && owner[f] == t ->
            inside[f]++;
            assert(inside[f] == 1 || passes[f])           /* they exclude each other */
        :: else
        fi
    }
}
/* No wake-up was lost: whoever sleeps is unanswered, or somebody is about to wake him. */
inline tick(t) { assert(word[t] == WAITING || waking[t]); sleeping[t] = false }

inline op_lock_leave(t, f, got) {
    if
    :: got == GRANTED ->
        atomic {
            if
            :: owner[f] == t -> inside[f]--
            :: else
            fi
        };
        release(t, f, who)
    :: else
    fi;
    got = NONE
}

/* Two things taken in order, each a filter lock (0, 1) or the program's mutex (2). */
inline take(t, what, result) {
    if
    :: what == 2 ->
        wants_mutex[t] = true;
        atomic { mutex == NOBODY -> mutex = t };
        wants_mutex[t] = false
    :: else -> op_lock_enter(t, what, result)
    fi
}
inline give(t, what, result) {
    if
    :: what == 2 -> mutex = NOBODY
    :: else -> op_lock_leave(t, what, result)
    fi
}
proctype worker(byte me, outer, inner) {
    mtype got_outer = NONE, got_inner = NONE;
    byte at = 0, who = 0, length = 0;
    bool stands = false;
    int link = 0, proof = 0;
    take(me, outer, got_outer);
    take(me, inner, got_inner);
    give(me, inner, got_inner);
    give(me, outer, got_outer);
    assert(word[me] == NONE)
}

/* begin_removal and clear of filter 0. */
proctype remover() {
    byte next;
    closing[0] = true;
    bucket_pass_all(0, next);
    /* a grace; nobody is in the middle of an acquire, since that is one step here */
    bucket_pass_all(0, next);
    atomic { /* bucket_forget */
        owner[0] = NOBODY; inside[0] = 0; assert(empty(queue[0]))
    }
}

/* Time passes when nothing else can happen, for all waiters. */
#define anybody_sleeps (sleeping[0] || sleeping[1] || sleeping[2])
proctype clock() {
end:
    do
    :: atomic {
        timeout && anybody_sleeps ->
            calm++;
            assert(calm < 8);                             /* for ever, and nothing comes of it */
            ticked[0] = sleeping[0]; ticked[1] = sleeping[1]; ticked[2] = sleeping[2]
        }
    od
}

init {
    atomic {
        run clock();
        run worker(0, 0, 1);
#ifdef OPPOSITE
        run worker(1, 1, 0);
        run worker(2, 1, 0);
#else
        run worker(1, 1, 2);
        run worker(2, 2, 0);
#endif
#ifdef REMOVAL
        run remover();
#endif
    }
}
