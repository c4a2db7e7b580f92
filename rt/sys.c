// SPDX-License-Identifier: MIT
/* sys.c: the seam to the kernel and to libc. See sys.h. */
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifdef LOOM_DEBUG
struct sys_faults sys_faults;
size_t sys_mapped;
static void count_mapped(size_t by) {
    __atomic_fetch_add(&sys_mapped, by, __ATOMIC_RELAXED);
}
static bool faulty(enum sys_kind kind) {
    unsigned call = __atomic_add_fetch(&sys_faults.calls[kind], 1, __ATOMIC_RELAXED);
    unsigned at = __atomic_load_n(&sys_faults.fail_at[kind], __ATOMIC_RELAXED);
    return at && call == at;
}
#else
static void count_mapped(size_t by) {
    (void)by;
}
static bool faulty(enum sys_kind kind) {
    (void)kind;
    return false;
}
#endif

static int result(long value) {
    return value < 0 ? -errno : (int)value;
}

void *sys_map(size_t size) {
    void *memory;
    if (faulty(KIND_MAP)) return NULL;
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    count_mapped(size);
    return memory;
}

void sys_unmap(void *memory, size_t size) {
    if (!memory) return;
    count_mapped(-size);
    munmap(memory, size);
}

int sys_futex_wait(const volatile uint32_t *word, uint32_t value, unsigned limit_ms) {
    struct timespec limit = {limit_ms / 1000, (long)(limit_ms % 1000) * 1000000};
    return result(syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, limit_ms ? &limit : NULL));
}

void sys_futex_wake(const volatile uint32_t *word, int threads) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, threads);
}

/* Without membarrier (before Linux 4.14, or in a sandbox): taking a right from a page that was just
 * written makes the kernel interrupt every processor that runs this process. True of x86 only. */
static char *barrier_page;
static uint32_t barrier_page_busy;

static int barrier_by_page(void) {
    int r;
    while (__atomic_exchange_n(&barrier_page_busy, 1, __ATOMIC_ACQUIRE)) sys_sleep_us(50);
    r = mprotect(barrier_page, 4096, PROT_READ | PROT_WRITE);
    *(volatile char *)barrier_page = 1;
    r |= mprotect(barrier_page, 4096, PROT_READ);
    __atomic_store_n(&barrier_page_busy, 0, __ATOMIC_RELEASE);
    return result(r);
}

int sys_barrier_register(void) {
    if (!faulty(KIND_BARRIER) &&
        !syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
        return 0;
#ifdef __x86_64__
    barrier_page = sys_map(4096);
    return barrier_page ? 0 : -ENOMEM;
#else
    return -ENOSYS;
#endif
}

int sys_barrier(void) {
    if (__atomic_load_n(&barrier_page, __ATOMIC_ACQUIRE)) return barrier_by_page();
    if (faulty(KIND_BARRIER)) return -ENOSYS;
    return result(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
}

uint64_t sys_signals_block(void) {
    uint64_t all = ~0ull, before = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
    return before;
}

void sys_signals_restore(uint64_t mask) {
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask);
}

bool sys_on_signal_stack(const void *address, bool *in_use) {
    stack_t stack = {0};
    *in_use = false;
    if (sigaltstack(NULL, &stack) || stack.ss_flags & SS_DISABLE) return false;
    *in_use = stack.ss_flags & SS_ONSTACK;
    return (uintptr_t)address - (uintptr_t)stack.ss_sp < stack.ss_size;
}

uint64_t sys_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t sys_thread_ran_ns(int tid) {
    enum { PER_THREAD = 4, SCHEDULED = 2 }; /* the kernel's numbers of CPU clocks: posix-timers.h */
    struct timespec ran;
    int clock = (int)(~(unsigned)tid << 3 | PER_THREAD | SCHEDULED);
    if (syscall(SYS_clock_gettime, clock, &ran)) return 0;
    return (uint64_t)ran.tv_sec * 1000000000 + (uint64_t)ran.tv_nsec;
}

int sys_tid(void) {
    return (int)syscall(SYS_gettid);
}
int sys_pid(void) {
    return (int)syscall(SYS_getpid);
}
int sys_thread_exists(int tid) {
    return result(syscall(SYS_tgkill, sys_pid(), tid, 0));
}
bool sys_secure(void) {
    return getauxval(AT_SECURE) != 0;
}

int sys_seccomp(int status) {
    static char text[4096]; /* program threads may have small stacks */
    char *line;
    int fd = status < 0 ? sys_open(-1, "/proc/thread-self/status") : status;
    long size;
    if (fd < 0) return -ENOENT;
    /* read is what a sandbox allows if it allows anything */
    size = status < 0 ? sys_read(fd, text, sizeof text - 1)
                      : sys_read_at_start(fd, text, sizeof text - 1);
    if (status < 0) sys_close(fd);
    if (size <= 0) return -EIO;
    text[size] = 0;
    line = strstr(text, "\nSeccomp:");
    if (!line) return 0; /* a kernel without seccomp */
    line += strlen("\nSeccomp:");
    while (*line == '\t' || *line == ' ') line++;
    return *line != '0';
}

static bool peeking_forbidden;

void sys_forbid_peek(void) {
    __atomic_store_n(&peeking_forbidden, true, __ATOMIC_RELAXED);
}

void sys_sandboxed(void) {
    sys_forbid_peek();
#ifdef __x86_64__
    if (!barrier_page) __atomic_store_n(&barrier_page, sys_map(4096), __ATOMIC_RELEASE);
#endif
}

bool sys_may_peek(void) {
    return !__atomic_load_n(&peeking_forbidden, __ATOMIC_RELAXED);
}

int sys_peek(void *to, const volatile void *from, size_t size) {
    struct iovec local = {to, size}, remote = {(void *)(uintptr_t)from, size};
    if (faulty(KIND_PEEK) || !sys_may_peek()) return -EPERM;
    long n = syscall(SYS_process_vm_readv, sys_pid(), &local, 1L, &remote, 1L, 0L);
    if (n < 0) return -errno;
    return (size_t)n == size ? 0 : -EFAULT;
}

int sys_thread(void *(*start)(void *), void *arg, size_t stack) {
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all, before;
    int r;
    if (faulty(KIND_THREAD)) return -EAGAIN;
    if ((r = pthread_attr_init(&attr))) return -r;
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    r = pthread_attr_setstacksize(&attr, stack);
    /* The new thread inherits the mask. glibc keeps its own two signals (setuid, cancel) open. */
    sigfillset(&all);
    if (!r) {
        pthread_sigmask(SIG_SETMASK, &all, &before);
        r = pthread_create(&thread, &attr, start, arg);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attr);
    return -r;
}

void sys_thread_name(const char *name) {
    prctl(PR_SET_NAME, name, 0L, 0L, 0L);
}

int sys_private_table(void) {
    if (faulty(KIND_PRIVATE_TABLE)) return -ENOSYS;
    return result(syscall(SYS_close_range, 0u, ~0u, 2u /* CLOSE_RANGE_UNSHARE */));
}

int sys_pipe(int ends[2], int capacity) {
    if (faulty(KIND_PIPE)) return -EMFILE;
    if (syscall(SYS_pipe2, ends, O_CLOEXEC | O_NONBLOCK)) return -errno;
    if (capacity) syscall(SYS_fcntl, ends[1], F_SETPIPE_SZ, capacity); /* as large as allowed */
    return 0;
}

static int open_at(int directory, const char *path, int flags) {
    if (faulty(KIND_OPEN)) return -EMFILE;
    return result(syscall(SYS_openat, directory, path, O_RDONLY | O_CLOEXEC | flags, 0));
}

int sys_open(int directory, const char *path) {
    return open_at(directory < 0 ? AT_FDCWD : directory, path, O_NONBLOCK);
}

int sys_open_waiting(const char *path) {
    return open_at(AT_FDCWD, path, 0);
}

/* Raw system calls: the libc functions are cancellation points. */
long sys_read(int fd, void *to, size_t size) {
    long n = syscall(SYS_read, fd, to, size);
    return n < 0 ? -errno : n;
}

long sys_read_at_start(int fd, void *to, size_t size) {
    if (syscall(SYS_lseek, fd, 0L, SEEK_SET) < 0) return -errno;
    return sys_read(fd, to, size); /* stdio does the same; pread is rare */
}

long sys_write(int fd, const void *from, size_t size) {
    if (faulty(KIND_WRITE)) return -EPIPE;
    long n = syscall(SYS_write, fd, from, size);
    return n < 0 ? -errno : n;
}

long sys_size(int fd) {
    long end = syscall(SYS_lseek, fd, 0L, SEEK_END);
    if (end < 0 || syscall(SYS_lseek, fd, 0L, SEEK_SET) < 0) return -errno;
    return end;
}

void sys_close(int fd) {
    syscall(SYS_close, fd);
}

void sys_await_room(int fd, unsigned limit_ms) {
    struct pollfd one = {fd, POLLOUT, 0};
    struct timespec limit = {limit_ms / 1000, (long)(limit_ms % 1000) * 1000000};
    syscall(SYS_ppoll, &one, 1L, &limit, NULL, 8L);
}

void sys_yield(void) {
    syscall(SYS_sched_yield);
}

void sys_sleep_us(unsigned us) {
    struct timespec time = {us / 1000000, (long)(us % 1000000) * 1000};
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL);
}
