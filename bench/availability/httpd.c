// SPDX-License-Identifier: MIT
/*
 * httpd.c: the web server of corpus/apache-25520 as it runs in production: pages are kept in
 * memory, and it takes about ten seconds from a start until those that clients ask for are there.
 *
 *     httpd PORT LOG
 *
 * Reads `get KEY` and `put KEY VALUE` lines (see load.c), answers `ok BYTES`, and then writes a
 * line to LOG through ap_buffered_log_writer, which has the bug. A page that is not in memory comes
 * from the disk: one at a time, DISK_US each. One thread per connection; SIGTERM ends it at once.
 */
#include "httpd.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KEYS = 16000, DISK_US = 550, BACKLOG = 128 };

static buffered_log access_log;

struct cached {
    pthread_mutex_t lock;
    char *text; /* null: not in memory */
    size_t size;
    long value;
};
static struct cached cache[KEYS];
static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;

void ap_fail(const char *what) {
    perror(what);
    exit(1);
}

/* The caller holds the page's lock. */
static void load_page(struct cached *page, unsigned key) {
    char text[PAGE_MAX];
    pthread_mutex_lock(&disk);
    nanosleep(&(struct timespec){0, DISK_US * 1000}, NULL);
    pthread_mutex_unlock(&disk);
    page->size = page_make(key, text);
    page->text = malloc(page->size);
    if (!page->text) ap_fail("malloc");
    memcpy(page->text, text, page->size);
}

static size_t serve_page(unsigned key, long value, int put) {
    struct cached *page = &cache[key % KEYS];
    pthread_mutex_lock(&page->lock);
    if (!page->text) load_page(page, key % KEYS);
    if (put) page->value = value;
    size_t size = page->size + page_sum(page->text, page->size) % 2;
    pthread_mutex_unlock(&page->lock);
    return size;
}

static void log_request(const char *line, const char *bytes) {
    const char *parts[] = {"127.0.0.1 - - \"", line, "\" 200 ", bytes, "\n"};
    int lengths[5];
    size_t all = 0;
    for (int i = 0; i < 5; i++) all += (size_t)(lengths[i] = (int)strlen(parts[i]));
    ap_buffered_log_writer(&access_log, parts, lengths, 5, all);
}

static void serve(FILE *in, int connection) {
    char line[64], answer[32];
    while (fgets(line, sizeof line, in)) {
        unsigned key = 0;
        long value = 0;
        line[strcspn(line, "\n")] = '\0';
        int put = sscanf(line, "put %u %ld", &key, &value) == 2;
        if (!put && sscanf(line, "get %u", &key) != 1) return;
        int length = snprintf(answer, sizeof answer, "ok %zu\n", serve_page(key, value, put));
        if (send(connection, answer, (size_t)length, MSG_NOSIGNAL) != length) return;
        answer[length - 1] = '\0';
        log_request(line, answer + 3);
    }
}

static void *connection_thread(void *argument) {
    int connection = (int)(intptr_t)argument, on = 1;
    FILE *in = fdopen(connection, "r");
    if (!in) ap_fail("fdopen");
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    serve(in, connection);
    fclose(in);
    return NULL;
}

static int listen_at(unsigned short port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1, listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listening, (struct sockaddr *)&at, sizeof at) || listen(listening, BACKLOG))
        ap_fail("the server's socket");
    return listening;
}

int main(int argc, char **argv) {
    int log = argc == 3 ? open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;
    if (log < 0) {
        fprintf(stderr, "usage: httpd PORT LOG\n");
        return 2;
    }
    ap_buffered_log_init(&access_log, log);
    for (unsigned i = 0; i < KEYS; i++) pthread_mutex_init(&cache[i].lock, NULL);
    int listening = listen_at((unsigned short)atoi(argv[1]));
    for (;;) {
        pthread_t thread;
        int connection = accept(listening, NULL, NULL);
        if (connection < 0) continue;
        if (pthread_create(&thread, NULL, connection_thread, (void *)(intptr_t)connection)) {
            close(connection);
            continue;
        }
        pthread_detach(thread);
    }
}
