// SPDX-License-Identifier: MIT
/*
 * frame.c: any bytes on the request pipe, in pieces of any size: every frame that the runtime takes
 * out of them is whole and right, and lies in the reader's memory. The same bytes are then read by
 * the other side, as records of a reply.
 */
#include <stdlib.h>
#include <string.h>
#include "grammar/record.h"
#include "rt/frame.h"
#include "world.h"

static const uint8_t *input;
static size_t left;
static unsigned pieces;

/* Instead of sys_read: the next piece. The pieces' sizes come from the input's first byte. */
long fuzz_read(int fd, void *buffer, size_t size) {
    size_t piece = pieces ? pieces * 7 : left;
    (void)fd;
    if (piece > left) piece = left;
    if (piece > size) piece = size;
    memcpy(buffer, input, piece);
    input += piece;
    left -= piece;
    return (long)piece;
}

static void check_frame(const struct frame_reader *reader, const struct loom_frame *head,
                        const unsigned char *payload) {
    struct loom_frame again = *head;
    if (head->magic != LOOM_MAGIC || head->protocol != LOOM_PROTOCOL || !head->session)
        world_fail("a frame", "is not right");
    if (head->length > LOOM_PAYLOAD_MAX || payload < reader->bytes ||
        payload + head->length > reader->bytes + reader->used)
        world_fail("a frame", "is out of bounds");
    frame_seal(&again, payload);
    if (again.checksum != head->checksum) world_fail("a frame", "has a wrong checksum");
}

static void read_frames(void) {
    struct frame_reader *reader = calloc(1, sizeof *reader);
    struct loom_frame head;
    const unsigned char *payload;
    for (bool more = true; more;) {
        more = frame_fill(reader, 0);
        bool full = reader->used - reader->start == FRAME_BUFFER;
        while ((payload = frame_next(reader, left == 0, &head)))
            check_frame(reader, &head, payload);
        if (full && reader->used - reader->start == FRAME_BUFFER)
            world_fail("the reader", "does not get on");
        if (left == 0) break;
    }
    free(reader);
}

static void read_records(const uint8_t *data, size_t size) {
    struct record record;
    char *text = memcpy(calloc(1, size + 1), data, size), *at = text;
    while (record_next(&at, &record)) {
        record_number(&record, "index", 0);
        if (!record_get(&record, "path")) abort();
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) return 0;
    input = data + 1;
    left = size - 1;
    pieces = data[0] & 15;
    read_frames();
    read_records(data + 1, size - 1);
    return 0;
}
