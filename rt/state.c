// SPDX-License-Identifier: MIT
/* state.c: the off switch and the event ring. See state.h. */
#include "state.h"

#include <stdarg.h>

#include "format.h"
#include "rank.h"
#include "sys.h"
#include "testpoint.h"

#ifdef LOOM_DEBUG
void (*testpoint_hook)(const char *name);
#endif

const char *state_off_reason;

void state_off(const char *reason) {
    const char *none = NULL;
    __atomic_compare_exchange_n(&state_off_reason, &none, reason, false, __ATOMIC_ACQ_REL,
                                __ATOMIC_RELAXED);
}

const char *state_reason(void) {
    const char *reason = __atomic_load_n(&state_off_reason, __ATOMIC_ACQUIRE);
    return reason ? reason : "";
}

static struct lock ring_lock = LOCK_INIT(RANK_EVENTS);
static struct event ring[EVENT_MAX];
static uint64_t last; /* seq of the newest event */

const char *event_name(enum event_kind kind) {
    static const char *const names[EVENT_KINDS] = {
        "installed", "in-force", "removed", "rolled-back", "cycle", "timeout", "skipped",
        "full",      "unloaded", "helper",  "unreadable",  "lost",  "expired",  "not-alone",
        "at-start"};
    return names[kind];
}

static bool same(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

/* It may be a slot that tells: no libc (vectors.h). */
void event_add(enum event_kind kind, uint32_t filter, const char *format, ...) {
    char text[EVENT_TEXT];
    va_list args;
    struct event *event;
    va_start(args, format);
    format_text(text, sizeof text, format, args);
    lock_take(&ring_lock);
    event = &ring[last % EVENT_MAX];
    if (last && event->kind == kind && event->filter == filter && same(event->text, text)) {
        event->times++;
    } else {
        event = &ring[++last % EVENT_MAX];
        event->seq = last;
        event->kind = kind;
        event->filter = filter;
        event->times = 1;
        format_text(event->text, sizeof event->text, format, args);
    }
    event->at_ms = sys_now_ms();
    lock_drop(&ring_lock);
    va_end(args);
}

bool event_next(uint64_t from, struct event *to) {
    bool found;
    lock_take(&ring_lock);
    if (last >= EVENT_MAX && from <= last - EVENT_MAX) from = last - EVENT_MAX + 1;
    if (from == 0) from = 1;
    found = from <= last;
    if (found) *to = ring[from % EVENT_MAX];
    lock_drop(&ring_lock);
    return found;
}

bool event_before_fork(void) {
    return lock_take_limited(&ring_lock, 100);
}

void event_after_fork(bool child) {
    if (child)
        lock_reset(&ring_lock);
    else
        lock_drop(&ring_lock);
}
