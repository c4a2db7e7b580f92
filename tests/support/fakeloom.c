// SPDX-License-Identifier: MIT
/*
 * fakeloom.c: a process with a helper thread that speaks the pipe protocol, for tests of loom-pipe
 * that the real runtime cannot be brought to: silence, nonsense, refusals, an end in the middle.
 *
 *     fakeloom MODE [TABLE]      prints its pid, and serves until it is killed
 *
 * The one file is src/a.c with a hash of 1234, or a.c with the hash that the table's `file` line
 * says.
 *
 * Modes: ok · silent · noise (garbage and frames of others around each reply) · refuse-second (the
 * second plan is refused) · stale (the first plan meets another set of modules) · missing (never in
 * force) · die (ends in the middle of a table) · off · wrong-table · plain (a thread called loom
 * with the program's own descriptors) · idle (no thread runs) · busy (another client holds the
 * lock) · lose (the first reply to each HELLO, PLAN_BEGIN and REMOVE is lost; a filter is removed
 * once) · lose-commit · lose-refusal (of a commit) · lose-all (from the first commit on)
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "rt/plan.h"

static const char *mode = "ok";
static char table[65536];
static size_t table_size;
static char texts[LOOM_FILTERS_MAX][4096];
static char names[LOOM_FILTERS_MAX][256];
static unsigned filters, commits;
static unsigned char plan[1 << 20];
static volatile int helper_tid;

static int is(const char *word) {
    return strcmp(mode, word) == 0;
}

static void reply_part(const struct loom_frame *to, const void *bytes, size_t size, uint32_t last) {
    unsigned char frame[LOOM_FRAME_MAX];
    struct loom_frame head = *to;
    head.type = LOOM_REPLY;
    head.flags = last;
    head.length = (uint32_t)size;
    head.checksum = 0;
    memcpy(frame, &head, sizeof head);
    memcpy(frame + sizeof head, bytes, size);
    head.checksum = loom_checksum(LOOM_CHECKSUM_START, frame, sizeof head + size);
    memcpy(frame, &head, sizeof head);
    if (write(3, frame, sizeof head + size) < 0) exit(1);
}

/* Is this reply one that does not arrive? */
static int is_lost(unsigned type) {
    static unsigned seen[16];
    unsigned nth = ++seen[type & 15];
    if (is("lose"))
        return nth == 1 && (type == LOOM_HELLO || type == LOOM_PLAN_BEGIN || type == LOOM_REMOVE);
    if (is("lose-all")) return commits > 0;
    return type == LOOM_PLAN_COMMIT && (is("lose-commit") || is("lose-refusal"));
}

static void reply(const struct loom_frame *to, const void *bytes, size_t size) {
    if (is_lost(to->type)) return;
    if (is("noise")) {
        struct loom_frame other = *to;
        other.session ^= 1;
        if (write(3, "LOOM, but not a frame of it", 27) < 0) exit(1);
        reply_part(&other, "runtime state=off reason=of%20another\n", 38, LOOM_LAST);
        other.session = to->session;
        other.seq--;
        reply_part(&other, "stale", 5, LOOM_LAST);
    }
    size_t at = 0;
    while (size - at > 1000) {
        reply_part(to, (const char *)bytes + at, 1000, 0);
        at += 1000;
    }
    reply_part(to, (const char *)bytes + at, size - at, LOOM_LAST);
}

static void say(const struct loom_frame *to, const char *text) {
    reply(to, text, strlen(text));
}

static void escape(char *to, const char *from) {
    for (; *from; from++)
        to += *from <= ' ' || *from == '%' || *from > '~' ? sprintf(to, "%%%02X", *from & 255)
                                                          : sprintf(to, "%c", *from);
    *to = 0;
}

static void commit(const struct loom_frame *head) {
    struct loom_plan header;
    char text[64];
    commits++;
    if (is("stale") && commits == 1) {
        say(head, "error stale-modules made for another set of files\n");
        return;
    }
    if (is("lose-refusal") || (is("refuse-second") && filters)) {
        say(head, "error bad-plan I do not like it\n");
        return;
    }
    memcpy(&header, plan, sizeof header);
    char *name = (char *)plan + header.size - ((header.name_size + header.text_size + 7u) & ~7u);
    snprintf(texts[filters], sizeof texts[0], "%.*s", (int)header.text_size,
             name + header.name_size);
    snprintf(names[filters], sizeof names[0], "%.*s", (int)header.name_size, name);
    filters++;
    snprintf(text, sizeof text, "ok id=%u\n", filters);
    say(head, text);
}

static void status(const struct loom_frame *head) {
    static char all[1 << 20], text[3 * sizeof texts[0]], name[3 * sizeof names[0]];
    size_t size = 0;
    for (unsigned i = 0; i < filters; i++) {
        if (!*texts[i]) continue;
        escape(text, texts[i]);
        escape(name, names[i]);
        size += (size_t)sprintf(all + size,
                                "filter id=%u name=%s text=%s state=%s since_ms=1500 force_ms=3 "
                                "threads=3 active=2 enters=7 waits=1 timeouts=0 suspended=0\n",
                                i + 1, name, text,
                                is("missing")       ? "published"
                                : is("rolled-back") ? "rolled-back"
                                                    : "in-force");
        if (is("missing"))
            size += (size_t)sprintf(all + size,
                                    "missing id=%u tid=77 name=worker where=outside "
                                    "file=3 point=2 since_ms=90000\n",
                                    i + 1);
    }
    all[size] = 0;
    reply(head, all, size);
}

static void answer(const struct loom_frame *head, const unsigned char *payload) {
    char text[300], hash[20];
    uint32_t word[2] = {0, 0};
    int there;
    memcpy(word, payload, head->length < 8 ? head->length : 8);
    switch (head->type) {
    case LOOM_HELLO:
        sprintf(text,
                "runtime version=1 abi=1 pid=%d state=%s reason=told%%20so files=1 threads=3 "
                "filters=%u modules=00000000000000ab fast=%d slow-functions=0\n",
                getpid(), is("off") ? "off" : "on", filters, !filters);
        say(head, text);
        break;
    case LOOM_FILES:
        if (sscanf(table, "loom 1\nfile %*s %16s", hash) != 1) strcpy(hash, "0000000000001234");
        sprintf(text, "file index=3 path=%s hash=%s table=%zu points=100 functions=10\n",
                strcmp(hash, "0000000000001234") ? "a.c" : "src/a.c", hash, table_size);
        say(head, text);
        break;
    case LOOM_TABLE:
        if (is("die")) exit(0);
        if (is("wrong-table"))
            say(head, "loom 1\nfn nonsense\n");
        else
            reply(head, table + word[1], table_size - word[1]);
        break;
    case LOOM_PLAN_BEGIN: say(head, "ok\n"); break;
    case LOOM_PLAN_DATA:
        if (word[0] < sizeof plan - LOOM_FRAME_MAX)
            memcpy(plan + word[0], payload + 4, head->length - 4);
        break;
    case LOOM_PLAN_COMMIT: commit(head); break;
    case LOOM_STATUS: status(head); break;
    case LOOM_REMOVE:
        there = word[0] && word[0] <= filters && texts[word[0] - 1][0];
        if (there) texts[word[0] - 1][0] = 0;
        say(head, there ? "ok count=1\n" : "error no-such-filter it is not installed\n");
        break;
    case LOOM_EVENTS: say(head, "event seq=1 ms=5 kind=installed filter=1 text=a%20b\n"); break;
    case LOOM_THREADS:
        say(head,
            is("idle")
                ? "thread tid=78 name=main where=outside file=3 point=2 since_ms=9 active=0\n"
                : "thread tid=77 name=worker where=outside file=3 point=2 since_ms=9 active=0\n"
                  "thread tid=78 name=main where=inside file=-1 point=0 since_ms=9 active=0\n");
        break;
    default: say(head, "error EINVAL what\n");
    }
}

static void *helper(void *nothing) {
    unsigned char frame[LOOM_FRAME_MAX];
    struct loom_frame head;
    int ends[2];
    helper_tid = (int)syscall(SYS_gettid);
    prctl(PR_SET_NAME, "loom");
    if (is("plain")) pause();
    syscall(SYS_close_range, 0u, ~0u, 2u);
    for (int i = 0; i < 2; i++)
        if (pipe(ends)) exit(1);
    for (;;) {
        ssize_t size = read(0, frame, sizeof frame);
        if (size < (ssize_t)sizeof head || is("silent")) continue;
        for (ssize_t at = 0; at + (ssize_t)sizeof head <= size;) {
            memcpy(&head, frame + at, sizeof head);
            answer(&head, frame + at + sizeof head);
            at += (ssize_t)sizeof head + head.length;
        }
    }
    return nothing;
}

int main(int count, char **words) {
    pthread_t thread;
    if (count > 1) mode = words[1];
    FILE *in = count > 2 ? fopen(words[2], "r") : NULL;
    if (in) table_size = fread(table, 1, sizeof table, in);
    pthread_create(&thread, NULL, helper, NULL);
    usleep(50000);
    if (is("busy")) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/task/%d/fd/2", helper_tid);
        if (flock(open(path, O_RDONLY | O_NONBLOCK), LOCK_EX)) return 1;
    }
    printf("%d\n", getpid());
    fflush(stdout);
    pthread_join(thread, NULL);
    return 0;
}
