/* SPDX-License-Identifier: MIT */
/* install.h: changes of a process: publishing (pass_publish, pass_watch of session.h), removing. */
#ifndef LOOM_INSTALL_H
#define LOOM_INSTALL_H
#include "options.h"
#include "process.h"

int install_remove(struct process *process, const struct options *options);

#endif
