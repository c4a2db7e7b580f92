// SPDX-License-Identifier: MIT
/*
 * fork.h: what remains of Loom in a child.
 *
 * The child has one thread. Filters in force stay (it may start threads later); an installation
 * or removal under way is over; locks of threads that do not exist there are dropped; the helper
 * starts again with the child's second thread. The handlers wait for nothing but our own short
 * locks, and for those not longer than a second.
 */
#ifndef LOOM_FORK_H
#define LOOM_FORK_H

int fork_start(void); /* registers the handlers. Once. 0 or -errno */

#endif
