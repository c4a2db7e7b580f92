// SPDX-License-Identifier: MIT
/* table.c: tables: rows sorted by key. */
#include "mysql.h"
#include <string.h>

void table_init(TABLE *table) {
    pthread_mutex_init(&table->lock, NULL);
    table->rows = 0;
}

/* Where the key is, or would be. The caller holds the lock. */
static unsigned find(const TABLE *table, long key) {
    unsigned first = 0, end = table->rows;
    while (first < end) {
        unsigned middle = (first + end) / 2;
        if (table->row[middle].key < key)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static bool is_at(const TABLE *table, unsigned at, long key) {
    return at < table->rows && table->row[at].key == key;
}

unsigned table_insert(TABLE *table, long key, long value) {
    pthread_mutex_lock(&table->lock);
    unsigned at = find(table, key);
    if (is_at(table, at, key) || table->rows == ROWS_MAX) {
        pthread_mutex_unlock(&table->lock);
        return 0;
    }
    memmove(&table->row[at + 1], &table->row[at], (table->rows - at) * sizeof(ROW));
    table->row[at] = (ROW){key, value};
    table->rows++;
    pthread_mutex_unlock(&table->lock);
    return 1;
}

unsigned table_update(TABLE *table, long key, long add) {
    pthread_mutex_lock(&table->lock);
    unsigned at = find(table, key), changed = is_at(table, at, key);
    if (changed) table->row[at].value += add;
    pthread_mutex_unlock(&table->lock);
    return changed;
}

unsigned table_delete(TABLE *table, long key) {
    pthread_mutex_lock(&table->lock);
    unsigned at = find(table, key), changed = is_at(table, at, key);
    if (changed) {
        table->rows--;
        memmove(&table->row[at], &table->row[at + 1], (table->rows - at) * sizeof(ROW));
    }
    pthread_mutex_unlock(&table->lock);
    return changed;
}

long table_sum(TABLE *table) {
    long sum = 0;
    pthread_mutex_lock(&table->lock);
    for (unsigned i = 0; i < table->rows; i++) sum += table->row[i].value;
    pthread_mutex_unlock(&table->lock);
    return sum;
}

void table_empty(TABLE *table) {
    table->rows = 0;
}

bool table_equal(const TABLE *one, const TABLE *other) {
    return one->rows == other->rows && !memcmp(one->row, other->row, one->rows * sizeof(ROW));
}
