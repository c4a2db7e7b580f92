// SPDX-License-Identifier: MIT
/* mod_mem_cache_fixed.c: mod_mem_cache.c with the conventional fix: being in the cache counts as a
 * reference, so that one step, dropping the last one, says who frees. */
#include "cache.h"
#include "../common/rounds.h"
#include <string.h>

static pthread_mutex_t mem_lock = PTHREAD_MUTEX_INITIALIZER;

static void atomic_inc(unsigned *count) {
    __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST);
}

/* The count is 0 now. */
static bool atomic_dec(unsigned *count) {
    return __atomic_sub_fetch(count, 1, __ATOMIC_SEQ_CST) == 0;
}

static void cleanup_cache_object(cache_object *obj) {
    heap_free(obj);
}

/* The cache ejects an object to make room. Holds the lock. */
static void memcache_cache_free(cache_object *obj) {
    obj->cleanup = 1;
    if (atomic_dec(&obj->refcount)) cleanup_cache_object(obj);
}

void mem_cache_init(size_t bytes_max) {
    cache_init(bytes_max, memcache_cache_free);
}

cache_object *open_entity(const char *url) {
    pthread_mutex_lock(&mem_lock);
    cache_object *obj = cache_find(url);
    if (!obj || !obj->complete) {
        pthread_mutex_unlock(&mem_lock);
        return NULL;
    }
    atomic_inc(&obj->refcount);
    cache_touch(obj);
    pthread_mutex_unlock(&mem_lock);
    return obj;
}

cache_object *create_entity(const char *url, size_t length) {
    cache_object *obj = heap_alloc(sizeof *obj + length);
    strncpy(obj->key, url, KEY_MAX - 1);
    obj->length = length;
    obj->refcount = 2; /* the caller and the cache */

    pthread_mutex_lock(&mem_lock);
    if (cache_find(url)) { /* another thread was faster */
        pthread_mutex_unlock(&mem_lock);
        heap_free(obj);
        return NULL;
    }
    cache_insert(obj);
    pthread_mutex_unlock(&mem_lock);
    return obj;
}

void write_body(cache_object *obj, const char *body) {
    memcpy(obj->body, body, obj->length);
    pthread_mutex_lock(&mem_lock);
    obj->complete = 1;
    pthread_mutex_unlock(&mem_lock);
}

/* A test point: sometimes, not each time, or a round would be all sleep. */
static void pause_sometimes(void) {
    static _Thread_local unsigned calls;
    if (++calls % 128 != 0) return;
    rounds_test_point();
}

void decrement_refcount(cache_object *obj) {
    bool was_in = false;
    if (!obj->complete) {
        pthread_mutex_lock(&mem_lock);
        if (!obj->cleanup) { /* else it is out already */
            cache_remove(obj);
            obj->cleanup = 1;
            was_in = true;
        }
        pthread_mutex_unlock(&mem_lock);
    }

    if (was_in && atomic_dec(&obj->refcount)) cleanup_cache_object(obj);
    if (atomic_dec(&obj->refcount)) {
        pause_sometimes();
        cleanup_cache_object(obj);
    }
}

void remove_url(const char *url) {
    pthread_mutex_lock(&mem_lock);
    cache_object *obj = cache_find(url);
    if (obj) {
        cache_remove(obj);
        obj->cleanup = 1;
    }
    pthread_mutex_unlock(&mem_lock);
    if (obj && atomic_dec(&obj->refcount)) cleanup_cache_object(obj);
}

void cleanup_cache_mem(void) {
    pthread_mutex_lock(&mem_lock);
    for (cache_object *obj; (obj = cache_oldest());) {
        cache_remove(obj);
        memcache_cache_free(obj);
    }
    pthread_mutex_unlock(&mem_lock);
}
