// SPDX-License-Identifier: MIT
/*
 * mysql.h: a small SQL server that joins two tables as MySQL 4.1 does. A C kernel of a C++ program:
 * methods are functions with the class in front.
 *
 *   field        a column of a table; its query_id says which statement uses it
 *   item         a field by its name in a statement
 *   join cache   rows of the first table, packed: only the fields that the statement uses
 *   ran off      a loop over the fields of a table has gone past the last
 *
 * Locks: TABLE.lock guards the values of rows, LOCK_thread_count the counter of statements. None is
 * taken under the other. Who uses a field (query_id) is under no lock.
 */
#ifndef MYSQL_H
#define MYSQL_H
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { ID, TAL, HITS, FIRST_OTHER, FIELDS = 8, ROWS = 48, CONNECTIONS_MAX = 64 };

/* ---- table.c ---- */

typedef struct TABLE TABLE;

typedef struct FIELD {
    TABLE *table;
    unsigned number; /* in its table */
    const char *name;
    unsigned long query_id; /* of the statement that uses it */
} FIELD;

struct TABLE {
    pthread_mutex_t lock;
    FIELD fields[FIELDS];
    FIELD *field[FIELDS + 1]; /* null behind the last */
    long row[ROWS][FIELDS];
};

void table_init(TABLE *table, unsigned seed);
FIELD *table_find(TABLE *table, const char *name);

/* ---- statements ---- */

enum { ITEMS_MAX = FIELDS };

typedef struct ITEM {
    const char *name;
    FIELD *field; /* once it is found */
} ITEM;

typedef struct THD {
    unsigned connection;
    unsigned long query_id;
    unsigned read_set; /* of server-fixed: the fields of the first table that the statement uses */
    unsigned items;
    ITEM item[ITEMS_MAX];
    const char *error;
    bool ran_off;
} THD;

/* item.c: finds the fields of a statement, and notes that it uses them. True: error. */
bool setup_fields(THD *thd, TABLE *table);

/* mark.c: who uses a field */
void mark_field(THD *thd, FIELD *field);
bool is_marked(const THD *thd, const FIELD *field);
void unmark_fields(THD *thd);

/* sql_select.c: SELECT items FROM first, second WHERE first.tal + second.tal = value: the sum of
 * all fields of all rows of the result. */
long mysql_select(THD *thd, TABLE *first, TABLE *second, long value);
/* sql_update.c: UPDATE table SET hits = hits + 1 WHERE tal = value. How many rows. */
unsigned mysql_update(THD *thd, TABLE *table, long value);

#endif
