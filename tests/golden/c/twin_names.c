/* rule: a slow copy that is a function of its own says the original's name in asserts and logs */
#include <assert.h>
#include <stdio.h>
#include <string.h>

static int twice(int x) {
    assert(x < 100);
    printf("%s %s %d\n", __func__, __FUNCTION__, (int)sizeof __func__);
    return 2 * x;
}

static unsigned long length(void) { return strlen(__PRETTY_FUNCTION__) + sizeof __func__; }

int line(int x);
int line(int x) {
    const char *name = __func__;
    assert(name[0] == 'l');
    return x + __LINE__;
}

int main(void) {
    printf("%d %lu %d %s\n", twice(4), length(), line(1), __func__);
    fflush(stdout);
    return twice(50) - 100;
}
