/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include "meter.h"
void run_near(int number) {
    if (number % 2 == 0) touch(&touched);
}
