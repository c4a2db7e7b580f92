/* rule: an asm that defines a symbol: compilers may copy code that surrounds a test
 * alone: asm */
#include <stdio.h>
__attribute__((noinline)) static int f(int x) {
    puts("before");
    __asm__ volatile("my_symbol_in_asm: nop" :::);
    for (int i = 0; i < 3; i++) {
        x += i;
        puts("loop");
    }
    __asm__ volatile(".pushsection .note.mine,\"\",@progbits\nin_my_section: .long 1\n.popsection");
    if (x > 3) puts("more");
    return x;
}
int main(void) { printf("%d\n", f(3)); return 0; }
