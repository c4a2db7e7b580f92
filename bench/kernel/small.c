// SPDX-License-Identifier: MIT
#include "kernels.h"

static double x_of(const struct vector *v) {
    return v->x;
}
static double y_of(const struct vector *v) {
    return v->y;
}
static double z_of(const struct vector *v) {
    return v->z;
}

static double product(const struct vector *a, const struct vector *b) {
    return x_of(a) * x_of(b) + y_of(a) * y_of(b) + z_of(a) * z_of(b);
}

static double clamp(double value) {
    if (value > 1.0) return 1.0;
    if (value < -1.0) return -1.0;
    return value;
}

double walk(int n, struct vector *v) {
    double sum = 0;
    for (int i = 1; i < n; i++) {
        sum += clamp(product(&v[i - 1], &v[i]));
        v[i].x = sum * 1e-3;
    }
    return sum;
}
