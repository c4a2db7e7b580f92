/* rule: macros that hide control flow: scoped locks, TRY and CATCH, UNLESS, switches in pieces
 * flags: -Wno-dangling-else -Wno-implicit-fallthrough -Wno-misleading-indentation */
#include <setjmp.h>
#include <stdio.h>
static int depth, log_[64], logged;
static int enter(int n) { log_[logged++ & 63] = n; return ++depth; }
static void leave(int n) { log_[logged++ & 63] = -n; depth--; }
#define WITH(n) for (int once_ = enter(n); once_; once_ = 0, leave(n))
#define UNLESS(c) if (c) {} else
#define FOREVER for (;;)
#define BETWEEN(x, a, b) if ((x) >= (a)) if ((x) <= (b))
static jmp_buf *handler;
#define TRY { jmp_buf here_, *outer_ = handler; volatile int thrown_ = setjmp(here_); if (!thrown_) { handler = &here_;
#define CATCH(e) handler = outer_; } else { int e = thrown_; handler = outer_;
#define END_TRY } }
#define SELECT(x) switch (x) { default: if (0) {
#define WHEN(v) break; } case v: {
#define END_SELECT break; } }
static int divide(int a, int b) { UNLESS(b) longjmp(*handler, 7); return a / b; }
static int f(int x) {
    volatile int s = 0;
    WITH(x) { s += 1; WITH(x + 10) s += depth; }
    UNLESS(x > 2) s += 100; 
    UNLESS(x) { s += 200; } 
    BETWEEN(x, 1, 3) { s += 1000; } 
    TRY
        s += divide(100, x);
        TRY s += divide(x, 0); CATCH(inner) s += inner; END_TRY
    CATCH(e)
        s -= e;
        printf("caught %d\n", e);
    END_TRY
    FOREVER { if (++s % 7 == 0) break; else if (s % 5 == 0) { s++; continue; } }
    return s;
}
static int g(int x) {
    int s = 0;
    SELECT(x)
    WHEN(1) s = 10;
    WHEN(2) s = 20; for (int i = 0; i < x; i++) s += i;
    WHEN(3) return 30;
    END_SELECT
    return s - 1;
}
int main(void) {
    for (int i = 0; i < 5; i++) printf("%d %d\n", f(i), g(i));
    for (int i = 0; i < 8; i++) printf("%d ", log_[i]);
    printf("%d %d\n", depth, logged);
    return 0;
}
