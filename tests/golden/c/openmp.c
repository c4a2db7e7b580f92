/* rule: blocks under an OpenMP directive stay as they are: nothing between the pragma and its statement
 * flags: -fopenmp
 * only: gcc
 * alone: f: left alone: it has directives of OpenMP or OpenACC */
#include <stdio.h>
static int shared_sum, squares[64];
static int square(int x) { return x * x; }
static int f(int n) {
    int s = 0;
#pragma omp parallel for reduction(+ : s)
    for (int i = 0; i < n; i++) {
        squares[i & 63] = square(i);
        s += squares[i & 63];
    }
#pragma omp parallel num_threads(2)
    {
#pragma omp single
        { s++; printf("once\n"); }
#pragma omp critical
        shared_sum += 5;
#pragma omp barrier
    }
#pragma omp parallel sections
    {
#pragma omp section
        { s += 100; }
#pragma omp section
        { squares[0] = square(3); }
    }
    for (int i = 0; i < 3; i++) {
#pragma omp atomic
        shared_sum++;
        if (i == 1) continue;
        s += squares[0];
    }
    return s;
}
int main(void) {
    int r = f(10);
    printf("%d\n", r);
    printf("%d %d\n", f(3), f(0) != 0);
    printf("%d\n", shared_sum % 13);
    return 0;
}
