// SPDX-License-Identifier: MIT
/*
 * verify.h: checks a plan whole before anything changes (I2). Nothing unverified is ever read by
 * the rest of the runtime.
 */
#ifndef LOOM_VERIFY_H
#define LOOM_VERIFY_H
#include <stddef.h>

/* Null if the blob is a plan for exactly the files attached now; else what is wrong with it, as
 * "CODE TEXT" with CODE `stale-modules` or `bad-plan` (plan.h). blob: 8-byte aligned.
 * RANK_INSTALL held; changes nothing. */
const char *verify_plan(const void *blob, size_t size);

#endif
