/* rule: what C23 brings, as far as gcc 12 has it
 * flags: -std=gnu2x -Wno-unknown-warning-option
 */
#include <stdio.h>
#ifdef NOTHING
#elifndef NOTHING
#define SEEN 0b101
#endif
[[nodiscard]] static int counted(int n, int) { return n + 1'000; }

static int choose([[maybe_unused]] int spare, int x) {
    [[maybe_unused]] int unused = x;
    switch (x) {
    case 1: x += counted(x, 2); [[fallthrough]];
    case 2: x += 2; break;
    default: [[maybe_unused]] int late = counted(x, 1); x += late;
    }
    if (x > 5) goto end;
    x++;
end: x++;
    return x;
}
/* What is a string behind an apostrophe of a number for nobody: */
static int apart(int x) {
    x += 1'000; /* a comment
#if it were not
    */
    return x + counted(x, 1);
}
int main(void) {
    _Static_assert(SEEN == 5, "");
    typeof(SEEN) kind = 1'0;
    _Static_assert(sizeof kind == 4);
    int list[] = {};
    printf("%d %d %d %zu %d\n", choose(0, 1), choose(1, 9), kind, sizeof list, apart(1));
    return 0;
}
