// SPDX-License-Identifier: MIT
/* channel.c: see channel.h. */
#include "channel.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "memory.h"

int64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t now_ms(void) {
    return now_us() / 1000;
}

/* ---- finding the runtime --------------------------------------------------------------------- */

static int is_helper(pid_t pid, const char *tid) {
    char path[96], comm[32] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%.20s/comm", (int)pid, tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t size = read(fd, comm, sizeof comm - 1);
    close(fd);
    return size > 0 && strcmp(comm, LOOM_THREAD_NAME "\n") == 0;
}

/* Any program may call a thread "loom": only the private pair of pipes makes it ours. Nothing is
 * ever written to anything else. */
static int check_pipes(pid_t pid, const char *tid) {
    struct stat ends[4];
    char path[96];
    for (int fd = 0; fd < 4; fd++) {
        snprintf(path, sizeof path, "/proc/%d/task/%.20s/fd/%d", (int)pid, tid, fd);
        if (stat(path, &ends[fd])) return errno == EACCES || errno == EPERM ? -EACCES : -ENXIO;
        if (!S_ISFIFO(ends[fd].st_mode)) return -ENXIO;
    }
    return ends[0].st_ino == ends[1].st_ino && ends[2].st_ino == ends[3].st_ino &&
                   ends[0].st_ino != ends[2].st_ino
               ? 0
               : -ENXIO;
}

static int open_end(pid_t pid, const char *tid, int fd, int how) {
    char path[96];
    struct stat end;
    snprintf(path, sizeof path, "/proc/%d/task/%.20s/fd/%d", (int)pid, tid, fd);
    int own = open(path, how | O_NONBLOCK | O_CLOEXEC);
    if (own < 0) return errno == EPERM ? -EACCES : -errno;
    if (fstat(own, &end) == 0 && S_ISFIFO(end.st_mode)) return own;
    close(own);
    return -ENXIO;
}

/* Whether a thread runs in a sandbox that may kill it for a system call; 0, too, if it is gone. */
static int in_sandbox(pid_t pid, const char *tid) {
    char path[96], text[4096];
    int mode = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%.20s/status", (int)pid, tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    text[size > 0 ? size : 0] = 0;
    const char *line = strstr(text, "\nSeccomp:");
    return line && sscanf(line, "\nSeccomp: %d", &mode) == 1 && mode != 0;
}

int channel_sandboxed(pid_t pid) {
    char path[64];
    struct dirent *entry;
    int found = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    while (tasks && !found && (entry = readdir(tasks)))
        if (entry->d_name[0] != '.' && in_sandbox(pid, entry->d_name)) found = atoi(entry->d_name);
    if (tasks) closedir(tasks);
    return found;
}

static int open_helper(struct channel *channel, pid_t pid, const char *tid) {
    int result = check_pipes(pid, tid);
    if (result) return result;
    if (in_sandbox(pid, tid)) return -EPROTO;
    channel->requests = open_end(pid, tid, 1, O_WRONLY);
    if (channel->requests < 0) return channel->requests;
    channel->helper = (pid_t)atoi(tid);
    channel->replies = open_end(pid, tid, 2, O_RDONLY);
    if (channel->replies >= 0) return 0;
    close(channel->requests);
    return channel->replies;
}

/* Why there is no helper. */
static int without_helper(pid_t pid, unsigned threads) {
    char path[64], *line = NULL;
    size_t room = 0;
    int loom = 0;
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    if (!maps)
        return errno == EACCES || errno == EPERM ? -EACCES : errno == ENOENT ? -ESRCH : -ENXIO;
    while (!loom && getline(&line, &room, maps) > 0) loom = strstr(line, "libloom-rt") != NULL;
    int failed = ferror(maps);
    free(line);
    fclose(maps);
    if (failed) return -EACCES;
    return !loom ? -ENXIO : threads == 1 ? -EAGAIN : -ENOTCONN;
}

int channel_open(struct channel *channel, pid_t pid) {
    char path[64];
    unsigned threads = 0;
    int result = -ENXIO;
    struct dirent *entry;
    *channel = (struct channel){.requests = -1, .replies = -1};
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (!tasks) return errno == ENOENT || errno == ESRCH ? -ESRCH : -EACCES;
    while (result && (entry = readdir(tasks))) {
        if (entry->d_name[0] == '.') continue;
        threads++;
        if (is_helper(pid, entry->d_name)) result = open_helper(channel, pid, entry->d_name);
        if (result == -EACCES || result == -EPROTO) break;
    }
    closedir(tasks);
    if (result == -ENXIO) result = without_helper(pid, threads);
    while (!result && channel->session == 0)
        if (getrandom(&channel->session, sizeof channel->session, 0) < 0) result = -errno;
    return result;
}

void channel_close(struct channel *channel) {
    if (channel->requests >= 0) close(channel->requests);
    if (channel->replies >= 0) close(channel->replies);
    channel->requests = channel->replies = -1;
}

/* ---- one client at a time -------------------------------------------------------------------- */

int channel_lock(struct channel *channel, int ms) {
    int64_t end = now_ms() + ms;
    while (flock(channel->replies, LOCK_EX | LOCK_NB)) {
        if (errno != EWOULDBLOCK && errno != EINTR) return -errno;
        if (now_ms() >= end) return -EWOULDBLOCK;
        nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
    return 0;
}

void channel_unlock(struct channel *channel) {
    flock(channel->replies, LOCK_UN);
}

/* ---- frames ---------------------------------------------------------------------------------- */

static int wait_for(int fd, short what, int64_t end) {
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = what};
        int64_t left = end - now_ms();
        int count = poll(&ready, 1, left > 0 ? (int)left : 0);
        if (count > 0) return ready.revents & what ? 0 : -EPIPE;
        if (count < 0 && errno != EINTR) return -errno;
        if (count == 0) return -ETIMEDOUT;
    }
}

static int send_frame(struct channel *channel, unsigned type, const void *payload, size_t size,
                      int64_t end) {
    unsigned char frame[LOOM_FRAME_MAX];
    struct loom_frame head = {.magic = LOOM_MAGIC,
                              .protocol = LOOM_PROTOCOL,
                              .type = (uint16_t)type,
                              .session = channel->session,
                              .seq = ++channel->seq,
                              .flags = LOOM_LAST,
                              .length = (uint32_t)size};
    if (size > LOOM_PAYLOAD_MAX) return -EMSGSIZE;
    memcpy(frame, &head, sizeof head);
    if (size) memcpy(frame + sizeof head, payload, size);
    head.checksum = loom_checksum(LOOM_CHECKSUM_START, frame, sizeof head + size);
    memcpy(frame, &head, sizeof head);
    for (;;) { /* at most PIPE_BUF: all or nothing */
        ssize_t written = write(channel->requests, frame, sizeof head + size);
        if (written > 0) return 0;
        if (written < 0 && errno != EAGAIN && errno != EINTR) return -errno;
        int result = wait_for(channel->requests, POLLOUT, end);
        if (result) return result;
    }
}

/* Length of the whole frame at the start of the buffer; 0: not all of it is there; -1: none. */
static long frame_length(const struct channel *channel, size_t at, struct loom_frame *head) {
    uint32_t sum;
    if (channel->filled - at < sizeof *head) return 0;
    memcpy(head, channel->buffer + at, sizeof *head);
    if (head->magic != LOOM_MAGIC || head->length > LOOM_PAYLOAD_MAX) return -1;
    if (channel->filled - at < sizeof *head + head->length) return 0;
    struct loom_frame bare = *head;
    bare.checksum = 0;
    sum = loom_checksum(LOOM_CHECKSUM_START, &bare, sizeof bare);
    sum = loom_checksum(sum, channel->buffer + at + sizeof bare, head->length);
    return sum == head->checksum && head->protocol == LOOM_PROTOCOL
               ? (long)(sizeof bare + head->length)
               : -1;
}

static int fill(struct channel *channel, int64_t end) {
    for (;;) {
        ssize_t size = read(channel->replies, channel->buffer + channel->filled,
                            sizeof channel->buffer - channel->filled);
        if (size > 0) {
            channel->filled += (size_t)size;
            return 0;
        }
        if (size == 0) return -EPIPE;
        if (errno != EAGAIN && errno != EINTR) return -errno;
        int result = wait_for(channel->replies, POLLIN, end);
        if (result) return result;
    }
}

static void append(struct bytes *answer, const unsigned char *bytes, size_t size) {
    char *more = realloc(answer->bytes, answer->size + size + 1);
    if (!more) abort();
    answer->bytes = more;
    memcpy(more + answer->size, bytes, size);
    answer->size += size;
    more[answer->size] = 0;
}

/* Takes whole frames out of the buffer. 1: the answer is complete. */
static int take_frames(struct channel *channel, struct bytes *answer) {
    struct loom_frame head;
    size_t at = 0;
    int done = 0;
    while (!done) {
        long length = frame_length(channel, at, &head);
        if (length == 0) break;
        if (length < 0) {
            at++;
            continue;
        }
        if (head.type == LOOM_REPLY && head.session == channel->session &&
            head.seq == channel->seq) {
            append(answer, channel->buffer + at + sizeof head, head.length);
            done = (head.flags & LOOM_LAST) != 0;
        }
        at += (size_t)length;
    }
    channel->filled -= at;
    memmove(channel->buffer, channel->buffer + at, channel->filled);
    return done;
}

int channel_ask(struct channel *channel, unsigned type, const void *payload, size_t size,
                struct bytes *answer, int ms) {
    int64_t end = now_ms() + ms;
    int result = send_frame(channel, type, payload, size, end);
    if (result || !answer) return result;
    *answer = (struct bytes){.bytes = take(1, 1)};
    while (!take_frames(channel, answer)) {
        result = fill(channel, end);
        if (!result) continue;
        free(answer->bytes);
        *answer = (struct bytes){0};
        return result;
    }
    return 0;
}
