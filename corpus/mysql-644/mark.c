// SPDX-License-Identifier: MIT
/* mark.c: a field bears the number of the statement that uses it. */
#include "mysql.h"

static pthread_mutex_t LOCK_thread_count = PTHREAD_MUTEX_INITIALIZER;
static unsigned long query_id;

void unmark_fields(THD *thd) {
    pthread_mutex_lock(&LOCK_thread_count);
    thd->query_id = ++query_id;
    pthread_mutex_unlock(&LOCK_thread_count);
}

void mark_field(THD *thd, FIELD *field) {
    field->query_id = thd->query_id;
}

bool is_marked(const THD *thd, const FIELD *field) {
    return field->query_id == thd->query_id;
}
