// SPDX-License-Identifier: MIT
/*
 * frame.h: frames out of the bytes of the request pipe; replies into the reply pipe (plan.h).
 *
 * Rule: what is not a whole, right frame changes nothing. Every frame is one write of at most
 * PIPE_BUF bytes, so an incomplete one in an otherwise empty pipe is garbage. After garbage the
 * reader goes on byte by byte until a frame fits.
 */
#ifndef LOOM_FRAME_H
#define LOOM_FRAME_H
#include <stdbool.h>
#include <stddef.h>

#include "plan.h"

enum { FRAME_BUFFER = 4 * LOOM_FRAME_MAX };
struct frame_reader {
    size_t used, start;
    unsigned char bytes[FRAME_BUFFER];
};

/* Makes the checksum right. payload_size: at most LOOM_PAYLOAD_MAX. */
void frame_seal(struct loom_frame *frame, const void *payload);
/* Reads what is there. False if there was nothing more, or on an error. */
bool frame_fill(struct frame_reader *reader, int fd);
/* The next whole frame, or null; its payload follows it in memory, and both are valid until the
 * next frame_fill. `empty`: the pipe has no more bytes. Copies the header to `head`. */
const unsigned char *frame_next(struct frame_reader *reader, bool empty, struct loom_frame *head);

/* Sends a reply in as many frames as it takes. 0, or -errno if the client does not read. `idle` is
 * called every millisecond while the pipe is full: threads may be parked meanwhile. */
int frame_reply(int fd, const struct loom_frame *request, const void *data, size_t size,
                void (*idle)(void));

#endif
