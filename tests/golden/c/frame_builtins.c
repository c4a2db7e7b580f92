/* rule: functions that ask for their frame or return address have no twin and no boundary; alloca keeps its frame
 * modes: fast slow slots
 * alone: caller: no boundary */
#include <alloca.h>
#include <stdio.h>
#include <string.h>
__attribute__((noinline)) static int here(void *caller) { return (char *)__builtin_frame_address(0) < (char *)caller; }
__attribute__((noinline)) static void *where(void) { puts("where"); return __builtin_return_address(0); }
/* The first call finds a thread that the runtime does not know yet. (In mode toggle two calls may be in
 * two copies of one place.) */
void *caller(void) { return __builtin_return_address(0); }
void *(*volatile called)(void) = caller;
static int calls;
__attribute__((noinline)) static void *from_one_place(void) { return (char *)called() + calls++; }
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
    char *first = from_one_place(), *second = from_one_place();
    puts(second == first + 1 ? "the same" : "another");
    printf("%d %d %d\n", f(3), f(100), here(__builtin_frame_address(0)));
    return where() == 0;
}
