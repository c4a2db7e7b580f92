// SPDX-License-Identifier: MIT
/* table.c: tables, the same for all connections. */
#include "mysql.h"
#include <stdlib.h>
#include <string.h>

static const char *const names[FIELDS] = {"id",   "tal",   "hits",   "name",
                                          "city", "phone", "street", "born"};

void table_init(TABLE *table, unsigned seed) {
    pthread_mutex_init(&table->lock, NULL);
    for (unsigned i = 0; i < FIELDS; i++) {
        table->fields[i] = (FIELD){.table = table, .number = i, .name = names[i]};
        table->field[i] = &table->fields[i];
    }
    for (unsigned i = 0; i < ROWS; i++) {
        table->row[i][ID] = i;
        table->row[i][TAL] = rand_r(&seed) % 16;
        table->row[i][HITS] = 0;
        for (unsigned n = FIRST_OTHER; n < FIELDS; n++) table->row[i][n] = rand_r(&seed) % 1000;
    }
}

FIELD *table_find(TABLE *table, const char *name) {
    for (FIELD **f_ptr = table->field; *f_ptr; f_ptr++)
        if (!strcmp((*f_ptr)->name, name)) return *f_ptr;
    return NULL;
}
