// SPDX-License-Identifier: MIT
/*
 * sys.h: the runtime's only way to the system. Everything returns 0 (or a count) or -errno.
 *
 * Rule: nothing here allocates with malloc, prints, or is a cancellation point. errno may change;
 * the runtime's entry points (entry.c) save and restore it. All are async-signal-safe but for
 * sys_thread. In test builds (LOOM_DEBUG) any call can be made to fail: see struct sys_faults.
 */
#ifndef LOOM_SYS_H
#define LOOM_SYS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sys_kind {
    KIND_MAP,
    KIND_BARRIER,
    KIND_PRIVATE_TABLE,
    KIND_PIPE,
    KIND_THREAD,
    KIND_WRITE,
    KIND_PEEK,
    KIND_OPEN,
    KINDS
};

#ifdef LOOM_DEBUG
/* The Nth call of a kind from now fails (1: the next one); 0: none. */
struct sys_faults {
    unsigned fail_at[KINDS];
    unsigned calls[KINDS];
};
extern struct sys_faults sys_faults;
extern size_t sys_mapped; /* bytes that sys_map gave and sys_unmap has not got back */
#endif

/* Zeroed pages, or null. */
void *sys_map(size_t size);
void sys_unmap(void *memory, size_t size);

/* Sleeps while *word == value. limit_ms 0: without limit. 0, -ETIMEDOUT, -EAGAIN or -EINTR. */
int sys_futex_wait(const volatile uint32_t *word, uint32_t value, unsigned limit_ms);
void sys_futex_wake(const volatile uint32_t *word, int threads);

/* A full memory barrier in all running threads of the process. Register once, before threads. */
int sys_barrier_register(void);
int sys_barrier(void);

/* Blocks all signals of the calling thread; gives back the mask before. */
uint64_t sys_signals_block(void);
void sys_signals_restore(uint64_t mask);

/* True if the address lies on the calling thread's alternate signal stack, and `in_use` tells
 * whether the thread runs on it now. */
bool sys_on_signal_stack(const void *address, bool *in_use);

uint64_t sys_now_ms(void);
/* Processor time that a thread of this process has used, in ns; 0: not known. */
uint64_t sys_thread_ran_ns(int tid);
int sys_tid(void);
int sys_pid(void);
/* 0 if the thread exists. */
int sys_thread_exists(int tid);
bool sys_secure(void); /* AT_SECURE */
/* 0: none; 1: a seccomp filter or mode is on; -errno: it cannot be known. `status` is an open
 * descriptor of /proc/thread-self/status, or -1 to open it. One caller at a time. */
int sys_seccomp(int status);
/* Copies from memory of this process that may be unmapped. -EPERM after sys_forbid_peek. */
int sys_peek(void *to, const volatile void *from, size_t size);
/* The process got a seccomp filter: no unusual system call from a program thread any more. */
void sys_forbid_peek(void);
/* The same, and no membarrier: barriers go through mprotect, which malloc needs, too. */
void sys_sandboxed(void);
bool sys_may_peek(void);

/* ---- of the helper thread ---- */
int sys_thread(void *(*start)(void *), void *arg, size_t stack); /* detached, signals blocked */
void sys_thread_name(const char *name);
int sys_private_table(void); /* an empty descriptor table of the calling thread's own */
int sys_pipe(int ends[2], int capacity);
int sys_open(int directory, const char *path); /* to read, without waiting */
int sys_open_waiting(const char *path);        /* to read, and read waits */
long sys_size(int fd); /* of a file; -errno: it has none */
long sys_read(int fd, void *to, size_t size);
long sys_read_at_start(int fd, void *to, size_t size); /* one caller at a time */
long sys_write(int fd, const void *from, size_t size);
void sys_close(int fd);
void sys_await_room(int fd, unsigned limit_ms); /* until fd is writable */
void sys_sleep_us(unsigned us);
void sys_yield(void); /* lets other threads run first */

#endif
