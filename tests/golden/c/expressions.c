/* rule: comma, conditional, && || with calls keep their order and their laziness */
#include <stdio.h>
static int log_[64], used;
static int t(int x) { log_[used++] = x; return x; }
static int f(int x) {
    int r = (t(1), t(2)) + (x ? t(3) : t(4));
    r += t(5) && t(0) && t(6);
    if (t(0) || (t(7), x) || t(8)) r++;
    (void)(x ? t(9) : t(10));
    (void)(x && t(11));
    t(12), t(13);
    while (t(x) && x--) r += t(14);
    for (int i = (t(15), 0); i < 2 ? t(16) : t(0); i++, t(17)) ;
    int *p = x ? &r : &log_[0];
    p[0] += t(18) ?: t(19);
    (x ? f : t)(1);
    r += sizeof(t(99)) == sizeof r;
    return t(20) ? t(21) : t(22), r;
}
int main(void) {
    int r = f(2);
    for (int i = 0; i < used; i++) printf("%d ", log_[i]);
    printf("= %d\n", r);
    return 0;
}
