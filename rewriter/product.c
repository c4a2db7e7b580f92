// SPDX-License-Identifier: MIT
/* product.c: see product.h. */
#include "product.h"
#include <ar.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool starts_with(const void *bytes, ssize_t size, const char *magic, size_t length) {
    return size >= (ssize_t)length && memcmp(bytes, magic, length) == 0;
}

static bool is_elf(const void *bytes, ssize_t size) {
    return starts_with(bytes, size, ELFMAG, SELFMAG);
}

/* Looks at the first member that is not an index ("/", "//", "/SYM64/"). */
static bool is_archive_of_elf(int fd) {
    off_t at = SARMAG;
    for (int member = 0; member < 4; member++) {
        struct ar_hdr header;
        char magic[SELFMAG];
        if (pread(fd, &header, sizeof header, at) != sizeof header) return false;
        if (memcmp(header.ar_fmag, ARFMAG, 2) != 0) return false;
        at += (off_t)sizeof header;
        bool index =
            header.ar_name[0] == '/' && (header.ar_name[1] < '0' || header.ar_name[1] > '9');
        if (!index) return is_elf(magic, pread(fd, magic, sizeof magic, at));
        char size[sizeof header.ar_size + 1] = {0};
        memcpy(size, header.ar_size, sizeof header.ar_size);
        at += strtol(size, NULL, 10);
        at += at & 1;
    }
    return false;
}

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), tail = strlen(end);
    return length > tail && strcmp(name + length - tail, end) == 0;
}

/* Objects have their names, and a linker makes its output executable; an ELF file that is neither
 * is data of the program's tests (xz). */
static bool is_made_by_compiler(int fd, const char *name) {
    static const char *const ends[] = {".o", ".lo", ".obj", ".os", ".pico", ".so", ".dwo", ".ko"};
    struct stat status;
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, ends[i])) return true;
    return strstr(name, ".so.") || fstat(fd, &status) || status.st_mode & 0111;
}

/* Words of gcc's profiles are in the byte order of the machine. */
static bool is_profile(const void *bytes, ssize_t size) {
    return starts_with(bytes, size, "adcg", 4) || starts_with(bytes, size, "gcda", 4) ||
           starts_with(bytes, size, "oncg", 4) || starts_with(bytes, size, "gcno", 4);
}

bool product_is(int fd, const char *name) {
    char start[256];
    ssize_t size = pread(fd, start, sizeof start, 0);
    if (is_elf(start, size)) return is_made_by_compiler(fd, name);
    if (starts_with(start, size, ARMAG, SARMAG)) return is_archive_of_elf(fd);
    if (starts_with(start, size, "!<thin>\n", 8)) return true;
    if (starts_with(start, size, "BC\xC0\xDE", 4)) return true; /* LLVM bitcode of -flto */
    if (ends_with(name, ".gch") && starts_with(start, size, "gpch", 4)) return true;
    if (ends_with(name, ".pch") && starts_with(start, size, "CPCH", 4)) return true;
    if (ends_with(name, ".gcda") || ends_with(name, ".gcno")) return is_profile(start, size);
    if ((ends_with(name, ".lo") || ends_with(name, ".la")) && size > 0)
        return memmem(start, (size_t)size, "a libtool ", 10) != NULL;
    return false;
}
