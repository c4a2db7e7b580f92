/* rule: see include_c.c
 * part: of include_c.c */
#ifndef INCLUDE_C_PART
#define INCLUDE_C_PART
static int part(int x) {
    int s = shared;
    if (x < 0) return s;
    while (x-- > 0) s += puts("part") >= 0;
    return s;
}
#endif
