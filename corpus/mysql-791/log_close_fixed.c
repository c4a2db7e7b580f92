// SPDX-License-Identifier: MIT
/* log_close_fixed.c: log_close.c with the conventional fix: a log between two files is not closed.
 */
#include "mysql.h"

void MYSQL_LOG_close(MYSQL_LOG *log) {
    if (!MYSQL_LOG_is_open(log)) return;
    static const char trailer[] = "# end\n";
    MYSQL_LOG_put(log, trailer, sizeof trailer - 1);
    log->log_type = LOG_TO_BE_OPENED;
}
