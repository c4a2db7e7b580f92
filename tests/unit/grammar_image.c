// SPDX-License-Identifier: MIT
/* Memory of a process read from the files that are mapped there: right, or refused. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "grammar/image.h"

static const char constant[] = "a constant of the program, somewhere in its file";

static int own(const void *address, size_t size, char *to) {
    struct image image;
    image_open(&image, getpid(), getpid());
    int result = image_read(&image, (uintptr_t)address, size, to);
    image_close(&image);
    return result;
}

Test(image, of_the_program, .timeout = 20) {
    char to[sizeof constant];
    cr_assert_eq(own(constant, sizeof constant, to), 0);
    cr_assert_str_eq(to, constant);
}

Test(image, of_a_library, .timeout = 20) {
    char to[64];
    void *code = (void *)(uintptr_t)&strtoull;
    cr_assert_eq(own(code, sizeof to, to), 0);
    cr_assert_arr_eq(to, code, sizeof to);
}

Test(image, two_files_in_turn, .timeout = 20) {
    struct image image;
    char to[sizeof constant];
    image_open(&image, getpid(), getpid());
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(image_read(&image, (uintptr_t)&strtoull, 16, to), 0);
        cr_assert_arr_eq(to, (void *)(uintptr_t)&strtoull, 16);
        cr_assert_eq(image_read(&image, (uintptr_t)constant, sizeof constant, to), 0);
        cr_assert_str_eq(to, constant);
    }
    image_close(&image);
}

Test(image, what_is_in_no_file, .timeout = 20) {
    char to[16] = {0}, *heap = calloc(1, 16);
    cr_expect_eq(own(to, 8, to), -1, "the stack");
    cr_expect_eq(own(heap, 8, to), -1, "the heap");
    cr_expect_eq(own(NULL, 8, to), -1);
    free(heap);
}

/* A mapped file of a page, and another one of the same size. */
static char name[] = "/tmp/loom-image-XXXXXX";
static char *map_file(void) {
    char page[4096];
    int fd = mkstemp(name);
    memset(page, 'x', sizeof page);
    cr_assert_eq(write(fd, page, sizeof page), (ssize_t)sizeof page);
    char *at = mmap(NULL, sizeof page, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return at;
}

Test(image, more_than_is_mapped, .timeout = 20) {
    char *at = map_file(), to[8];
    cr_expect_eq(own(at + 4092, 4, to), 0);
    cr_expect_eq(own(at + 4092, 8, to), -1);
    unlink(name);
}

Test(image, a_file_whose_name_is_gone_or_another_ones, .timeout = 20) {
    char *at = map_file(), to[8];
    cr_assert_eq(own(at, 8, to), 0);
    unlink(name);
    cr_expect_eq(own(at, 8, to), -1, "there is nothing of that name");
    FILE *other = fopen(name, "w");
    cr_assert(other);
    for (int i = 0; i < 4096; i++) putc('y', other);
    fclose(other);
    cr_expect_eq(own(at, 8, to), -1, "another file has that name");
    unlink(name);
}

Test(image, no_such_process, .timeout = 20) {
    struct image image;
    char to[8];
    image_open(&image, 1 << 30, 1 << 30);
    cr_expect_eq(image_read(&image, (uintptr_t)constant, 8, to), -1);
    image_close(&image);
}
