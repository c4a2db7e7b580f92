// SPDX-License-Identifier: MIT
/* insert.c: rows are added, and the statement is logged if a log is open. */
#include "mysql.h"

void mysql_insert(THD *thd) {
    const char *at = thd->query;
    long key, value;
    unsigned changed = 0;

    while (next_number(&at, &key) && next_number(&at, &value))
        changed += table_insert(thd->table, key, value);
    if (!changed) {
        send_ok(thd, 0);
        return;
    }

    if (MYSQL_LOG_is_open(&mysql_bin_log)) {
        MYSQL_LOG_write(&mysql_bin_log, thd);
    }
    send_ok(thd, changed);
}
