/* rule: which copy returns from setjmp is not decided at setjmp time: LOOM_LANDED behind it
 * flags: -Wno-infinite-recursion */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
static jmp_buf env;
static sigjmp_buf senv;
static volatile int level;

static void thrower(int n) {
    level++;
    if (n == 0) longjmp(env, 7);
    thrower(n - 1);
    level--;
}
static int catcher(int n) {
    volatile int tries = 0;
    int code = setjmp(env);
    if (code) {
        tries++;
        printf("caught %d at %d try %d\n", code, level, tries);
        if (tries == 2) return tries;
    }
    level = 0;
    thrower(n);
    return -1;
}
static void handler(int n) { siglongjmp(senv, n); }
static int signalled(void) {
    signal(SIGUSR1, handler);
    switch (sigsetjmp(senv, 1)) {
    case 0: raise(SIGUSR1); return -1;
    default: return 1;
    }
}
int main(void) {
    printf("%d\n", catcher(5));
    printf("%d %d\n", signalled(), signalled());
    if (!setjmp(env)) { for (;;) thrower(1); } else puts("left the loop");
    while (setjmp(env) < 1) longjmp(env, 3);
    return 0;
}
