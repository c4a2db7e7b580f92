// SPDX-License-Identifier: MIT
/*
 * slot_call.c: does the call of a slot keep what the code around it holds? A loop with more live
 * values than registers, integer and floating, runs with the slot off and on; the results must be
 * equal. Also: the stack can be unwound through the slot, and the slot is told its own point and
 * the frame's stack. Exit 0: all of it.
 */
#define _GNU_SOURCE
#include "rt/slot.h"
#include <execinfo.h>
#include <stdio.h>

enum { POINT = 3, TURNS = 1000 };
LOOM_FILE(in_slot_call, "slot_call.c", 1ull, 8, 1, "loom 1\n")

static unsigned long calls, wrong_points, wrong_stacks;
static void *frame_of_work;
static int depth;

static void slot(unsigned char *point, void *stack) {
    void *addresses[16];
    calls++;
    wrong_points += point != &loom_ops_in_slot_call[POINT];
    wrong_stacks += stack >= frame_of_work || (char *)frame_of_work - (char *)stack > 4096;
    if (calls == 1) depth = backtrace(addresses, 16);
}

__attribute__((noinline)) static double work(long a, long b, long c, long d, long e, long f,
                                             double x, double y) {
    unsigned long r = 0, s = 1;
    frame_of_work = (char *)__builtin_frame_address(0) + 64;
    for (unsigned long i = 0; i < TURNS; i++) {
        r += (unsigned long)a * i ^ (unsigned long)b;
        LOOM_SLOT(in_slot_call, POINT);
        s ^= r + (unsigned long)c * (unsigned long)d;
        r ^= (unsigned long)e - (unsigned long)f + s;
        x = x * 1.5 + y;
        y = y / 1.25 + (double)(r & 7);
        if (x > 1e9) x = 1;
    }
    return (double)r + (double)s + x * y;
}

int main(void) {
    struct loom_rt runtime = {0}, *none = loom_rt_;
    double off = work(1, 2, 3, 4, 5, 6, 7.5, 8.5), on;
    runtime.slot = slot;
    loom_rt_ = &runtime;
    loom_ops_in_slot_call[POINT] = 1;
    on = work(1, 2, 3, 4, 5, 6, 7.5, 8.5);
    loom_rt_ = none;
    if (off != on) printf("results differ: %g and %g\n", off, on);
    if (calls != TURNS) printf("%lu calls\n", calls);
    if (wrong_points) printf("%lu wrong points\n", wrong_points);
    if (wrong_stacks) printf("%lu wrong stacks\n", wrong_stacks);
    if (depth < 4) printf("unwinding stops after %d frames\n", depth);
    return off != on || calls != TURNS || wrong_points || wrong_stacks || depth < 4;
}
