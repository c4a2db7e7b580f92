// SPDX-License-Identifier: MIT
/*
 * tree.c: see tree.h. The source is walked with nftw by absolute path; `below` is the path below
 * the root, which names the same thing in the copy.
 */
#include "tree.h"
#include "guard.h"
#include "mem.h"
#include "paths.h"
#include "product.h"
#include "progress.h"
#include "report.h"
#include "update.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* nftw takes no context. */
static struct tree *walked;
static int walk_error;

enum { OPEN_FOLDERS = 64 };

static char *in_copy(const char *path) {
    return mem_format("%s/%s", walked->copy, paths_below(path, walked->root));
}

static int fail(const char *path, const char *what) {
    walk_error = report_error(-errno, "%s: %s: %m", path, what);
    return 1;
}

static bool is_git(const char *path, const struct FTW *level) {
    return level->level > 0 && strcmp(path + level->base, ".git") == 0;
}

/* ---- copying --------------------------------------------------------------------------------- */

/* Build files that carry absolute paths: their build would work in the original tree. */
static bool can_be_bound(const char *name) {
    static const char *const names[] = {"Makefile",      "makefile",    "GNUmakefile",
                                        "config.status", "build.ninja", "CMakeCache.txt",
                                        "config.mk",     "libtool"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

/* `path` as a whole path in the text: not as the start of a longer name. */
static bool names_path(const char *text, size_t size, const char *path) {
    size_t length = strlen(path);
    const char *at = text, *end = text + size;
    while ((at = memmem(at, (size_t)(end - at), path, length))) {
        at += length;
        if (at == end || !(strchr("-_.", *at) || (*at >= '0' && *at <= '9') ||
                           (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')))
            return true;
    }
    return false;
}

static void note_bound(const char *path, const char *text, size_t size) {
    if (!names_path(text, size, walked->root) && !names_path(text, size, walked->spelled)) return;
    walked->bound++;
    report_note(paths_below(path, walked->root), 0,
                "names the folder of SRC: what it does by that name happens there, not in OUT; "
                "configure again in OUT if the build uses it");
    if (strstr(path, "/CMakeCache.txt"))
        report_warning("%s belongs to SRC: run cmake again in OUT, or its build compiles SRC",
                       path);
}

/* Writes all of `size` bytes. */
static int write_all(int fd, const char *bytes, size_t size) {
    while (size) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -1;
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

static int copy_bytes(int from, int to, const char *path, bool look) {
    enum { ROOM = 1 << 17 };
    static char bytes[ROOM];
    char *whole = NULL;
    size_t total = 0;
    for (;;) {
        ssize_t size = read(from, bytes, ROOM);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail(path, "cannot read");
        if (size == 0) break;
        if (write_all(to, bytes, (size_t)size) != 0) return fail(path, "cannot write its copy");
        if (!look) continue;
        whole = mem_grow(whole, total + (size_t)size, 1);
        memcpy(whole + total, bytes, (size_t)size);
        total += (size_t)size;
    }
    if (whole) note_bound(path, whole, total);
    free(whole);
    return 0;
}

static int copy_file(const char *path, const char *name, const struct stat *status) {
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0) return fail(path, "cannot read");
    if (product_is(from, name)) {
        walked->products++;
        close(from);
        return 0;
    }
    char *copy = in_copy(path);
    int to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (status->st_mode & 0777) | 0600);
    int failed = to < 0 ? fail(path, "cannot make its copy")
                        : copy_bytes(from, to, path, can_be_bound(name));
    const struct timespec times[2] = {status->st_atim, status->st_mtim};
    if (!failed && futimens(to, times) != 0) failed = fail(copy, "cannot set its time");
    if (to >= 0 && close(to) != 0 && !failed) failed = fail(path, "cannot write its copy");
    close(from);
    free(copy);
    walked->files++;
    progress_step(paths_below(path, walked->root));
    return failed;
}

/* True if the relative link `target`, found at `below` in the tree, leads out of the tree. */
static bool leaves_tree(const char *below, const char *target) {
    int depth = 0;
    for (const char *at = below; (at = strchr(at, '/')); at++) depth++;
    while (*target) {
        size_t length = strcspn(target, "/");
        if (length == 2 && target[0] == '.' && target[1] == '.')
            depth--;
        else if (length && !(length == 1 && target[0] == '.'))
            depth++;
        if (depth < 0) return true;
        target += length + (target[length] == '/');
    }
    return false;
}

static int copy_link(const char *path) {
    char target[PATH_MAX];
    const char *below = paths_below(path, walked->root);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0) return fail(path, "cannot read the link");
    target[length] = 0;
    const char *inside = paths_below(target, walked->root);
    if (!inside) inside = paths_below(target, walked->spelled);
    if (target[0] != '/') inside = NULL;
    if (target[0] != '/' && leaves_tree(below, target))
        report_note(below, 0, "this link leads out of SRC, to %s; OUT has it as it is", target);
    char *copy = in_copy(path), *turned = NULL;
    if (inside && walked->out)
        turned = mem_format("%s%s%s", walked->out, *inside ? "/" : "", inside);
    int failed = 0;
    if (symlink(turned ? turned : target, copy) != 0) failed = fail(path, "cannot copy the link");
    free(turned);
    free(copy);
    return failed;
}

static int copy_folder(const char *path, const struct stat *status) {
    char *copy = in_copy(path);
    int failed = 0;
    if (mkdir(copy, (status->st_mode & 0777) | 0700) != 0) failed = fail(path, "cannot copy");
    free(copy);
    return failed;
}

static int copy_one(const char *path, const struct stat *status, int kind, struct FTW *level) {
    if (is_git(path, level)) {
        walked->repositories++;
        return FTW_SKIP_SUBTREE;
    }
    switch (kind) {
    case FTW_D: return copy_folder(path, status);
    case FTW_DNR: errno = EACCES; return fail(path, "cannot read this folder");
    case FTW_NS: errno = EACCES; return fail(path, "cannot look at this file");
    case FTW_SL: return copy_link(path);
    }
    if (S_ISREG(status->st_mode)) return copy_file(path, path + level->base, status);
    report_note(paths_below(path, walked->root), 0, "not copied: it is not a file but a %s",
                S_ISFIFO(status->st_mode)   ? "fifo"
                : S_ISSOCK(status->st_mode) ? "socket"
                                            : "device");
    return 0;
}

static int walk(const struct tree *tree, const char *from,
                int (*visit)(const char *, const struct stat *, int, struct FTW *)) {
    walked = (struct tree *)tree;
    walk_error = 0;
    int stopped = nftw(from, visit, OPEN_FOLDERS, FTW_PHYS | FTW_ACTIONRETVAL);
    if (stopped && !walk_error) walk_error = report_error(-errno, "%s: %m", from);
    return walk_error;
}

int tree_copy(struct tree *tree) {
    progress_start("copy", 0);
    int error = walk(tree, tree->root, copy_one);
    progress_end();
    if (error) return error;
    if (tree->products)
        report_note(NULL, 0,
                    "%zu products of a build (objects, libraries, programs) not copied: "
                    "the build in OUT makes them. If it takes something for made already, run its "
                    "`clean` there first",
                    tree->products);
    if (tree->repositories) report_note(NULL, 0, ".git not copied: OUT is not a working copy");
    return 0;
}

/* ---- sealing --------------------------------------------------------------------------------- */

static struct timespec seal_time; /* of what is news in an OUT that is there */

static int seal_one(const char *path, const struct stat *status, int kind, struct FTW *level) {
    if (is_git(path, level)) return FTW_SKIP_SUBTREE;
    if (kind == FTW_SL || kind == FTW_SLN ||
        (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode)))
        return 0;
    const struct update *update = walked->update;
    if (names_find(&update->kept, paths_below(path, walked->root)) != NO_NAME) return 0;
    bool is_news = update->out && S_ISREG(status->st_mode);
    char *copy = in_copy(path);
    const struct timespec times[2] = {status->st_atim, is_news ? seal_time : status->st_mtim};
    /* only root may give files away; for others the copy simply is theirs */
    if (geteuid() == 0 && chown(copy, status->st_uid, status->st_gid) != 0 && errno != ENOENT &&
        errno != EPERM && errno != EINVAL)
        fail(copy, "cannot set its owner");
    /* the top stays writable for us until it is renamed */
    mode_t mode = (status->st_mode & 07777) | (level->level ? 0 : 0700);
    if (!walk_error && chmod(copy, mode) != 0 && errno != ENOENT) fail(copy, "cannot set its mode");
    if (!walk_error && utimensat(AT_FDCWD, copy, times, 0) != 0 && errno != ENOENT)
        fail(copy, "cannot set its time");
    free(copy);
    return walk_error ? FTW_STOP : 0;
}

/* Folders after what is in them: making files changes their time, and sealing takes rights away. */
static int seal_walk(const struct tree *tree) {
    walked = (struct tree *)tree;
    walk_error = 0;
    int stopped = nftw(tree->root, seal_one, OPEN_FOLDERS, FTW_PHYS | FTW_ACTIONRETVAL | FTW_DEPTH);
    if (stopped && !walk_error) walk_error = report_error(-errno, "%s: %m", tree->root);
    return walk_error;
}

int tree_seal(const struct tree *tree) {
    int fd = open(tree->copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return report_error(-errno, "%s: %m", tree->copy);
    clock_gettime(CLOCK_REALTIME, &seal_time);
    int error = seal_walk(tree);
    if (!error && syncfs(fd) != 0) error = report_error(-errno, "%s: cannot write: %m", tree->copy);
    close(fd);
    return error;
}

/* Both are folders beside each other. Without the exchange, OUT is absent for a moment. */
static int exchange(const struct tree *tree) {
    if (renameat2(AT_FDCWD, tree->copy, AT_FDCWD, tree->out, RENAME_EXCHANGE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -errno;
    char *old = mem_format("%s.old", tree->copy);
    int error = rename(tree->out, old) == 0 ? 0 : -errno;
    if (!error && rename(tree->copy, tree->out) != 0) {
        error = -errno;
        (void)!rename(old, tree->out);
    }
    free(old);
    return error;
}

int tree_publish(const struct tree *tree) {
    struct stat status;
    if (stat(tree->root, &status) != 0) return report_error(-errno, "%s: %m", tree->root);
    int error = tree->update->out ? exchange(tree) : rename(tree->copy, tree->out) ? -errno : 0;
    if (error)
        return report_error(error, "%s: cannot be put in place: %s", tree->out, strerror(-error));
    /* complete now: a failure here would only leave it too writable */
    (void)!chmod(tree->out, status.st_mode & 07777);
    return 0;
}

/* ---- showing changes ------------------------------------------------------------------------- */

/* diff -u, with the same name below a/ and b/ on both sides; says nothing for equal files. */
static int run_diff(const char *path, const char *copy, const char *below) {
    char *before = mem_format("a/%s", below), *after = mem_format("b/%s", below);
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        guard_follow_parent(parent);
        execlp("diff", "diff", "-u", "--label", before, "--label", after, "--", path, copy, NULL);
        _exit(127);
    }
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    free(before);
    free(after);
    if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 1) return 0;
    walk_error = report_error(-EIO, "%s: `diff` failed; is it installed?", path);
    return FTW_STOP;
}

/* Rewriting always adds to a file. */
static bool was_changed(const char *copy, const struct stat *original) {
    struct stat status;
    return stat(copy, &status) == 0 && status.st_size != original->st_size;
}

static int diff_one(const char *path, const struct stat *status, int kind, struct FTW *level) {
    if (is_git(path, level)) return FTW_SKIP_SUBTREE;
    if (kind != FTW_F || !S_ISREG(status->st_mode)) return 0;
    char *copy = in_copy(path);
    int result = 0;
    if (was_changed(copy, status)) result = run_diff(path, copy, paths_below(path, walked->root));
    free(copy);
    return result;
}

int tree_diff(const struct tree *tree, const char *only) {
    if (!only) return walk(tree, tree->root, diff_one);
    while (strncmp(only, "./", 2) == 0) only += 2;
    char *path = mem_format("%s/%s", tree->root, only), *real = realpath(path, NULL);
    const char *below = real ? paths_below(real, tree->root) : NULL;
    int error = below ? walk(tree, real, diff_one)
                      : report_error(-ENOENT, "--diff=%s: SRC %s has no such file", only,
                                     tree->root);
    free(real);
    free(path);
    return error;
}
