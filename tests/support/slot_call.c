// SPDX-License-Identifier: MIT
/*
 * slot_call.c: does the call of a slot keep what the code around it holds? First every integer
 * register by name, then a loop with more live values than registers, integer and floating, with
 * the slot off and on; the results must be equal. And boundaries of threads without a record. The
 * slot itself spoils all it may spoil. Also: the stack can be unwound through the slot, and the
 * slot is told its own point and the frame's stack. Exit 0: all of it.
 */
#define _GNU_SOURCE
#include "rt/slot.h"
#include <execinfo.h>
#include <stdio.h>

enum { POINT = 3, TURNS = 1000 };
LOOM_FILE(in_slot_call, "slot_call.c", 1ull, 8, 1, "loom 1\n")

static unsigned long calls, wrong_points, wrong_stacks;
static void *frame_of_work, *last_stack;
static int depth;

static void slot(unsigned char *point, void *stack) {
    void *addresses[16];
    calls++;
    last_stack = stack;
    wrong_points += point != &loom_ops_in_slot_call[POINT];
    wrong_stacks += stack >= frame_of_work || (char *)frame_of_work - (char *)stack > 4096;
    if (calls == 1) depth = backtrace(addresses, 16);
#ifdef __x86_64__
    __asm__ volatile("mov $-1, %%rax\n\tmov $-1, %%rcx\n\tmov $-1, %%rdx\n\tmov $-1, %%rsi\n\t"
                     "mov $-1, %%rdi\n\tmov $-1, %%r8\n\tmov $-1, %%r9\n\tmov $-1, %%r10\n\t"
                     "mov $-1, %%r11\n\tpcmpeqd %%xmm0, %%xmm0\n\tpcmpeqd %%xmm15, %%xmm15"
                     :
                     :
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0",
                       "xmm15");
#endif
}

/* 0 if a slot call kept every register and told the slot the stack pointer. */
static unsigned long spoiled(void) {
    unsigned long bits = 0;
#if defined(__x86_64__) && defined(LOOM_RED_ZONE_)
    unsigned long stack = 0;
#define LOAD_ALL(x)                                                                                \
    x(rax, 1) x(rcx, 2) x(rdx, 4) x(rsi, 8) x(rdi, 16) x(r8, 32) x(r9, 64) x(r10, 128) x(r11, 256)
#define PUT(r, n)  "mov $" #n ", %%" #r "\n\t"
#define TAKE(r, n) "xor $" #n ", %%" #r "\n\tor %%" #r ", %0\n\t"
    __asm__ volatile("xor %0, %0\n\tmov %%rsp, %1\n\t" LOAD_ALL(
                         PUT) "lea -128(%%rsp), %%rsp\n\tcall %c3\n\tnopl %c2(%%rip)\n\t"
                              "lea 128(%%rsp), %%rsp\n\t" LOAD_ALL(TAKE)
                     : "=&b"(bits), "=&r"(stack)
                     : "i"(&loom_ops_in_slot_call[POINT]), "i"(loom_keep_)
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory",
                       "cc" LOOM_VECTORS_);
    if (stack != (unsigned long)last_stack) bits |= 1ul << 32;
#endif
    return bits;
}

/* A runtime that has no record for the thread any more: the object's pointer stays null. */
static struct loom_thread stand_in;
static struct loom_thread *contact(struct loom_thread **self) {
    (void)self;
    return &stand_in;
}

static int depth_of_boundary, deepest;
static int boundary(int x) {
    LOOM_BOUNDARY(depth_of_boundary++ < 5 ? LOOM_AGAIN(boundary)(x) : -1);
    if (depth_of_boundary > deepest) deepest = depth_of_boundary;
    return x + (stand_in.state == 0);
}

/* A boundary calls its function once if the thread is OUTSIDE, and gives the state back. */
static int boundaries(void) {
    int fine = boundary(1) == 2 && deepest == 0;
    stand_in.state = 4711;
    fine &= boundary(2) == 3 && deepest == 1 && stand_in.state == 4711;
    return fine;
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
    unsigned long registers;
    runtime.slot = slot;
    runtime.contact = contact;
    loom_rt_ = &runtime;
    int fine = boundaries();
    frame_of_work = (char *)__builtin_frame_address(0) + 64;
    registers = spoiled();
    calls = wrong_stacks = 0;
    loom_ops_in_slot_call[POINT] = 1;
    on = work(1, 2, 3, 4, 5, 6, 7.5, 8.5);
    loom_rt_ = none;
    if (!fine) printf("a boundary called itself %d times\n", deepest);
    if (registers) printf("registers not kept: %lx\n", registers);
    if (off != on) printf("results differ: %g and %g\n", off, on);
    if (calls != TURNS) printf("%lu calls\n", calls);
    if (wrong_points) printf("%lu wrong points\n", wrong_points);
    if (wrong_stacks) printf("%lu wrong stacks\n", wrong_stacks);
    if (depth < 4) printf("unwinding stops after %d frames\n", depth);
    return !fine || registers || off != on || calls != TURNS || wrong_points || wrong_stacks ||
           depth < 4;
}
