// SPDX-License-Identifier: MIT
/*
 * mysql.h: a small SQL server with the binary log of MySQL 4.0. A C kernel of a C++ program:
 * methods are functions with the class in front (MYSQL_LOG::open is MYSQL_LOG_open).
 *
 *   thread       THD: a connection and the statement that it runs
 *   table        rows with a key and a value; each connection has one of its own
 *   binary log   the statements that changed a table, as text, in a sequence of files; who replays
 *                it gets the same tables again
 *   rotation     the log goes on in its next file: by FLUSH LOGS, and when a file is full
 *
 * Locks: TABLE.lock guards the rows, MYSQL_LOG.LOCK_log the log. None is taken under the other.
 */
#ifndef MYSQL_H
#define MYSQL_H
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { ROWS_MAX = 512, QUERY_MAX = 8192, CONNECTIONS_MAX = 64 };

/* ---- table.c ---- */

typedef struct ROW {
    long key, value;
} ROW;

typedef struct TABLE {
    pthread_mutex_t lock;
    unsigned rows; /* sorted by key */
    ROW row[ROWS_MAX];
} TABLE;

void table_init(TABLE *table);
/* These say how many rows they changed: 0 or 1. */
unsigned table_insert(TABLE *table, long key, long value);
unsigned table_update(TABLE *table, long key, long add);
unsigned table_delete(TABLE *table, long key);
long table_sum(TABLE *table);
/* For when nobody else is there. */
void table_empty(TABLE *table);
bool table_equal(const TABLE *one, const TABLE *other);

/* ---- statements: server.c, insert.c, update.c, delete.c ---- */

typedef struct THD {
    unsigned connection;
    TABLE *table;
    char query[QUERY_MAX]; /* VERB TABLE KEY [VALUE [KEY VALUE]...] */
    char answer[32];
} THD;

/* What the client is told. */
void send_ok(THD *thd, unsigned rows);

void mysql_insert(THD *thd);
void mysql_update(THD *thd);
void mysql_delete(THD *thd);

/* replay.c: does what a statement of the log says, on one of `tables`. False: it makes no sense. */
bool replay_statement(TABLE *tables, unsigned count, const char *query);

/* The numbers of a statement, one by one; false behind the last. `at` starts at the query. */
bool next_number(const char **at, long *number);

/* ---- log.c, log_close.c ---- */

enum log_type { LOG_CLOSED, LOG_BIN, LOG_TO_BE_OPENED };
enum { LOG_FILES_MAX = 16, LOG_FILE_SIZE = 4096 };

typedef struct MYSQL_LOG {
    pthread_mutex_t LOCK_log;
    enum log_type log_type; /* read without the lock by is_open */
    unsigned files;         /* the last of them is written */
    int file[LOG_FILES_MAX];
    size_t size;   /* of the last */
    unsigned full; /* rotations because a file was full */
} MYSQL_LOG;

extern MYSQL_LOG mysql_bin_log;

void MYSQL_LOG_open(MYSQL_LOG *log, enum log_type type);
/* The caller holds LOCK_log. */
void MYSQL_LOG_close(MYSQL_LOG *log);
bool MYSQL_LOG_is_open(const MYSQL_LOG *log);
/* Goes on in the next file. */
void MYSQL_LOG_new_file(MYSQL_LOG *log, bool inside_mutex);
void MYSQL_LOG_write(MYSQL_LOG *log, const THD *thd);
/* The caller holds LOCK_log. */
void MYSQL_LOG_put(MYSQL_LOG *log, const char *text, size_t length);
/* RESET MASTER: forgets all files, and starts with the first again. */
void MYSQL_LOG_reset(MYSQL_LOG *log);

#endif
