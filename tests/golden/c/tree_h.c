/* rule: trees as tree.h makes them: prototypes and functions out of macros, loops whose heads are macros
 * flags: -Wno-unused-function
 * alone: names_SPLAY: left alone: it comes out of a macro */
#include <stdio.h>
#include <string.h>
#define SPLAY_HEAD(name, type) struct name { struct type *sph_root; }
#define SPLAY_ENTRY(type) struct { struct type *spe_left, *spe_right; }
#define SPLAY_LEFT(elm, field) (elm)->field.spe_left
#define SPLAY_RIGHT(elm, field) (elm)->field.spe_right
#define SPLAY_ROOT(head) (head)->sph_root
#define SPLAY_EMPTY(head) (SPLAY_ROOT(head) == NULL)
#define SPLAY_ROTATE_RIGHT(head, tmp, field) do {                              \
    SPLAY_LEFT((head)->sph_root, field) = SPLAY_RIGHT(tmp, field);             \
    SPLAY_RIGHT(tmp, field) = (head)->sph_root;                                \
    (head)->sph_root = tmp;                                                    \
} while (/*CONSTCOND*/ 0)
#define SPLAY_PROTOTYPE(name, type, field, cmp)                                \
void name##_SPLAY(struct name *, struct type *);                               \
struct type *name##_SPLAY_INSERT(struct name *, struct type *);                \
static __inline struct type *name##_SPLAY_NEXT(struct name *head, struct type *elm) { \
    name##_SPLAY(head, elm);                                                   \
    if (SPLAY_RIGHT(elm, field) != NULL) {                                     \
        elm = SPLAY_RIGHT(elm, field);                                         \
        while (SPLAY_LEFT(elm, field) != NULL) elm = SPLAY_LEFT(elm, field);   \
    } else                                                                     \
        elm = NULL;                                                            \
    return (elm);                                                              \
}                                                                              \
static __inline struct type *name##_SPLAY_MIN_MAX(struct name *head, int val) {\
    struct type *x = SPLAY_ROOT(head);                                         \
    (void)val;                                                                 \
    while (x && SPLAY_LEFT(x, field)) x = SPLAY_LEFT(x, field);                \
    return (x);                                                                \
}
#define SPLAY_GENERATE(name, type, field, cmp)                                 \
struct type *name##_SPLAY_INSERT(struct name *head, struct type *elm) {        \
    if (SPLAY_EMPTY(head)) {                                                   \
        SPLAY_LEFT(elm, field) = SPLAY_RIGHT(elm, field) = NULL;               \
    } else {                                                                   \
        int comp;                                                              \
        name##_SPLAY(head, elm);                                               \
        comp = (cmp)(elm, (head)->sph_root);                                   \
        if (comp < 0) {                                                        \
            SPLAY_LEFT(elm, field) = SPLAY_LEFT((head)->sph_root, field);      \
            SPLAY_RIGHT(elm, field) = (head)->sph_root;                        \
            SPLAY_LEFT((head)->sph_root, field) = NULL;                        \
        } else if (comp > 0) {                                                 \
            SPLAY_RIGHT(elm, field) = SPLAY_RIGHT((head)->sph_root, field);    \
            SPLAY_LEFT(elm, field) = (head)->sph_root;                         \
            SPLAY_RIGHT((head)->sph_root, field) = NULL;                       \
        } else                                                                 \
            return ((head)->sph_root);                                         \
    }                                                                          \
    (head)->sph_root = (elm);                                                  \
    return (NULL);                                                             \
}                                                                              \
void name##_SPLAY(struct name *head, struct type *elm) {                       \
    struct type *tmp;                                                          \
    while ((cmp)(elm, (head)->sph_root) < 0 && (tmp = SPLAY_LEFT((head)->sph_root, field)) != NULL) \
        SPLAY_ROTATE_RIGHT(head, tmp, field);                                  \
    while ((cmp)(elm, (head)->sph_root) > 0 && (tmp = SPLAY_RIGHT((head)->sph_root, field)) != NULL) { \
        SPLAY_RIGHT((head)->sph_root, field) = SPLAY_LEFT(tmp, field);         \
        SPLAY_LEFT(tmp, field) = (head)->sph_root;                             \
        (head)->sph_root = tmp;                                                \
    }                                                                          \
}
#define SPLAY_NEXT(name, x, y) name##_SPLAY_NEXT(x, y)
#define SPLAY_INSERT(name, x, y) name##_SPLAY_INSERT(x, y)
#define SPLAY_MIN(name, x) (SPLAY_EMPTY(x) ? NULL : name##_SPLAY_MIN_MAX(x, -1))
#define SPLAY_FOREACH(x, name, head)                                           \
    for ((x) = SPLAY_MIN(name, head); (x) != NULL; (x) = SPLAY_NEXT(name, head, x))

struct entry { SPLAY_ENTRY(entry) link; const char *name; };
static int compare(struct entry *a, struct entry *b) { return strcmp(a->name, b->name); }
SPLAY_HEAD(names, entry);
SPLAY_PROTOTYPE(names, entry, link, compare)
SPLAY_GENERATE(names, entry, link, compare)

static int fill(struct names *tree, struct entry *entries, int n) {
    static const char *const words[] = {"m", "c", "x", "a", "q", "c", "z"};
    int twice = 0;
    for (int i = 0; i < n; i++) {
        entries[i].name = words[i];
        if (SPLAY_INSERT(names, tree, &entries[i])) twice++;
    }
    return twice;
}
int main(void) {
    struct names tree = {NULL};
    struct entry entries[7], *e;
    printf("%d twice\n", fill(&tree, entries, 7));
    SPLAY_FOREACH(e, names, &tree) puts(e->name);
    SPLAY_FOREACH(e, names, &tree) { if (*e->name == 'm') continue; printf("%s ", e->name); if (*e->name == 'q') break; }
    return 0;
}
