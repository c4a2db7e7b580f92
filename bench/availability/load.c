// SPDX-License-Identifier: MIT
/*
 * load.c: what clients see of a server, in slices of 100 ms.
 *
 *     load PORT CONNECTIONS SECONDS PER_SECOND OUT
 *
 * One thread. Every connection sends a request when its time has come, PER_SECOND / CONNECTIONS of
 * them a second, one after the other; a request whose time came while an earlier one was open goes
 * out late, and its latency counts from when it was due: a client that waits for its turn waits.
 * PER_SECOND 0: every connection sends when it has the answer to its last request.
 * A connection that breaks is made again every 10 ms, and its timetable then begins anew.
 *
 * OUT gets a line per slice: ms since the start, requests answered in it, p50, p99, p99.9 and
 * longest latency in ms (0 without answers), connections that are down. Last line of standard
 * output: answered=N wrong=N broken=N wrong: answers that were not `ok`, or not what this key
 * got before; broken: requests lost, with their connection or without.
 *
 * When the time is over, or at SIGTERM, open requests get DRAIN_MS to be answered; what is open
 * then is broken.
 *
 * Protocol: `put KEY VALUE\n`, `get KEY\n`; the answer is a line `ok BYTES`, the same for a key
 * each time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 256, KEYS = 16000, SLICE_MS = 100, SAMPLES = 1 << 16 };
enum { RETRY_MS = 10, DRAIN_MS = 10000 };

struct connection {
    int fd; /* -1: down */
    int connecting, open;
    double due, retry; /* ms: of the next or open request; of the next attempt */
    unsigned seed;
    int key;
    size_t got; /* bytes of the answer */
    char answer[32];
};

static struct connection connections[CONNECTIONS_MAX];
static unsigned count, port;
static int epoll;
static volatile sig_atomic_t ended;
static double period; /* ms between two requests of a connection */
static unsigned long answered, wrong, broken;
static long sizes[KEYS]; /* what a key's answer said; 0: not known */

static float samples[SAMPLES]; /* of the slice */
static unsigned sample_count;

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- connections ----------------------------------------------------------------------------- */

static void watch(struct connection *c, unsigned events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    epoll_ctl(epoll, how, c->fd, &event);
}

static void drop(struct connection *c, double now) {
    close(c->fd);
    broken += (unsigned)c->open;
    c->fd = -1;
    c->open = c->connecting = 0;
    c->retry = now + RETRY_MS;
}

static void dial(struct connection *c, double now) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    int one = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->connecting = 1;
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)
        drop(c, now);
    else
        watch(c, EPOLLOUT, EPOLL_CTL_ADD);
}

static void connected(struct connection *c, double now) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        drop(c, now);
        return;
    }
    c->connecting = 0;
    c->due = now + period * rand_r(&c->seed) / RAND_MAX;
    watch(c, EPOLLIN, EPOLL_CTL_MOD);
}

/* ---- requests -------------------------------------------------------------------------------- */

static void ask(struct connection *c, double now) {
    char request[64];
    int key = rand_r(&c->seed) % KEYS, size;
    c->key = key;
    if (rand_r(&c->seed) % 4)
        size = snprintf(request, sizeof request, "get %d\n", key);
    else
        size = snprintf(request, sizeof request, "put %d %d\n", key, rand_r(&c->seed) % 100000);
    c->open = 1;
    c->got = 0;
    if (write(c->fd, request, (size_t)size) != size) drop(c, now);
}

static int is_right(struct connection *c) {
    char end;
    long size = 0;
    c->answer[c->got < sizeof c->answer ? c->got : sizeof c->answer - 1] = 0;
    if (sscanf(c->answer, "ok %ld%c", &size, &end) != 2 || end != '\n' || size <= 0) return 0;
    if (!sizes[c->key]) sizes[c->key] = size;
    return sizes[c->key] == size;
}

static void hear(struct connection *c, double now) {
    char bytes[256];
    ssize_t size = read(c->fd, bytes, sizeof bytes);
    if (size <= 0) {
        if (size == 0 || errno != EAGAIN) drop(c, now);
        return;
    }
    for (ssize_t i = 0; i < size && c->got + (size_t)i < sizeof c->answer; i++)
        c->answer[c->got + (size_t)i] = bytes[i];
    c->got += (size_t)size;
    if (bytes[size - 1] != '\n') return;
    answered++;
    wrong += !is_right(c);
    if (sample_count < SAMPLES) samples[sample_count++] = (float)(now - c->due);
    c->open = 0;
    c->due = period > 0 ? c->due + period : now;
}

/* What is due. Returns ms until the next thing is. */
static double tend(double now) {
    double next = 5;
    for (unsigned i = 0; i < count; i++) {
        struct connection *c = &connections[i];
        if (c->fd < 0 && now >= c->retry) dial(c, now);
        if (c->fd < 0 || c->connecting || c->open) continue;
        if (now >= c->due)
            ask(c, now);
        else if (c->due - now < next)
            next = c->due - now;
    }
    return next;
}

/* ---- slices ---------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static float quantile(double part) {
    return sample_count ? samples[(unsigned)(part * (sample_count - 1))] : 0;
}

static void end_slice(FILE *out, unsigned slice) {
    unsigned down = 0;
    for (unsigned i = 0; i < count; i++) down += connections[i].fd < 0 || connections[i].connecting;
    qsort(samples, sample_count, sizeof samples[0], by_size);
    fprintf(out, "%u %u %.3f %.3f %.3f %.3f %u\n", slice * SLICE_MS, sample_count, quantile(0.5),
            quantile(0.99), quantile(0.999), quantile(1), down);
    sample_count = 0;
}

/* Waits `wait` ms for something to happen, and attends to it. */
static void attend(double wait) {
    struct epoll_event events[CONNECTIONS_MAX];
    struct timespec limit = {0, wait > 0.02 ? (long)(wait * 1e6) : 20000};
    int n = epoll_pwait2(epoll, events, CONNECTIONS_MAX, &limit, NULL);
    double now = now_ms();
    for (int i = 0; i < n; i++) {
        struct connection *c = events[i].data.ptr;
        if (c->fd < 0) continue;
        if (c->connecting)
            connected(c, now);
        else
            hear(c, now);
    }
}

static unsigned still_open(void) {
    unsigned open = 0;
    for (unsigned i = 0; i < count; i++) open += connections[i].open != 0;
    return open;
}

static void run(FILE *out, unsigned seconds) {
    double start = now_ms();
    for (unsigned slice = 0; slice < seconds * 1000 / SLICE_MS && !ended;) {
        attend(tend(now_ms()));
        double now = now_ms();
        while (slice < seconds * 1000 / SLICE_MS && now >= start + (slice + 1) * SLICE_MS)
            end_slice(out, slice++);
    }
    double limit = now_ms() + DRAIN_MS;
    while (still_open() && now_ms() < limit) attend(5);
    broken += still_open();
}

static void end(int signal) {
    ended = signal;
}

int main(int argc, char **argv) {
    FILE *out = argc == 6 ? fopen(argv[5], "w") : NULL;
    if (!out) {
        fprintf(stderr, "usage: load PORT CONNECTIONS SECONDS PER_SECOND OUT\n");
        return 2;
    }
    port = (unsigned)atoi(argv[1]);
    count = (unsigned)atoi(argv[2]);
    if (count < 1 || count > CONNECTIONS_MAX) return 2;
    period = atof(argv[4]) > 0 ? 1000.0 * count / atof(argv[4]) : 0;
    epoll = epoll_create1(0);
    signal(SIGTERM, end);
    for (unsigned i = 0; i < count; i++)
        connections[i] = (struct connection){.fd = -1, .seed = i + 1};
    run(out, (unsigned)atoi(argv[3]));
    fclose(out);
    printf("answered=%lu wrong=%lu broken=%lu\n", answered, wrong, broken);
    return 0;
}
