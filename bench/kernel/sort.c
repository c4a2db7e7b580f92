// SPDX-License-Identifier: MIT
#include "kernels.h"

static void exchange(int *a, int *b) {
    int t = *a;
    *a = *b;
    *b = t;
}

static void insertion_sort(int *a, int n) {
    for (int i = 1; i < n; i++) {
        int t = a[i], j = i;
        while (j > 0 && a[j - 1] > t) {
            a[j] = a[j - 1];
            j--;
        }
        a[j] = t;
    }
}

static int partition(int *a, int n) {
    int pivot = a[n / 2], i = -1, j = n;
    for (;;) {
        for (i++; a[i] < pivot; i++) {
        }
        for (j--; a[j] > pivot; j--) {
        }
        if (i >= j) return j;
        exchange(&a[i], &a[j]);
    }
}

void sort(int *a, int n) {
    int middle;
    if (n <= 12) {
        insertion_sort(a, n);
        return;
    }
    middle = partition(a, n);
    sort(a, middle + 1);
    sort(a + middle + 1, n - middle - 1);
}
