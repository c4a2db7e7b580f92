// SPDX-License-Identifier: MIT
/*
 * cache.h: a cache of pages in memory, in the shape of Apache 2.0's mod_mem_cache.
 *
 *   object    a page that was fetched, under its URL; counted by those who serve it (refcount)
 *   complete  its body is there
 *   cleanup   it is out of the cache: who drops the last reference frees it
 *
 * Lock: mem_lock guards the cache, that is, which objects are in it and in which order. Reference
 * counts are atomic and are dropped without it.
 */
#ifndef CACHE_H
#define CACHE_H
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { KEY_MAX = 32 };

typedef struct cache_object {
    struct cache_object *next;          /* in its bucket */
    struct cache_object *newer, *older; /* in the order of use */
    unsigned refcount;
    int complete, cleanup;
    size_t length;
    char key[KEY_MAX];
    char body[];
} cache_object;

/* ---- heap.c: malloc that remembers what was freed ---- */

void *heap_alloc(size_t size);
/* Freed for the second time: counted, nothing happens. */
void heap_free(void *block);
/* False if the block was freed; it may be asked for until the next heap_judge. */
bool heap_is_live(const void *block);
/* Was nothing freed twice, and is nothing left? Gives all that was freed back to the system: nobody
 * may hold a pointer to it any more. */
bool heap_judge(void);

/* ---- cache_cache.c: a hash table with a limit. The caller holds the lock. ---- */

/* Is called for an object that had to leave the cache for another one. */
typedef void (*cache_eject)(cache_object *obj);

void cache_init(size_t bytes_max, cache_eject eject);
/* Null: not there. */
cache_object *cache_find(const char *key);
/* The object was used: it leaves later. */
void cache_touch(cache_object *obj);
void cache_insert(cache_object *obj);
void cache_remove(cache_object *obj);
/* The object that was not used for longest; null: the cache is empty. */
cache_object *cache_oldest(void);

/* ---- mod_mem_cache.c, or mod_mem_cache_fixed.c ---- */

void mem_cache_init(size_t bytes_max);
/* The object under that URL, for the caller to serve and then to give to decrement_refcount; null:
 * not there, or not complete. */
cache_object *open_entity(const char *url);
/* The same, fresh and not complete; null: somebody else is fetching it. */
cache_object *create_entity(const char *url, size_t length);
void write_body(cache_object *obj, const char *body);
/* The caller is done with the object. One that is not complete leaves the cache. */
void decrement_refcount(cache_object *obj);
/* What is under that URL has changed at its source. */
void remove_url(const char *url);
/* All objects leave the cache. For a moment when nobody serves. */
void cleanup_cache_mem(void);

#endif
