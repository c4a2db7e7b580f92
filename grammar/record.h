/* SPDX-License-Identifier: MIT */
/* record.h: lines `word key=value ...` of the runtime's answers. */
#ifndef LOOM_RECORD_H
#define LOOM_RECORD_H

enum { RECORD_PAIRS = 32 };

struct record {
    char *word;
    struct {
        char *key, *value;
    } pairs[RECORD_PAIRS];
    unsigned count;
};

/* Takes the next line of *text, which it cuts into pieces, values unescaped. 0: no more. */
int record_next(char **text, struct record *record);
const char *record_get(const struct record *record, const char *key); /* "" if it is not there */
long long record_number(const struct record *record, const char *key, long long otherwise);
int record_is(const struct record *record, const char *word);

#endif
