// SPDX-License-Identifier: MIT
/*
 * client.h: a small loom-pipe for tests: talks frames with a process, and builds plans by hand.
 */
#ifndef LOOM_TEST_CLIENT_H
#define LOOM_TEST_CLIENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rt/plan.h"

struct client {
    int out, in; /* request pipe, reply pipe */
    uint64_t session;
    uint32_t seq;
    int limit_ms; /* for a reply; set by client_open to 5000 */
    size_t reply_size;
    char reply[1 << 21]; /* the last reply, with a NUL behind it */
};

/* Finds the helper of the process within limit_ms. 0 or -errno. */
int client_open(struct client *client, int pid, int limit_ms);
void client_close(struct client *client);
/* Sends one frame and collects its reply (not for LOOM_PLAN_DATA). 0 or -errno. */
int client_ask(struct client *client, enum loom_frame_type type, const void *payload, size_t size);
int client_send(struct client *client, enum loom_frame_type type, const void *payload, size_t size);
/* Sends a plan in pieces and commits it. The filter's id, or 0 (the reply says why). */
uint32_t client_install(struct client *client, const void *plan, size_t size, uint32_t flags,
                        uint32_t deadline_ms);
uint32_t client_remove(struct client *client, uint32_t id);
/* The value of `key=` in the first line of the reply that begins with `line`; -1: none. */
long long client_number(const struct client *client, const char *line, const char *key);
/* Waits until `state=` of the filter is `state` ("" : no longer listed). False at the limit. */
bool client_wait(struct client *client, uint32_t id, const char *state, int limit_ms);

/* ---- plans by hand ---- */
struct plan_file {
    uint64_t hash;
    uint32_t points, functions;
    const uint64_t *unsafe; /* null: no point is unsafe */
};
struct plan_maker {
    const char *name;
    const struct plan_file *files; /* all files of the process, numbers in order */
    uint32_t file_count;
    const struct loom_plan_operation *operations;
    uint32_t operation_count;
    const struct loom_plan_slow *slow;
    uint32_t slow_count;
    uint64_t modules_hash;
    const struct loom_plan_code *code;
    uint32_t code_count;
    const uint64_t *reach; /* per link the sets of all files, as `unsafe` of one; null: not known */
    uint32_t links;        /* of reach */
    uint32_t within_ms, for_ms, flags;
    uint16_t kind; /* 0: LOOM_EXCLUSION */
};
/* Allocates (malloc, 8-byte aligned) and seals a plan. */
void *plan_make(const struct plan_maker *maker, size_t *size);
/* Corrects the checksum after a change. */
void plan_seal(void *plan);

#endif
