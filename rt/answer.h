// SPDX-License-Identifier: MIT
/*
 * answer.h: what the runtime says to each kind of request (plan.h). One request, one text.
 *
 * Rule: called by the helper only. Takes RANK_INSTALL itself, for as long as it looks at modules
 * and filters; never while it sends.
 */
#ifndef LOOM_ANSWER_H
#define LOOM_ANSWER_H
#include <stdbool.h>

#include "plan.h"
#include "text.h"

/* False: this request has no reply (LOOM_PLAN_DATA). `tasks`: an open descriptor of
 * /proc/self/task, or -1: then threads have no names; `status`: see sys_seccomp. */
struct answer_places {
    int tasks, status;
};
bool answer_request(const struct loom_frame *head, const unsigned char *payload,
                    const struct answer_places *places, struct text *reply);
/* In a fork child: the plan being received is gone. */
void answer_after_fork(void);

#endif
