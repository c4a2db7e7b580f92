// SPDX-License-Identifier: MIT
/* guard.c: see guard.h. */
#include "guard.h"
#include "report.h"
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static volatile pid_t worker;

static void on_signal(int number) {
    caught = number;
    if (worker > 0) kill(worker, SIGKILL);
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof signals / sizeof *signals };

/* A signal that the caller had ignored (nohup) stays ignored. */
static void handle_signals(struct sigaction old[SIGNALS]) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], NULL, &old[i]);
        if (old[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, NULL);
    }
}

static void restore_signals(const struct sigaction old[SIGNALS]) {
    for (int i = 0; i < SIGNALS; i++) sigaction(signals[i], &old[i], NULL);
}

void guard_follow_parent(int parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
}

static int make_writable(const char *path, const struct stat *status, int kind, struct FTW *level) {
    (void)level;
    if (kind == FTW_D || kind == FTW_DNR) (void)chmod(path, (status->st_mode & 0777) | 0700);
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *level) {
    (void)status, (void)kind, (void)level;
    return remove(path);
}

int guard_remove(const char *path) {
    nftw(path, make_writable, 32, FTW_PHYS | FTW_MOUNT);
    return nftw(path, remove_one, 32, FTW_PHYS | FTW_MOUNT | FTW_DEPTH) == 0 ? 0 : -errno;
}

/* What the worker left behind when it was ended by a signal: compilers, which remove their
 * temporary files, and what these had started. */
static void end_adopted(void) {
    char path[64];
    int pid;
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *list = fopen(path, "re");
    while (list && fscanf(list, "%d", &pid) == 1) kill(pid, SIGTERM);
    if (list) fclose(list);
}

static int wait_for(pid_t child) {
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return report_error(1, "waitpid: %m");
    /* its own children die with it (guard_follow_parent), and come to us as their subreaper */
    do
        if (caught) end_adopted();
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR);
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    if (!caught)
        report_error(1,
                     "it failed itself (%s); nothing was written. Please report this "
                     "with the tree that caused it",
                     strsignal(WTERMSIG(status)));
    return 1;
}

int guard_run(const char *work, int (*task)(const char *, void *), void *context) {
    struct sigaction old[SIGNALS];
    sigset_t block, before;
    /* blocked until `worker` is known, so that no signal can miss it, nor leave the folder behind */
    sigemptyset(&block);
    for (int i = 0; i < SIGNALS; i++) sigaddset(&block, signals[i]);
    sigprocmask(SIG_BLOCK, &block, &before);
    if (mkdir(work, 0700) != 0) {
        int status = report_error(1, "%s: cannot make the work folder: %m", work);
        sigprocmask(SIG_SETMASK, &before, NULL);
        return status;
    }
    handle_signals(old);
    pid_t guard = getpid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    fflush(NULL);
    worker = fork();
    if (worker == 0) {
        restore_signals(old);
        sigprocmask(SIG_SETMASK, &before, NULL);
        guard_follow_parent(guard);
        int status = task(work, context);
        if (fflush(stdout) != 0 && status == 0) status = report_error(1, "standard output: %m");
        _exit(status);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    int status = worker < 0 ? report_error(1, "fork: %m") : wait_for(worker);
    int error = guard_remove(work);
    if (error && error != -ENOENT)
        status = report_error(status ? status : 1, "%s: cannot remove: %s", work, strerror(-error));
    restore_signals(old);
    if (caught) raise(caught);
    return status;
}
