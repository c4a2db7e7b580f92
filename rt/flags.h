// SPDX-License-Identifier: MIT
/*
 * flags.h: the flag words of functions, which several filters and pulses share.
 *
 * Per function two counts are kept: filters that want it slow, filters that want its polls. The
 * flag is computed from them, so no filter switches off what another needs. A pulse asks all
 * polls of the process to call in, for a moment.
 *
 * The words of points belong to flags as far as slots may only be run while they are set: before
 * the first flag is raised, those of all files are, and from then on those of each object that
 * comes, so that a program without filters has none of their pages (8 bytes a point) in memory.
 *
 * Rule: caller holds RANK_INSTALL. Threads read flags plainly at any time: a late or early view
 * costs promptness, never safety, since operations are inert for threads that are not active.
 */
#ifndef LOOM_FLAGS_H
#define LOOM_FLAGS_H
#include <stdbool.h>
#include <stdint.h>

struct loom_file;

/* After module_add. */
void flags_attached(const struct loom_file *file);
/* Makes room for the counts of a file; afterwards the functions below cannot fail. */
int flags_prepare(uint32_t file);
void flags_slow(uint32_t file, uint32_t function, int by); /* by: +1 or -1 */
void flags_pause(uint32_t file, uint32_t function, int by);
enum { PULSE_ROLLING = 1, PULSE_STOP = 2, PULSE_ALONE = 4 };
void flags_pulse(unsigned source, bool on); /* on while any source wants it */
unsigned flags_slow_functions(void);        /* with the SLOW bit */
bool flags_any(void);                       /* is any flag not 0? */
void flags_forget(uint32_t file);           /* before module_remove: its counts no longer count */

#endif
