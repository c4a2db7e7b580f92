/* rule: what of C23 only clang 19 knows: constexpr, enums with a type, auto, _BitInt, labels at ends
 * flags: -std=c2x -Wno-unused-label
 * only: clang-19 */
#include <stdio.h>
enum small : unsigned char { NONE, SOME = 200 };
constexpr int limit = 1'000;
[[nodiscard]] static int twice(int x) { return 2 * x; }
static int unnamed(int, int y) { y += 0b101; return y; }
static typeof(nullptr) null(int x) { if (x > 3) return nullptr; puts("null"); return nullptr; }
static unsigned wide(unsigned x) { unsigned _BitInt(37) b = x; b <<= 30; b += 1; return (unsigned)(b >> 30); }
static int f(int x) {
    auto y = twice(x);
    constexpr unsigned char step = 3;
    static_assert(sizeof(enum small) == 1);
    struct { int a, b; } zero = {};
    typeof_unqual(const int) z = y;
    switch (x) {
    case 1: z += step; [[fallthrough]];
    case 2: z += zero.a; break;
    default:
        { bool b = z > 4; if (b) z--; }
    end: ;
    }
    for (int i = 0; i < 3; i++) { z += i; if (i == 2) goto last; }
last:
    return z > limit ? SOME : z;
}
int main() {
    void *p = null(1);
    printf("%d %d %d %d %u %d\n", f(1), f(2), f(9000), unnamed(1, 2), wide(9), p == nullptr);
    return 0;
}
