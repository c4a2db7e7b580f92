// SPDX-License-Identifier: MIT
/* flags.c: flag words from counts, and the words of points. See flags.h. */
#include "flags.h"

#include <errno.h>

#include "module.h"
#include "object.h"
#include "sys.h"

static unsigned pulsing; /* PULSE_* */
static bool raised;      /* some flag was, once: the words of all points are set */
static unsigned slow_functions, paused_functions;

int flags_prepare(uint32_t file) {
    struct module *module = module_at(file);
    size_t size = (module->file->functions + 1) * sizeof(uint16_t);
    if (!module->slow) module->slow = sys_map(size);
    if (!module->pause) module->pause = sys_map(size);
    return module->slow && module->pause ? 0 : -ENOMEM;
}

/* Of all files of the object: slow runs of one go on to those of others, attached or not. */
static void prepare_object(const struct loom_file *file) {
    if (file->files && !file->prepared) object_prepare(*file->files);
}

static void first_flag(void) {
    raised = true;
    for (uint32_t i = 0; i < module_limit(); i++)
        if (module_at(i)) prepare_object(module_at(i)->file);
}

void flags_attached(const struct loom_file *file) {
    if (raised) prepare_object(file);
}

static void write_flag(struct module *module, uint32_t function) {
    unsigned long value = 0;
    if (module->slow && module->slow[function]) value |= LOOM_FLAG_SLOW;
    if (pulsing || (module->pause && module->pause[function])) value |= LOOM_FLAG_PAUSE;
    if (value && !raised) first_flag();
    __atomic_store_n(&module->file->flags[function], (loom_flag)value, __ATOMIC_RELEASE);
}

/* Changes a count and returns by how much the number of non-zero counts changed. */
static int change(uint16_t *count, int by) {
    bool before = *count != 0;
    *count = (uint16_t)(*count + by);
    return (*count != 0) - before;
}

void flags_slow(uint32_t file, uint32_t function, int by) {
    struct module *module = module_at(file);
    if (!module || !module->slow) return;
    slow_functions += (unsigned)change(&module->slow[function], by);
    write_flag(module, function);
}

void flags_pause(uint32_t file, uint32_t function, int by) {
    struct module *module = module_at(file);
    if (!module || !module->pause) return;
    paused_functions += (unsigned)change(&module->pause[function], by);
    write_flag(module, function);
}

void flags_pulse(unsigned source, bool on) {
    unsigned before = pulsing;
    pulsing = on ? pulsing | source : pulsing & ~source;
    if (!pulsing == !before) return;
    for (uint32_t i = 0; i < module_limit(); i++) {
        struct module *module = module_at(i);
        for (uint32_t f = 0; module && f < module->file->functions; f++) write_flag(module, f);
    }
}

unsigned flags_slow_functions(void) {
    return slow_functions;
}
bool flags_any(void) {
    return pulsing || slow_functions || paused_functions;
}

void flags_forget(uint32_t file) {
    struct module *module = module_at(file);
    for (uint32_t f = 0; module->slow && f < module->file->functions; f++)
        slow_functions -= module->slow[f] != 0;
    for (uint32_t f = 0; module->pause && f < module->file->functions; f++)
        paused_functions -= module->pause[f] != 0;
}
