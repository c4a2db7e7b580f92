/* SPDX-License-Identifier: MIT */
/*
 * image.h: memory of a process that never changes, read from the files that are mapped there.
 *
 * Slot tables are string constants: megabytes that the program's helper thread would have to send,
 * with a checksum, beside the program's own work. /proc/PID/maps says which file they are in and
 * where; whoever may talk to the helper may read that, and the program's file as /proc/PID/exe,
 * even if its name is gone. What cannot be had so for sure (the file at that name is another one,
 * no file at all, a namespace that hides it) is refused, and the caller asks the helper.
 */
#ifndef LOOM_IMAGE_H
#define LOOM_IMAGE_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mapping;
struct image {
    pid_t pid, thread;
    struct mapping *mappings;
    uint32_t count;
    const struct mapping *open; /* whose file is `fd`; null: none */
    int fd;
    char *text; /* of /proc/PID/maps */
};

/* As it is now. `thread`: one that lives for sure; the first one may have ended. */
void image_open(struct image *image, pid_t pid, pid_t thread);
/* Copies `size` bytes of the process from `address`. 0, or -1: not from a file. */
int image_read(struct image *image, uint64_t address, size_t size, char *to);
void image_close(struct image *image);

#endif
