// SPDX-License-Identifier: MIT
/*
 * ctl.h: the helper thread "loom": serves the pipes, does the updater's steps.
 *
 * It exists from the process's second thread on: a single-threaded process has nothing to protect
 * and keeps glibc's fast paths. It blocks all signals, owns a private descriptor table with two
 * anonymous pipes (plan.h), is no program thread, and never runs the program's code. If it cannot
 * start, Loom stays passive and tries again at a later thread.
 */
#ifndef LOOM_CTL_H
#define LOOM_CTL_H
#include <stdbool.h>

/* Starts the helper if there is none. Any thread, no lock held; not in a signal handler. */
void ctl_start(void);
/* Waits until a helper that is starting has its pipes, 100 ms from its start at most: behind it the
 * program may change its root, or install a seccomp filter that forbids what the helper did. Takes
 * no lock. */
void ctl_await(void);
bool ctl_is_running(void);
bool ctl_is_coming(void); /* running, or starting */
/* In a fork child: there is no helper. */
void ctl_after_fork(void);
/* Honours nothing, starts nothing (AT_SECURE, seccomp). */
void ctl_forbid(const char *reason);

#endif
