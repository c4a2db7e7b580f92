// SPDX-License-Identifier: MIT
/* sql_insert.c: INSERT, and REPLACE as far as it inserts. */
#include "mysql.h"

int mysql_insert(THD *thd) {
    TABLE *table;

    table = open_ltable(thd);
    if (!table) {
        send_error(thd, "unknown table");
        return 1;
    }
    if (table->read_only) {
        send_error(thd, "table is read only");
        return 1;
    }
    pthread_mutex_lock(&table->lock);
    if (!table_insert(table, thd->key, thd->value)) {
        pthread_mutex_unlock(&table->lock);
        send_error(thd, "duplicate key");
        return 1;
    }
    if (!mysql_update_log_write(thd)) {
        pthread_mutex_unlock(&table->lock);
        send_error(thd, "log is full");
        return 1;
    }
    pthread_mutex_unlock(&table->lock);
    send_ok(thd, 1);
    return 0;
}
