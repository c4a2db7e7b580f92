/* rule: a label reachable from outside ends a run; goto into and out of blocks, forward, backward */
#include <stdio.h>

static int into(int x) {
    int n = 0, i = 0;
    if (x == 1) goto inside;
    if (x == 2) goto in_loop;
    if (x == 3) goto in_else;
    for (; i < 3; i++) {
        n += 1;
    in_loop:
        n += 10;
        if (n > 100) goto out;
    }
    {
        n += 1000;
    inside:
        n += 2000;
        n += 1;
    }
    if (n > 5000) {
        n -= 5000;
    } else {
        n += 7;
    in_else:
        n += 20000;
    }
out:
    return n;
}
static int backward(int x) {
    int tries = 0;
retry:
    tries++;
    if (x > 10) {
        x -= 3;
        goto retry;
    }
    if (tries < 3) goto retry;
    do {
        if (x == 4) goto skip;
        x--;
    skip:
        tries++;
        if (tries > 20) goto end;
    } while (x > 0);
end:
    return tries * 100 + x;
}
static int nested(void) {
    int n = 0;
    for (int i = 0; i < 10; i++)
        for (int j = 0; j < 10; j++) {
            n++;
            if (i * j == 12) goto found;
            if (j > i) goto next;
        next:;
        }
    return -1;
found:
    return n;
}
static int error_path(int fail) {
    char log[32];
    int used = 0;
    log[used++] = 'a';
    if (fail == 1) goto undo_a;
    log[used++] = 'b';
    if (fail == 2) goto undo_b;
    log[used++] = 'c';
    log[used] = 0;
    puts(log);
    return 0;
undo_b: log[used++] = 'B';
undo_a: log[used++] = 'A';
    log[used] = 0;
    puts(log);
    return fail;
}
int main(void) {
    for (int i = 0; i < 4; i++) printf("%d\n", into(i));
    printf("%d %d %d\n", backward(40), backward(4), nested());
    return error_path(0) + error_path(1) + error_path(2);
}
