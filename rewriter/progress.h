// SPDX-License-Identifier: MIT
/* progress.h: one line on a terminal that shows how far the work is; nothing elsewhere. */
#ifndef LOOM_PROGRESS_H
#define LOOM_PROGRESS_H
#include <stddef.h>

void progress_start(const char *what, size_t total); /* total 0: not known */
void progress_step(const char *name);
void progress_end(void); /* takes the line away */

#endif
