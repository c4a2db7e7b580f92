// SPDX-License-Identifier: MIT
/*
 * server.c: connections that change one table, in rounds (see rounds.h).
 *
 * In a round every connection sends six statements: UPDATEs and REPLACEs, some of them wrong. At
 * some time, every other one sends a DELETE, the others an INSERT. At the end a slave replays the
 * log:
 *
 *   good   it has the same tables, and no statement was told a wrong result
 *   bad    anything else: the log has another order than what happened
 */
#include "mysql.h"
#include "../common/rounds.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATEMENTS = 6 };

static DATABASE master, slave;
static pthread_barrier_t barrier;
static bool go_on; /* read by all connections behind the barrier that follows the judgement */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool wrong; /* in this round; under lock */

/* ---- the slave ---- */

/* False if a statement of the log makes no sense. */
static bool replay(const char *text) {
    THD thd = {.db = &slave};
    for (const char *end; *text; text = end + 1) {
        end = strchr(text, '\n');
        snprintf(thd.query, sizeof thd.query, "%.*s", (int)(end - text), text);
        dispatch_command(&thd);
        if (thd.error) return false;
    }
    return true;
}

static void judge_round(void) {
    bool same = replay(log_text());
    for (unsigned i = 0; i < TABLES; i++) {
        if (!table_equal(&master.table[i], &slave.table[i])) same = false;
        if (!table_make_anew(&master.table[i]) || !table_make_anew(&slave.table[i])) abort();
    }
    log_start();
    go_on = rounds_count(same && !wrong);
    wrong = false;
}

/* ---- connections ---- */

/* Sends the statement in thd->query. `fails`: it must. */
static void send(THD *thd, bool fails) {
    thd->error = NULL;
    dispatch_command(thd);
    if ((thd->error != NULL) == fails) return;
    pthread_mutex_lock(&lock);
    wrong = true;
    pthread_mutex_unlock(&lock);
}

static void send_mistake(THD *thd, unsigned *seed) {
    static const char *const mistakes[] = {"DELETE t9", "DELETE t0", "REPLACE t9 1 1",
                                           "REPLACE t0 1 1", "DROP t1"};
    snprintf(thd->query, sizeof thd->query, "%s", mistakes[rand_r(seed) % 5]);
    send(thd, true);
}

/* Each connection has keys of its own. */
static void send_change(THD *thd, unsigned number, unsigned *seed) {
    snprintf(thd->query, sizeof thd->query, "%s t1 %u %d", rand_r(seed) % 2 ? "UPDATE" : "REPLACE",
             100 * number + (unsigned)rand_r(seed) % 4, 1 + rand_r(seed) % 100);
    send(thd, false);
}

/* Until the next statement comes from the client. */
static void think(unsigned *seed) {
    usleep((useconds_t)(rand_r(seed) % 100));
}

static void play(THD *thd, unsigned number, unsigned *seed) {
    bool inserts = number % 2;
    int special = rand_r(seed) % (STATEMENTS / 2) + (inserts ? STATEMENTS / 2 : 0);
    for (int i = 0; i < STATEMENTS; i++) {
        think(seed);
        if (i == special) {
            if (inserts)
                snprintf(thd->query, sizeof thd->query, "INSERT t1 %u 1", 100 * number + 99);
            else
                strcpy(thd->query, "DELETE t1");
            send(thd, false);
        } else if (rand_r(seed) % 16) {
            send_change(thd, number, seed);
        } else {
            send_mistake(thd, seed);
        }
    }
}

static void *connection(void *argument) {
    unsigned number = (unsigned)(uintptr_t)argument, seed = number + 1;
    THD thd = {.db = &master};
    do {
        pthread_barrier_wait(&barrier);
        play(&thd, number, &seed);
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) judge_round();
        pthread_barrier_wait(&barrier);
    } while (go_on);
    return NULL;
}

int main(int argc, char **argv) {
    long connections = rounds_begin(argc, argv, 4, CONNECTIONS_MAX, "MYSQL_PAUSE_US");
    database_init(&master, false);
    database_init(&slave, true);
    log_start();
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
