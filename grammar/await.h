/* SPDX-License-Identifier: MIT */
/* await.h: --wait: until the process loads another module. */
#ifndef LOOM_AWAIT_H
#define LOOM_AWAIT_H
#include "session.h"

/* Called with diagnostics that say which names are not there. Returns 0 when the set of modules has
 * changed and settled, EXIT_LATE when --timeout is over (the diagnostics then stay), or the exit
 * code of what else went wrong. A signal ends it as it ends any program: nothing is installed. */
int await_modules(struct session *session);

#endif
