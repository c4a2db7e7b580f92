// SPDX-License-Identifier: MIT
/* at_start.c: see at_start.h. */
#include "at_start.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "handshake.h"
#include "install.h"
#include "state.h"
#include "sys.h"
#include "testpoint.h"
#include "thread.h"

enum { LOOK_MS = 200 }; /* between looks at the set of modules, while plans wait */
enum progress { NONE, WANTED, READING, PENDING, EARLY, OVER };

static uint32_t progress; /* enum progress; a futex */
static char name[PATH_MAX];
static unsigned char *plans; /* under RANK_INSTALL once PENDING */
static size_t size;
static uint64_t looked_at; /* EARLY: hash of the modules that were there */

static void become(enum progress now) {
    STORE(progress, now);
    sys_futex_wake(&progress, INT_MAX);
}

void at_start_remember(const char *file) {
    if (!file || !*file) return;
    if (strlen(file) >= sizeof name) {
        event_add(EVENT_AT_START, 0, "LOOM_FILTERS is not obeyed: its name is too long");
        return;
    }
    strcpy(name, file);
    STORE(progress, WANTED);
}

/* The event's text is shorter than a path may be: its end says more. */
static void give_up(const char *why) {
    size_t length = strlen(name), shown = length < 70 ? length : 70;
    event_add(EVENT_AT_START, 0, "LOOM_FILTERS=%s%s: %s; none is installed",
              shown < length ? "..." : "", name + length - shown, why);
    sys_unmap(plans, size);
    plans = NULL;
    become(OVER);
}

/* ---- reading --------------------------------------------------------------------------------- */

static const char *read_whole(int fd, long length) {
    size_t got = 0;
    if (length < 0 || length > LOOM_PLAN_MAX) return "it is no file of plans, or too large";
    if (!length) return "it is empty";
    size = (size_t)length;
    if (!(plans = sys_map(size))) return "no memory for it";
    while (got < size) {
        long more = sys_read(fd, plans + got, size - got);
        if (more <= 0) return "it cannot be read to its end";
        got += (size_t)more;
    }
    return NULL;
}

static struct loom_plan head_at(size_t at) {
    struct loom_plan head = {0};
    if (size - at >= sizeof head) memcpy(&head, plans + at, sizeof head);
    return head;
}

/* Plans without a gap, for one set of modules: the rest is verified when they are published. */
static const char *check_plans(void) {
    uint64_t modules = head_at(0).modules_hash;
    for (size_t at = 0; at < size; at += head_at(at).size) {
        struct loom_plan head = head_at(at);
        if (head.magic != LOOM_MAGIC || head.size < sizeof head || head.size > size - at ||
            head.size % 8)
            return "it was not made by loom-pipe --plan, or is cut off";
        if (head.modules_hash != modules) return "its plans are for different sets of modules";
    }
    return NULL;
}

void at_start_read(void) {
    const char *wrong = NULL;
    uint32_t wanted = WANTED;
    int fd;
    if (!__atomic_compare_exchange_n(&progress, &wanted, READING, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
        return;
    TESTPOINT("at-start-read");
    if ((fd = sys_open(-1, name)) < 0) {
        give_up("it cannot be opened");
        return;
    }
    wrong = read_whole(fd, sys_size(fd));
    if (!wrong) wrong = check_plans();
    sys_close(fd);
    if (wrong)
        give_up(wrong);
    else
        become(PENDING);
}

/* ---- publishing ------------------------------------------------------------------------------ */

/* All or none. Null, or why not. */
static const char *publish_all(void) {
    uint32_t ids[LOOM_FILTERS_MAX], count = 0;
    const char *wrong = NULL;
    for (size_t at = 0; at < size && !wrong; at += head_at(at).size) {
        if (count == LOOM_FILTERS_MAX)
            wrong = "too-many more than 64 filters";
        else
            wrong = install_publish(plans + at, head_at(at).size, 0, 0, &ids[count]);
        count += !wrong;
    }
    while (wrong && count-- > 0) install_remove(ids[count]);
    return wrong;
}

/* The modules are others: perhaps more are loaded later. */
static void put_off(uint64_t here) {
    if (LOAD(progress) == PENDING)
        event_add(EVENT_AT_START, 0,
                  "LOOM_FILTERS: its plans are for build %016llx, this is %016llx: they wait for a "
                  "change of modules",
                  (unsigned long long)head_at(0).modules_hash, (unsigned long long)here);
    looked_at = here;
    become(EARLY);
}

int at_start_work(void) {
    uint32_t now = LOAD(progress);
    const char *wrong;
    uint64_t here;
    if (now != PENDING && now != EARLY) return -1;
    here = modules_hash();
    if (now == EARLY && here == looked_at) return LOOK_MS;
    if (here != head_at(0).modules_hash) {
        put_off(here);
        return LOOK_MS;
    }
    if ((wrong = publish_all())) {
        give_up(wrong);
        return -1;
    }
    sys_unmap(plans, size);
    plans = NULL;
    become(OVER);
    return -1;
}

/* ---- the first pthread_create ---------------------------------------------------------------- */

static bool may_come_soon(uint32_t now) {
    return now >= WANTED && now <= PENDING && ctl_is_coming() && !state_is_off();
}

/* The first caller sets the time until which all wait. */
static uint64_t time_limit(uint64_t now) {
    static uint64_t until;
    uint64_t none = 0;
    __atomic_compare_exchange_n(&until, &none, now + AT_START_MS, false, __ATOMIC_ACQ_REL,
                                __ATOMIC_ACQUIRE);
    return LOAD(until);
}

void at_start_await(loom_op *point) {
    uint32_t seen = LOAD(progress);
    if (seen == NONE) return;
    for (; may_come_soon(seen); seen = LOAD(progress)) {
        uint64_t now = sys_now_ms(), end = time_limit(now);
        if (now >= end) {
            event_add(EVENT_AT_START, 0,
                      "LOOM_FILTERS: a thread was started before its filters were installed");
            return;
        }
        /* short: a helper that cannot start does not say so here */
        sys_futex_wait(&progress, seen, end - now < LOOK_MS ? (unsigned)(end - now) : LOOK_MS);
    }
    handshake_poll(point);
}

void at_start_after_fork(void) {
    if (LOAD(progress) != READING) return;
    plans = NULL; /* the helper that read is not here: once more */
    STORE(progress, WANTED);
}
