// SPDX-License-Identifier: MIT
/*
 * testpoint.h: labels at which a test can step in to force a race. Free in release builds.
 *
 * A test sets testpoint_hook; it is called with the label's name in the thread that passes it.
 */
#ifndef LOOM_DEBUGPOINT_H
#define LOOM_DEBUGPOINT_H
#ifdef LOOM_DEBUG
extern void (*testpoint_hook)(const char *name);
#define TESTPOINT(name)                                                                            \
    do {                                                                                           \
        void (*hook_)(const char *) = __atomic_load_n(&testpoint_hook, __ATOMIC_ACQUIRE);          \
        if (hook_) hook_(name);                                                                    \
    } while (0)
#else
#define TESTPOINT(name) ((void)0)
#endif
#endif
