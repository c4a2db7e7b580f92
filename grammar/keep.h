// SPDX-License-Identifier: MIT
/* keep.h: the plans of a filter text in a file, for the next start of the program (--plan OUT). */
#ifndef LOOM_KEEP_H
#define LOOM_KEEP_H
#include "session.h"

/* Writes all plans, one behind the other (rt/at_start.h reads them), to a file beside OUT, which
 * then becomes OUT: OUT is whole or as it was. Exit code. */
int pass_keep(struct session *session);

#endif
