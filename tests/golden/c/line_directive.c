/* rule: #line in the input: positions in messages stay those that it says */
#include <stdio.h>
static int generated(int x) {
#line 100 "grammar.y"
    x++;
    printf("%s:%d\n", __FILE__, __LINE__);
#line 7
    for (int i = 0; i < x; i++) {
        x -= 1; printf("%d\n", __LINE__);
    }
# 50 "other.y"
    puts("between");
    printf("%s:%d\n", __FILE__, __LINE__);
    return x;
}
#line 300 "line_directive.c"
int main(void) {
    printf("%d %d\n", generated(3), __LINE__);
    return 0;
}
