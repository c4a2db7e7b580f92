/* SPDX-License-Identifier: MIT */
/*
 * rule: a flag is read behind a call that can wait, but not where the wait is more than five calls away
 */
#include <poll.h>
#include <stdio.h>

static int turns;
static void wait1(void) { poll(NULL, 0, 0); turns++; }
static void wait2(void) { wait1(); turns++; }
static void wait3(void) { wait2(); turns++; }
static void wait4(void) { wait3(); turns++; }
static void wait5(void) { wait4(); turns++; }
static void wait6(void) { wait5(); turns++; } /* one run */

int main(void) {
    wait6();
    printf("%d\n", turns);
    return 0;
}
