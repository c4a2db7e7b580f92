// SPDX-License-Identifier: MIT
/*
 * calls.c: see calls.h. Exact names are looked up before prefixes, the user's before ours; within
 * one list the last line of a name wins.
 */
#include "calls.h"
#include "mem.h"
#include "report.h"
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct call {
    const char *name, *letters;
};

#define MATH(name) CALL(name, "") CALL(name##f, "") CALL(name##l, "")

static struct call known[] = {
#define CALL(name, letters) {#name, letters},
#define PREFIX(start, letters)
#include "calls.def"
#undef CALL
#undef PREFIX
};

static const struct call prefixes[] = {
#define CALL(name, letters)
#define PREFIX(start, letters) {#start, letters},
#include "calls.def"
#undef CALL
#undef PREFIX
};

enum { KNOWN = sizeof known / sizeof *known, PREFIXES = sizeof prefixes / sizeof *prefixes };

static struct call *added; /* a prefix ends with * */
static size_t added_count;

/* ---- the user's list ------------------------------------------------------------------------- */

/* Puts the letters in order; false if there is one that means nothing. */
static bool sort_letters(const char *from, char to[8]) {
    static const char order[] = "bikln";
    size_t length = 0;
    if (strcmp(from, "-") == 0) from = "";
    for (const char *letter = order; *letter; letter++)
        if (strchr(from, *letter)) to[length++] = *letter;
    to[length] = 0;
    return strspn(from, order) == strlen(from);
}

static int read_line(const char *path, unsigned number, char *line) {
    char *rest = line, letters[8];
    line[strcspn(line, "#\n")] = 0;
    const char *name = strtok_r(rest, " \t\r", &rest), *given = strtok_r(NULL, " \t\r", &rest);
    if (!name) return 0;
    if (!given || strtok_r(NULL, " \t\r", &rest))
        return report_error(-EINVAL, "%s:%u: write `NAME LETTERS`, with - for no letter", path,
                            number);
    if (!sort_letters(given, letters))
        return report_error(-EINVAL,
                            "%s:%u: `%s`: the letters are b (may block) i (may idle) "
                            "k (may call back) l (returns with a lock) n (never returns)",
                            path, number, given);
    added = mem_grow(added, added_count + 1, sizeof *added);
    added[added_count++] = (struct call){mem_copy(name), mem_copy(letters)};
    return 0;
}

int calls_load(const char *path) {
    FILE *file = fopen(path, "re");
    if (!file) return report_error(-errno, "--calls %s: %m", path);
    char *line = NULL;
    size_t room = 0;
    int error = 0;
    for (unsigned number = 1; !error && getline(&line, &room, file) >= 0; number++)
        error = read_line(path, number, line);
    if (!error && ferror(file)) error = report_error(-EIO, "--calls %s: cannot read", path);
    free(line);
    fclose(file);
    return error;
}

/* ---- looking up ------------------------------------------------------------------------------ */

static bool starts(const char *name, const char *start, size_t length) {
    return strncmp(name, start, length) == 0;
}

static const char *find_added(const char *name) {
    for (size_t i = added_count; i-- > 0;)
        if (strcmp(added[i].name, name) == 0) return added[i].letters;
    for (size_t i = added_count; i-- > 0;) {
        size_t length = strlen(added[i].name);
        if (length && added[i].name[length - 1] == '*' && starts(name, added[i].name, length - 1))
            return added[i].letters;
    }
    return NULL;
}

static int by_name(const void *left, const void *right) {
    return strcmp(((const struct call *)left)->name, ((const struct call *)right)->name);
}

static const char *find_known(const char *name) {
    static bool sorted;
    if (!sorted) qsort(known, KNOWN, sizeof *known, by_name);
    sorted = true;
    const struct call key = {name, NULL};
    const struct call *found = bsearch(&key, known, KNOWN, sizeof *known, by_name);
    if (found) return found->letters;
    for (size_t i = 0; i < PREFIXES; i++)
        if (starts(name, prefixes[i].name, strlen(prefixes[i].name))) return prefixes[i].letters;
    return NULL;
}

const char *calls_class(const char *name) {
    const char *letters = find_added(name);
    if (!letters) letters = find_known(name);
    return letters ? letters : CALLS_UNKNOWN;
}
