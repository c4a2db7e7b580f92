/* rule: case labels below a loop belong to the outer switch */
#include <stdio.h>
static void copy(char *to, const char *from, int count) {
    int n = (count + 7) / 8;
    switch (count % 8) {
    case 0: do { *to++ = *from++; __attribute__((fallthrough));
    case 7: *to++ = *from++; __attribute__((fallthrough));
    case 6: *to++ = *from++; __attribute__((fallthrough));
    case 5: *to++ = *from++; __attribute__((fallthrough));
    case 4: *to++ = *from++; __attribute__((fallthrough));
    case 3: *to++ = *from++; __attribute__((fallthrough));
    case 2: *to++ = *from++; __attribute__((fallthrough));
    case 1: *to++ = *from++;
            } while (--n > 0);
    }
}
/* a coroutine made of a switch */
static int next(int *state, int *i) {
    switch (*state) {
    case 0:
        for (*i = 0; *i < 3; *i ^= *i ^ (*i + 1)) {
            *state = 1;
            return *i * 10;
    case 1:;
        }
    }
    *state = 2;
    return -1;
}
int main(void) {
    static const char text[] = "every byte of this text arrives";
    for (int n = 1; n <= (int)sizeof text; n += 5) {
        char buffer[64] = {0};
        copy(buffer, text, n);
        puts(buffer);
    }
    int state = 0, i = 0, x;
    while ((x = next(&state, &i)) >= 0) printf("%d\n", x);
    return 0;
}
