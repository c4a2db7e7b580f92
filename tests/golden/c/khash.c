/* rule: functions that a macro defines (khash, tree.h) are left alone; their users are not
 * flags: -Wno-unused-function
 * alone: kh_put_num: left alone: it comes out of a macro */
#include <stdio.h>
#include <stdlib.h>
#define KHASH_TYPE(name, key_t, val_t) \
    typedef struct kh_##name##_s { unsigned room, size; unsigned char *used; key_t *keys; val_t *vals; } kh_##name##_t;
#define KHASH_IMPL(name, SCOPE, key_t, val_t, hash_func, hash_equal)                               \
    SCOPE kh_##name##_t *kh_init_##name(void) { return (kh_##name##_t *)calloc(1, sizeof(kh_##name##_t)); } \
    SCOPE void kh_destroy_##name(kh_##name##_t *h) {                                               \
        if (h) { free(h->keys); free(h->vals); free(h->used); free(h); }                           \
    }                                                                                              \
    SCOPE unsigned kh_get_##name(const kh_##name##_t *h, key_t key) {                              \
        unsigned i;                                                                                \
        if (!h->room) return 0;                                                                    \
        for (i = hash_func(key) & (h->room - 1); h->used[i] && !hash_equal(h->keys[i], key);)      \
            i = (i + 1) & (h->room - 1);                                                           \
        return h->used[i] ? i : h->room;                                                           \
    }                                                                                              \
    SCOPE void kh_resize_##name(kh_##name##_t *h, unsigned room);                                  \
    SCOPE unsigned kh_put_##name(kh_##name##_t *h, key_t key, int *ret) {                          \
        unsigned i;                                                                                \
        if (h->size * 2 >= h->room) kh_resize_##name(h, h->room ? h->room * 2 : 4);                \
        for (i = hash_func(key) & (h->room - 1); h->used[i]; i = (i + 1) & (h->room - 1))          \
            if (hash_equal(h->keys[i], key)) { *ret = 0; return i; }                               \
        h->used[i] = 1; h->keys[i] = key; h->size++; *ret = 1;                                     \
        return i;                                                                                  \
    }                                                                                              \
    SCOPE void kh_resize_##name(kh_##name##_t *h, unsigned room) {                                 \
        kh_##name##_t old = *h;                                                                    \
        int ret;                                                                                   \
        h->room = room; h->size = 0;                                                               \
        h->used = calloc(room, 1); h->keys = calloc(room, sizeof(key_t)); h->vals = calloc(room, sizeof(val_t)); \
        for (unsigned i = 0; i < old.room; i++)                                                    \
            if (old.used[i]) h->vals[kh_put_##name(h, old.keys[i], &ret)] = old.vals[i];           \
        free(old.used); free(old.keys); free(old.vals);                                            \
    }
#define KHASH_INIT(name, key_t, val_t, hash_func, hash_equal) \
    KHASH_TYPE(name, key_t, val_t)                            \
    KHASH_IMPL(name, static inline, key_t, val_t, hash_func, hash_equal)
#define khash_t(name) kh_##name##_t
#define kh_init(name) kh_init_##name()
#define kh_put(name, h, k, r) kh_put_##name(h, k, r)
#define kh_get(name, h, k) kh_get_##name(h, k)
#define kh_destroy(name, h) kh_destroy_##name(h)
#define kh_value(h, i) ((h)->vals[i])
#define kh_end(h) ((h)->room)
#define kh_exist(h, i) ((h)->used[i])
#define kh_foreach(h, kvar, vvar, code)                \
    {                                                  \
        unsigned i_;                                   \
        for (i_ = 0; i_ != kh_end(h); ++i_) {          \
            if (!kh_exist(h, i_)) continue;            \
            (kvar) = (h)->keys[i_];                    \
            (vvar) = (h)->vals[i_];                    \
            code;                                      \
        }                                              \
    }
#define num_hash(key) ((unsigned)(key) * 2654435769u)
#define num_equal(a, b) ((a) == (b))
KHASH_INIT(num, int, long, num_hash, num_equal)

static long use(int n) {
    khash_t(num) *h = kh_init(num);
    long sum = 0, v;
    int fresh, k;
    for (k = 0; k < n; k++) {
        unsigned at = kh_put(num, h, k % 7, &fresh);
        if (fresh) kh_value(h, at) = 0;
        kh_value(h, at) += k;
    }
    kh_foreach(h, k, v, { if (k == 5) continue; sum += k * v; })
    kh_foreach(h, k, v, sum ^= v);
    unsigned at = kh_get(num, h, 3);
    if (at != kh_end(h)) sum += kh_value(h, at);
    else sum--;
    kh_destroy(num, h);
    return sum;
}
int main(void) { printf("%ld %ld %ld\n", use(1), use(20), use(300)); return 0; }
