// SPDX-License-Identifier: MIT
/*
 * server.c: connections that change their tables, in rounds (see rounds.h).
 *
 * In a round
 *
 *   connection 0        sends SELECTs; at some time FLUSH LOGS; at another an UPDATE so long that
 * the file of the log is full: then the log is rotated from inside of its write connections 1, 2
 * send UPDATEs and DELETEs, and one INSERT each all others          send UPDATEs and DELETEs
 *
 * At the end a slave replays the log, all files of it, on empty tables:
 *
 *   good   it has the same tables, and the log was rotated twice, once of it from inside
 *   bad    anything else: a statement is not in the log
 */
#include "mysql.h"
#include "../common/rounds.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATEMENTS = 8, LONG_UPDATE = 600 };

static long connections;
static TABLE tables[CONNECTIONS_MAX], slave[CONNECTIONS_MAX];
static pthread_barrier_t barrier;
static bool go_on; /* read by all connections behind the barrier that follows the judgement */

/* ---- the slave ---- */

/* False if the file is no log. */
static bool replay_file(int file) {
    static char text[1 << 16];
    ssize_t length = pread(file, text, sizeof text - 1, 0);
    if (length <= 0) return false;
    text[length] = '\0';
    char *rest;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (*line != '#' && !replay_statement(slave, (unsigned)connections, line)) return false;
    return true;
}

static void judge_round(void) {
    bool same = mysql_bin_log.files == 3 && mysql_bin_log.full == 1;
    for (unsigned i = 0; i < mysql_bin_log.files; i++)
        if (!replay_file(mysql_bin_log.file[i])) same = false;
    for (long i = 0; i < connections; i++) {
        if (!table_equal(&tables[i], &slave[i])) same = false;
        table_empty(&tables[i]);
        table_empty(&slave[i]);
    }
    MYSQL_LOG_reset(&mysql_bin_log);
    go_on = rounds_count(same);
}

/* ---- connections ---- */

void send_ok(THD *thd, unsigned rows) {
    snprintf(thd->answer, sizeof thd->answer, "OK, %u rows affected", rows);
}

static void send_insert(THD *thd, long key, long value) {
    snprintf(thd->query, sizeof thd->query, "INSERT %u %ld %ld", thd->connection, key, value);
    mysql_insert(thd);
}

static void send_update(THD *thd, unsigned *seed, int rows) {
    int used = snprintf(thd->query, sizeof thd->query, "UPDATE %u", thd->connection);
    for (int i = 0; i < rows; i++)
        used += snprintf(thd->query + used, sizeof thd->query - (size_t)used, " %d %d",
                         rand_r(seed) % 64, 1 + rand_r(seed) % 10000);
    mysql_update(thd);
}

static void send_delete(THD *thd, unsigned *seed) {
    snprintf(thd->query, sizeof thd->query, "DELETE %u %d", thd->connection, rand_r(seed) % 64);
    mysql_delete(thd);
}

/* The rows that all tables start with: tables that are restored from a dump are not in the log. */
static void restore(TABLE *table) {
    for (long key = 0; key < 64; key += 2) table_insert(table, key, key);
}

static void flush_logs(void) {
    MYSQL_LOG_new_file(&mysql_bin_log, false);
}

/* Until the next statement comes from the client. */
static void think(unsigned *seed) {
    usleep((useconds_t)(rand_r(seed) % 100));
}

static void play_administrator(THD *thd, unsigned *seed) {
    int flush = rand_r(seed) % (STATEMENTS / 2), fill = flush + 1 + rand_r(seed) % 4;
    for (int i = 0; i < STATEMENTS; i++) {
        think(seed);
        for (long t = 0; t < connections; t++) table_sum(&tables[t]);
        if (i == flush) flush_logs();
        if (i == fill) send_update(thd, seed, LONG_UPDATE);
    }
}

static void play_client(THD *thd, unsigned *seed) {
    int insert = thd->connection <= 2 ? rand_r(seed) % STATEMENTS : -1;
    for (int i = 0; i < STATEMENTS; i++) {
        think(seed);
        if (i == insert)
            send_insert(thd, 1000 + rand_r(seed) % 1000, rand_r(seed) % 1000);
        else if (rand_r(seed) % 4)
            send_update(thd, seed, 1 + rand_r(seed) % 4);
        else
            send_delete(thd, seed);
    }
}

static void *connection(void *argument) {
    THD *thd = calloc(1, sizeof *thd);
    if (!thd) abort();
    thd->connection = (unsigned)(uintptr_t)argument;
    thd->table = &tables[thd->connection];
    unsigned seed = thd->connection + 1;
    do {
        restore(thd->table);
        restore(&slave[thd->connection]);
        pthread_barrier_wait(&barrier);
        if (thd->connection == 0)
            play_administrator(thd, &seed);
        else
            play_client(thd, &seed);
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) judge_round();
        pthread_barrier_wait(&barrier);
    } while (go_on);
    free(thd);
    return NULL;
}

int main(int argc, char **argv) {
    connections = rounds_begin(argc, argv, 4, CONNECTIONS_MAX, "MYSQL_PAUSE_US");
    if (connections < 3) {
        fprintf(stderr, "%s: at least 3 workers\n", argv[0]);
        return 2;
    }
    for (long i = 0; i < connections; i++) {
        table_init(&tables[i]);
        table_init(&slave[i]);
    }
    MYSQL_LOG_open(&mysql_bin_log, LOG_BIN);
    pthread_barrier_init(&barrier, NULL, (unsigned)connections);
    pthread_t threads[CONNECTIONS_MAX];
    for (long i = 0; i < connections; i++) {
        int error = pthread_create(&threads[i], NULL, connection, (void *)(uintptr_t)i);
        if (error) {
            fprintf(stderr, "pthread_create: %s\n", strerror(error));
            return 2;
        }
    }
    rounds_watch();
    for (long i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    return rounds_end();
}
