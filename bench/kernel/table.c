// SPDX-License-Identifier: MIT
#include "kernels.h"
#include <string.h>

unsigned table_hash(const char *key, int length) {
    unsigned hash = 2166136261u;
    for (int i = 0; i < length; i++) hash = (hash ^ (unsigned char)key[i]) * 16777619u;
    return hash;
}

static unsigned bucket_of(unsigned hash) {
    return hash % BUCKETS;
}

static struct entry *head(const struct table *table, unsigned hash) {
    return table->buckets[bucket_of(hash)];
}

static int is(const struct entry *entry, const char *key, int length, unsigned hash) {
    if (entry->hash != hash) return 0;
    if (entry->length != length) return 0;
    return memcmp(entry->key, key, (size_t)length) == 0;
}

static struct entry *find(const struct table *table, const char *key, int length, unsigned hash) {
    for (struct entry *entry = head(table, hash); entry; entry = entry->next)
        if (is(entry, key, length, hash)) return entry;
    return 0;
}

static struct entry *make(struct table *table, const char *key, int length, unsigned hash) {
    struct entry *entry;
    if (table->used == ENTRIES) return 0;
    entry = &table->pool[table->used++];
    entry->hash = hash;
    entry->length = length;
    memcpy(entry->key, key, (size_t)length);
    entry->next = 0;
    return entry;
}

static void add(struct table *table, struct entry *entry) {
    unsigned bucket = bucket_of(entry->hash);
    entry->next = table->buckets[bucket];
    table->buckets[bucket] = entry;
}

int table_set(struct table *table, const char *key, int length, unsigned long value) {
    unsigned hash = table_hash(key, length);
    struct entry *entry = find(table, key, length, hash);
    if (!entry) {
        entry = make(table, key, length, hash);
        if (!entry) return 0;
        add(table, entry);
    }
    entry->value = value;
    return 1;
}

unsigned long table_get(const struct table *table, const char *key, int length) {
    struct entry *entry = find(table, key, length, table_hash(key, length));
    return entry ? entry->value : 0;
}
