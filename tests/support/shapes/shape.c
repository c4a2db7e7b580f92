/*
 * shape.c: a program of many shapes: shape MODE METER, until SIGTERM.
 *
 * Whatever the mode, threads go through region() again and again; METER is a file of 4096 bytes in
 * which struct meter is kept.
 */
#include "region.h"
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct meter *meter;
static _Atomic int inside;
static unsigned idle_us = 200;

void region(void) {
    if (atomic_fetch_add(&inside, 1)) meter->overlaps++;
    usleep(100);
    meter->rounds++;
    atomic_fetch_sub(&inside, 1);
}

static void *worker(void *unused) {
    for (;;) {
        region();
        usleep(idle_us);
    }
    return unused;
}

static void start(int count) {
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 65536);
    for (int i = 0; i < count; i++)
        if (pthread_create(&thread, &attr, worker, NULL)) exit(3);
}

static void ready(void) {
    meter->pid = getpid();
    for (;;) pause();
}

/* ---- threads that come and go, detached; `made` counts them */

static _Atomic int alive;
static void *short_life(void *unused) {
    region();
    alive--;
    return unused;
}

static void churn(void) {
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 32768);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    start(1);
    meter->pid = getpid();
    for (;;) {
        while (alive >= 64) usleep(50);
        alive++;
        if (pthread_create(&thread, &attr, short_life, NULL))
            alive--;
        else
            meter->made++;
    }
}

/* ---- callbacks of libraries */

static int compare(const void *a, const void *b) {
    region();
    meter->called++;
    return *(const int *)a - *(const int *)b;
}

/* In a thread that libc made: it obeys a filter from its first safe place on, which is here. */
static void on_timer(union sigval value) {
    (void)value;
    usleep(50);
    region();
    meter->called++;
}

/* exit() calls the last one first; the other threads go on until the process ends */
static void at_end_later(void) {
    usleep(20000);
}

static void at_end(void) {
    region();
    meter->ended = 1;
}

static void leave(int signal) {
    exit(signal == SIGTERM ? 0 : 1);
}

static void callbacks(void) {
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = on_timer};
    struct itimerspec every = {{0, 2000000}, {0, 2000000}};
    timer_t timer;
    int numbers[16];
    atexit(at_end_later);
    atexit(at_end);
    signal(SIGTERM, leave);
    start(2);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &every, NULL))
        exit(3);
    meter->pid = getpid();
    for (;;) {
        for (int i = 0; i < 16; i++) numbers[i] = rand();
        qsort(numbers, 16, sizeof *numbers, compare);
        usleep(200);
    }
}

/* ---- the process */

static void close_all(void) {
    syscall(SYS_close_range, 0u, ~0u, 0u);
}

/* A server that starts its children when it is told to (SIGUSR1) */
static volatile sig_atomic_t wanted;
static void want(int signal) {
    wanted = signal;
}

static void prefork(void) {
    signal(SIGUSR1, want);
    start(3);
    meter->pid = getpid();
    while (!wanted) usleep(1000);
    pid_t child = fork();
    if (child == 0) {
        inside = 0;
        start(3);
        meter->child = getpid();
        for (;;) pause();
    }
    for (;;) pause();
}

/* Kills the process for calls that only Loom makes. */
static void sandbox(unsigned flags) {
#define KILL_ON(call)                                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1),                                         \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        KILL_ON(membarrier),
        KILL_ON(close_range),
        KILL_ON(process_vm_readv),
        KILL_ON(pread64),
        KILL_ON(ppoll),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof code / sizeof code[0], code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program)) exit(3);
}

static void *sandboxed(void *data) {
    sandbox(0);
    return worker(data);
}

static void one_sandboxed(void) {
    pthread_t thread;
    start(2);
    pthread_create(&thread, NULL, sandboxed, NULL);
    ready();
}

static void wait_for_signals(void) {
    sigset_t set;
    int got;
    sigfillset(&set);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    start(3);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    meter->pid = getpid();
    while (!sigwait(&set, &got) && got != SIGTERM) meter->made++;
    exit(0);
}

/* A thread that waits in a region until SIGUSR1. */
static int wake_up[2];
static void stuck(void) {
    char byte;
    if (read(wake_up[0], &byte, 1) == 1) meter->called++;
}

static void *stuck_once(void *unused) {
    stuck();
    return worker(unused);
}

static void write_byte(int signal) {
    (void)signal;
    if (write(wake_up[1], "", 1) != 1) _exit(3);
}

static void one_stuck(void) {
    pthread_t thread;
    if (pipe(wake_up)) exit(3);
    signal(SIGUSR1, write_byte);
    start(2);
    if (pthread_create(&thread, NULL, stuck_once, NULL)) exit(3);
    ready();
}

/* ---- loops whose condition idles: one gets work all the time, one at SIGUSR1 only */

static int often[2], seldom[2];
static void *serve(void *ends) {
    char byte;
    while (read(((int *)ends)[0], &byte, 1) == 1) {
        meter->made++;                      /* the body: */
        if (ends != often) meter->called++; /* two lines */
    }
    return NULL;
}

static void give_work(int signal) {
    (void)signal;
    if (write(seldom[1], "", 1) != 1) _exit(3);
}

static void serving(void) {
    pthread_t thread;
    if (pipe(often) || pipe(seldom)) exit(3);
    signal(SIGUSR1, give_work);
    start(2);
    if (pthread_create(&thread, NULL, serve, often)) exit(3);
    if (pthread_create(&thread, NULL, serve, seldom)) exit(3);
    meter->pid = getpid();
    for (;;) {
        if (write(often[1], "", 1) != 1) exit(3);
        usleep(500);
    }
}

/* ---- all ways out of a region but its end; `made` counts rounds through all of them */

static _Thread_local sigjmp_buf outside;
static _Atomic int in_leaky;

static void deeper(int how) {
    if (how == 1) pthread_exit(NULL);
    if (how == 2) longjmp(outside, 1);
    in_leaky = 1;
    usleep(how == 0 ? 0 : 20000000); /* 3: jumped out of by a handler; 4: cancelled */
    for (;;) atomic_signal_fence(memory_order_seq_cst); /* 5: cancelled at any instruction */
}

static void leaky(int how) {
    if (how == 0) return;
    if (how == 6 || how == 7) { /* the child leaves by exec, or ends in the region */
        pid_t child = fork();
        if (child == 0 && how == 6) execl("/bin/true", "true", NULL);
        if (child == 0) _exit(0);
        waitpid(child, NULL, 0);
        return;
    }
    if (how == 8) {
        pid_t child = vfork();
        if (child == 0) {
            execl("/bin/true", "true", NULL);
            _exit(0);
        }
        waitpid(child, NULL, 0);
        return;
    }
    deeper(how);
}

static void jump_out(int signal) {
    siglongjmp(outside, signal);
}

static void *leaves(void *data) {
    int how = *(int *)data;
    if (how == 5) pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    if (sigsetjmp(outside, 1) == 0) leaky(how);
    leaky(0); /* the same thread comes in and goes out again */
    return NULL;
}

static void *comes_by(void *unused) { /* others, who must not wait for one that has gone */
    for (;;) {
        leaky(0);
        meter->called++;
        usleep(500);
    }
    return unused;
}

static void exits(void) {
    pthread_t thread;
    signal(SIGUSR2, jump_out);
    start(2);
    if (pthread_create(&thread, NULL, comes_by, NULL)) exit(3);
    meter->pid = getpid();
    for (int how = 1;; how = how % 8 + 1) {
        in_leaky = 0;
        if (pthread_create(&thread, NULL, leaves, &how)) exit(3);
        if (how >= 3 && how <= 5) {
            while (!in_leaky) usleep(100);
            if (how == 3) pthread_kill(thread, SIGUSR2);
            if (how >= 4) pthread_cancel(thread);
        }
        pthread_join(thread, NULL);
        if (how == 8) meter->made++;
    }
}

static void many(void) {
    idle_us = 100000;
    start(1000);
    ready();
}

static void run(const char *mode) {
#define IS(name) (strcmp(mode, name) == 0)
    if (IS("single")) {
        meter->pid = getpid();
        worker(NULL);
    }
    if (IS("churn")) churn();
    if (IS("callbacks")) callbacks();
    if (IS("prefork")) prefork();
    if (IS("sigwait")) wait_for_signals();
    if (IS("serving")) serving();
    if (IS("exits")) exits();
    if (IS("stuck")) one_stuck();
    if (IS("many")) many();
    if (IS("closed-before")) close_all();
    if (IS("daemon") && daemon(1, 0)) exit(3);
    if (IS("sandbox-before")) sandbox(0);
    if (IS("sandbox-one")) one_sandboxed();
    if (IS("chroot-before") && (chroot("/var/empty") && chroot("/tmp"))) exit(3);
    start(3);
    if (IS("closed-later")) close_all();
    /* the helper's last step, from its pipes to its sleep, is not waited for */
    if (IS("sandbox-later")) {
        usleep(200000);
        sandbox(SECCOMP_FILTER_FLAG_TSYNC);
        meter->made = 1;
    }
    if (IS("chroot") && (chroot("/var/empty") && chroot("/tmp"))) exit(3);
    if (IS("setuid") && (setgid(65534) || setuid(65534))) exit(3);
    ready();
}

int main(int count, char **words) {
    int fd = count == 3 ? open(words[2], O_RDWR) : -1;
    meter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (meter == MAP_FAILED) return 2;
    run(words[1]);
    return 0;
}
