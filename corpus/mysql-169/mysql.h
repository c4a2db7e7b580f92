// SPDX-License-Identifier: MIT
/*
 * mysql.h: a small SQL server with the update log of MySQL 3.23. A C kernel of a C++ program.
 *
 *   statement    VERB TABLE [KEY VALUE], for example `INSERT t1 17 4711`, `DELETE t1` (all rows)
 *   update log   the statements that changed a table, in the order in which they did: who replays
 *                them gets the same tables again
 *   slave        a second database, to replay on: what is done there is not logged
 *
 * Locks, in the order in which they are taken: DATABASE.LOCK_open guards which tables there are,
 * and is held while one is made anew; TABLE.lock guards the rows; LOCK_log the log.
 */
#ifndef MYSQL_H
#define MYSQL_H
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { TABLES = 2, ROWS_MAX = 256, QUERY_MAX = 64, CONNECTIONS_MAX = 64 };

typedef struct ROW {
    long key, value;
} ROW;

typedef struct TABLE {
    char name[8];
    bool read_only;
    pthread_mutex_t lock;
    unsigned rows;
    ROW *row; /* ROWS_MAX */
} TABLE;

typedef struct DATABASE {
    pthread_mutex_t LOCK_open;
    TABLE table[TABLES];
    bool slave;
} DATABASE;

typedef struct THD {
    DATABASE *db;
    char query[QUERY_MAX], verb[8], table_name[8];
    long key, value;
    const char *error; /* that the client is told, or null */
    long answer;
} THD;

/* table.c */
void database_init(DATABASE *db, bool slave);
/* Both return null if there is no such table. */
TABLE *find_table(DATABASE *db, const char *name); /* the caller holds LOCK_open */
TABLE *open_ltable(THD *thd);
/* The caller holds the lock. They say whether they changed the table. */
bool table_insert(TABLE *table, long key, long value);
bool table_update(TABLE *table, long key, long add);
bool table_make_anew(TABLE *table); /* false: out of memory */
bool table_equal(const TABLE *one, const TABLE *other);

/* log.c. Called when nobody logs: log_start, log_text. */
void log_start(void);
bool mysql_update_log_write(const THD *thd); /* false: the log is full */
const char *log_text(void);

/* sql_parse.c: finds out what `query` wants and does it. */
void dispatch_command(THD *thd);
void send_error(THD *thd, const char *error);
void send_ok(THD *thd, long rows);

/* sql_delete.c, sql_insert.c, sql_update.c. 0, or 1: the client was told of an error. */
int generate_table(THD *thd); /* DELETE without a condition: the table is made anew */
int mysql_insert(THD *thd);
int mysql_update(THD *thd);

#endif
