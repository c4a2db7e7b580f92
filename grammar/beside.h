/* SPDX-License-Identifier: MIT */
/* beside.h: the filters of a text against the process as it is: installed filters, live threads. */
#ifndef LOOM_BESIDE_H
#define LOOM_BESIDE_H
#include "session.h"

/* A pass, behind analyse. */
int pass_beside(struct session *session);

#endif
