/* rule: a switch of every shape: no slot before the first case, labels in front of what they label
 * flags: -Wno-implicit-fallthrough */
#include <stdio.h>
enum color { RED, GREEN, BLUE };

static int nobody(int x) { switch (x) {} switch (x) default:; return x; }
static int single(int x) { int t = 0; switch (x) case 7: t = 9; return t; }
static int braced(int x) {
    switch (x) { case 1: { return 10; } case 2: { x++; break; } default: { x--; } }
    return x;
}
static int declared(int x) {
    switch (x) {
        int q;
    case 1: q = 5; return q;
    case 2: q = 6; x = q; break;
    default: q = 0; return q + x;
    }
    return -x;
}
static int crossing(int x) {
    int s = 0;
    switch (x) {
    case 0: if (s == 0) { s = 1;
    case 1: s += 2; } else
    case 2: s += 4;
        for (x = 0; x < 2; x++) {
    case 3: s += 8;
        }
        break;
    default: do { s += 100;
    case 4: s += 16; } while (s < 150);
    }
    return s;
}
static const char *name(enum color c) {
    switch (c) {
    case RED: return "red";
    case GREEN: return "green";
    case BLUE: return "blue";
    }
    return "?";
}
static int ranges(int c) {
    switch (c) {
    case '0' ... '9': return c - '0';
    case 'a' ... 'f': case 'A' ... 'F': c |= 32; return c - 'a' + 10;
    case -5: default: return -1;
    }
}
static int stacked(int x) {
    int n = 0;
    for (;;) switch (x--) {
        case 9: case 8: n++; continue;
        case 7: n += 10; break;
        case 5: goto done;
        default: if (x < 0) return n; n += 100;
    }
done:
    return -n;
}
static int conditional(int x) {
    int r = 0;
    if (x) switch (x) { case 1: r = 1; break; case 2: r = 2; } else r = 3;
    switch (x + r) case 2: case 4: r += 10;
    while (x-- > 0) switch (r & 1) { case 0: r += 3; break; case 1: r += 5; }
    return r;
}

int main(void) {
    for (int i = 0; i < 11; i++)
        printf("%d %d %d %d %d %d %d\n", nobody(i), single(i), braced(i), declared(i), crossing(i),
               stacked(i), conditional(i));
    for (int c = 0; c < 4; c++) puts(name((enum color)c));
    printf("%d %d %d %d\n", ranges('7'), ranges('c'), ranges('E'), ranges('z'));
    return 0;
}
