/* rule: __extension__ belongs to what follows it */
#include <stdio.h>
#include <unistd.h>
static int g(void) { return 3; }
static int f(int x) {
    __extension__ int y = g();
    __extension__ long long z = y, w = getpid() > 0;
    y += __extension__({ int q = x; q + 1; });
    __extension__ struct { struct { int inner; }; } s = {{4}};
    __extension__ x++;
    if (__extension__(x > 1)) x = (int)(z + w);
    return x + y + s.inner;
}
int main(void) { printf("%d %d\n", f(0), f(4)); return 0; }
