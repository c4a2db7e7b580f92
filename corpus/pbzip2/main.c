// SPDX-License-Identifier: MIT
/*
 * main.c: compresses files in rounds (see rounds.h), as pbzip2 does one file of its command line
 * after the other, and judges.
 *
 * A round is one file: a text is made, compressed by fresh threads, and when all of them are gone
 * decompressed and compared.
 *
 *   good   the text came back, and no thread used the queue when it was freed
 *   bad    anything else
 */
#include "pbzip2.h"
#include "../common/rounds.h"
#include <bzlib.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 96 * 1024, BLOCK = 8 * 1024 };

static char text[TEXT_MAX], back[TEXT_MAX], compressed[2 * TEXT_MAX];
static unsigned seed = 1;

void giveUp(const char *what) {
    perror(what);
    exit(2);
}

/* Writes words into `text`; how many bytes. */
static size_t makeText(void) {
    static const char *const words[] = {"queue",  "block", "mutex", "consumer", "producer",
                                        "writer", "of",    "and",   "the",      "is"};
    size_t wanted = TEXT_MAX / 2 + (unsigned)rand_r(&seed) % (TEXT_MAX / 2 - 64), used = 0;
    while (used < wanted) {
        unsigned number = (unsigned)rand_r(&seed);
        used += (size_t)sprintf(text + used, "%s %u ", words[number % 10], number % 4096);
    }
    return used;
}

/* Decompresses what was written, stream by stream, and compares it with the text. */
static bool cameBack(FILE *out, size_t size) {
    size_t length = fread(compressed, 1, sizeof compressed, out), at = 0, done = 0;
    while (at < length) {
        bz_stream s = {.next_in = compressed + at,
                       .avail_in = (unsigned)(length - at),
                       .next_out = back + done,
                       .avail_out = (unsigned)(sizeof back - done)};
        if (BZ2_bzDecompressInit(&s, 0, 0) != BZ_OK) giveUp("BZ2_bzDecompressInit");
        int status = BZ2_bzDecompress(&s);
        at = length - s.avail_in;
        done = sizeof back - s.avail_out;
        BZ2_bzDecompressEnd(&s);
        if (status != BZ_STREAM_END) return false;
    }
    return done == size && memcmp(back, text, size) == 0;
}

static bool play(FILE *out, unsigned consumers) {
    size_t size = makeText();
    rewind(out);
    compressFile(text, size, BLOCK, out, consumers);
    joinConsumers();

    long length = ftell(out);
    rewind(out);
    if (length < 0 || ftruncate(fileno(out), length) != 0) giveUp("the output file");
    bool right = cameBack(out, size);
    return heapJudge() == 0 && right;
}

static void *watch(void *unused) {
    rounds_watch();
    return unused;
}

int main(int argc, char **argv) {
    unsigned consumers = (unsigned)rounds_begin(argc, argv, 4, CONSUMERS_MAX, "PBZIP2_PAUSE_US");
    pthread_t watcher;
    FILE *out = tmpfile();
    if (!out) giveUp("the output file");
    errno = pthread_create(&watcher, NULL, watch, NULL);
    if (errno) giveUp("pthread_create");
    while (rounds_count(play(out, consumers))) continue;
    pthread_join(watcher, NULL);
    return rounds_end();
}
