/* rule: attributes of any declaration count: a constructor, what must not be instrumented, what is always inline */
#include <stdio.h>
static int started;
static void start(void) __attribute__((constructor));
static void start(void) { for (int i = 0; i < 3; i++) started += i; }
int plain(int x) __attribute__((no_instrument_function));
int plain(int x) { x += started; return x; }
static inline int small(int x) __attribute__((always_inline));
static inline int small(int x) { x += started; return x; }
int (*const taken)(int) = small;
/* its name only sounds so */
static int constructor_of(int x) __attribute__((unused));
static int constructor_of(int x) { x += 2 * started; return x; }
int main(void) { printf("%d %d %d %d\n", plain(1), small(2), taken(3), constructor_of(4)); return 0; }
