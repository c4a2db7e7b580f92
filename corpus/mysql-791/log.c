// SPDX-License-Identifier: MIT
/* log.c: the binary log. Its files have no name; they are kept open until the log is reset. */
#define _GNU_SOURCE
#include "mysql.h"
#include "../common/rounds.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

MYSQL_LOG mysql_bin_log = {.LOCK_log = PTHREAD_MUTEX_INITIALIZER};

static void give_up(const char *what) {
    perror(what);
    exit(2);
}

void MYSQL_LOG_put(MYSQL_LOG *log, const char *text, size_t length) {
    if (write(log->file[log->files - 1], text, length) != (ssize_t)length) give_up("write");
    log->size += length;
}

void MYSQL_LOG_open(MYSQL_LOG *log, enum log_type type) {
    if (log->files == LOG_FILES_MAX) {
        fprintf(stderr, "log.c: more than %d files\n", LOG_FILES_MAX);
        exit(2);
    }
    int file = memfd_create("binlog", MFD_CLOEXEC);
    if (file < 0) give_up("memfd_create");
    log->file[log->files++] = file;
    log->size = 0;
    char header[64];
    int length = snprintf(header, sizeof header, "# binlog.%06u\n", log->files);
    MYSQL_LOG_put(log, header, (size_t)length);
    log->log_type = type;
}

bool MYSQL_LOG_is_open(const MYSQL_LOG *log) {
    return log->log_type != LOG_CLOSED;
}

void MYSQL_LOG_new_file(MYSQL_LOG *log, bool inside_mutex) {
    enum log_type type;

    if (!inside_mutex) pthread_mutex_lock(&log->LOCK_log);
    if (!MYSQL_LOG_is_open(log)) {
        if (!inside_mutex) pthread_mutex_unlock(&log->LOCK_log);
        return;
    }
    type = log->log_type;
    MYSQL_LOG_close(log);
    rounds_test_point();
    MYSQL_LOG_open(log, type);
    if (!inside_mutex) pthread_mutex_unlock(&log->LOCK_log);
}

void MYSQL_LOG_write(MYSQL_LOG *log, const THD *thd) {
    pthread_mutex_lock(&log->LOCK_log);
    if (!MYSQL_LOG_is_open(log)) {
        pthread_mutex_unlock(&log->LOCK_log);
        return;
    }
    MYSQL_LOG_put(log, thd->query, strlen(thd->query));
    MYSQL_LOG_put(log, "\n", 1);
    if (log->size > LOG_FILE_SIZE) {
        log->full++;
        MYSQL_LOG_new_file(log, true);
    }
    pthread_mutex_unlock(&log->LOCK_log);
}

void MYSQL_LOG_reset(MYSQL_LOG *log) {
    for (unsigned i = 0; i < log->files; i++) close(log->file[i]);
    log->files = 0;
    log->full = 0;
    MYSQL_LOG_open(log, LOG_BIN);
}
