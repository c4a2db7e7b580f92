// SPDX-License-Identifier: MIT
/* item.c: the items of a statement and the fields that they mean. */
#include "mysql.h"

/* True: there is no such field. */
static bool Item_field_fix_fields(THD *thd, ITEM *item, TABLE *table) {
    item->field = table_find(table, item->name);
    if (!item->field) {
        thd->error = "unknown column";
        return true;
    }
    mark_field(thd, item->field);
    return false;
}

bool setup_fields(THD *thd, TABLE *table) {
    for (unsigned i = 0; i < thd->items; i++)
        if (Item_field_fix_fields(thd, &thd->item[i], table)) return true;
    return false;
}
