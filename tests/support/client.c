// SPDX-License-Identifier: MIT
/* client.c: see client.h. */
#include "tests/support/client.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static long long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

static int open_end(int pid, int tid, int fd, int flags) {
    char path[96];
    snprintf(path, sizeof path, "/proc/%d/task/%d/fd/%d", pid, tid, fd);
    return open(path, flags | O_NONBLOCK | O_CLOEXEC);
}

static int helper_tid(int pid) {
    char path[96], name[32];
    int found = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks) return 0;
    for (struct dirent *entry; (entry = readdir(tasks));) {
        int tid = atoi(entry->d_name), fd;
        snprintf(path, sizeof path, "/proc/%d/task/%d/comm", pid, tid);
        if (!tid || (fd = open(path, O_RDONLY)) < 0) continue;
        ssize_t size = read(fd, name, sizeof name - 1);
        close(fd);
        if (size == 5 && !memcmp(name, "loom\n", 5)) found = tid;
    }
    closedir(tasks);
    return found;
}

int client_open(struct client *client, int pid, int limit_ms) {
    long long end = now_ms() + limit_ms;
    int tid;
    memset(client, 0, sizeof *client);
    client->in = client->out = -1;
    client->limit_ms = 5000;
    if (getrandom(&client->session, sizeof client->session, 0) < 0) return -errno;
    while (!(tid = helper_tid(pid))) {
        if (now_ms() >= end) return -ESRCH;
        usleep(1000);
    }
    client->out = open_end(pid, tid, 1, O_WRONLY);
    client->in = open_end(pid, tid, 2, O_RDONLY);
    return client->out < 0 || client->in < 0 ? -errno : 0;
}

void client_close(struct client *client) {
    close(client->out);
    close(client->in);
}

static uint32_t checksum_of(struct loom_frame head, const void *payload) {
    head.checksum = 0;
    return loom_checksum(loom_checksum(LOOM_CHECKSUM_START, &head, sizeof head), payload,
                         head.length);
}

int client_send(struct client *client, enum loom_frame_type type, const void *payload,
                size_t size) {
    unsigned char bytes[LOOM_FRAME_MAX];
    struct loom_frame head = {.magic = LOOM_MAGIC,
                              .protocol = LOOM_PROTOCOL,
                              .type = (uint16_t)type,
                              .session = client->session,
                              .seq = ++client->seq,
                              .length = (uint32_t)size};
    if (size > LOOM_PAYLOAD_MAX) return -EMSGSIZE;
    head.checksum = checksum_of(head, payload);
    memcpy(bytes, &head, sizeof head);
    if (size) memcpy(bytes + sizeof head, payload, size);
    for (int tries = 0; tries < 5000; tries++) {
        if (write(client->out, bytes, sizeof head + size) > 0) return 0;
        if (errno != EAGAIN) return -errno;
        usleep(1000);
    }
    return -ETIMEDOUT;
}

static int read_exactly(struct client *client, void *to, size_t size, long long end) {
    for (size_t got = 0; got < size;) {
        ssize_t n = read(client->in, (char *)to + got, size - got);
        struct pollfd one = {client->in, POLLIN, 0};
        if (n > 0) got += (size_t)n;
        if (n > 0) continue;
        if (now_ms() >= end) return -ETIMEDOUT;
        poll(&one, 1, 50);
    }
    return 0;
}

/* As loom-pipe does (channel.h): whoever asks without the lock takes replies from the others. */
static int lock(struct client *client) {
    long long end = now_ms() + client->limit_ms;
    while (flock(client->in, LOCK_EX | LOCK_NB)) {
        if (now_ms() >= end) return -EWOULDBLOCK;
        usleep(500);
    }
    return 0;
}

static int exchange(struct client *client, enum loom_frame_type type, const void *payload,
                    size_t size) {
    long long end = now_ms() + client->limit_ms;
    int r = client_send(client, type, payload, size);
    client->reply_size = 0;
    for (bool last = false; !r && !last;) {
        unsigned char bytes[LOOM_FRAME_MAX];
        struct loom_frame head;
        if ((r = read_exactly(client, &head, sizeof head, end))) break;
        if (head.magic != LOOM_MAGIC || head.length > LOOM_PAYLOAD_MAX) return -EPROTO;
        if ((r = read_exactly(client, bytes, head.length, end))) break;
        if (head.checksum != checksum_of(head, bytes)) return -EPROTO;
        if (head.session != client->session || head.seq != client->seq) continue;
        if (client->reply_size + head.length >= sizeof client->reply) return -ENOSPC;
        memcpy(client->reply + client->reply_size, bytes, head.length);
        client->reply_size += head.length;
        last = head.flags & LOOM_LAST;
    }
    client->reply[client->reply_size] = 0;
    return r;
}

int client_ask(struct client *client, enum loom_frame_type type, const void *payload, size_t size) {
    int r = lock(client);
    client->reply_size = 0;
    client->reply[0] = 0;
    if (r) return r;
    r = exchange(client, type, payload, size);
    flock(client->in, LOCK_UN);
    return r;
}

uint32_t client_install(struct client *client, const void *plan, size_t size, uint32_t flags,
                        uint32_t deadline_ms) {
    uint32_t total = (uint32_t)size, words[2] = {flags, deadline_ms};
    if (client_ask(client, LOOM_PLAN_BEGIN, &total, 4)) return 0;
    for (uint32_t at = 0; at < size; at += 4000) {
        unsigned char part[4004];
        uint32_t n = total - at < 4000 ? total - at : 4000;
        memcpy(part, &at, 4);
        memcpy(part + 4, (const char *)plan + at, n);
        if (client_send(client, LOOM_PLAN_DATA, part, n + 4)) return 0;
    }
    if (client_ask(client, LOOM_PLAN_COMMIT, words, 8)) return 0;
    return strncmp(client->reply, "ok ", 3) ? 0 : (uint32_t)client_number(client, "ok", "id");
}

uint32_t client_remove(struct client *client, uint32_t id) {
    if (client_ask(client, LOOM_REMOVE, &id, 4) || strncmp(client->reply, "ok ", 3)) return 0;
    return (uint32_t)client_number(client, "ok", "count");
}

/* The text behind `key=` in the first line that begins with `line`, or null. */
static const char *find_value(const struct client *client, const char *line, const char *key) {
    char word[64];
    const char *at = client->reply;
    snprintf(word, sizeof word, " %s=", key);
    for (; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
        const char *value, *end = strchrnul(at, '\n');
        if (strncmp(at, line, strlen(line))) continue;
        value = strstr(at, word);
        if (value && value < end) return value + strlen(word);
    }
    return NULL;
}

long long client_number(const struct client *client, const char *line, const char *key) {
    const char *value = find_value(client, line, key);
    return value ? strtoll(value, NULL, 10) : -1;
}

bool client_wait(struct client *client, uint32_t id, const char *state, int limit_ms) {
    long long end = now_ms() + limit_ms;
    do {
        const char *value;
        if (client_ask(client, LOOM_STATUS, &id, 4)) continue; /* lost: ask again */
        value = find_value(client, "filter", "state");
        if (!value && !*state) return true;
        if (value && *state && !strncmp(value, state, strlen(state)) && value[strlen(state)] == ' ')
            return true;
        usleep(500);
    } while (now_ms() < end);
    return false;
}

/* ---- plans ---- */

void plan_seal(void *plan) {
    struct loom_plan *head = plan;
    head->checksum = 0;
    head->checksum = loom_checksum(LOOM_CHECKSUM_START, plan, head->size);
}

static size_t set_bytes(uint32_t points) {
    return ((size_t)points + 63) / 64 * 8;
}

void *plan_make(const struct plan_maker *maker, size_t *size) {
    size_t unsafe = 0, name = strlen(maker->name), offset = 0, reach, code;
    for (uint32_t i = 0; i < maker->file_count; i++) unsafe += set_bytes(maker->files[i].points);
    reach = maker->reach ? maker->links * unsafe : 0;
    code = maker->code_count * sizeof *maker->code;
    *size = sizeof(struct loom_plan) + maker->file_count * sizeof(struct loom_plan_module) +
            maker->operation_count * sizeof(struct loom_plan_operation) +
            maker->slow_count * sizeof(struct loom_plan_slow) + unsafe + reach + code +
            ((2 * name + 7) & ~7ul);
    struct loom_plan *head = calloc(1, *size);
    *head = (struct loom_plan){.magic = LOOM_MAGIC,
                               .version = LOOM_PROTOCOL,
                               .kind = maker->kind ? maker->kind : LOOM_EXCLUSION,
                               .size = (uint32_t)*size,
                               .modules_hash = maker->modules_hash,
                               .modules = maker->file_count,
                               .operations = maker->operation_count,
                               .slow = maker->slow_count,
                               .unsafe_bytes = (uint32_t)unsafe,
                               .name_size = (uint32_t)name,
                               .text_size = (uint32_t)name,
                               .within_ms = maker->within_ms,
                               .for_ms = maker->for_ms,
                               .code = maker->code_count,
                               .reach_bytes = (uint32_t)reach,
                               .flags = maker->flags};
    struct loom_plan_module *modules = (void *)(head + 1);
    char *at = (char *)(modules + maker->file_count);
    memcpy(at, maker->operations, maker->operation_count * sizeof *maker->operations);
    at += maker->operation_count * sizeof *maker->operations;
    if (maker->slow_count) memcpy(at, maker->slow, maker->slow_count * sizeof *maker->slow);
    at += maker->slow_count * sizeof *maker->slow;
    for (uint32_t i = 0; i < maker->file_count; i++) {
        const struct plan_file *file = &maker->files[i];
        modules[i] = (struct loom_plan_module){file->hash, i, file->points, file->functions,
                                               (uint32_t)offset};
        if (file->unsafe) memcpy(at + offset, file->unsafe, set_bytes(file->points));
        offset += set_bytes(file->points);
    }
    at += unsafe;
    if (reach) memcpy(at, maker->reach, reach);
    at += reach;
    if (code) memcpy(at, maker->code, code);
    at += code;
    memcpy(at, maker->name, name);
    memcpy(at + name, maker->name, name);
    plan_seal(head);
    return head;
}
