/* SPDX-License-Identifier: MIT */
/* table.c: functions of other files, by address; no function of its own. */
#include "jobs.h"
const struct job jobs[2] = {{run_near}, {run_wide}};
