/* rule: a compound literal lives as long as its block: not in a run that ends before it */
#include <stdio.h>
struct point { int x, y; const char *name; };
static int sum(const struct point *p) { return p->x + p->y; }
static int add(const int *v) { int s = 0; while (*v) s += *v++; return s; }

static int f(int n) {
    struct point *p = &(struct point){n, 2, "p"};
    int *list;
    list = (int[]){1, 2, n, 0};
    int s = sum(p);
    puts(p->name);
    s += add(list);
    p = &(struct point){.x = s};
    puts("later");
    s += sum(p);
    for (int i = 0; i < 3; i++) {
        int *q = (int[]){i, i + 1};
        puts("in the loop");
        s += q[0] * q[1];
    }
    s += sum(&(struct point){s, 1, 0});
    p = n > 1 ? &(struct point){7, 7, "seven"} : &(struct point){8, 8, "eight"};
    puts(p->name);
    return s + (struct point){n, 5, 0}.y + add(list);
}
int main(void) { printf("%d\n", f(1)); printf("%d\n", f(5)); return 0; }
