// SPDX-License-Identifier: MIT
/* log_close.c: a log is closed: its file ends. */
#include "mysql.h"

void MYSQL_LOG_close(MYSQL_LOG *log) {
    if (!MYSQL_LOG_is_open(log)) return;
    static const char trailer[] = "# end\n";
    MYSQL_LOG_put(log, trailer, sizeof trailer - 1);
    log->log_type = LOG_CLOSED;
}
