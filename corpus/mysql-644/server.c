// SPDX-License-Identifier: MIT
/*
 * server.c: connections that join and change two tables, in rounds (see rounds.h).
 *
 * In a round every other connection sends four SELECTs, each with some fields; the others four
 * UPDATEs. Now and then a statement asks for a field that there is not. At the end of a round it is
 *
 *   good   no loop ran off, the results are what the tables give when they are read row by row, and
 *          the rows were changed as often as the answers to the UPDATEs say
 *   bad    anything else
 */
#include "mysql.h"
#include "../common/rounds.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATEMENTS = 4 };

static long connections;
static TABLE first, second;
static pthread_barrier_t barrier;
static bool go_on; /* read by all connections behind the barrier that follows the judgement */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool wrong; /* in this round; under lock */
static unsigned changed_rows;

/* ---- the judgement ---- */

static long select_row_by_row(const THD *thd, long value) {
    long sum = 0;
    for (unsigned b = 0; b < ROWS; b++)
        for (unsigned a = 0; a < ROWS; a++)
            for (unsigned i = 0; i < thd->items && first.row[a][TAL] + second.row[b][TAL] == value;
                 i++)
                sum += first.row[a][table_find(&first, thd->item[i].name)->number];
    return sum;
}

static void judge_round(void) {
    unsigned hits = 0;
    for (unsigned r = 0; r < ROWS; r++) {
        hits += (unsigned)first.row[r][HITS];
        first.row[r][HITS] = 0;
    }
    go_on = rounds_count(!wrong && hits == changed_rows);
    wrong = false;
    changed_rows = 0;
}

static void note(bool is_wrong, unsigned changed) {
    pthread_mutex_lock(&lock);
    if (is_wrong) wrong = true;
    changed_rows += changed;
    pthread_mutex_unlock(&lock);
}

/* ---- connections ---- */

static void add_item(THD *thd, const char *name) {
    thd->item[thd->items++] = (ITEM){.name = name};
}

static void new_statement(THD *thd) {
    unmark_fields(thd);
    thd->items = 0;
    thd->error = NULL;
    thd->ran_off = false;
    add_item(thd, "tal");
}

static void send_select(THD *thd, unsigned *seed) {
    static const char *const others[] = {"id", "name", "city", "phone", "street", "born"};
    new_statement(thd);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        if (rand_r(seed) % 2) add_item(thd, others[i]);
    long value = rand_r(seed) % 24, sum = mysql_select(thd, &first, &second, value);
    note(thd->ran_off || sum != select_row_by_row(thd, value), 0);
}

static void send_mistake(THD *thd) {
    new_statement(thd);
    add_item(thd, "salary");
    note(mysql_select(thd, &first, &second, 0) != -1 || !thd->error, 0);
}

static void send_update(THD *thd, unsigned *seed) {
    new_statement(thd);
    add_item(thd, "hits");
    note(false, mysql_update(thd, &first, rand_r(seed) % 16));
}

/* Until the next statement comes from the client. */
static void think(unsigned *seed) {
    usleep((useconds_t)(rand_r(seed) % 100));
}

static void *connection(void *argument) {
    THD thd = {.connection = (unsigned)(uintptr_t)argument};
    unsigned seed = thd.connection + 1;
    do {
        pthread_barrier_wait(&barrier);
        for (int i = 0; i < STATEMENTS; i++) {
            think(&seed);
            if (thd.connection % 2)
                send_update(&thd, &seed);
            else
                send_select(&thd, &seed);
            if (rand_r(&seed) % 16 == 0) send_mistake(&thd);
        }
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) judge_round();
        pthread_barrier_wait(&barrier);
    } while (go_on);
    return NULL;
}

int main(int argc, char **argv) {
    connections = rounds_begin(argc, argv, 4, CONNECTIONS_MAX, "MYSQL_PAUSE_US");
    table_init(&first, 1);
    table_init(&second, 2);
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
