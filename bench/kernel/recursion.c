// SPDX-License-Identifier: MIT
#include "kernels.h"

long fibonacci(int n) {
    if (n < 2) return n;
    return fibonacci(n - 1) + fibonacci(n - 2);
}
