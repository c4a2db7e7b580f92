/* rule: macros in front of a function belong to its head: a slow copy is declared before them */
#include <stdio.h>
#define FORCE_INLINE static inline __attribute__((always_inline))
#define EMPTY
#define MAKE(name) static int name(int x) { return x + 1; }
#define STATIC static

FORCE_INLINE unsigned hash(unsigned x) { return x * 2654435761u; }

EMPTY
static int plain(int x) { return x - 1; }

EMPTY EMPTY STATIC int three(int x) { return x * 3; }

MAKE(made)
static int behind(int x) { return made(x) * 2; }

#ifdef OTHER
#define KEEP __attribute__((noinline))
#else
#define KEEP
#endif
KEEP int outside(int x);
KEEP int outside(int x) { return x / 2; }

/* A template: with constant arguments it gets small, without a slow copy in every caller. */
FORCE_INLINE int search(const char *text, int wanted, int skip, int last, int *steps) {
    int found = -1;
    unsigned seen = 0;
    const char *p = text;
    for (;;) {
        int c = *p;
        if (!c) break;
        if (skip) {
            if (c == ' ') {
                p++;
                continue;
            }
            seen++;
            (*steps)++;
        }
        if (last) {
            if (c == wanted) {
                found = (int)(p - text);
                seen += hash(seen);
            }
        } else {
            if (c == wanted) {
                found = (int)(p - text);
                break;
            }
        }
        seen ^= (unsigned)c;
        seen = seen << 3 | seen >> 29;
        if (seen == 12345) break;
        p++;
    }
    *steps += (int)(seen & 7);
    return found;
}

static int first(const char *s, int c, int *n) { return search(s, c, 0, 0, n); }
static int last(const char *s, int c, int *n) { return search(s, c, 1, 1, n); }

int main(void) {
    int n = 0;
    printf("%d %d\n", first("a quick fox", 'i', &n), last("some more text", 'e', &n));
    printf("%d %d %d %d %d\n", plain(2), three(4), behind(5), outside(9), n);
    return 0;
}
