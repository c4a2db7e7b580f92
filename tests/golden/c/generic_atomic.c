/* rule: _Generic, _Atomic, _Thread_local, _Static_assert, _Alignas
 * flags: -std=c11 */
#include <stdio.h>
#include <stdatomic.h>
#define kind(x) _Generic((x), int: "int", double: "double", char *: "text", default: "other")
static _Thread_local int mine = 4;
static atomic_int shared;
static _Atomic(long) wide;
static int f(int x) {
    _Static_assert(sizeof(int) == 4, "int");
    static _Thread_local int again;
    _Alignas(64) char buffer[64];
    again += x;
    mine++;
    shared++;
    shared += x;
    atomic_fetch_add(&wide, 5);
    int expected = (int)shared;
    while (!atomic_compare_exchange_weak(&shared, &expected, expected + 1)) ;
    puts(kind(x));
    puts(kind(2.0 * x));
    return again + mine + shared + (int)wide + (int)((unsigned long)buffer % 64);
}
int main(void) { printf("%d ", f(1)); printf("%d\n", f(2)); puts(kind((char *)0)); return 0; }
