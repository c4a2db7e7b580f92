/* rule: a CRLF file stays one: every line ends as before */
#include <stdio.h>
#define TWO(x) \
    ((x) + \
     (x))
static int f(int x) {
    int s = 0;
    for (int i = 0; i < x; i++) {
        s += TWO(i);
        if (s > 5)
            s--;
        else
            puts("small");
    }
    // a comment
    return s;
}
int main(void) {
    printf("%d %d\n", f(4), __LINE__);
    return 0;
}
