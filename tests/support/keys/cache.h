/* SPDX-License-Identifier: MIT */
/* cache.h: what keys.c plays with: functions whose bodies two threads may be in, or not. */
#ifndef CACHE_H
#define CACHE_H

enum kind { SMALL, LARGE };

struct cache {
    int id;
    unsigned dirty : 1, kind : 7; /* enum kind */
    struct {
        const char *name;
        int owner;
    } part[3];
    struct cache *next;
};

extern struct cache caches[4];
extern int limit_ms;

/* In each of these a thread waits for another one to be in one of them as well (limit_ms). */
void put(struct cache *cache, int n);
void get(struct cache *cache, int n);
void weigh(int n);
void lines(int from);

/* Two threads come; returns 1 if they met. */
void meeting_begins(void);
void at_the_door(void);
int meeting_ends(void);

long now_ms(void);
int add(int *to, int what);

#endif
