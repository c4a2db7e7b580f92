// SPDX-License-Identifier: MIT
/* sql_select.c: joins. The fields of the first table that are used are counted, and then collected
 * until there are as many. */
#include "mysql.h"
#include "../common/rounds.h"
#include <stdlib.h>
#include <string.h>

typedef struct JOIN_TAB {
    TABLE *table;
    unsigned used_fields;
} JOIN_TAB;

typedef struct JOIN_CACHE {
    unsigned fields;
    FIELD **field; /* that are packed */
    long *buff;    /* ROWS times as many values */
} JOIN_CACHE;

static void calc_used_field_length(THD *thd, JOIN_TAB *join_tab) {
    unsigned fields = 0;
    FIELD *field;

    for (FIELD **f_ptr = join_tab->table->field; (field = *f_ptr); f_ptr++) {
        if (is_marked(thd, field)) fields++;
    }
    join_tab->used_fields = fields;
}

/* The original has no such test: it reads what is behind the fields, and crashes. */
static bool is_behind_last(const JOIN_TAB *tab, FIELD **f_ptr) {
    return f_ptr >= tab->table->field + FIELDS;
}

/* True: error. */
static bool join_init_cache(THD *thd, JOIN_CACHE *cache, JOIN_TAB *tab) {
    unsigned used_fields;
    FIELD **f_ptr, **copy;

    calc_used_field_length(thd, tab);
    cache->field = calloc(tab->used_fields + 1, sizeof *cache->field);
    if (!cache->field) {
        thd->error = "out of memory";
        return true;
    }
    rounds_test_point();
    copy = cache->field;
    for (f_ptr = tab->table->field, used_fields = tab->used_fields; used_fields; f_ptr++) {
        if (is_behind_last(tab, f_ptr)) {
            thd->ran_off = true;
            break;
        }
        if (is_marked(thd, *f_ptr)) {
            used_fields--;
            *copy++ = *f_ptr;
        }
    }
    cache->fields = (unsigned)(copy - cache->field);
    cache->buff = malloc((cache->fields + 1) * ROWS * sizeof *cache->buff);
    if (cache->buff) return false;
    thd->error = "out of memory";
    return true;
}

/* Packs all rows of the table into the cache. */
static void join_fill_cache(JOIN_CACHE *cache, TABLE *table) {
    long *to = cache->buff;
    pthread_mutex_lock(&table->lock);
    for (unsigned r = 0; r < ROWS; r++)
        for (unsigned n = 0; n < cache->fields; n++) *to++ = table->row[r][cache->field[n]->number];
    pthread_mutex_unlock(&table->lock);
}

static long sum_of(const long *packed, unsigned fields) {
    long sum = 0;
    for (unsigned n = 0; n < fields; n++) sum += packed[n];
    return sum;
}

/* Goes through the second table once, and for each of its rows through the cache. */
static long do_select(JOIN_CACHE *cache, TABLE *second, long value) {
    long sum = 0;
    unsigned tal = 0;
    while (tal < cache->fields && cache->field[tal]->number != TAL) tal++;
    if (tal == cache->fields) return -1;
    for (unsigned r = 0; r < ROWS; r++) {
        long wanted = value - second->row[r][TAL];
        for (const long *at = cache->buff; at < cache->buff + ROWS * cache->fields;
             at += cache->fields)
            if (at[tal] == wanted) sum += sum_of(at, cache->fields);
    }
    return sum;
}

long mysql_select(THD *thd, TABLE *first, TABLE *second, long value) {
    JOIN_TAB tab = {.table = first};
    JOIN_CACHE cache = {0};
    long sum;

    if (setup_fields(thd, first)) {
        return -1;
    }
    if (join_init_cache(thd, &cache, &tab)) {
        free(cache.field);
        return -1;
    }
    join_fill_cache(&cache, first);
    sum = do_select(&cache, second, value);
    free(cache.field);
    free(cache.buff);
    return sum;
}
