// SPDX-License-Identifier: MIT
/*
 * slot_call.c: does the call of a slot keep what the code around it holds? First every integer
 * register by name, then a loop with more live values than registers, integer and floating, with
 * the slot off and on; the results must be equal. And boundaries of threads without a record. The
 * slot itself spoils all it may spoil. Also: the stack can be unwound through the slot, and the
 * slot is told its own point and the frame's stack. And values: of every size, in registers, on the
 * stack, constant, under pressure; the test's runtime reads them where the slot says they are.
 * With -DOWN all slots are those of slow copies that are functions of their own. Exit 0: all of it.
 */
#define _GNU_SOURCE
#include "rt/object.h"
#include "tests/support/kept.h"
#include "tests/support/slot_place.h"
#include <execinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINT = 3, WITH_VALUES, TURNS = 1000 };
#ifdef OWN
#define OWN_POINTS 8
#undef LOOM_SLOT
#define LOOM_SLOT LOOM_SLOT_OWN
#define HEAD      LOOM_NO_RED_ZONE
#define PLAIN     ""
#define MORE      "0x47, "
#ifdef LOOM_OWN_0_
#define HAS_BYTES
#endif
#define PASS      LOOM_PASS_OWN
#define KEEP      LOOM_KEEP_OWN
#define VALUES    LOOM_VALUES_OWN
#else
#define OWN_POINTS 0
#define HEAD       (void)0
#define PLAIN      LOOM_STEP_PLAIN_
#define MORE       LOOM_STEP_MORE_
#ifdef LOOM_STEP_0_
#define HAS_BYTES
#endif
#define PASS       LOOM_PASS
#define KEEP       LOOM_KEEP
#define VALUES     LOOM_KEEP
#endif
LOOM_FILE(in_slot_call, "slot_call.c", 1ull, 8, OWN_POINTS, 1, "loom 1\n")
LOOM_UNIT
LOOM_FILE(in_other, "other.c", 2ull, 1, !!OWN_POINTS, 1, "loom 1\n")

static unsigned long calls, wrong_points, wrong_stacks;
static void *frame_of_work, *last_stack;
static int depth;
static void *callers[2][16]; /* of a slot without and with values */

static void spoil(void) {
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

static void act(loom_op *point, void *stack) {
    calls++;
    last_stack = stack;
    wrong_points += point != &loom_ops_in_slot_call[POINT];
    wrong_stacks += stack >= frame_of_work || (char *)frame_of_work - (char *)stack > 4096;
    if (calls == 1) depth = backtrace(callers[0], 16);
    spoil();
}

/* ---- values ---------------------------------------------------------------------------------- */

struct wanted {
    unsigned size;
    unsigned long value;
};
/* Volatile: a compiler need not know that an asm calls something that reads them. */
static volatile struct wanted wanted[8];
static volatile unsigned wanted_count;
static unsigned values_calls, wrong_values, short_forms; /* without places */
static const char *volatile where; /* the check that runs */
static int caller_count[2];
static unsigned long words[16]; /* that the last slot with values was given */

static void check_value(unsigned i, const struct loom_values *values, const char *place) {
    unsigned long value, mask = wanted[i].size == 8 ? ~0ul : (1ul << wanted[i].size * 8) - 1;
    bool found = true;
    if (place) found = read_place(place, values->words, wanted[i].size, &value);
    else value = values->words[i];
    if (found && (value & mask) == (wanted[i].value & mask)) return;
    wrong_values++;
    printf("%s: value %u is %lx, not %lx; its place: %.40s\n", where, i, value & mask,
           wanted[i].value & mask, place ? place : "word");
}

static void act_values(loom_op *point, void *stack, const struct loom_values *values) {
    const char *place = values->places;
    values_calls++;
    wrong_points += point != &loom_ops_in_slot_call[WITH_VALUES];
    wrong_stacks += stack <= (void *)values;
    last_stack = stack;
    caller_count[1] = backtrace(callers[1], 16);
    for (unsigned i = 0; i < wanted_count; i++) {
        check_value(i, values, place);
        if (place) place = strchr(place, ';') + 1;
    }
    if (place ? *place || values->count != 16 : values->count != wanted_count) {
        printf("%s: not %u values\n", where, wanted_count);
        wrong_values++;
    }
    short_forms += !values->places;
    if (values->places) memcpy(words, values->words, sizeof words);
    spoil();
}

void kept_act(loom_op *point, void *stack, const struct loom_values *values) {
    if (values) act_values(point, stack, values);
    else act(point, stack);
}

static void want(unsigned i, unsigned size, unsigned long value) {
    wanted[i].size = size;
    wanted[i].value = value;
    wanted_count = i + 1;
}

enum color { RED, GREEN = 70000 };
static int counter = 41;
static long table[3];

__attribute__((noinline)) static long sizes(char a, signed char b, unsigned char c, short d,
                                            unsigned short e, int f, unsigned g, long h) {
    HEAD;
    want(0, 1, 'a'), want(1, 1, -2ul), want(2, 1, 250), want(3, 2, -3000ul), want(4, 2, 60000);
    want(5, 4, -70000ul), want(6, 4, 4000000000), want(7, 8, 1ul << 40);
    LOOM_SLOT(in_slot_call, WITH_VALUES, a, b, c, d, e, f, g, h);
    return a + b + c + d + e + f + (long)g + h;
}

__attribute__((noinline)) static long others(bool a, enum color b, const char *c, void *d,
                                             int (*e)(const char *), unsigned long f) {
    HEAD;
    want(0, 1, 1), want(1, 4, GREEN), want(2, 8, (unsigned long)c), want(3, 8, 0);
    want(4, 8, (unsigned long)puts), want(5, 8, -1ul);
    if (LOOM_SLOT_COND(in_slot_call, WITH_VALUES, a, b, c, d, e, f), a)
        return (long)b + *c + (d == 0) + (e == puts) + (long)f;
    return 0;
}

static inline __attribute__((always_inline)) long with_constants(int a, const long *b, bool c,
                                                                 long d, const char *e) {
    want(0, 4, 5), want(1, 8, (unsigned long)&table[1]), want(2, 1, 1), want(3, 8, -9ul);
    want(4, 8, 0);
    LOOM_DECL_(WITH_VALUES, LOOM_SLOT(in_slot_call, WITH_VALUES, a, b, c, d, e));
    return a + *b + c + d + (e == 0);
}

__attribute__((noinline)) static long constants(void) {
    HEAD;
    const int fixed = 7;
    long sum = with_constants(5, &table[1], true, -9, 0);
    want(0, 4, 7);
    LOOM_SLOT(in_slot_call, WITH_VALUES, fixed);
    return sum + fixed;
}

/* A leaf: at -O0, and perhaps at -Os, its variables are in the red zone. */
__attribute__((noinline)) static int leaf(int a, char b) {
    HEAD;
    int c = a + b;
    LOOM_SLOT(in_slot_call, WITH_VALUES, a, b, c);
    return a * b + c;
}

/* ... and this one's optimised, too. */
__attribute__((noinline)) static unsigned zone(unsigned a) {
    HEAD;
    volatile unsigned room[24];
    unsigned sum = 0;
    for (unsigned i = 0; i < 24; i++) {
        room[i] = a * i;
        LOOM_SLOT(in_slot_call, POINT);
    }
    for (unsigned i = 0; i < 24; i++) sum += room[i];
    return sum;
}

/* One value, and two, in every register that a compiler gives away. */
#if defined(__x86_64__)
#define IN(r, value)                                                                               \
    register unsigned long in_##r __asm__(#r) = (value);                                           \
    __asm__ volatile("" : "+r"(in_##r))
#else
#define IN(r, value) unsigned long in_##r = (value)
#endif
#define ONE(r)                                                                                     \
    do {                                                                                           \
        want(0, 8, wanted[0].value + 0x0123456789abcdeful);                                        \
        IN(r, wanted[0].value);                                                                    \
        LOOM_SLOT(in_slot_call, WITH_VALUES, in_##r);                                              \
    } while (0);
#define TWO(q, r)                                                                                  \
    do {                                                                                           \
        want(0, 8, wanted[0].value + 0x0123456789abcdeful), want(1, 8, ~wanted[0].value);          \
        IN(q, wanted[0].value);                                                                    \
        IN(r, wanted[1].value);                                                                    \
        LOOM_SLOT(in_slot_call, WITH_VALUES, in_##q, in_##r);                                      \
    } while (0);
enum { IN_REGISTERS = 13 + 13 };
__attribute__((noinline)) static void in_registers(void) {
    HEAD;
    short_forms = 0;
    ONE(rax) ONE(rcx) ONE(rdx) ONE(rsi) ONE(rdi) ONE(r8) ONE(r9) ONE(r10) ONE(r11) ONE(r12) ONE(r13)
    ONE(r14) ONE(r15)
    TWO(rax, rcx) TWO(rcx, rdx) TWO(rdx, rsi) TWO(rsi, rdi) TWO(rdi, r8) TWO(r8, r9) TWO(r9, r10)
    TWO(r10, r11) TWO(r11, r12) TWO(r12, r13) TWO(r13, r14) TWO(r14, r15) TWO(r15, rax)
}

/* A frame of variable size. */
__attribute__((noinline)) static long moving(unsigned n, long m) {
    HEAD;
    char room[n];
    memset(room, 1, n);
    long k = room[n - 1] + m;
    want(0, 4, n), want(1, 8, (unsigned long)m), want(2, 8, (unsigned long)k);
    LOOM_SLOT(in_slot_call, WITH_VALUES, n, m, k);
    return room[0] + k;
}

/* More live values than registers, half of them passed. */
__attribute__((noinline)) static unsigned long pressed(const unsigned long *in, unsigned turns) {
    HEAD;
    unsigned long a = in[0], b = in[1], c = in[2], d = in[3], e = in[4], f = in[5], g = in[6],
                  h = in[7], i = in[8], j = in[9], k = in[10], l = in[11], m = in[12], n = in[13],
                  o = in[14], p = in[15];
    for (unsigned t = 0; t < turns; t++) {
        a += b ^ t, b += c, c ^= d, d += e, e ^= f, f += g, g ^= h, h += i;
        i ^= j, j += k, k ^= l, l += m, m ^= n, n += o, o ^= p, p += a;
        unsigned char low = (unsigned char)p;
        if (t == 5) {
            want(0, 8, a), want(1, 8, d), want(2, 8, g), want(3, 8, j), want(4, 8, m);
            want(5, 8, p), want(6, 4, t), want(7, 1, low);
        }
        if (t == 5) LOOM_SLOT(in_slot_call, WITH_VALUES, a, d, g, j, m, p, t, low);
        p -= low;
    }
    return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p;
}

/* The stack unwinds through a slot with values as it does through one without. */
__attribute__((noinline)) static int unwound(int x) {
    HEAD;
    frame_of_work = (char *)__builtin_frame_address(0) + 64;
    calls = 0;
    LOOM_SLOT(in_slot_call, POINT);
    LOOM_SLOT(in_slot_call, WITH_VALUES, x);
    caller_count[0] = depth;
    return x;
}

/* What the program computes must not depend on the slots. */
static unsigned long all_values(void) {
    unsigned long in[16], sum = 0;
    for (unsigned i = 0; i < 16; i++) in[i] = i * 0x9e3779b97f4a7c15ul;
    sum += (unsigned long)(where = "sizes",
                           sizes('a', -2, 250, -3000, 60000, -70000, 4000000000u, 1l << 40));
    sum += (unsigned long)(where = "others", others(true, GREEN, "text", 0, puts, -1ul) & 0xffff);
    sum += (unsigned long)(where = "constants", constants());
    where = "leaf";
    want(0, 4, 300), want(1, 1, 'x'), want(2, 4, 300 + 'x');
    sum += (unsigned long)leaf(300, 'x');
    sum += (where = "zone", zone(7));
    sum += (unsigned long)(where = "moving", moving(33, -5));
    where = "registers";
    in_registers();
    if (loom_rt_ && short_forms != IN_REGISTERS)
        printf("registers: %u short forms, not %d\n", short_forms, IN_REGISTERS), wrong_values++;
    sum += (where = "pressed", pressed(in, 9));
    where = "unwound";
    want(0, 4, 12);
    return sum + (unsigned long)unwound(12);
}

static int frames_differ(void) {
    int same = 0, least = caller_count[0] < caller_count[1] ? caller_count[0] : caller_count[1];
    while (same < least && callers[0][caller_count[0] - 1 - same] ==
                               callers[1][caller_count[1] - 1 - same])
        same++;
    return caller_count[0] < 4 || caller_count[1] < 4 || same < 2;
}

/* 0 if a slot call kept every register and told the slot the stack pointer. */
static unsigned long spoiled(void) {
    unsigned long bits = 0;
    HEAD;
#ifdef HAS_BYTES
    unsigned long stack = 0;
#define LOAD_ALL(x)                                                                                \
    x(rax, 1) x(rcx, 2) x(rdx, 4) x(rsi, 8) x(rdi, 16) x(r8, 32) x(r9, 64) x(r10, 128) x(r11, 256)
#define PUT(r, n)  "mov $" #n ", %%" #r "\n\t"
#define TAKE(r, n) "xor $" #n ", %%" #r "\n\tor %%" #r ", %0\n\t"
    __asm__ volatile("xor %0, %0\n\tmov %%rsp, %1\n\t" LOAD_ALL(PUT)
                         LOOM_CALL_BYTES_(PLAIN, "%c2") LOAD_ALL(TAKE)
                     : "=&b"(bits), "=&r"(stack)
                     : "i"(&loom_ops_in_slot_call[POINT])
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory",
                       "cc");
    if (stack != (unsigned long)last_stack) bits |= 1ul << 32;
#endif
    return bits;
}

/* The same with values: all registers arrive as the frame has them. */
static unsigned long spoiled_with_values(void) {
    unsigned long bits = 0;
    HEAD;
#ifdef HAS_BYTES
    static const unsigned char numbers[] = {0, 2, 3, 4, 5, 8, 9, 10, 11}; /* of LOAD_ALL, sorted */
    static const unsigned short loaded[] = {1, 2, 4, 8, 16, 32, 64, 128, 256};
    unsigned long stack = 0, frame = 0;
    wanted_count = 0;
    __asm__ volatile(
        ".pushsection .rodata.loom,\"aMS\",@progbits,1\n"
        "77:\t.asciz \"\"\n\t.popsection\n\t"
        "xor %0, %0\n\tmov %%rsp, %1\n\tmov %%rbp, %2\n\t" LOAD_ALL(PUT)
            LOOM_CALL_BYTES_(MORE, "%c3") ".byte 0xa9\n\t.long 77b-.\n\t" LOAD_ALL(TAKE)
        : "=&b"(bits), "=&r"(stack), "=&r"(frame)
        : "i"(&loom_ops_in_slot_call[WITH_VALUES])
        : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory",
          "cc");
    for (unsigned i = 0; i < sizeof numbers; i++)
        if (words[numbers[i]] != loaded[i]) bits |= 1ul << (33 + i);
    if (words[7] != stack || stack != (unsigned long)last_stack) bits |= 1ul << 32;
    if (words[6] != frame || words[1] != 0) bits |= 1ul << 50;
#endif
    return bits;
}

/* A runtime that has no record for the thread any more: the object's pointer stays null. */
static struct loom_thread stand_in;
static struct loom_thread *contact(struct loom_thread **self) {
    (void)self;
    return &stand_in;
}

static int arrive(struct loom_mark *mark, struct loom_thread **self, struct loom_file *files) {
    struct loom_thread *thread = loom_rt_->contact(self);
    mark->site = thread->state;
    mark->thread = mark->site ? thread : NULL;
    thread->state = 0;
    if (mark->thread || *self != &loom_stranger_) return 1;
    object_prepare(files);
    return 0;
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

static int way_slow(int x) {
    HEAD;
    LOOM_SLOT(in_other, 0, x);
    return x + 100;
}
static int way(int x);
static int way_outside(int x) {
    LOOM_ENTER(LOOM_AGAIN(way)(x), way_slow(x));
}
static int way(int x) {
    LOOM_BOUNDARY_TO(way_outside(x));
    return x;
}

static struct loom_thread *contact_for_good(struct loom_thread **self) {
    return *self = &stand_in;
}

/* Without a record for good it is the slow copy that is run, whose points nobody has prepared: no
 * flag was raised. With one it is the function itself. */
static int strangers(void) {
    struct loom_rt *now = loom_rt_, knows = *now;
    int fine = !loom_ops_in_other[0] && way(1) == 101;
    fine &= loom_ops_in_other[0] == loom_file_in_other.words[PASS] && loom_file_in_slot_call.prepared;
    knows.contact = contact_for_good;
    loom_rt_ = &knows;
    fine &= way(2) == 2;
    loom_self_ = &loom_stranger_;
    loom_rt_ = now;
    return fine;
}

__attribute__((noinline)) static double work(long a, long b, long c, long d, long e, long f,
                                             double x, double y) {
    unsigned long r = 0, s = 1;
    HEAD;
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

/* Values of variables come from the file, if it has any to give. */
static int gives(void) {
    counter++;
    return !loom_file_in_other.global && loom_file_in_slot_call.global(0) == 42 &&
           loom_file_in_slot_call.global(1) == (unsigned long)table &&
           loom_file_in_slot_call.global(2) == (unsigned long)work &&
           !loom_file_in_slot_call.global(3);
}

static int failures;
static void check(int passed, const char *what) {
    if (!passed) printf("%s\n", what);
    failures += !passed;
}

/* argument: `frames` if the stack must be one that can be unwound */
int main(int argc, char **argv) {
    bool frames = argc > 1 && !strcmp(argv[1], "frames");
    struct loom_rt runtime = {0}, *none = loom_rt_;
    double off, on;
    unsigned long without, with;
    object_list(loom_first_, loom_behind_, &loom_files_);
    check(loom_files_ && loom_files_->next && !loom_files_->next->next &&
              *loom_file_in_other.files == loom_files_ &&
              *loom_file_in_slot_call.files == loom_files_,
          "not both files are listed");
    runtime.size = sizeof runtime;
    runtime.slot = kept_slot;
    runtime.slot_values = kept_slot_values;
    runtime.slot_found = kept_slot_found;
    runtime.contact = contact;
    runtime.arrive = arrive;
    loom_rt_ = &runtime;
    check(strangers(), "a thread without a record takes the wrong way");
    loom_rt_ = none;
    off = work(1, 2, 3, 4, 5, 6, 7.5, 8.5);
    without = all_values();
    loom_rt_ = &runtime;
    check(boundaries(), "a boundary called itself too often, or never");
    frame_of_work = (char *)__builtin_frame_address(0) + 64;
    loom_ops_in_slot_call[POINT] = loom_file_in_slot_call.words[KEEP];
    loom_ops_in_slot_call[WITH_VALUES] = loom_file_in_slot_call.words[VALUES];
    check(!spoiled(), "a slot does not keep the registers");
    check(!spoiled_with_values(), "a slot with values does not keep, or give, the registers");
    calls = wrong_stacks = 0;
    on = work(1, 2, 3, 4, 5, 6, 7.5, 8.5);
    check(off == on, "results differ");
    check(calls == TURNS, "the slot was not called once per turn");
    check(!frames || depth >= 4, "unwinding stops in a slot");
    values_calls = 0;
    with = all_values();
    check(with == without, "results differ with values");
    check(values_calls == 8 + IN_REGISTERS, "a slot with values was not called");
    check(!frames || !frames_differ(), "the stack of a slot with values unwinds differently");
    check(gives(), "the file does not give its variables");
    loom_rt_ = none;
    check(!wrong_points, "wrong points");
    check(!wrong_stacks, "wrong stacks");
    return failures + (int)wrong_values != 0;
}
LOOM_GLOBALS(in_slot_call)
LOOM_GLOBAL(0, counter)
LOOM_GLOBAL_AT(1, table)
LOOM_GLOBAL_AT(2, work)
LOOM_GLOBALS_END
