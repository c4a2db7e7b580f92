/* rule: where the flag chooses the callee, arguments with statics or labels, or calls in calls, stand there once */
#include <setjmp.h>
#include <stdio.h>
static jmp_buf env;
static int f(int x) { int y = x * 2; return y + 1; }
static int g(int n) {
    if (setjmp(env)) return 1;
    int a = f(({ static int count; ++count; })) + n;
    a += f(({ int r = n; if (r) goto out; r++; out: r; }));
    a += f(f(f(f(f(f(f(f(f(f(f(f(a))))))))))));
    return a + f(n);
}
int main(void) { for (int i = 0; i < 3; i++) printf("%d\n", g(i)); return 0; }
