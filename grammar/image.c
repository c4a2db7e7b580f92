// SPDX-License-Identifier: MIT
/* image.c: see image.h. */
#include "image.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "memory.h"

/* A line of /proc/PID/maps: START-END PERMS OFFSET MAJOR:MINOR INODE PATH */
struct mapping {
    uint64_t start, end, offset;
    dev_t device;
    ino_t inode;
    const char *path;
};

static char *contents(int fd) {
    size_t size = 0, room = 1 << 16;
    char *text = take(room, 1);
    for (ssize_t more; (more = read(fd, text + size, room - size - 1)) > 0;) {
        size += (size_t)more;
        if (room - size > 4096) continue;
        room *= 2;
        char *larger = realloc(text, room);
        if (!larger) abort();
        text = larger;
    }
    text[size] = 0;
    return text;
}

/* The number at *at, which ends with `stop`; moves behind that. Leaves *at null otherwise. */
static uint64_t number(char **at, int base, char stop) {
    char *end = NULL;
    uint64_t value = *at ? strtoull(*at, &end, base) : 0;
    *at = end && end != *at && *end == stop ? end + 1 : NULL;
    return value;
}

static void add_line(struct image *image, char *line) {
    struct mapping m = {0};
    m.start = number(&line, 16, '-');
    m.end = number(&line, 16, ' ');
    line = line ? strchr(line, ' ') : NULL; /* behind the permissions */
    if (line) line++;
    m.offset = number(&line, 16, ' ');
    unsigned high = (unsigned)number(&line, 16, ':'), low = (unsigned)number(&line, 16, ' ');
    m.device = makedev(high, low);
    m.inode = (ino_t)number(&line, 10, ' ');
    if (!line || !m.inode) return;
    m.path = line + strspn(line, " ");
    image->mappings = grow(image->mappings, image->count, sizeof m);
    image->mappings[image->count++] = m;
}

static int open_of(const struct image *image, const char *what) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/%s", (int)image->pid, (int)image->thread, what);
    return open(path, O_RDONLY | O_CLOEXEC);
}

void image_open(struct image *image, pid_t pid, pid_t thread) {
    *image = (struct image){.pid = pid, .thread = thread, .fd = -1};
    int fd = open_of(image, "maps");
    if (fd < 0) return;
    image->text = contents(fd);
    close(fd);
    for (char *line = image->text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        add_line(image, line);
    }
}

static int is_file(int fd, const struct mapping *mapping) {
    struct stat stat;
    return !fstat(fd, &stat) && S_ISREG(stat.st_mode) && stat.st_dev == mapping->device &&
           stat.st_ino == mapping->inode;
}

/* By its name as the process sees it; the program's own also if that is gone. */
static int open_file(const struct image *image, const struct mapping *mapping) {
    char path[4200];
    int fd = open_of(image, "exe");
    if (fd >= 0 && is_file(fd, mapping)) return fd;
    if (fd >= 0) close(fd);
    snprintf(path, sizeof path, "/proc/%d/task/%d/root%s", (int)image->pid, (int)image->thread,
             mapping->path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && is_file(fd, mapping)) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

static int same_file(const struct mapping *a, const struct mapping *b) {
    return a && a->device == b->device && a->inode == b->inode;
}

static int switch_to(struct image *image, const struct mapping *mapping) {
    if (!same_file(image->open, mapping)) {
        if (image->fd >= 0) close(image->fd);
        image->fd = open_file(image, mapping);
        image->open = mapping;
    }
    return image->fd < 0 ? -1 : 0;
}

int image_read(struct image *image, uint64_t address, size_t size, char *to) {
    const struct mapping *m = image->mappings, *end = m + image->count;
    while (m < end && (address < m->start || address >= m->end)) m++;
    if (m == end || size > m->end - address || switch_to(image, m)) return -1;
    ssize_t got = pread(image->fd, to, size, (off_t)(address - m->start + m->offset));
    return got >= 0 && (size_t)got == size ? 0 : -1;
}

void image_close(struct image *image) {
    if (image->fd >= 0) close(image->fd);
    free(image->mappings);
    free(image->text);
    *image = (struct image){.fd = -1};
}
