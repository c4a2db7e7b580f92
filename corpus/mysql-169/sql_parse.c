// SPDX-License-Identifier: MIT
/* sql_parse.c: what a statement wants. */
#include "mysql.h"
#include <stdio.h>
#include <string.h>

void send_error(THD *thd, const char *error) {
    thd->error = error;
}

void send_ok(THD *thd, long rows) {
    thd->error = NULL;
    thd->answer = rows;
}

enum command { SQLCOM_INSERT, SQLCOM_REPLACE, SQLCOM_UPDATE, SQLCOM_DELETE, SQLCOM_UNKNOWN };

static enum command parse(THD *thd) {
    static const char *const verbs[] = {"INSERT", "REPLACE", "UPDATE", "DELETE"};
    int words =
        sscanf(thd->query, "%7s %7s %ld %ld", thd->verb, thd->table_name, &thd->key, &thd->value);
    for (int i = 0; i < SQLCOM_UNKNOWN; i++)
        if (!strcmp(verbs[i], thd->verb) && words == (i == SQLCOM_DELETE ? 2 : 4))
            return (enum command)i;
    return SQLCOM_UNKNOWN;
}

void dispatch_command(THD *thd) {
    switch (parse(thd)) {
    case SQLCOM_INSERT: mysql_insert(thd); break;
    case SQLCOM_REPLACE:
        if (mysql_update(thd) == 0 && thd->answer == 0) mysql_insert(thd);
        break;
    case SQLCOM_UPDATE: mysql_update(thd); break;
    case SQLCOM_DELETE: generate_table(thd); break;
    case SQLCOM_UNKNOWN: send_error(thd, "syntax error"); break;
    }
}
