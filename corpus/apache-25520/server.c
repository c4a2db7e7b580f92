// SPDX-License-Identifier: MIT
/*
 * server.c: a listener hands connections to worker threads; a worker serves the requests of one
 * connection until the client goes away.
 *
 * A request is a line `GET /page/N?c=CONNECTION&n=NUMBER`, the answer a line `200 LENGTH SUM` and
 * the page. Behind the answer comes the log, as in Apache.
 */
#include "httpd.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static buffered_log *access_log;
static int listening;

/* Connections that wait for a worker, and how much was logged. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, logged_more = PTHREAD_COND_INITIALIZER;
static int queue[WORKERS_MAX];
static unsigned queued;
static unsigned long logged;

struct request {
    unsigned page, connection, number;
    char line[LINE_MAX_BYTES]; /* as it came, without its end */
    size_t bytes;              /* of the answer's page */
};

/* ---- requests -------------------------------------------------------------------------------- */

static bool read_request(FILE *in, struct request *r) {
    if (!fgets(r->line, sizeof r->line, in)) return false;
    r->line[strcspn(r->line, "\r\n")] = '\0';
    return sscanf(r->line, "GET /page/%u?c=%u&n=%u", &r->page, &r->connection, &r->number) == 3 &&
           r->page < PAGES;
}

static bool send_all(int connection, const char *text, size_t length) {
    while (length > 0) {
        ssize_t done = send(connection, text, length, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        text += done;
        length -= (size_t)done;
    }
    return true;
}

static bool answer(int connection, struct request *r) {
    char page[PAGE_MAX], head[64];
    r->bytes = page_make(r->page, page);
    int length = snprintf(head, sizeof head, "200 %zu %08x\n", r->bytes, page_sum(page, r->bytes));
    return send_all(connection, head, (size_t)length) && send_all(connection, page, r->bytes);
}

/* Format "%h %l %u \"%r\" %>s %b" */
static void config_log_transaction(const struct request *r) {
    enum { PARTS = 7 };
    char bytes[24];
    snprintf(bytes, sizeof bytes, "%zu", r->bytes);
    const char *strs[PARTS] = {"127.0.0.1", " - - \"", r->line, "\" ", "200 ", bytes, "\n"};
    int strl[PARTS];
    size_t len = 0;
    for (int i = 0; i < PARTS; i++) len += (size_t)(strl[i] = (int)strlen(strs[i]));
    ap_buffered_log_writer(access_log, strs, strl, PARTS, len);
}

static void count_logged(void) {
    pthread_mutex_lock(&lock);
    logged++;
    pthread_cond_signal(&logged_more);
    pthread_mutex_unlock(&lock);
}

static void serve(int connection) {
    FILE *in = fdopen(connection, "r");
    struct request r;
    if (!in) ap_fail("fdopen");
    while (read_request(in, &r)) {
        if (!answer(connection, &r)) break;
        config_log_transaction(&r);
        count_logged();
    }
    fclose(in);
}

void server_await_logged(unsigned long count) {
    pthread_mutex_lock(&lock);
    while (logged < count) pthread_cond_wait(&logged_more, &lock);
    pthread_mutex_unlock(&lock);
}

/* ---- connections ----------------------------------------------------------------------------- */

static int ap_queue_pop(void) {
    pthread_mutex_lock(&lock);
    while (queued == 0) pthread_cond_wait(&not_empty, &lock);
    int connection = queue[--queued];
    pthread_mutex_unlock(&lock);
    return connection;
}

static void ap_queue_push(int connection) {
    pthread_mutex_lock(&lock);
    bool full = queued == WORKERS_MAX;
    if (!full) queue[queued++] = connection;
    pthread_cond_signal(&not_empty);
    pthread_mutex_unlock(&lock);
    if (full) close(connection);
}

static void *worker_thread(void *unused) {
    for (;;) serve(ap_queue_pop());
    return unused;
}

static void *listener_thread(void *unused) {
    for (;;) {
        int on = 1, connection = accept(listening, NULL, NULL);
        if (connection < 0) continue;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ap_queue_push(connection);
    }
    return unused;
}

static void start(void *(*routine)(void *)) {
    pthread_t thread;
    errno = pthread_create(&thread, NULL, routine, NULL);
    if (errno) ap_fail("pthread_create");
    pthread_detach(thread);
}

void server_start(unsigned workers, buffered_log *log, unsigned short *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    access_log = log;
    listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listening < 0 || bind(listening, (struct sockaddr *)&address, size) != 0 ||
        listen(listening, WORKERS_MAX) != 0 ||
        getsockname(listening, (struct sockaddr *)&address, &size) != 0)
        ap_fail("the server's socket");
    *port = ntohs(address.sin_port);
    start(listener_thread);
    for (unsigned i = 0; i < workers; i++) start(worker_thread);
}
