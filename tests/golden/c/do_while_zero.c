/* rule: do { } while (0) macros stay statements: before else, in loops, with break inside */
#include <stdio.h>
#define SAY(x) do { puts(x); } while (0)
#define TRY(e) do { int r_ = (e); if (r_ < 0) return r_; } while (0)
#define UNTIL(e) do { if (e) break; puts("not yet"); if (0) continue; puts("still"); } while (0)
#define SWALLOW(x) do { if (x) { SAY("yes"); } else { SAY("no"); } } while (0)
static int g(int x) { return x > 3 ? -x : x; }
static int f(int x) {
    if (x == 1) SAY("one"); else SAY("not one");
    if (x == 2) TRY(g(x)); else if (x == 3) SWALLOW(x); else UNTIL(x > 4);
    for (int i = 0; i < x; i++) TRY(g(i));
    while (x < 2) { SAY("loop"); x++; UNTIL(x); }
    do SAY("inner"); while (++x < 4);
    do { TRY(g(x)); break; } while (1);
    return x;
}
int main(void) { for (int i = 0; i < 7; i++) printf("%d\n", f(i)); return 0; }
