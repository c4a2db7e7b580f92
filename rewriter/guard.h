// SPDX-License-Identifier: MIT
/*
 * guard.h: all or nothing (invariant I12).
 *
 * The work is done in a child process, in a work folder; the guard waits for it. However the child
 * ends (return, error, crash, signal), the guard then removes the work folder with everything in
 * it. What is to stay was renamed out of it before. SIGINT, SIGTERM and SIGHUP end the child first;
 * the guard then dies of the same signal, so that its caller sees what happened.
 */
#ifndef LOOM_GUARD_H
#define LOOM_GUARD_H

/* Makes the folder `work` (which must not exist), runs `task(work, context)` in a child, removes
 * `work`. Returns the task's exit status, or 1 with a message. */
int guard_run(const char *work, int (*task)(const char *work, void *context), void *context);

/* In a child: dies when its parent does. Returns at once. */
void guard_follow_parent(int parent);

/* Removes a file or a whole folder, read-only parts included. 0 or -errno (not said). */
int guard_remove(const char *path);

#endif
