/* SPDX-License-Identifier: MIT */
/*
 * vector.c: loops that compilers vectorise, for vector.sh: leaf loops, loops in static helpers, loops
 * that call such helpers, in functions that are polled elsewhere, that block, and whose address is
 * taken. Nothing here runs; only the compilers look at it.
 */
#include <stdint.h>
#include <unistd.h>

void matmul(int n, const double *a, const double *b, double *c) {
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            double t = a[i * n + k];
            for (int j = 0; j < n; j++) c[i * n + j] += t * b[k * n + j];
        }
}

void saxpy(int n, float a, const float *restrict x, float *restrict y) {
    for (int i = 0; i < n; i++) y[i] = y[i] + a * x[i];
}

int idot(int n, const int *x, const int *y) {
    int sum = 0;
    for (int i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

uint32_t adler(const unsigned char *p, unsigned n) {
    uint32_t a = 1;
    while (n--) a += *p++;
    return a;
}

void mask(uint32_t *p, unsigned n, uint32_t by) {
    do *p++ ^= by;
    while (--n);
}

static int clamp(int x) {
    if (x < 0) return 0;
    return x > 255 ? 255 : x;
}

void clamp_all(int *p, int n) {
    for (int i = 0; i < n; i++) p[i] = clamp(p[i]);
}

static void add(long *p, const long *q, unsigned long n) {
    for (unsigned long i = 0; i < n; i++) p[i] += q[i];
}

/* polled: the outer loop's condition does not step */
void until(long *p, const long *q, unsigned long n, long limit) {
    while (p[0] < limit) {
        add(p, q, n);
        for (unsigned long i = 0; i < n; i++) p[i] -= 3;
    }
}

/* blocks between two loops */
int fill_and_write(int fd, short *p, int n) {
    for (int i = 0; i < n; i++) p[i] = (short)(p[i] * 5 + 1);
    if (write(fd, p, 2 * (unsigned)n) < 0) return -1;
    for (int i = 0; i < n; i++) p[i] = (short)(p[i] >> 1);
    return 0;
}

/* its address is taken */
static int peak(const int *p, int n) {
    int high = p[0];
    for (int i = 1; i < n; i++) high = p[i] > high ? p[i] : high;
    return high;
}
int (*const take_peak)(const int *, int) = peak;
