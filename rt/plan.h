// SPDX-License-Identifier: MIT
/*
 * plan.h: the contract between loom-pipe and the runtime: frames on the pipe, and plans.
 *
 * Transport. The helper thread (comm "loom") owns a private descriptor table with two anonymous
 * pipes: 0/1 read/write end of requests, 2/3 read/write end of replies. A client finds the thread
 * in /proc/PID/task/TID/comm, opens /proc/PID/task/TID/fd/1 for writing and fd/2 for reading with
 * O_NONBLOCK, checks that both are pipes, and holds flock(LOCK_EX) on the latter during one
 * request-reply exchange (one client at a time; a killed client's lock goes with it). The kernel
 * checks the user.
 *
 * Frames. Every frame is one write of at most PIPE_BUF (4096) bytes, so frames never mix. A frame
 * with wrong magic, length, version or checksum is dropped whole and changes nothing. The helper
 * never blocks on a reply: if the pipe stays full for LOOM_REPLY_MS it drops the session. Replies
 * repeat session and seq of the request; a client skips replies of other sessions. A reply is one
 * or more frames of type LOOM_REPLY, the last with LOOM_LAST in `flags`; payloads are put together.
 *
 * Replies are text, lines of `word key=value ...` with values %XX-escaped as in table.h, but for
 * LOOM_TABLE, whose reply is raw bytes. An error is one line: `error CODE TEXT`, CODE an errno name
 * or one of: off single-thread stale-modules bad-plan too-many no-such-filter busy seccomp.
 */
#ifndef LOOM_PLAN_H
#define LOOM_PLAN_H
#include <stdint.h>
#include <stddef.h>

#define LOOM_MAGIC 0x4d4f4f4cu /* "LOOM" */
#define LOOM_PROTOCOL 1u
#define LOOM_FRAME_MAX 4096u
#define LOOM_REPLY_MS 1000
#define LOOM_THREAD_NAME "loom"
#define LOOM_FILTERS_MAX 64 /* one bit of a thread's activation word each */
#define LOOM_PLAN_MAX (16u << 20)

enum loom_frame_type {
    LOOM_REPLY = 0,
    /* no payload. `runtime version=1 abi=1 pid=N state=on|off|single-thread reason=TEXT files=N
     * threads=N filters=N modules=HASH fast=0|1 slow-functions=N`; fast=1: no function is flagged
     * and no operation is installed: the process is on fast copies */
    LOOM_HELLO = 1,
    /* no payload. one `file index=N path=P hash=H table=BYTES points=N functions=N at=ADDRESS` per
     * file; at: of the table, which is constant: a client may have better ways to read it */
    LOOM_FILES = 2,
    /* u32 file index, u32 offset: up to 1 MiB of the table from there */
    LOOM_TABLE = 3,
    /* u32 total size: starts a new plan in this session. `ok` */
    LOOM_PLAN_BEGIN = 4,
    /* u32 offset, bytes. No reply (checked at the commit) */
    LOOM_PLAN_DATA = 5,
    /* u32 flags LOOM_COMMIT_*, u32 deadline in ms (stop and all-or-nothing): verify and publish.
     * Answers at once: `ok id=N`; progress is asked for with LOOM_STATUS */
    LOOM_PLAN_COMMIT = 6,
    /* u32 filter id, 0: all. For each: `filter id=N name=T text=T state=S since_ms=N force_ms=N
     * threads=N active=N enters=N waits=N timeouts=N suspended=0|1 skipped=N for_ms=N`, S one of
     * published in-force stopping removing rolled-back suspended; force_ms: from publication to in
     * force, or -1; skipped: operations whose expressions could not be evaluated; for_ms: what is
     * left of its time, or -1: it stays;
     * then, for filters not in force, one `missing id=N tid=N name=COMM where=inside|outside|
     * parked file=INDEX point=N since_ms=N` per thread that is not active (file=-1: unknown), while
     * stopping only those that hold it up */
    LOOM_STATUS = 7,
    /* u32 filter id, 0: all. Enters go inert at once; `ok count=N`; gone when LOOM_STATUS no
     * longer lists it. */
    LOOM_REMOVE = 8,
    /* no payload. `event seq=N ms=N kind=K filter=N text=T ...` oldest first, a bounded ring */
    LOOM_EVENTS = 9,
    /* no payload. one `thread tid=N name=COMM where=... file=INDEX point=N since_ms=N active=MASK` */
    LOOM_THREADS = 10
};

#define LOOM_LAST 1u
#define LOOM_COMMIT_STOP 1u           /* activate all threads at one instant */
#define LOOM_COMMIT_ALL_OR_NOTHING 2u /* take it back if not in force within the deadline */

struct loom_frame {
    uint32_t magic;
    uint16_t protocol;
    uint16_t type;
    uint64_t session; /* chosen by the client at random, not 0 */
    uint32_t seq;
    uint32_t flags;
    uint32_t length;   /* of the payload, at most LOOM_FRAME_MAX - sizeof(struct loom_frame) */
    uint32_t checksum; /* loom_checksum over header (with checksum 0) and payload */
};
#define LOOM_PAYLOAD_MAX (LOOM_FRAME_MAX - sizeof(struct loom_frame))

/* FNV-1a, 32 bits. Starts at LOOM_CHECKSUM_START; guards against mix-ups, not against malice. */
#define LOOM_CHECKSUM_START 2166136261u
static inline uint32_t loom_checksum(uint32_t sum, const void *data, size_t size) {
    const unsigned char *byte = data;
    for (size_t i = 0; i < size; i++) sum = (sum ^ byte[i]) * 16777619u;
    return sum;
}

/*
 * A plan: one filter, resolved and analysed. A blob: the header, then the sections in this order
 * without padding between (every section is a multiple of 8 bytes): modules, operations, slow
 * functions, unsafe points, reach, code, text. Offsets and counts are checked against `size` and against the
 * files of the process before anything changes.
 */
struct loom_plan {
    uint32_t magic;   /* LOOM_MAGIC */
    uint16_t version; /* LOOM_PROTOCOL */
    uint16_t kind;    /* LOOM_EXCLUSION, LOOM_ORDER, LOOM_ALONE */
    uint32_t size;    /* of the whole blob */
    uint32_t checksum; /* over the blob with this field 0 */
    uint64_t modules_hash; /* of the set of files the plan was made for, as LOOM_HELLO gave it */
    uint32_t modules, operations, slow, unsafe_bytes;
    uint32_t name_size, text_size; /* UTF-8, without NUL, follow each other, padded to 8 together */
    uint32_t within_ms;            /* exclusion: longest hold of one owner; order: longest wait */
    uint32_t flags;                /* LOOM_ELSE_PASS, LOOM_EACH */
    uint32_t for_ms;               /* removed by itself so long after its publication; 0: stays */
    uint32_t code;                 /* instructions in the code section */
    uint32_t reach_bytes;          /* order: links * unsafe_bytes, or 0: not known */
    uint32_t reserved;             /* 0 */
};
/* LOOM_ALONE, `r <> *`: while a thread is in r, no other runs instrumented code. Its operations are
 * those of an exclusion, without keys and LOOM_OP_SHARED; conditions are allowed. within_ms limits an
 * entry, too. Every pause point is good for parking, so `unsafe` is only for the installation. When
 * others could not be kept out, LOOM_STATUS counts it in `timeouts` and an event `not-alone` or
 * `timeout` tells (rt/op_alone.h has the limits). */
enum { LOOM_EXCLUSION = 1, LOOM_ORDER = 2, LOOM_ALONE = 3 };
#define LOOM_ELSE_PASS 1u /* a timed-out waiter passes and the filter stays; order: always set */
#define LOOM_EACH 2u      /* order: every wait takes what it waited for; otherwise nothing is taken */
#define LOOM_WITHIN_DEFAULT_MS 2000u

/*
 * The reach section of an order has one bit set per link, each laid out as the unsafe section (set
 * of link n: from n * unsafe_bytes on). Bit p: a thread that stands at pause point p, or one started
 * at the pthread_create of point p, can still come to the link's left side, by itself or through a
 * thread that it starts (or those start): a clear bit is for good. A down whose left side no live
 * thread can reach any more passes (and opens a latch). Of links from `end(f)`: all 0.
 */

/* A file the plan names; all other parts index this section. */
struct loom_plan_module {
    uint64_t hash;
    uint32_t file;          /* index as in LOOM_FILES */
    uint32_t points;        /* must equal the file's */
    uint32_t functions;     /* must equal the file's */
    uint32_t unsafe_offset; /* in the unsafe section: a bit set of `points` bits, bit n = point n is
                               an unsafe pause point; padded to 8 bytes. The sets follow each
                               other without gaps. All files must be listed, in order. */
};

/*
 * Of an exclusion, and of LOOM_ALONE: enter, leave. Of an order `a > b > c`: link 0 from a to b, link
 * 1 from b to c; UP says that the link's left side has happened, DOWN waits until it has happened
 * `count` times. A link from `end(f)` has BIRTHs, not ups: the sites of pthread_create at which
 * threads start in f (with LOOM_OP_START: `point` is the number of f among the file's globals, see
 * struct loom_file.global, and it means the threads whose start routine has that address); its downs
 * have LOOM_OP_END and wait while such a thread lives. TEST evaluates the condition of a statement
 * that is the link's left side, in front of it; an UP with LOOM_OP_TESTED, where the statement is
 * done, counts only if the last TEST of the link in the same frame held, and takes it back. A link
 * has both or neither.
 */
enum {
    LOOM_ENTER = 1,
    LOOM_LEAVE = 2,
    LOOM_UP = 3,
    LOOM_DOWN = 4,
    LOOM_BIRTH = 5,
    LOOM_TEST = 6
};
#define LOOM_LINKS_MAX 16u
#define LOOM_COUNT_MAX 1000000u
/* Every execution of this enter nests (function entries); otherwise an enter in the frame that
 * already holds the region does nothing (loops back into the region). */
#define LOOM_OP_NEST 1u
/* This leave releases the innermost hold of the region whatever frame entered it (regions that
 * span functions, frames of variable size); otherwise only holds of this frame and of deeper,
 * ended ones. */
#define LOOM_OP_ANY_FRAME 2u
/* This up comes behind the downs and enters of its point (the event is the point itself); without,
 * in front of them (the point is where a statement before it is done). */
#define LOOM_OP_BEHIND 4u
#define LOOM_OP_END 8u /* of a down: waits for the end of threads */
/* This enter lets other threads in that enter with it, and excludes those that enter without. */
#define LOOM_OP_SHARED 16u
#define LOOM_OP_START 32u  /* of a birth: a start routine, not a site */
#define LOOM_OP_TESTED 64u /* of an up: depends on the TEST in its frame */
/* Of a down: `count` is not a number but the program (1 + index in the code section) that gives it,
 * each time; 0 and less: does not wait. All downs of the link are so; its ups have count 1. */
#define LOOM_OP_COUNTED 128u
struct loom_plan_operation {
    uint32_t module; /* index in the modules section */
    uint32_t point;
    uint8_t kind;
    uint8_t flags;
    uint16_t region; /* regions of one filter exclude each other and themselves: one lock (per key);
                        of an order: the link */
    uint32_t count;  /* of up and down: how often; the same in all of a link. Birth: 1. Else 0 */
    uint32_t condition; /* program (1 + index in the code section), 0: none. The operation is skipped
                           if it gives 0. Of enter, down, test (never 0 there), and of ups with
                           LOOM_OP_BEHIND alone. loom-pipe gives none to enters that do not nest
                           if a leave of their region is LOOM_OP_ANY_FRAME (see op_lock.h) */
    uint32_t key; /* program, 0: none. Of enters: one lock per value; of one exclusion all or none */
};

/*
 * A program: instructions from its first to the first LOOM_CODE_END: a stack machine on 64-bit
 * values. Jumps lead forward only, so it ends. rt/code.c verifies, rt/run_code.c interprets; grammar/
 * compiles. What cannot be evaluated (bad memory, a value the slot does not pass, division by 0, or
 * of the least number by -1) is an event `unreadable`, once per filter and second, and the operation
 * is skipped: an enter and a down pass, an up or test does not count. A count is taken as signed.
 */
enum loom_code {
    LOOM_CODE_END = 0,    /* the result is the top of the stack, which has this one value */
    LOOM_CODE_CONST = 1,  /* pushes `value` */
    LOOM_CODE_LOCAL = 2,  /* pushes value number `index` that the slot passes, taken as `size` */
    LOOM_CODE_GLOBAL = 3, /* pushes global number `index` of the point's file, taken as `size` */
    LOOM_CODE_LOAD = 4,   /* pops an address, pushes what is there, of `size`; fault-safe */
    LOOM_CODE_CUT = 5,    /* the top, taken as `size` */
    LOOM_CODE_NEGATE = 6,
    LOOM_CODE_INVERT = 7, /* ~ */
    LOOM_CODE_NOT = 8,    /* ! */
    /* pop right, then left; push left OP right. LOOM_CODE_SIGNED in size: of / % >> < <= */
    LOOM_CODE_ADD = 16,
    LOOM_CODE_SUBTRACT = 17,
    LOOM_CODE_MULTIPLY = 18,
    LOOM_CODE_DIVIDE = 19,
    LOOM_CODE_REMAINDER = 20,
    LOOM_CODE_SHIFT_LEFT = 21, /* the count is taken modulo 64 */
    LOOM_CODE_SHIFT_RIGHT = 22,
    LOOM_CODE_AND = 23,
    LOOM_CODE_OR = 24,
    LOOM_CODE_XOR = 25,
    LOOM_CODE_EQUAL = 26, /* comparisons push 1 or 0 */
    LOOM_CODE_UNEQUAL = 27,
    LOOM_CODE_LESS = 28,
    LOOM_CODE_LESS_EQUAL = 29,
    /* `&&` and `||`: if the top is 0 (is not), replaces it by 0 (by 1) and goes on `index`
     * instructions behind this one; else pops it. The stack is as high on both ways: the right
     * side leaves one value, too */
    LOOM_CODE_AND_THEN = 32,
    LOOM_CODE_OR_ELSE = 33
};
#define LOOM_CODE_SIGNED 0x80u /* in `size`: sign-extended to 64 bits, otherwise zero-extended */
#define LOOM_CODE_MAX 64u      /* instructions of one program, the end included */
#define LOOM_CODE_STACK 16u
struct loom_plan_code {
    uint8_t op;   /* enum loom_code */
    uint8_t size; /* 1, 2, 4 or 8 bytes, with or without LOOM_CODE_SIGNED; 0 where it has no meaning
                     (LOOM_CODE_SIGNED alone at / % >> < <=) */
    uint16_t reserved; /* 0 */
    uint32_t index;
    uint64_t value;
};

struct loom_plan_slow {
    uint32_t module;
    uint32_t function; /* flag index */
};

/* FNV-1a 64 over, per file in index order: path, NUL, hash as 8 bytes little-endian. */
#define LOOM_HASH64_START 14695981039346656037ull
static inline uint64_t loom_hash64(uint64_t hash, const void *data, size_t size) {
    const unsigned char *byte = data;
    for (size_t i = 0; i < size; i++) hash = (hash ^ byte[i]) * 1099511628211ull;
    return hash;
}

_Static_assert(sizeof(struct loom_frame) == 32, "frame header");
_Static_assert(sizeof(struct loom_plan) == 72, "plan header");
_Static_assert(sizeof(struct loom_plan_module) == 24, "plan module");
_Static_assert(sizeof(struct loom_plan_operation) == 24, "plan operation");
_Static_assert(sizeof(struct loom_plan_code) == 16, "plan code");
_Static_assert(sizeof(struct loom_plan_slow) == 8, "plan slow function");

#endif
