/* rule: slide back over prefix macros: the slot goes before TESTONLY( rc = ) */
#include <stdio.h>
#define TESTONLY(x)
#define UNUSED_RESULT (void)
#define TRACE(x) x
#define LIKELY(x) __builtin_expect(!!(x), 1)
static int sum;
static int set(int x) { sum += x; return sum; }

static int f(int x) {
    TESTONLY( int rc; )
    TESTONLY( rc = ) set(x);
    TESTONLY( rc = )
        set(x + 1);
    UNUSED_RESULT set(x + 2);
    if (LIKELY(x)) UNUSED_RESULT set(1);
    TRACE(set)(4);
    TRACE(sum) += 3;
    TESTONLY(if (rc)) if (x == 2) set(1000);
    return sum;
}

int main(void) {
    printf("%d\n", f(1));
    printf("%d\n", f(2));
    return 0;
}
