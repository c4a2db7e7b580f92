// SPDX-License-Identifier: MIT
/* frame.c: the wire. See frame.h. */
#include "frame.h"

#include <errno.h>
#include <string.h>

#include "sys.h"

static uint32_t checksum_of(const struct loom_frame *frame, const void *payload) {
    struct loom_frame head = *frame;
    head.checksum = 0;
    return loom_checksum(loom_checksum(LOOM_CHECKSUM_START, &head, sizeof head), payload,
                         frame->length);
}

void frame_seal(struct loom_frame *frame, const void *payload) {
    frame->checksum = checksum_of(frame, payload);
}

bool frame_fill(struct frame_reader *reader, int fd) {
    long size;
    memmove(reader->bytes, reader->bytes + reader->start, reader->used - reader->start);
    reader->used -= reader->start;
    reader->start = 0;
    if (reader->used == FRAME_BUFFER) return true;
    size = sys_read(fd, reader->bytes + reader->used, FRAME_BUFFER - reader->used);
    if (size <= 0) return false;
    reader->used += (size_t)size;
    return true;
}

static bool may_be_frame(const struct loom_frame *head) {
    return head->magic == LOOM_MAGIC && head->protocol == LOOM_PROTOCOL && head->session &&
           head->length <= LOOM_PAYLOAD_MAX;
}

const unsigned char *frame_next(struct frame_reader *reader, bool empty, struct loom_frame *head) {
    for (; reader->used - reader->start >= sizeof *head; reader->start++) {
        const unsigned char *at = reader->bytes + reader->start;
        size_t there = reader->used - reader->start - sizeof *head;
        memcpy(head, at, sizeof *head);
        if (!may_be_frame(head)) continue;
        if (head->length > there) {
            if (!empty) return NULL;
            continue;
        }
        if (head->checksum != checksum_of(head, at + sizeof *head)) continue;
        reader->start += sizeof *head + head->length;
        return at + sizeof *head;
    }
    if (empty) reader->start = reader->used;
    return NULL;
}

/* One write, whole or not at all. */
static int send_frame(int fd, const unsigned char *bytes, size_t size, uint64_t deadline,
                      void (*idle)(void)) {
    for (;;) {
        long n = sys_write(fd, bytes, size);
        if (n == (long)size) return 0;
        if (n >= 0) return -EIO;
        if (n != -EAGAIN && n != -EINTR) return (int)n;
        if (sys_now_ms() >= deadline) return -ETIMEDOUT;
        sys_await_room(fd, 1);
        idle();
    }
}

int frame_reply(int fd, const struct loom_frame *request, const void *data, size_t size,
                void (*idle)(void)) {
    static unsigned char bytes[LOOM_FRAME_MAX]; /* the helper only */
    uint64_t deadline = sys_now_ms() + LOOM_REPLY_MS;
    size_t sent = 0;
    do {
        size_t part = size - sent < LOOM_PAYLOAD_MAX ? size - sent : LOOM_PAYLOAD_MAX;
        struct loom_frame head = {.magic = LOOM_MAGIC,
                                  .protocol = LOOM_PROTOCOL,
                                  .type = LOOM_REPLY,
                                  .session = request->session,
                                  .seq = request->seq,
                                  .flags = sent + part == size ? LOOM_LAST : 0,
                                  .length = (uint32_t)part};
        int r;
        if (part) memcpy(bytes + sizeof head, (const char *)data + sent, part);
        frame_seal(&head, bytes + sizeof head);
        memcpy(bytes, &head, sizeof head);
        if ((r = send_frame(fd, bytes, sizeof head + part, deadline, idle))) return r;
        sent += part;
    } while (sent < size);
    return 0;
}
