// SPDX-License-Identifier: MIT
/*
 * report.h: what loom-rewrite says to its user: errors at once, notes sorted at the end.
 *
 * A note tells of a place that was left alone, as `FILE[:LINE]: TEXT`. An error ends the run, as
 * `loom-rewrite: error: TEXT` on stderr; the text says where, what, and what to do. Both are for
 * the main process of the rewriter, not for scan processes, which write to their log.
 */
#ifndef LOOM_REPORT_H
#define LOOM_REPORT_H
#include <stddef.h>

/* file: relative to SRC, or NULL for the tree as a whole; line 0: the file as a whole. */
__attribute__((format(printf, 3, 4))) void report_note(const char *file, unsigned line,
                                                       const char *format, ...);

/* Prints the message; returns `error` (negative errno), so that callers can return it on. */
__attribute__((format(printf, 2, 3))) int report_error(int error, const char *format, ...);

/* A line on stderr that does not end the run. */
__attribute__((format(printf, 1, 2))) void report_warning(const char *format, ...);

/* Who says it; loom-rewrite, if nothing is set. Not copied. */
void report_as(const char *program);

size_t report_notes(void);

/* A line of the report's head; name: in plain words, not copied. In the order of the calls. */
void report_count(const char *name, unsigned value);

enum report_format { REPORT_TEXT, REPORT_JSON };

/* Writes the counts, then the notes, sorted by file and line, equal ones once, to a new file.
 *   text: lines `NUMBER NAME`, an empty line, lines `FILE[:LINE]: TEXT`
 *   JSON: {"counts": {NAME: NUMBER...}, "notes": [{"file", "line", "text"}...]}; names with _ for
 *         blanks; file null: the whole tree; line 0: the whole file
 * 0 or -errno (said). */
int report_write(const char *path, enum report_format format);

void report_free(void);

#endif
