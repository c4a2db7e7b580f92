/* SPDX-License-Identifier: MIT */
#ifndef JOBS_H
#define JOBS_H
struct job {
    void (*run)(int);
};
extern const struct job jobs[2];
int next_job(int lane);
void run_near(int number);
void run_wide(int number);
#endif
