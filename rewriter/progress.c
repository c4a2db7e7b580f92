// SPDX-License-Identifier: MIT
/* progress.c: see progress.h. At most ten updates a second. */
#include "progress.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const char *what;
static size_t total, done;
static bool shown;
static long long last;

static long long milliseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

void progress_start(const char *text, size_t count) {
    progress_end();
    what = isatty(STDERR_FILENO) ? text : NULL;
    total = count;
    done = 0;
    last = 0;
}

/* WHAT [#####.....] 12/99 NAME, cut to the width of the terminal */
static void draw(const char *name) {
    enum { WIDTH = 24 };
    char bar[WIDTH + 1], line[512];
    struct winsize size = {0};
    size_t columns = 80;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) columns = size.ws_col;
    size_t full = total ? (size_t)WIDTH * done / total : 0;
    memset(bar, '.', WIDTH);
    memset(bar, '#', full < WIDTH ? full : WIDTH);
    bar[WIDTH] = 0;
    if (total)
        snprintf(line, sizeof line, "%s [%s] %zu/%zu %s", what, bar, done, total, name);
    else
        snprintf(line, sizeof line, "%s %zu %s", what, done, name);
    fprintf(stderr, "\r%.*s\033[K", (int)(columns < sizeof line ? columns - 1 : sizeof line), line);
    fflush(stderr);
    shown = true;
}

void progress_step(const char *name) {
    done++;
    long long time = what ? milliseconds() : 0;
    if (!what || time - last < 100) return;
    last = time;
    draw(name);
}

void progress_end(void) {
    if (shown) fputs("\r\033[K", stderr);
    shown = false;
    what = NULL;
}
