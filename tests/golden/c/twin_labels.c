/* rule: a quiet function with labels gets a slow copy of its own, which has its own labels */
#include <stdio.h>
#include <stdlib.h>

static int resource(int n, int fail) {
    int r = -1;
    char *a = 0, *b = 0;
    if (!(a = calloc(10, 1))) goto out;
    if (fail == 1) goto free_a;
    if (!(b = calloc(20, 1))) goto free_a;
    a[0] = (char)n;
    switch (fail) {
    case 2: goto free_b;
    case 3: r = 3; goto free_b;
    default: break;
    }
    for (int i = 0; i < n; i++) {
        b[i % 20] = (char)i;
        if (i == 7) goto done;
    }
    r = b[0];
done:
    r += a[0];
free_b:
    free(b);
free_a:
    free(a);
out:
    return r;
}

int nothing(int x);
int nothing(int x) {
    if (x) goto end;
    puts("zero");
end:;
    {
        if (x > 1) goto inner;
        x += 5;
    inner:
        x++;
    }
    return x;
}

static void last(int *x) {
    if (*x) goto end;
    *x = 9;
end:
    (void)x;
}

static int back(int n) {
    int r = 0;
again:
    r += n;
    if (--n > 0) goto again;
    return r;
}

int main(void) {
    int x = 0;
    for (int i = 0; i < 4; i++) printf("%d %d\n", resource(i, i), resource(10, i));
    last(&x);
    printf("%d %d %d %d %d\n", nothing(0), nothing(1), nothing(2), x, back(5));
    return 0;
}
