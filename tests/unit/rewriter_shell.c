// SPDX-License-Identifier: MIT
/* rewriter_shell.c: the list of external calls, compiler flags, paths, processes of loom-rewrite. */
#include "rewriter/calls.h"
#include "rewriter/flags.h"
#include "rewriter/jobs.h"
#include "rewriter/paths.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- calls ------------------------------------------------------------------------------------ */

Test(calls, listed) {
    cr_expect_str_eq(calls_class("strlen"), "");
    cr_expect_str_eq(calls_class("sinf"), "");
    cr_expect_str_eq(calls_class("printf"), "b");
    cr_expect_str_eq(calls_class("poll"), "bi");
    cr_expect_str_eq(calls_class("pthread_mutex_lock"), "bl");
    cr_expect_str_eq(calls_class("pthread_cond_wait"), "bil");
    cr_expect(strchr(calls_class("exit"), 'n'));
    cr_expect(strchr(calls_class("qsort"), 'k'));
}

Test(calls, prefixes_and_unknown) {
    cr_expect_str_eq(calls_class("__builtin_memcpy"), "");
    cr_expect_str_eq(calls_class("__atomic_load_n"), "");
    cr_expect_str_eq(calls_class("__builtin_unreachable"), "n");
    cr_expect_str_eq(calls_class("nobody_knows"), CALLS_UNKNOWN);
    cr_expect_str_eq(calls_class(""), CALLS_UNKNOWN);
}

static int load(const char *text) {
    char path[] = "/tmp/loom-calls-XXXXXX";
    int fd = mkstemp(path);
    cr_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    int error = calls_load(path);
    unlink(path);
    return error;
}

Test(calls, additions) {
    cr_assert(load("# ours\nmine  ib # waits\nquiet -\nstrlen k\r\n\nmy_* b\nmy_own n\nmine bk") == 0);
    cr_expect_str_eq(calls_class("mine"), "bk", "the last line wins");
    cr_expect_str_eq(calls_class("quiet"), "");
    cr_expect_str_eq(calls_class("strlen"), "k", "the user's list wins");
    cr_expect_str_eq(calls_class("my_other"), "b");
    cr_expect_str_eq(calls_class("my_own"), "n", "names before prefixes");
    cr_expect_str_eq(calls_class("my"), CALLS_UNKNOWN);
}

Test(calls, wrong_additions) {
    cr_expect(load("mine x\n") < 0);
    cr_expect(load("mine\n") < 0);
    cr_expect(load("mine b i\n") < 0);
    cr_expect(calls_load("/nowhere/at/all") < 0);
}

/* ---- flags ------------------------------------------------------------------------------------ */

static char *kept(const char *command) {
    static char joined[1024];
    char copy[1024], *rest = copy;
    const char *list[64];
    int count = 0;
    struct flags flags = {0};
    snprintf(copy, sizeof copy, "%s", command);
    for (char *word; (word = strtok_r(rest, " ", &rest));) list[count++] = word;
    flags_keep(&flags, count, list);
    joined[0] = 0;
    for (int i = 0; i < flags.count; i++) {
        if (i) strcat(joined, " ");
        strcat(joined, flags.list[i]);
    }
    flags_free(&flags);
    return joined;
}

Test(flags, what_matters_is_kept) {
    cr_expect_str_eq(kept("-DX=1 -D Y -I a -Ib -isystem c -include d.h -std=c99 -O2 -m32"),
                     "-DX=1 -D Y -I a -Ib -isystem c -include d.h -std=c99 -O2 -m32");
    cr_expect_str_eq(kept("-undef -Wp,-D_FORTIFY_SOURCE=2 -fno-common"),
                     "-undef -Wp,-D_FORTIFY_SOURCE=2 -fno-common");
}

Test(flags, the_rest_is_dropped) {
    cr_expect_str_eq(kept("-c a.c -o a.o -MD -MF a.d -MTx -Wp,-MMD,y -S"), "");
    cr_expect_str_eq(kept("-Wall -Werror=foo -w -pedantic-errors -Wl,-z,now -Wa,-x"), "");
    cr_expect_str_eq(kept("-lm -l m -L/x -L x -shared -static-pie -s -r -pie b.o -T x.ld"), "");
    cr_expect_str_eq(kept("-Xlinker -DX --param a=b --param=c=d -fplugin=x.so -specs=y -"), "");
    cr_expect_str_eq(kept("-o"), "");
}

Test(flags, language) {
    const char *list[] = {"-x", "c++", "a", "-xc"};
    struct flags flags = {0};
    flags_keep(&flags, 2, list);
    cr_expect_str_eq(flags_language(&flags), "c++");
    flags_keep(&flags, 4, list);
    cr_expect_str_eq(flags_language(&flags), "c");
    flags_free(&flags);
    cr_expect_null(flags_language(&flags));
}

/* ---- paths ------------------------------------------------------------------------------------ */

Test(paths, below) {
    cr_expect_str_eq(paths_below("/a/b/c", "/a/b"), "c");
    cr_expect_str_eq(paths_below("/a/b", "/a/b"), "");
    cr_expect_str_eq(paths_below("/a", "/"), "a");
    cr_expect_null(paths_below("/a/bc", "/a/b"));
    cr_expect_null(paths_below("/a", "/a/b"));
}

/* ---- jobs ------------------------------------------------------------------------------------- */

enum { TASKS = 9 };
static struct job_end ends[TASKS];
static int ended;

static int task(size_t number, void *context) {
    (void)context;
    if (number == 3) raise(SIGKILL);
    if (number == 4) pause();
    if (number == 5) return -5;
    return (int)number % 2;
}

static void done(size_t number, const struct job_end *end, void *context) {
    (void)context;
    ends[number] = *end;
    ended++;
}

Test(jobs, each_end_is_told, .timeout = 30) {
    const struct jobs jobs = {TASKS, 3, 2, task, done, NULL};
    cr_assert(jobs_run(&jobs) == 0);
    cr_expect(ended == TASKS);
    cr_expect(ends[0].status == 0 && ends[1].status == 1 && ends[8].status == 0);
    cr_expect(ends[3].signal == SIGKILL && !ends[3].timed_out);
    cr_expect(ends[4].signal == SIGKILL && ends[4].timed_out);
    cr_expect(ends[5].status != 0);
}

Test(jobs, none) {
    const struct jobs jobs = {0, 2, 1, task, done, NULL};
    cr_expect(jobs_run(&jobs) == 0);
}
