/* rule: a slow copy is for the processor that its function is for: intrinsics can be called there only */
#include <stdio.h>
#include <tmmintrin.h>
#define FOR(x) __attribute__ ((__target__ (x)))
static int (*chosen)(const int *, int);
FOR("ssse3") int later(const int *p, int n);

static FOR("ssse3") int sum_of_all(const int *p, int n) {
    __m128i total = _mm_setzero_si128();
    int four[4];
    for (int i = 0; i + 4 <= n; i += 4) {
        __m128i v = _mm_loadu_si128((const __m128i *)(p + i));
        total = _mm_add_epi32(total, _mm_abs_epi32(v));
    }
    _mm_storeu_si128((__m128i *)four, total);
    return four[0] + four[1] + four[2] + four[3];
}

int later(const int *p, int n) {
    __m128i v = _mm_loadu_si128((const __m128i *)p);
    int four[4];
    _mm_storeu_si128((__m128i *)four, _mm_abs_epi32(v));
    return four[n & 3] + sum_of_all(p, n);
}

int main(void) {
    int p[8] = {1, -2, 3, -4, 5, -6, 7, -8};
    chosen = sum_of_all;
    if (__builtin_cpu_supports("ssse3")) printf("%d %d\n", chosen(p, 8), later(p, 5));
    return 0;
}
