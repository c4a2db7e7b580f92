// SPDX-License-Identifier: MIT
#include "kernels.h"

void matrix_multiply(int n, const double *a, const double *b, double *c) {
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            double t = a[i * n + k];
            for (int j = 0; j < n; j++) c[i * n + j] += t * b[k * n + j];
        }
}

void scale_add(int n, float a, const float *x, float *y) {
    for (int i = 0; i < n; i++) y[i] = y[i] + a * x[i];
}

int dot(int n, const int *x, const int *y) {
    int sum = 0;
    for (int i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

void butterflies(int n, double *re, double *im, const double *wr, const double *wi) {
    for (int half = 1; half < n; half <<= 1) {
        int step = n / (2 * half);
        for (int i = 0; i < n; i += 2 * half)
            for (int k = 0; k < half; k++) {
                int a = i + k, b = i + k + half;
                double tr = wr[k * step] * re[b] - wi[k * step] * im[b];
                double ti = wr[k * step] * im[b] + wi[k * step] * re[b];
                re[b] = re[a] - tr;
                im[b] = im[a] - ti;
                re[a] += tr;
                im[a] += ti;
            }
    }
}
