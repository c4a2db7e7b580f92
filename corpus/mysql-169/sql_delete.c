// SPDX-License-Identifier: MIT
/* sql_delete.c: DELETE without a condition: all rows at once. */
#include "mysql.h"
#include "../common/rounds.h"

int generate_table(THD *thd) {
    TABLE *table;

    pthread_mutex_lock(&thd->db->LOCK_open);
    table = find_table(thd->db, thd->table_name);
    if (!table) {
        pthread_mutex_unlock(&thd->db->LOCK_open);
        send_error(thd, "unknown table");
        return 1;
    }
    if (table->read_only) {
        pthread_mutex_unlock(&thd->db->LOCK_open);
        send_error(thd, "table is read only");
        return 1;
    }
    pthread_mutex_lock(&table->lock);
    if (!table_make_anew(table)) {
        pthread_mutex_unlock(&table->lock);
        pthread_mutex_unlock(&thd->db->LOCK_open);
        send_error(thd, "out of memory");
        return 1;
    }
    pthread_mutex_unlock(&table->lock);
    pthread_mutex_unlock(&thd->db->LOCK_open);

    rounds_test_point();
    if (!mysql_update_log_write(thd)) {
        send_error(thd, "log is full");
        return 1;
    }
    send_ok(thd, 0);
    return 0;
}
