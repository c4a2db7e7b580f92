/* region.h: the region of all shapes, and the meter in which the script sees what happens there. */
#ifndef REGION_H
#define REGION_H
#include <stdatomic.h>

struct meter {
    _Atomic long pid; /* who to talk to; 0: not ready */
    _Atomic long rounds, overlaps;
    _Atomic long made;   /* threads made so far; of sigwait: signals seen */
    _Atomic long called; /* rounds made by callbacks of libraries */
    _Atomic long child;  /* a child, ready */
    _Atomic long ended;  /* a function of atexit() ran to its end */
};
extern struct meter *meter;

/* Counts rounds, and those in which another thread was inside. */
void region(void);

/* The same in a library, with its own count of threads inside. */
void library_region(struct meter *m);
void other_region(struct meter *m);
#endif
