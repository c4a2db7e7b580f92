/* rule: functions that ask for their frame or return address have no twin; alloca keeps its frame */
#include <alloca.h>
#include <stdio.h>
#include <string.h>
__attribute__((noinline)) static int here(void *caller) { return (char *)__builtin_frame_address(0) < (char *)caller; }
__attribute__((noinline)) static void *where(void) { puts("where"); return __builtin_return_address(0); }
static int f(int n) {
    char *all[4];
    for (int i = 0; i < 4; i++) {
        all[i] = alloca((size_t)n + 1);
        memset(all[i], 'a' + i, (size_t)n);
        all[i][n] = 0;
    }
    int s = 0;
    for (int i = 0; i < 4; i++) s += all[i][0] + (int)strlen(all[i]);
    return s;
}
int main(void) {
    printf("%d %d %d\n", f(3), f(100), here(__builtin_frame_address(0)));
    return where() == 0;
}
