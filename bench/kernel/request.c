// SPDX-License-Identifier: MIT
#include "kernels.h"
#include <string.h>

/* `get KEY ` or `set KEY `: 1 or 2, and the length of the key; -1: neither */
static int parse(const char *text, int length, int *key_length) {
    int i;
    if (length < 6) return -1;
    for (i = 4; i < length && text[i] != ' ' && text[i] != 0; i++) {
    }
    *key_length = i - 4;
    return text[0] == 'g' ? 1 : text[0] == 's' ? 2 : -1;
}

static struct shard *shard_of(struct cache *cache, unsigned hash) {
    return &cache->shards[hash % SHARDS];
}

static int decimal(unsigned long value, char *out) {
    char digits[24];
    int n = 0;
    do digits[n++] = (char)('0' + value % 10);
    while (value /= 10);
    for (int i = 0; i < n; i++) out[i] = digits[n - 1 - i];
    return n;
}

int request(struct cache *cache, const char *text, int length, char *answer) {
    int key_length, what = parse(text, length, &key_length);
    unsigned long value = 0;
    unsigned hash;
    struct shard *shard;
    if (what < 0) return -1;
    hash = table_hash(text + 4, key_length);
    shard = shard_of(cache, hash);
    pthread_mutex_lock(&shard->lock);
    if (what == 1)
        value = table_get(&shard->table, text + 4, key_length);
    else
        table_set(&shard->table, text + 4, key_length, hash);
    shard->operations++;
    pthread_mutex_unlock(&shard->lock);
    memset(answer, 0, 32);
    return decimal(value, answer);
}
