/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include "meter.h"
void run_wide(int number) {
    if (number % 2 == 1) touch(&touched);
}
