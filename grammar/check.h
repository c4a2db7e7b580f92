/* SPDX-License-Identifier: MIT */
/* check.h: refuses, or warns of, filters that would hurt or not protect, before they are there. */
#ifndef LOOM_CHECK_H
#define LOOM_CHECK_H
#include "analyse.h"

void check(const struct callgraph *graph, const struct operations *operations,
           const struct analysis *analysis, int force, struct diagnostics *diagnostics);

#endif
