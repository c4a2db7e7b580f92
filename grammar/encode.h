/* SPDX-License-Identifier: MIT */
/* encode.h: a resolved and analysed filter as the blob of rt/plan.h. */
#ifndef LOOM_ENCODE_H
#define LOOM_ENCODE_H
#include "analyse.h"
#include "ast.h"

struct blob {
    unsigned char *bytes;
    size_t size;
};

/* modules_hash: of the set of files, as the process gave it. Files have the index in `program` that
 * they have in the process. 0 or -E2BIG. The caller frees bytes. */
int encode(const struct program *program, const struct filter *filter,
           const struct operations *operations, const struct analysis *analysis,
           uint64_t modules_hash, struct blob *blob);

#endif
