// SPDX-License-Identifier: MIT
/* sql_delete_fixed.c: sql_delete.c with the conventional fix: the statement is logged before
 * anybody else may use the table. */
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

    rounds_test_point();
    bool logged = mysql_update_log_write(thd);
    pthread_mutex_unlock(&table->lock);
    pthread_mutex_unlock(&thd->db->LOCK_open);
    if (!logged) {
        send_error(thd, "log is full");
        return 1;
    }
    send_ok(thd, 0);
    return 0;
}
