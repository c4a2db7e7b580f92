// SPDX-License-Identifier: MIT
/*
 * scan_attribute.c: what attributes say of a function: those of all its declarations count, in front of
 * the definition or behind it, and pragmas.
 */
#include "mem.h"
#include "scan.h"
#include <stdlib.h>
#include <string.h>

char *printed_head(CXCursor cursor) {
    CXPrintingPolicy policy = clang_getCursorPrintingPolicy(cursor);
    clang_PrintingPolicy_setProperty(policy, CXPrintingPolicy_TerseOutput, 1);
    char *printed = copy_string(clang_getCursorPrettyPrinted(cursor, policy));
    clang_PrintingPolicy_dispose(policy);
    return printed;
}

static bool has_attribute(const char *printed, const char *const *words, unsigned count) {
    for (const char *at = printed, *end; (at = strstr(at, "__attribute__((")); at = end) {
        end = strstr(at, "))");
        if (!end) return true;
        for (unsigned i = 0; i < count; i++) {
            const char *word = strstr(at, words[i]);
            if (word && word < end) return true;
        }
    }
    return false;
}

#define HAS(printed, words) has_attribute(printed, words, sizeof words / sizeof *words)

static uint32_t printed_flags(const char *printed) {
    static const char *const alone[] = {"naked", "ifunc(", "no_instrument_function"};
    static const char *const called[] = {"constructor", "destructor"};
    static const char *const always[] = {"always_inline"};
    /* Would not hold for a function of its own that has the same body, or that body stands in the way
     * of what they are for. */
    static const char *const keeps[] = {"inline", "weak", "alias", "section", "target", "hot", "cold",
                                        "sanitize", "_abi", "stack_protector", "flatten", "minsize",
                                        "optnone", "call", "regparm", "interrupt", "xray", "patchable"};
    uint32_t flags = 0;
    if (HAS(printed, alone)) flags |= FN_LEAVE_ALONE;
    if (HAS(printed, called)) flags |= FN_CONSTRUCTOR;
    if (HAS(printed, always)) flags |= FN_ALWAYS_INLINE;
    if (HAS(printed, keeps)) flags |= FN_KEEPS_CODE;
    return flags;
}

static void add_flags(struct scan *scan, CXCursor function, uint32_t flags) {
    char *name = copy_string(clang_getCursorSpelling(function));
    bool fresh;
    unsigned number = names_add(&scan->attributed, name, &fresh);
    if (fresh && !(number & (number + 1)))
        scan->attribute_flags =
            realloc(scan->attribute_flags, (2 * number + 2) * sizeof *scan->attribute_flags);
    if (fresh) scan->attribute_flags[number] = 0;
    scan->attribute_flags[number] |= flags;
    free(name);
}

/* Intrinsics can be called only where the processor is said to have them, so a slow copy says it, too. */
static void add_target(struct scan *scan, CXCursor function, const char *printed) {
    static const char mark[] = "__attribute__((target(\"";
    const char *at = strstr(printed, mark), *end = at ? strstr(at, "\")") : NULL;
    if (!end) return;
    at += strlen("__attribute__((");
    char *name = copy_string(clang_getCursorSpelling(function));
    char *whole = mem_format("%s %.*s", name, (int)(end + 2 - at), at);
    names_add(&scan->targets, whole, NULL);
    free(whole);
    free(name);
}

char *scan_target(const struct scan *scan, const char *function) {
    size_t length = strlen(function);
    for (unsigned i = 0; i < scan->targets.count; i++)
        if (!strncmp(scan->targets.list[i], function, length) && scan->targets.list[i][length] == ' ')
            return strdup(scan->targets.list[i] + length + 1);
    return NULL;
}

static enum CXChildVisitResult find_attributes(CXCursor cursor, CXCursor parent, CXClientData data) {
    struct scan *scan = data;
    (void)parent;
    if (clang_getCursorKind(cursor) != CXCursor_FunctionDecl || !clang_Cursor_hasAttrs(cursor) ||
        clang_Location_isInSystemHeader(clang_getCursorLocation(cursor)))
        return CXChildVisit_Continue;
    char *printed = printed_head(cursor);
    uint32_t flags = printed_flags(printed);
    if (flags) add_flags(scan, cursor, flags);
    add_target(scan, cursor, printed);
    free(printed);
    return CXChildVisit_Continue;
}

/* What makes a function weak though no declaration in the tree says so: a pragma; an attribute behind
 * the definition, which clang does not heed and gcc does. */
static bool says_weak(const char *text) {
    static const char *const words[] = {"__weak__", "((weak", ", weak)", "gnu::weak",
                                        "_Pragma(\"weak"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i])) return true;
    for (; (text = strstr(text, "pragma")); text += strlen("pragma"))
        if (!strncmp(text + strlen("pragma") + strspn(text + strlen("pragma"), " \t"), "weak", 4))
            return true;
    return false;
}

static void look_for_weak(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data) {
    struct scan *scan = data;
    size_t size;
    const char *text = clang_getFileContents(scan->unit, file, &size);
    (void)stack, (void)depth;
    if (clang_Location_isInSystemHeader(clang_getLocationForOffset(scan->unit, file, 0))) return;
    scan->says_weak |= text && says_weak(text);
}

void scan_attributes(struct scan *scan) {
    clang_getInclusions(scan->unit, look_for_weak, scan);
    clang_visitChildren(clang_getTranslationUnitCursor(scan->unit), find_attributes, scan);
}

uint32_t scan_attribute_flags(const struct scan *scan, CXCursor function) {
    char *name = copy_string(clang_getCursorSpelling(function));
    unsigned number = names_find(&scan->attributed, name);
    uint32_t flags = number == NO_NAME ? 0 : scan->attribute_flags[number];
    free(name);
    struct kids kids = kids_of(function);
    for (unsigned i = 0; i < kids.count; i++) {
        enum CXCursorKind kind = clang_getCursorKind(kids.list[i]);
        if (kind == CXCursor_PureAttr || kind == CXCursor_ConstAttr) flags |= FN_PURE;
    }
    free(kids.list);
    if (scan->says_weak && clang_getCursorLinkage(function) == CXLinkage_External)
        flags |= FN_KEEPS_CODE;
    return flags;
}

void attributes_free(struct scan *scan) {
    names_free(&scan->attributed);
    free(scan->attribute_flags);
    names_free(&scan->targets);
}
