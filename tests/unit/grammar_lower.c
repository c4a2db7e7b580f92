// SPDX-License-Identifier: MIT
/* Filter text: what must never happen, whatever the text. What it means: tests/filter. */
#include "tests/support/grammar.h"

static size_t errors_of(const char *bytes, size_t size) {
    struct text text = {"filter", bytes, size};
    struct filters filters;
    struct diagnostics diagnostics = {0};
    lower(&text, &filters, &diagnostics);
    size_t errors = diagnostics.errors, said = 0;
    char *out = NULL;
    FILE *memory = open_memstream(&out, &said);
    diag_print(memory, &text, &diagnostics, 1);
    diag_print_json(memory, &text, &diagnostics);
    fclose(memory);
    for (size_t i = 0; i < said; i++)
        if (out[i] >= 0 && out[i] < 32 && !strchr("\n\t\033", out[i]))
            cr_expect_fail("a control character gets through");
    cr_expect(errors || filters.count, "neither a filter nor an error");
    free(out);
    filters_free(&filters);
    diag_free(&diagnostics);
    return errors;
}

Test(grammar_lower, too_long_and_nul) {
    char *garbage = malloc(1 << 20);
    for (size_t i = 0; i < 1 << 20; i++) garbage[i] = (char)(i * 2654435761u >> 13);
    cr_expect_eq(errors_of(garbage, 1 << 20), 1);
    cr_expect_eq(errors_of(garbage, LOOM_TEXT_MAX) > 0, 1);
    cr_expect_eq(errors_of("f <> self\0x", 11), 1);
    cr_expect_eq(errors_of("", 0), 1);
    cr_expect_eq(errors_of("\n\n # only a comment\n", 19), 1);
    free(garbage);
}

Test(grammar_lower, deep_nesting, .timeout = 20) {
    char *text = malloc(LOOM_TEXT_MAX);
    memset(text, '(', LOOM_TEXT_MAX);
    text[0] = 'f';
    cr_expect(errors_of(text, LOOM_TEXT_MAX) > 0);
    memset(text + LOOM_TEXT_MAX / 2, ')', LOOM_TEXT_MAX / 2);
    text[LOOM_TEXT_MAX / 2] = 'x';
    cr_expect(errors_of(text, LOOM_TEXT_MAX) > 0);
    memset(text, '{', LOOM_TEXT_MAX);
    cr_expect(errors_of(text, LOOM_TEXT_MAX) > 0);
    free(text);
}

static uint64_t seed = 88172645463325252ull;
static uint32_t random_below(uint32_t limit) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (uint32_t)(seed >> 16) % limit;
}

static const char *const seeds[] = {
    "js_DestroyContext <> self",
    "src/cache.c:evict <> log.c:862-870 <> self within 2s",
    "{log.c:862, f:entry; log.c:870,\n log.c:881} <> put name \"CVE \\\"1\\\"\" else pass # c",
    "put(cache->id[3] + *p == 'x') <> get(cache)",
    "worker:exit{4} > end(worker) > @a.c:3 each",
    "shared reader <> writer for build deadbeef for 2h // d",
    "reconfigure <> *\nf <> self"};

/* A million bytes of changed, cut, joined and random text in pieces. */
Test(grammar_lower, mutations, .timeout = 110) {
    static const char pieces[] = "<>{};:,()*>-.@#/\"\n \\'0a_";
    size_t total = 0;
    while (total < 1000000) {
        char text[400];
        size_t size = 0;
        for (uint32_t part = 0; part < 1 + random_below(3); part++) {
            const char *from = seeds[random_below(sizeof seeds / sizeof *seeds)];
            size_t start = random_below((uint32_t)strlen(from)) & -(size_t)random_below(2);
            size += (size_t)snprintf(text + size, 120, "%s%s", from + start,
                                     random_below(2) ? "\n" : " ");
        }
        for (uint32_t change = random_below(6); change; change--) {
            uint32_t at = random_below((uint32_t)size);
            text[at] =
                random_below(4) ? pieces[random_below(sizeof pieces - 1)] : (char)random_below(256);
        }
        if (random_below(4) == 0) size = random_below((uint32_t)size) + 1;
        errors_of(text, size);
        total += size;
    }
}
