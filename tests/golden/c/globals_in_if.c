/* rule: a file that is one #if gives its variables in front of its end; lines stay the same */
#if !defined(NOTHING)
#include <stdio.h>
static int counter;
#ifdef MORE
static int more;
#endif
int main(void) {
    counter += __LINE__;
    printf("%d\n", counter);
    return 0;
}
/* not the end:
#endif
*/
#else
int empty_unit;
#endif
int line = __LINE__;
