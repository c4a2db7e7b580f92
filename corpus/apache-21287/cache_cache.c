// SPDX-License-Identifier: MIT
/* cache_cache.c: which objects are cached: a hash table by key and a list by last use. */
#include "cache.h"
#include <string.h>

enum { BUCKETS = 64 };

static cache_object *buckets[BUCKETS];
static cache_object *newest, *oldest;
static size_t bytes, bytes_max;
static cache_eject eject;

void cache_init(size_t limit, cache_eject function) {
    bytes_max = limit;
    eject = function;
}

static cache_object **bucket_of(const char *key) {
    unsigned hash = 2166136261u;
    for (; *key; key++) hash = (hash ^ (unsigned char)*key) * 16777619u;
    return &buckets[hash % BUCKETS];
}

static void link_newest(cache_object *obj) {
    obj->newer = NULL;
    obj->older = newest;
    if (newest)
        newest->newer = obj;
    else
        oldest = obj;
    newest = obj;
}

static void unlink_used(cache_object *obj) {
    if (obj->newer)
        obj->newer->older = obj->older;
    else
        newest = obj->older;
    if (obj->older)
        obj->older->newer = obj->newer;
    else
        oldest = obj->newer;
}

cache_object *cache_find(const char *key) {
    cache_object *obj = *bucket_of(key);
    while (obj && strcmp(obj->key, key) != 0) obj = obj->next;
    return obj;
}

void cache_touch(cache_object *obj) {
    unlink_used(obj);
    link_newest(obj);
}

void cache_insert(cache_object *obj) {
    while (oldest && bytes + obj->length > bytes_max) {
        cache_object *old = oldest;
        cache_remove(old);
        eject(old);
    }
    cache_object **bucket = bucket_of(obj->key);
    obj->next = *bucket;
    *bucket = obj;
    link_newest(obj);
    bytes += obj->length;
}

void cache_remove(cache_object *obj) {
    cache_object **link = bucket_of(obj->key);
    while (*link != obj) link = &(*link)->next;
    *link = obj->next;
    unlink_used(obj);
    bytes -= obj->length;
}

cache_object *cache_oldest(void) {
    return oldest;
}
