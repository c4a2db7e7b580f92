// SPDX-License-Identifier: MIT
/* replay.c: what a slave does: it reads statements and repeats them. */
#include "mysql.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The name of the table is a number, too: the connection that has it. */
bool next_number(const char **at, long *number) {
    bool word = isalpha((unsigned char)**at);
    if (word) { /* VERB TABLE */
        *at = strchr(*at, ' ') + 1;
        strtol(*at, (char **)at, 10);
    }
    char *end;
    *number = strtol(*at, &end, 10);
    bool there = end != *at;
    *at = end;
    return there;
}

bool replay_statement(TABLE *tables, unsigned count, const char *query) {
    const char *name = strchr(query, ' ');
    if (!name) return false;
    unsigned long number = strtoul(name + 1, NULL, 10);
    if (number >= count) return false;

    TABLE *table = &tables[number];
    const char *at = query;
    long key, value;
    unsigned changed = 0;
    while (next_number(&at, &key)) {
        if (*query == 'D')
            changed += table_delete(table, key);
        else if (!next_number(&at, &value))
            return false;
        else
            changed +=
                *query == 'I' ? table_insert(table, key, value) : table_update(table, key, value);
    }
    return changed > 0;
}
