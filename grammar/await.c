// SPDX-License-Identifier: MIT
/*
 * await.c: see await.h.
 *
 * Rule: the process is asked for one number, the hash of its set of modules, seldom. A module is
 * registered file by file while it is loaded, so a changed number counts once it has stayed.
 */
#include "await.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { POLL_MS = 100, SETTLE_MS = 20 };

static void nap(int ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

static void say(const struct session *s) {
    fprintf(stderr, "loom-pipe: waiting for a module of process %d:\n", (int)s->options.pid);
    for (size_t i = 0; i < s->diagnostics.count; i++) {
        const struct diagnostic *item = &s->diagnostics.items[i];
        if (item->severity != SEVERITY_ERROR) continue;
        fputs("    ", stderr);
        print_plain(stderr, item->message, strlen(item->message));
        putc('\n', stderr);
    }
}

static int64_t time_left(const struct session *s) {
    if (!s->options.timeout_given) return INT64_MAX;
    return s->start_us / 1000 + s->options.timeout_ms - now_ms();
}

static int has_changed(struct session *s, uint64_t from, int *code) {
    *code = process_hello(&s->process);
    return !*code && s->process.modules_hash != from;
}

int await_modules(struct session *s) {
    uint64_t before = s->process.modules_hash, last;
    int64_t start = now_us();
    int code = 0;
    if (!s->waiting++) say(s);
    do {
        int64_t left = time_left(s);
        if (left <= 0) {
            fprintf(stderr, "loom-pipe: not there after %d ms\n", s->options.timeout_ms);
            return EXIT_LATE;
        }
        nap(left < POLL_MS ? (int)left : POLL_MS);
    } while (!has_changed(s, before, &code) && !code);
    do {
        last = s->process.modules_hash;
        if (!code) nap(SETTLE_MS);
    } while (!code && has_changed(s, last, &code));
    s->waited_us += now_us() - start;
    return code;
}
