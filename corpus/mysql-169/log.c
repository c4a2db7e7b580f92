// SPDX-License-Identifier: MIT
/* log.c: the update log: a file without a name, a statement per line. */
#define _GNU_SOURCE
#include "mysql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LOG_MAX = 1 << 16 };

static pthread_mutex_t LOCK_log = PTHREAD_MUTEX_INITIALIZER;
static int file = -1;
static size_t size;

static void give_up(const char *what) {
    perror(what);
    exit(2);
}

void log_start(void) {
    if (file < 0) file = memfd_create("update.log", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, 0) || lseek(file, 0, SEEK_SET)) give_up("update log");
    size = 0;
}

bool mysql_update_log_write(const THD *thd) {
    char line[QUERY_MAX + 1];
    size_t length = (size_t)snprintf(line, sizeof line, "%s\n", thd->query);

    if (thd->db->slave) return true;
    pthread_mutex_lock(&LOCK_log);
    if (size + length > LOG_MAX) {
        pthread_mutex_unlock(&LOCK_log);
        return false;
    }
    if (write(file, line, length) != (ssize_t)length) give_up("write");
    size += length;
    pthread_mutex_unlock(&LOCK_log);
    return true;
}

const char *log_text(void) {
    static char text[LOG_MAX + 1];
    if (pread(file, text, size, 0) != (ssize_t)size) give_up("pread");
    text[size] = '\0';
    return text;
}
