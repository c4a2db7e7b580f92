/* rule: functions that are called only through attributes: constructor, destructor, alias, cleanup */
#include <stdio.h>
static int started;
static void __attribute__((constructor)) start(void) { for (int i = 0; i < 3; i++) started += i; }
static void __attribute__((destructor)) stop(void) { printf("stop %d\n", started); }
static int real(int x) __asm__("real_name");
__attribute__((used)) static int real(int x) { x += started; return x; }
extern int other(int x) __attribute__((alias("real_name")));
__attribute__((weak)) int weak(int x) { x--; return x; }
static int impl_a(int x) { return x + 100; }
static int (*resolve(void))(int) { return impl_a; }
int chosen(int x) __attribute__((ifunc("resolve")));
__attribute__((constructor(200))) static void early(void) { started = 10; }
int main(void) { printf("%d %d %d\n", other(1), weak(5), chosen(1)); return 0; }
