// SPDX-License-Identifier: MIT
/* update.c: values of rows are changed, and the statement is logged if a log is open. */
#include "mysql.h"

void mysql_update(THD *thd) {
    const char *at = thd->query;
    long key, value;
    unsigned changed = 0;

    while (next_number(&at, &key) && next_number(&at, &value))
        changed += table_update(thd->table, key, value);
    if (!changed) {
        send_ok(thd, 0);
        return;
    }

    if (MYSQL_LOG_is_open(&mysql_bin_log)) {
        MYSQL_LOG_write(&mysql_bin_log, thd);
    }
    send_ok(thd, changed);
}
