// SPDX-License-Identifier: MIT
/* mod_log_config.c: the buffered log writer. */
#include "httpd.h"
#include "../common/rounds.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static size_t written; /* atomic; for the oracle only */

void ap_buffered_log_init(buffered_log *buf, int handle) {
    buf->handle = handle;
    buf->outcnt = 0;
    memset(buf->behind, LOG_PATTERN, sizeof buf->behind);
}

static void write_all(int handle, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t done = write(handle, bytes, size);
        if (done < 0 && errno != EINTR) ap_fail("write to the log");
        if (done < 0) continue;
        __atomic_fetch_add(&written, (size_t)done, __ATOMIC_SEQ_CST);
        bytes += done;
        size -= (size_t)done;
    }
}

static void flush_log(buffered_log *buf) {
    if (buf->outcnt == 0) return;
    write_all(buf->handle, buf->outbuf, buf->outcnt);
    rounds_test_point();
    buf->outcnt = 0;
}

void ap_buffered_log_writer(buffered_log *buf, const char **strs, const int *strl, int nelts,
                            size_t len) {
    if (len + buf->outcnt > LOG_BUFSIZE) flush_log(buf);

    if (len >= LOG_BUFSIZE) { /* too long for the buffer: it goes out by itself */
        for (int i = 0; i < nelts; i++) write_all(buf->handle, strs[i], (size_t)strl[i]);
        return;
    }
    char *s = &buf->outbuf[buf->outcnt];
    for (int i = 0; i < nelts; i++) {
        memcpy(s, strs[i], (size_t)strl[i]);
        s += strl[i];
    }
    buf->outcnt += len;
}

void ap_buffered_log_flush(buffered_log *buf) {
    flush_log(buf);
}

size_t ap_buffered_log_written(void) {
    return __atomic_load_n(&written, __ATOMIC_SEQ_CST);
}
