/* SPDX-License-Identifier: MIT */
/*
 * object.h: what a runtime does with the files of one object (an executable or a shared object): it makes a list
 * of them, and sets the words of all their points before slow runs can be run.
 *
 * Here and not in slot.h, which every unit compiles. The runtimes of tests include it, too.
 */
#ifndef LOOM_OBJECT_H
#define LOOM_OBJECT_H
#include "slot.h"

/* Makes a list of the files from `first` up to `behind`, in their order. Some stand there several times. */
static inline void object_list(struct loom_file **first, struct loom_file **behind, struct loom_file **files) {
    while (behind != first) {
        struct loom_file *file = *--behind;
        if (file->files) continue;
        file->files = files;
        file->next = *files;
        *files = file;
    }
}

/* Sets the words of all points of a list of files: slow runs may be run from now on. Any thread, also
 * in a signal handler, while others do the same and the runtime writes words. */
static inline void object_prepare(struct loom_file *file) {
    unsigned i;
    for (; file; file = file->next) {
        if (__atomic_load_n(&file->prepared, __ATOMIC_ACQUIRE)) continue;
        for (i = 0; i < file->points; i++) {
            loom_op none = 0, pass = file->words[i < file->own ? LOOM_PASS_OWN : LOOM_PASS];
            __atomic_compare_exchange_n(&file->ops[i], &none, pass, 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED);
        }
        __atomic_store_n(&file->prepared, 1, __ATOMIC_RELEASE);
    }
}

#endif
