// SPDX-License-Identifier: MIT
/* delete.c: rows are taken out, and the statement is logged if a log is open. */
#include "mysql.h"

void mysql_delete(THD *thd) {
    const char *at = thd->query;
    long key;
    unsigned changed = 0;

    while (next_number(&at, &key)) changed += table_delete(thd->table, key);
    if (!changed) {
        send_ok(thd, 0);
        return;
    }

    if (MYSQL_LOG_is_open(&mysql_bin_log)) {
        MYSQL_LOG_write(&mysql_bin_log, thd);
    }
    send_ok(thd, changed);
}
