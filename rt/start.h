// SPDX-License-Identifier: MIT
/*
 * start.h: threads that the program starts through us (struct loom_rt.create).
 *
 * Rule: the creator counts the thread before pthread_create returns, and takes it back if that
 * fails. The new thread has no frames below it, so it begins active for every open filter.
 */
#ifndef LOOM_START_H
#define LOOM_START_H
#include "slot.h"

int start_create(loom_op *point, void *thread, const void *attr, void *(*start)(void *), void *arg);

#endif
