/* rule: a directive may begin behind a comment, or as a digraph; what looks like one in a comment is none
 * flags: -Wno-comment */
#include <stdio.h>
#define ON 1
static int f(int x) {
    int s = 0;
    s += x;
    /* why */ #if ON
    s += 2; puts("on");
    /* why */ #else /*
    not */
    s += 3; puts("off");
    /**/ #endif
    if (x) {
        s++;
    /*
     * several lines */ #ifdef OFF
    } else if (x > 2) {
        s--;
    /* so */ #endif
    }
    while (s < 10) {
        %:if ON
        s += 3;
        %: else
        s += 4;
        %:endif
        s++;
    }
    /*
# if this were one
# endif
#else
    */
    s ^= 3;
    // a comment \
#if this too \
#else
    s += x;
    const char *text = "\
#if a string";
    %:define LATER(a) %:a
    s += text[1] == 'i' ? (int)sizeof LATER(word) : 0;
    /* x */ #define EVEN(a) ((a) & ~1)
    return EVEN(s);
}
int main(void) { printf("%d %d %d\n", f(0), f(3), f(9)); return 0; }
