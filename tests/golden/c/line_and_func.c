/* rule: __LINE__, __func__, __FILE__ and assert texts say what they said before */
#include <stdio.h>
#include <string.h>
#define HERE() printf("%s:%d %s\n", base(__FILE__), __LINE__, __func__)
#define CHECK(e) ((e) ? (void)0 : failed(#e, base(__FILE__), __LINE__, __func__))
static const char *base(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
static void failed(const char *text, const char *file, int line, const char *function) {
    printf("%s:%d: %s: `%s' failed\n", file, line, function, text);
}
static void quiet(int x) {
    HERE();
    CHECK(x > 1 && x < 100);
    if (x)
        HERE();
    else
        HERE();
    for (int i = 0; i < 2; i++) {
        CHECK(i ==
              x);
        printf("%d %s %s\n",
               __LINE__,
               __FUNCTION__, __func__); HERE();
    }
    HERE();
}
static int one_line(int x) { x++; x += __LINE__; x *= 2; printf("%s\n", __func__); return x + __LINE__; }
int main(void) {
    quiet(0);
    quiet(1);
    printf("%d %d\n", one_line(1), __LINE__);
    return 0;
}
