// SPDX-License-Identifier: MIT
/* sql_update.c: UPDATE of one row. */
#include "mysql.h"

int mysql_update(THD *thd) {
    TABLE *table = open_ltable(thd);
    if (!table || table->read_only) {
        send_error(thd, "no such table to update");
        return 1;
    }
    pthread_mutex_lock(&table->lock);
    bool changed = table_update(table, thd->key, thd->value);
    bool logged = !changed || mysql_update_log_write(thd);
    pthread_mutex_unlock(&table->lock);
    if (!logged) {
        send_error(thd, "log is full");
        return 1;
    }
    send_ok(thd, changed);
    return 0;
}
