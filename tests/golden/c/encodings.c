/* rule: a byte order mark, strings in Latin-1, form feeds, UCNs and $ in names pass through
 * flags: -Wno-invalid-source-encoding -Wno-dollar-in-identifier-extension -Wno-null-character */
#include <stdio.h>
#include <wchar.h>
static int $cash(int x) { x += 2; return x; }
static int \u00fcber(int x) { return $cash(x) * 2; }
static int len(const char *s) { int n = 0; while (*s++) n++; return n; }

static int f(int x) {
    int s = x;
    s += len("grüße") + len(u8"Ã¤") + (int)(sizeof U"Ã¤" / sizeof *U"Ã¤");
    if (s)	s += '\xe4' == (char)0xe4;
    wchar_t w = L'\u00e4';
    s += w == 0xe4 ? \u00fcber(1) : 0;
    return s;
}
int main(void) { printf("%d %d\n", f(0), f(4)); return 0; }
