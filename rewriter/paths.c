// SPDX-License-Identifier: MIT
/* paths.c: see paths.h. */
#include "paths.h"
#include "mem.h"
#include "report.h"
#include "update.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *paths_below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    if (length == 1) return path + 1; /* "/" */
    if (strncmp(path, folder, length) != 0) return NULL;
    return path[length] == '/' ? path + length + 1 : path[length] ? NULL : path + length;
}

static char *without_slashes(const char *path) {
    char *copy = mem_copy(path);
    for (size_t n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--) copy[n - 1] = 0;
    return copy;
}

static char *absolute(const char *path) {
    char here[PATH_MAX];
    char *trimmed = without_slashes(path);
    if (trimmed[0] == '/' || !getcwd(here, sizeof here)) return trimmed;
    char *whole = mem_format("%s/%s", here, trimmed);
    free(trimmed);
    return whole;
}

/* ---- SRC ------------------------------------------------------------------------------------- */

static int find_source(struct paths *paths, const char *source) {
    struct stat status;
    if (stat(source, &status) != 0)
        return report_error(-errno, "SRC %s: %m; give the folder of the C sources", source);
    if (!S_ISDIR(status.st_mode))
        return report_error(-ENOTDIR, "SRC %s is not a folder; give the folder the file is in",
                            source);
    paths->root = realpath(source, NULL);
    if (!paths->root) return report_error(-errno, "SRC %s: %m", source);
    paths->spelled = absolute(source);
    char *mark = mem_format("%s/.loom", paths->root);
    int marked = access(mark, F_OK);
    free(mark);
    if (marked == 0)
        return report_error(-EEXIST,
                            "SRC %s was written by loom-rewrite (it has a .loom folder); "
                            "rewrite the original tree instead",
                            source);
    return 0;
}

/* ---- OUT ------------------------------------------------------------------------------------- */

static bool is_empty(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) return false;
    unsigned entries = 0;
    while (readdir(dir)) entries++;
    closedir(dir);
    return entries <= 2;
}

/* The folder that OUT goes into must be there. */
static int resolve_out(struct paths *paths, const char *typed) {
    char *whole = absolute(typed), *slash = strrchr(whole, '/');
    const char *name = slash + 1;
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        paths->out = realpath(whole, NULL);
        int error = paths->out ? 0 : report_error(-errno, "OUT %s: %m", typed);
        free(whole);
        return error;
    }
    *slash = 0;
    char *parent = realpath(slash == whole ? "/" : whole, NULL);
    int error = 0;
    if (!parent)
        error = report_error(-errno, "OUT %s: %s: %m; make that folder first", typed, whole);
    else
        paths->out = mem_format("%s/%s", strcmp(parent, "/") == 0 ? "" : parent, name);
    free(parent);
    free(whole);
    return error;
}

/* What an earlier run made of the same SRC is brought up to date. */
static int check_made(struct paths *paths, const char *typed) {
    char *source = update_source(paths->out);
    int error = 0;
    if (!source)
        error = report_error(-EEXIST, "OUT %s exists; remove it, or choose another name", typed);
    else if (strcmp(source, paths->root) != 0)
        error = report_error(-EEXIST, "OUT %s was made of %s, not of SRC; remove it, or choose "
                                      "another name", typed, source);
    paths->update = !error;
    free(source);
    return error;
}

/* An empty folder may be used, and one of ours; anything else is not ours to touch. */
static int check_out(struct paths *paths, const char *typed) {
    struct stat status;
    if (paths_below(paths->out, paths->root))
        return report_error(-EINVAL, "OUT %s lies inside SRC %s; choose a folder beside it", typed,
                            paths->root);
    if (paths_below(paths->root, paths->out))
        return report_error(-EINVAL, "SRC %s lies inside OUT %s; choose another OUT", paths->root,
                            typed);
    if (lstat(paths->out, &status) != 0)
        return errno == ENOENT ? 0 : report_error(-errno, "OUT %s: %m", typed);
    if (S_ISLNK(status.st_mode))
        return report_error(-EEXIST, "OUT %s is a symbolic link; name its target, or remove it",
                            typed);
    if (!S_ISDIR(status.st_mode))
        return report_error(-EEXIST, "OUT %s exists; remove it, or choose another name", typed);
    return is_empty(paths->out) ? 0 : check_made(paths, typed);
}

static int find_out(struct paths *paths, const struct options *options) {
    if (options->diff) {
        const char *folder = getenv("TMPDIR");
        char *whole = absolute(folder && *folder ? folder : "/tmp");
        paths->work = mem_format("%s/loom-rewrite-%ld", whole, (long)getpid());
        free(whole);
        return 0;
    }
    int error = resolve_out(paths, options->out);
    if (!error) error = check_out(paths, options->out);
    if (!error) paths->work = mem_format("%s.loom-tmp-%ld", paths->out, (long)getpid());
    return error;
}

/* ---- our own files --------------------------------------------------------------------------- */

/* The first of `first` and `second` (both below the folder of this program) that is there; the
 * second if none is. */
static char *own_file(const char *folder, const char *first, const char *second) {
    char *path = mem_format("%s/%s", folder, first);
    if (access(path, F_OK) == 0) return path;
    free(path);
    path = mem_format("%s/%s", folder, second);
    char *resolved = realpath(path, NULL);
    if (!resolved) return path;
    free(path);
    return resolved;
}

int paths_own(struct paths *paths) {
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return report_error(-errno, "/proc/self/exe: %m; is /proc mounted?");
    self[length] = 0;
    *strrchr(self, '/') = 0;
    paths->runtime = own_file(self, "libloom-rt.so.1", "../lib/loom/libloom-rt.so.1");
    paths->headers = own_file(self, "slot.h", "../lib/loom/slot.h");
    if (access(paths->headers, R_OK) != 0)
        return report_error(-errno, "%s: %m; Loom is not wholly installed", paths->headers);
    *strrchr(paths->headers, '/') = 0;
    return 0;
}

int paths_find(struct paths *paths, const struct options *options) {
    memset(paths, 0, sizeof *paths);
    int error = find_source(paths, options->source);
    if (!error) error = find_out(paths, options);
    if (!error) error = paths_own(paths);
    return error;
}

void paths_free(struct paths *paths) {
    free(paths->root);
    free(paths->spelled);
    free(paths->out);
    free(paths->work);
    free(paths->runtime);
    free(paths->headers);
}

bool paths_speakable(const char *path) {
    for (const unsigned char *c = (const unsigned char *)path; *c; c++)
        if (*c < ' ' || *c == '"' || *c == '\\') return false;
    return true;
}
