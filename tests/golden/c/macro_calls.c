/* rule: calls and loops in macro arguments and bodies: no slot inside, the same result */
#include <stdio.h>
#include <string.h>
#include <ctype.h>
#include <unistd.h>
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define FOR_EACH_BIT(i, m) for (int i = 0; i < 8; i++) if ((m) & (1u << i))
#define WITH(x) for (int once_ = (x, 1); once_; once_ = 0)
#define CALL(f, ...) f(__VA_ARGS__)
#define STR(x) #x
#define LOG(...) (fprintf(stdout, __VA_ARGS__), fflush(stdout))
#define RET(x) return x
#define IF(c) if (c)
#define ELSE else
#define FOREVER for (;;)
static int t(int x) { return x + 1; }
static int f(unsigned m) {
    int s = 0;
    FOR_EACH_BIT(i, m) s += i;
    FOR_EACH_BIT(j, m) { s += t(j); if (j > 4) break; }
    WITH(s++) { s += 2; continue; }
    s += CALL(t, CALL(t, (int)m));
    s += MIN(t(s), t((int)m));
    LOG("%s %d\n", STR(t(1)), s);
    IF(s & 1) s++; ELSE s += 2;
    IF(s & 2) { s++; } ELSE IF(s & 4) { s--; } ELSE { s = 0; }
    FOREVER { if (s++ > 40) break; }
    s += isdigit('7') != 0;
    s += (int)strlen(memset((char[4]){0}, 'a', 3));
    if (CALL(write, 1, "w\n", 2) == 2) s++; else s--;
    RET(s);
}
int main(void) { int a = f(5); int b = f(0xf1); printf("%d %d\n", a, b); return 0; }
