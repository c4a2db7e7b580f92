/* rule: X-macros: cases, functions and statements out of a list file */
#include <stdio.h>
enum {
#define X(name, value) name,
#include "x_macro.def"
#undef X
    COUNT
};
static const char *name(int x) {
    switch (x) {
#define X(name, value) case name: return #name;
#include "x_macro.def"
#undef X
    }
    return "none";
}
#define X(name, value) static int get_##name(int x) { x += value; return x; }
#include "x_macro.def"
#undef X
static int all(int x) {
    int s = 0;
#define X(name, value) s += get_##name(x); if (s > 1000) return -1;
#include "x_macro.def"
#undef X
    return s;
}
int main(void) {
    for (int i = 0; i <= COUNT; i++) puts(name(i));
    printf("%d %d\n", all(1), all(1000));
    return 0;
}
