/* rule: no brace pair and no run across a macro that opens or closes a brace */
#include <stdio.h>
static int held, most;
#define LOCKED { int level = ++held; if (level > most) most = level;
#define UNLOCKED held--; }
#define BEGIN {
#define END }
#define LOOP(n) for (int k = 0; k < (n); k++) {
#define NEXT }
#define FUNCTION(name) static int name(int x) {

static int f(int x) {
    int s = 0;
    LOCKED
        s += level;
        LOCKED s += 10 * level; UNLOCKED
    UNLOCKED
    LOOP(x) s += k; if (k == 3) continue; s++; NEXT
    if (x) BEGIN s += 100; x--; END else BEGIN s -= 100; END
    while (x > 0) BEGIN
        x--;
        s++;
    END
    return s;
}

FUNCTION(g)
    x += f(x);
    x ^= 5;
    return x;
}

int main(void) {
    int i;
    for (i = 0; i < 5; i++) printf("%d %d\n", f(i), g(i));
    printf("%d %d\n", held, most);
    return 0;
}
