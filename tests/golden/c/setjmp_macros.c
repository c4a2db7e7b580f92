/* rule: behind setjmp, what can be edited first corrects the state; what stands in a macro's braces cannot */
#include <setjmp.h>
#include <stdio.h>
#define TRY if (!setjmp(env)) {
#define CATCH } else {
#define END }
static jmp_buf env;
static int depth;
static int work(int n) {
    depth++;
    if (n > 2) longjmp(env, n);
    return n * 2;
}
static int guarded(int n) {
    volatile int x = 0;
    TRY
        x = work(n);
        x++;
    CATCH
        x = -depth;
        depth = 0;
    END
    x += depth;
    x += depth * 2;
    return x;
}
static int plain(int n) {
    volatile int tries = 0;
    int code = setjmp(env);
    tries++;
    depth += code;
    if (tries < 3) work(n);
    return tries + depth;
}
int main(void) {
    for (int i = 0; i < 5; i++) printf("%d %d\n", guarded(i), plain(i));
    return 0;
}
