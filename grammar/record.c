// SPDX-License-Identifier: MIT
/* record.c: see record.h. */
#include "record.h"
#include <stdlib.h>
#include <string.h>
#include "program.h"

static char *piece(char **text) {
    char *start = *text + strspn(*text, " ");
    if (!*start) return NULL;
    *text = start + strcspn(start, " ");
    if (**text) *(*text)++ = 0;
    return start;
}

int record_next(char **text, struct record *record) {
    char *field;
    do {
        if (!*text || !**text) return 0;
        char *line = *text, *end = strchr(line, '\n');
        *text = end ? end + 1 : line + strlen(line);
        if (end) *end = 0;
        *record = (struct record){.word = piece(&line)};
        while (record->word && record->count < RECORD_PAIRS && (field = piece(&line))) {
            char *value = strchr(field, '=');
            if (!value) continue;
            *value++ = 0;
            unescape(value);
            record->pairs[record->count].key = field;
            record->pairs[record->count++].value = value;
        }
    } while (!record->word);
    return 1;
}

const char *record_get(const struct record *record, const char *key) {
    for (unsigned i = 0; i < record->count; i++)
        if (strcmp(record->pairs[i].key, key) == 0) return record->pairs[i].value;
    return "";
}

long long record_number(const struct record *record, const char *key, long long otherwise) {
    const char *value = record_get(record, key);
    char *end;
    long long number = strtoll(value, &end, 10);
    return *value && !*end ? number : otherwise;
}

int record_is(const struct record *record, const char *word) {
    return strcmp(record->word, word) == 0;
}
