/* rule: an asm is copied only if all of its text is seen there, no macro's; one that defines a symbol leaves the function alone */
#include <stdio.h>
#define BARRIER() __asm__ __volatile__("" ::: "memory")
__asm__(".pushsection .text\n.globl from_asm\nfrom_asm: mov $77, %eax\n ret\n.popsection");
int from_asm(void);
__attribute__((noinline)) static int f(int x) {
    int y;
    __asm__("lea 1(%1), %0" : "=r"(y) : "r"(x));
    BARRIER();
    for (int i = 0; i < 3; i++) {
        BARRIER();
        y += i;
        __asm__ volatile("1: dec %0\n jnz 1b" : "+r"(x) : : "cc");
        x = i + 1;
    }
    __asm__ volatile(".pushsection .note.mine,\"\",@progbits \n.long 1\n.popsection");
    if (y > 3) __asm__("add $1, %0" : "+r"(y) : : "cc"); else BARRIER();
    return y;
}
__attribute__((noinline)) static int g(int x) {
    register int r __asm__("r12") = x;
    __asm__ volatile("" : "+r"(r));
    r++;
    return r;
}
int main(void) { int y = f(3); printf("%d %d %d\n", y, g(4), from_asm()); return 0; }
