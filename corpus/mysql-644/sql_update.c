// SPDX-License-Identifier: MIT
/* sql_update.c: changes rows. */
#include "mysql.h"

unsigned mysql_update(THD *thd, TABLE *table, long value) {
    unsigned changed = 0;

    if (setup_fields(thd, table)) {
        return 0;
    }
    pthread_mutex_lock(&table->lock);
    for (unsigned r = 0; r < ROWS; r++) {
        if (table->row[r][TAL] != value) continue;
        table->row[r][HITS]++;
        changed++;
    }
    pthread_mutex_unlock(&table->lock);
    return changed;
}
