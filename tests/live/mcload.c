// SPDX-License-Identifier: MIT
/*
 * mcload.c: load for a memcached on this machine, with every answer checked.
 *
 *     mcload -p PORT [-c CONNECTIONS] [-t SECONDS] [-n REQUESTS] [-s SEED] [-f FIFO] [-r
 * PER_SECOND]
 *
 * One thread, CONNECTIONS (32) connections to 127.0.0.1, one request at a time on each, until
 * SECONDS (10) are over or REQUESTS are sent. Every connection has keys of its own and a model of
 * what they hold, so it knows the answer to each request, byte by byte, when it sends it. At the
 * end all open requests are waited for.
 *
 * With -r a connection sends when its time has come, PER_SECOND in all, and the latency counts from
 * then on, also if an earlier request was still open: a client that waits for its turn waits.
 *
 * Errors: a wrong answer, a closed connection, a request without an answer for LOST_S seconds.
 * Exit: 0 no error, 1 errors, 2 usage or no server.
 *
 * Windows: `begin NAME` and `end` in FIFO (as lines) mark a stretch of time. For each, a line
 *     window NAME took_ms=DURATION requests=N longest_ms=L
 * where requests and longest_ms are those of the requests that were open at some moment of it.
 * `stop` ends the load before its time.
 * Last line:
 *     total sent=N answered=N errors=N seconds=S per_s=R p50_ms=A p99_ms=B p999_ms=C longest_ms=D
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 256,
    KEYS = 64, /* of one connection; the last COUNTERS of them hold numbers */
    COUNTERS = 8,
    VALUE_MAX = 6000,
    MULTI = 6, /* keys of one get with several */
    BUFFER = 65536,
    HISTOGRAM_US = 100000,
    LOST_S = 10
};

/* What the server should hold under a key. */
struct model {
    bool present;
    size_t length;
    char value[VALUE_MAX];
};

struct connection {
    int fd; /* -1: closed */
    unsigned number;
    unsigned seed;
    bool open;                /* a request is out */
    double started;           /* the open request; with -r: when it was due */
    double due;               /* with -r: the next request */
    size_t expected, checked; /* bytes of its answer, and of those seen so far */
    char answer[BUFFER];      /* what the answer must be */
    size_t out, sent;         /* bytes of the request, and of those sent so far */
    char request[BUFFER];
    struct model key[KEYS];
};

static struct connection *connections;
static unsigned count = 32;
static int epoll;

static bool running = true; /* new requests are sent */
static unsigned long sent, answered, errors, limit;
static double
    period; /* s between two requests of a connection; 0: as soon as the last is answered */
static unsigned histogram[HISTOGRAM_US + 1];
static double longest;

/* The window that is marked, and the ones that ended while requests of theirs were open. */
struct window {
    char name[64];
    double begin, end; /* end 0: still going on */
    unsigned long requests;
    double longest;
};
enum { WINDOWS = 8 };
static struct window windows[WINDOWS];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- requests and the answers they must get ----------------------------------------------------
 */

__attribute__((format(printf, 3, 4))) static size_t put(char *buffer, size_t at, const char *format,
                                                        ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(buffer + at, BUFFER - at, format, arguments);
    va_end(arguments);
    if (n < 0 || at + (size_t)n >= BUFFER) abort();
    return at + (size_t)n;
}

static size_t put_bytes(char *buffer, size_t at, const char *bytes, size_t length) {
    if (at + length >= BUFFER) abort();
    memcpy(buffer + at, bytes, length);
    return at + length;
}

static void make_value(struct connection *c, struct model *key) {
    static const size_t sizes[] = {10, 30, 100, 100, 300, 300, 1000, 5000};
    key->length = sizes[rand_r(&c->seed) % 8] + (size_t)(rand_r(&c->seed) % 10);
    unsigned byte = (unsigned)rand_r(&c->seed);
    for (size_t i = 0; i < key->length; i++) key->value[i] = (char)('a' + (byte += 7) % 26);
    key->present = true;
}

static void ask_store(struct connection *c, const char *verb, unsigned k) {
    struct model *key = &c->key[k];
    bool counter = k >= KEYS - COUNTERS;
    bool stores = !strcmp(verb, "set") || (!strcmp(verb, "add") ? !key->present : key->present);
    struct model wanted;
    if (counter) {
        wanted.length = (size_t)sprintf(wanted.value, "%d", rand_r(&c->seed) % 1000);
        wanted.present = true;
    } else {
        make_value(c, &wanted);
    }
    c->out = put(c->request, 0, "%s c%u:%u %u 0 %zu\r\n", verb, c->number, k, k, wanted.length);
    c->out = put_bytes(c->request, c->out, wanted.value, wanted.length);
    c->out = put(c->request, c->out, "\r\n");
    c->expected = put(c->answer, 0, stores ? "STORED\r\n" : "NOT_STORED\r\n");
    if (stores) {
        key->present = true;
        key->length = wanted.length;
        memcpy(key->value, wanted.value, wanted.length);
    }
}

static void ask_append(struct connection *c, unsigned k) {
    struct model *key = &c->key[k];
    bool stores = key->present;
    c->out = put(c->request, 0, "append c%u:%u 0 0 4\r\n-end\r\n", c->number, k);
    c->expected = put(c->answer, 0, stores ? "STORED\r\n" : "NOT_STORED\r\n");
    if (stores) {
        memcpy(key->value + key->length, "-end", 4);
        key->length += 4;
    }
}

static void ask_get(struct connection *c, unsigned k, unsigned keys) {
    c->out = put(c->request, 0, "get");
    c->expected = 0;
    for (unsigned i = 0; i < keys; i++, k = (k + 1) % KEYS) {
        const struct model *key = &c->key[k];
        c->out = put(c->request, c->out, " c%u:%u", c->number, k);
        if (!key->present) continue;
        c->expected =
            put(c->answer, c->expected, "VALUE c%u:%u %u %zu\r\n", c->number, k, k, key->length);
        c->expected = put_bytes(c->answer, c->expected, key->value, key->length);
        c->expected = put(c->answer, c->expected, "\r\n");
    }
    c->out = put(c->request, c->out, "\r\n");
    c->expected = put(c->answer, c->expected, "END\r\n");
}

static void ask_delete(struct connection *c, unsigned k) {
    struct model *key = &c->key[k];
    c->out = put(c->request, 0, "delete c%u:%u\r\n", c->number, k);
    c->expected = put(c->answer, 0, key->present ? "DELETED\r\n" : "NOT_FOUND\r\n");
    key->present = false;
}

static void ask_touch(struct connection *c, unsigned k) {
    c->out = put(c->request, 0, "touch c%u:%u 0\r\n", c->number, k);
    c->expected = put(c->answer, 0, c->key[k].present ? "TOUCHED\r\n" : "NOT_FOUND\r\n");
}

static void ask_incr(struct connection *c, unsigned k) {
    struct model *key = &c->key[k];
    int by = rand_r(&c->seed) % 100;
    c->out = put(c->request, 0, "incr c%u:%u %d\r\n", c->number, k, by);
    if (!key->present) {
        c->expected = put(c->answer, 0, "NOT_FOUND\r\n");
        return;
    }
    key->value[key->length] = 0;
    key->length = (size_t)sprintf(key->value, "%lu", strtoul(key->value, NULL, 10) + by);
    c->expected = put(c->answer, 0, "%.*s\r\n", (int)key->length, key->value);
}

static void make_request(struct connection *c) {
    unsigned k = (unsigned)rand_r(&c->seed) % (KEYS - COUNTERS);
    unsigned counter = KEYS - COUNTERS + (unsigned)rand_r(&c->seed) % COUNTERS;
    unsigned dice = (unsigned)rand_r(&c->seed) % 100;
    if (dice < 55)
        ask_get(c, k, 1);
    else if (dice < 65)
        ask_get(c, k, MULTI);
    else if (dice < 80)
        ask_store(c, "set", k);
    else if (dice < 83)
        ask_store(c, "add", k);
    else if (dice < 86)
        ask_store(c, "replace", k);
    else if (dice < 88 && c->key[k].length + 4 < VALUE_MAX)
        ask_append(c, k);
    else if (dice < 91)
        ask_delete(c, k);
    else if (dice < 92)
        ask_touch(c, k);
    else if (dice < 93)
        ask_store(c, "set", counter);
    else
        ask_incr(c, counter);
    c->sent = 0;
    c->checked = 0;
}

/* ---- windows -----------------------------------------------------------------------------------
 */

static void window_count(double begin, double end) {
    for (int i = 0; i < WINDOWS; i++) {
        struct window *w = &windows[i];
        if (!w->name[0] || end < w->begin || (w->end != 0 && begin > w->end)) continue;
        w->requests++;
        if (end - begin > w->longest) w->longest = end - begin;
    }
}

/* Prints windows that ended and whose requests are all answered. */
static void window_report(void) {
    for (int i = 0; i < WINDOWS; i++) {
        struct window *w = &windows[i];
        if (!w->name[0] || w->end == 0) continue;
        bool open = false;
        for (unsigned n = 0; n < count; n++)
            open |= connections[n].open && connections[n].started <= w->end;
        if (open) continue;
        printf("window %s took_ms=%.3f requests=%lu longest_ms=%.3f\n", w->name,
               (w->end - w->begin) * 1e3, w->requests, w->longest * 1e3);
        fflush(stdout);
        memset(w, 0, sizeof *w);
    }
}

static void window_command(const char *line) {
    if (!strcmp(line, "stop")) {
        running = false;
        return;
    }
    for (int i = 0; i < WINDOWS; i++) {
        struct window *w = &windows[i];
        if (!strncmp(line, "begin ", 6) && !w->name[0]) {
            snprintf(w->name, sizeof w->name, "%s", line + 6);
            w->begin = now();
            return;
        }
        if (!strcmp(line, "end") && w->name[0] && w->end == 0) {
            w->end = now();
            return;
        }
    }
    fprintf(stderr, "mcload: what is '%s' in the FIFO?\n", line);
    errors++;
}

static void read_fifo(int fifo) {
    static char buffer[1024];
    static size_t used;
    ssize_t n = read(fifo, buffer + used, sizeof buffer - 1 - used);
    if (n <= 0) return;
    used += (size_t)n;
    buffer[used] = 0;
    char *line = buffer, *end;
    for (; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        window_command(line);
    }
    used = strlen(line);
    memmove(buffer, line, used);
}

/* ---- traffic -----------------------------------------------------------------------------------
 */

static void fail(struct connection *c, const char *what, const char *detail, size_t length) {
    errors++;
    if (errors <= 10)
        fprintf(stderr,
                "mcload: connection %u: %s\n  request %.60s\n  expected %.60s\n  got %.*s\n",
                c->number, what, c->request, c->answer, (int)(length > 60 ? 60 : length), detail);
    close(c->fd);
    c->fd = -1;
    c->open = false;
}

static void flush_request(struct connection *c) {
    while (c->sent < c->out) {
        ssize_t n = send(c->fd, c->request + c->sent, c->out - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return; /* EPOLLOUT will tell */
        if (n < 0) return fail(c, "send failed", strerror(errno), strlen(strerror(errno)));
        c->sent += (size_t)n;
    }
}

static void start(struct connection *c) {
    if (limit && sent >= limit) return;
    make_request(c);
    c->open = true;
    c->started = period != 0 ? c->due : now();
    c->due += period;
    sent++;
    flush_request(c);
}

static void finish(struct connection *c) {
    double end = now(), took = end - c->started;
    size_t us = (size_t)(took * 1e6);
    histogram[us < HISTOGRAM_US ? us : HISTOGRAM_US]++;
    if (took > longest) longest = took;
    answered++;
    c->open = false;
    window_count(c->started, end);
}

/* Reads what there is and compares it; true if the answer is complete. */
static bool receive(struct connection *c) {
    static char buffer[BUFFER];
    ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) return fail(c, "the server closed the connection", "", 0), false;
    if (!c->open) return fail(c, "an answer that nobody asked for", buffer, (size_t)n), false;
    if ((size_t)n > c->expected - c->checked ||
        memcmp(buffer, c->answer + c->checked, (size_t)n) != 0)
        return fail(c, "wrong answer", buffer, (size_t)n), false;
    c->checked += (size_t)n;
    if (c->checked < c->expected) return false;
    finish(c);
    return true;
}

static bool connect_all(int port, unsigned seed) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (unsigned i = 0; i < count; i++) {
        struct connection *c = &connections[i];
        c->number = i;
        c->seed = seed * 1000 + i;
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address)) return false;
        int yes = 1;
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        fcntl(c->fd, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = i};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event)) return false;
        /* What an earlier run left goes. */
        c->out = 0;
        for (unsigned k = 0; k < KEYS; k++)
            c->out = put(c->request, c->out, "delete c%u:%u noreply\r\n", i, k);
        flush_request(c);
    }
    return true;
}

static bool any_open(void) {
    for (unsigned i = 0; i < count; i++) {
        if (connections[i].open) return true;
    }
    return false;
}

static void check_lost(void) {
    double limit_s = now() - LOST_S;
    for (unsigned i = 0; i < count; i++) {
        struct connection *c = &connections[i];
        if (c->open && c->started < limit_s) fail(c, "no answer", "", 0);
    }
}

static void spread(void) {
    double begin = now();
    for (unsigned i = 0; i < count; i++) connections[i].due = begin + period * i / count;
}

/* Sends what is due; s until the next is. */
static double start_due(void) {
    double time = now(), next = time + 1;
    for (unsigned i = 0; i < count; i++) {
        struct connection *c = &connections[i];
        if (c->fd < 0 || c->open) continue;
        if (c->due <= time) start(c);
        if (!c->open && c->due < next) next = c->due;
    }
    return next - time;
}

static int wait_for_events(struct epoll_event *events, double seconds) {
    struct timespec most = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    return epoll_pwait2(epoll, events, CONNECTIONS_MAX + 1, &most, NULL);
}

static void load(double seconds, int fifo) {
    double end = now() + seconds, wait = 1;
    if (period == 0)
        for (unsigned i = 0; i < count; i++) start(&connections[i]);
    else
        spread();
    while (any_open() || (period != 0 && running)) {
        struct epoll_event events[CONNECTIONS_MAX + 1];
        if (period != 0 && running) wait = start_due();
        int n = wait_for_events(events, wait);
        running = running && now() < end;
        for (int i = 0; i < n; i++) {
            if (events[i].data.u32 == UINT32_MAX) {
                read_fifo(fifo);
                continue;
            }
            struct connection *c = &connections[events[i].data.u32];
            if (c->fd < 0) continue;
            if (events[i].events & EPOLLOUT && c->open) flush_request(c);
            if (c->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
                if (receive(c) && running && period == 0) start(c);
            }
        }
        check_lost();
        window_report();
    }
}

static double percentile(double share) {
    unsigned long left = (unsigned long)((double)answered * share);
    for (size_t us = 0; us <= HISTOGRAM_US; us++) {
        if (histogram[us] > left) return (double)us / 1e3;
        left -= histogram[us];
    }
    return HISTOGRAM_US / 1e3;
}

int main(int argc, char **argv) {
    int port = 0, fifo = -1;
    unsigned seed = 1;
    double seconds = 10, rate = 0;
    for (int option; (option = getopt(argc, argv, "p:c:t:n:s:f:r:")) != -1;) {
        if (option == 'p')
            port = atoi(optarg);
        else if (option == 'c')
            count = (unsigned)atoi(optarg);
        else if (option == 't')
            seconds = atof(optarg);
        else if (option == 'n')
            limit = strtoul(optarg, NULL, 10);
        else if (option == 's')
            seed = (unsigned)atoi(optarg);
        else if (option == 'r')
            rate = atof(optarg);
        else if (option == 'f' && (fifo = open(optarg, O_RDWR | O_NONBLOCK)) < 0)
            perror(optarg);
        else if (option == '?')
            port = 0;
    }
    if (port <= 0 || port > 65535 || count < 1 || count > CONNECTIONS_MAX || optind < argc) {
        fprintf(stderr, "usage: mcload -p PORT [-c CONNECTIONS] [-t SECONDS] [-n REQUESTS] "
                        "[-s SEED] [-f FIFO] [-r PER_SECOND]\n");
        return 2;
    }
    if (rate > 0) period = count / rate;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    connections = calloc(count, sizeof *connections);
    if (epoll < 0 || !connections || !connect_all(port, seed)) {
        perror("mcload: cannot connect");
        return 2;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    if (fifo >= 0) epoll_ctl(epoll, EPOLL_CTL_ADD, fifo, &event);

    double begin = now();
    load(seconds, fifo);
    double took = now() - begin;
    window_report();
    printf("total sent=%lu answered=%lu errors=%lu seconds=%.2f per_s=%.0f p50_ms=%.3f "
           "p99_ms=%.3f p999_ms=%.3f longest_ms=%.3f\n",
           sent, answered, errors, took, (double)answered / took, percentile(0.5), percentile(0.99),
           percentile(0.999), longest * 1e3);
    return errors || sent != answered;
}
