/* rule: what begins or ends comments is none in line comments, strings and directives
 * flags: -w */
#include <stdio.h>
#define GLOB "/*"
#define QUOTE '"'
#define BOTH "*/" //* and more
#if 0
it doesn't matter
#endif
static int total;

static int f(int x) {
    total += x;
    //**** not a block comment ... 'a'
    if (x > 1) {
        puts(GLOB); //* nor this
        total = x;
    }
#if 0
    an apostrophe's line
#else
    total++;
#endif
    puts(BOTH); /* // */ total += 2;
    if (QUOTE == '"') total = total * 2; // "
    return total; /* "/*" */
}

#define APOSTROPHE 1 // don't
static int g(int x) {
    int y = f(x) + APOSTROPHE;
    //\
    total = 0;
    return y;
}

int main(void) {
    printf("%d %d\n", g(1), g(3));
    return 0;
}
