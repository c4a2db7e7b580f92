// SPDX-License-Identifier: MIT
/* table.c: databases and their tables. */
#include "mysql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void database_init(DATABASE *db, bool slave) {
    pthread_mutex_init(&db->LOCK_open, NULL);
    db->slave = slave;
    for (unsigned i = 0; i < TABLES; i++) {
        TABLE *table = &db->table[i];
        snprintf(table->name, sizeof table->name, "t%u", i);
        table->read_only = i == 0;
        pthread_mutex_init(&table->lock, NULL);
        if (!table_make_anew(table)) abort();
    }
}

TABLE *find_table(DATABASE *db, const char *name) {
    for (unsigned i = 0; i < TABLES; i++)
        if (!strcmp(db->table[i].name, name)) return &db->table[i];
    return NULL;
}

TABLE *open_ltable(THD *thd) {
    pthread_mutex_lock(&thd->db->LOCK_open);
    TABLE *table = find_table(thd->db, thd->table_name);
    pthread_mutex_unlock(&thd->db->LOCK_open);
    return table;
}

static ROW *find_row(TABLE *table, long key) {
    for (unsigned i = 0; i < table->rows; i++)
        if (table->row[i].key == key) return &table->row[i];
    return NULL;
}

bool table_insert(TABLE *table, long key, long value) {
    if (find_row(table, key) || table->rows == ROWS_MAX) return false;
    table->row[table->rows++] = (ROW){key, value};
    return true;
}

bool table_update(TABLE *table, long key, long add) {
    ROW *row = find_row(table, key);
    if (row) row->value += add;
    return row != NULL;
}

bool table_make_anew(TABLE *table) {
    ROW *row = calloc(ROWS_MAX, sizeof *row);
    if (!row) return false;
    free(table->row);
    table->row = row;
    table->rows = 0;
    return true;
}

bool table_equal(const TABLE *one, const TABLE *other) {
    return one->rows == other->rows && !memcmp(one->row, other->row, one->rows * sizeof(ROW));
}
