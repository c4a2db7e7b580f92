// SPDX-License-Identifier: MIT
/*
 * httpd.h: a small web server with the access log of Apache 2.0.
 *
 *   request   one line that a client sent; answered, then logged
 *   page      what is served: made from its number, so that anybody can tell the right answer
 *   log       lines gather in a buffer and go to a pipe, to the program that keeps them
 *             (CustomLog "|rotatelogs ..."; here a thread)
 */
#ifndef HTTPD_H
#define HTTPD_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PAGES = 64, PAGE_MAX = 2048, LINE_MAX_BYTES = 256, WORKERS_MAX = 64 };

/* ---- mod_log_config.c, or mod_log_config_fixed.c ---- */

enum {
    LOG_BUFSIZE = 4096, /* as in Apache: PIPE_BUF */
    LOG_BEHIND = WORKERS_MAX * LINE_MAX_BYTES,
    LOG_PATTERN = 0xa5
};

typedef struct buffered_log {
    int handle; /* the pipe */
    size_t outcnt;
    char outbuf[LOG_BUFSIZE];
    /* What lies behind the buffer in memory. Nobody may write here: see README.md */
    unsigned char behind[LOG_BEHIND];
} buffered_log;

void ap_buffered_log_init(buffered_log *buf, int handle);
/* Appends a line that comes in `nelts` parts, `len` bytes in all. */
void ap_buffered_log_writer(buffered_log *buf, const char **strs, const int *strl, int nelts,
                            size_t len);
/* What is in the buffer goes out. For a moment when nobody logs. */
void ap_buffered_log_flush(buffered_log *buf);
/* Bytes that went into the pipe so far. */
size_t ap_buffered_log_written(void);

/* ---- page.c ---- */

/* Writes page `number` into `text`; the length. */
size_t page_make(unsigned number, char *text);
/* A number that stands for these bytes. */
unsigned page_sum(const char *text, size_t length);

/* ---- server.c ---- */

/* Serves connections to `port` that it chooses, with so many threads, for ever, and logs. */
void server_start(unsigned workers, buffered_log *log, unsigned short *port);
/* Waits until that many requests were served and logged since the start. */
void server_await_logged(unsigned long count);

/* ---- main.c ---- */

/* Prints what went wrong, with errno, and ends the program. */
void ap_fail(const char *what);

/* ---- rotate.c ---- */

/* Starts the thread that keeps what comes through the pipe; the end of the pipe to write to. */
int rotate_start(void);
/* Waits until `written` bytes came since the start, and takes those that were not taken yet. The
 * caller frees the text. */
char *rotate_take(size_t written, size_t *length);

#endif
