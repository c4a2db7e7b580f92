// SPDX-License-Identifier: MIT
/*
 * main.c: the clients and the judge.
 *
 * In a round every connection (one per worker) gets REQUESTS requests at once; one thread is all
 * clients, and checks the answers. When all is logged, what is left in the buffer goes out, and the
 * log is read back:
 *
 *   good   all answers are right; each request has its line in the log, once and as it must be,
 *          there is nothing else, and nothing was written behind the buffer
 *   bad    anything else
 */
#include "httpd.h"
#include "../common/rounds.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUESTS = 24 };

static buffered_log access_log;
static unsigned connections;
static FILE *from_server[WORKERS_MAX];
static int to_server[WORKERS_MAX];
static unsigned long round_number;

static unsigned page_of(unsigned connection, unsigned number) {
    return (unsigned)(round_number * 31 + connection * 7 + number * 13) % PAGES;
}

static int request_line(unsigned connection, unsigned number, char *text) {
    return snprintf(text, LINE_MAX_BYTES, "GET /page/%u?c=%u&n=%u", page_of(connection, number),
                    connection, number);
}

/* ---- the clients ----------------------------------------------------------------------------- */

static void connect_all(unsigned short port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (unsigned c = 0; c < connections; c++) {
        to_server[c] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (to_server[c] < 0 ||
            connect(to_server[c], (struct sockaddr *)&address, sizeof address) != 0 ||
            !(from_server[c] = fdopen(to_server[c], "r")))
            ap_fail("a client's socket");
    }
}

static void send_requests(unsigned connection) {
    char text[REQUESTS * LINE_MAX_BYTES];
    size_t used = 0;
    for (unsigned n = 0; n < REQUESTS; n++) {
        used += (size_t)request_line(connection, n, text + used);
        text[used++] = '\n';
    }
    if (write(to_server[connection], text, used) != (ssize_t)used) ap_fail("write of requests");
}

static bool read_answer(unsigned connection, unsigned number) {
    char head[64], page[PAGE_MAX], expected[PAGE_MAX];
    size_t length;
    unsigned sum;
    FILE *in = from_server[connection];
    if (!fgets(head, sizeof head, in) || sscanf(head, "200 %zu %x", &length, &sum) != 2 ||
        length > sizeof page || fread(page, 1, length, in) != length)
        ap_fail("no answer from the server");
    return length == page_make(page_of(connection, number), expected) &&
           memcmp(page, expected, length) == 0 && sum == page_sum(page, length);
}

static bool read_answers(void) {
    bool right = true;
    for (unsigned c = 0; c < connections; c++)
        for (unsigned n = 0; n < REQUESTS; n++) right &= read_answer(c, n);
    return right;
}

/* ---- the judge ------------------------------------------------------------------------------- */

/* Is the line, without its end, what must be logged for some request that was not seen yet? */
static bool is_logged_right(const char *line, bool seen[WORKERS_MAX][REQUESTS]) {
    char request[LINE_MAX_BYTES], expected[2 * LINE_MAX_BYTES], page[PAGE_MAX];
    unsigned number, c, n;
    if (sscanf(line, "127.0.0.1 - - \"GET /page/%u?c=%u&n=%u", &number, &c, &n) != 3) return false;
    if (c >= connections || n >= REQUESTS || seen[c][n]) return false;
    seen[c][n] = true;
    request_line(c, n, request);
    snprintf(expected, sizeof expected, "127.0.0.1 - - \"%s\" 200 %zu", request,
             page_make(page_of(c, n), page));
    return strcmp(line, expected) == 0;
}

static bool log_is_right(char *text, size_t length) {
    bool seen[WORKERS_MAX][REQUESTS] = {{false}};
    unsigned lines = 0;
    if (strlen(text) != length) return false;
    for (char *line = text; *line; lines++) {
        char *end = strchr(line, '\n');
        if (!end) return false;
        *end = '\0';
        if (!is_logged_right(line, seen)) return false;
        line = end + 1;
    }
    return lines == connections * REQUESTS;
}

static bool nothing_behind(void) {
    bool clean = true;
    for (unsigned i = 0; i < LOG_BEHIND; i++) clean &= access_log.behind[i] == LOG_PATTERN;
    memset(access_log.behind, LOG_PATTERN, LOG_BEHIND);
    return clean;
}

static bool play(void) {
    round_number++;
    for (unsigned c = 0; c < connections; c++) send_requests(c);
    bool right = read_answers();
    server_await_logged(round_number * connections * REQUESTS);
    ap_buffered_log_flush(&access_log);

    size_t length;
    char *text = rotate_take(ap_buffered_log_written(), &length);
    right &= log_is_right(text, length);
    free(text);
    return nothing_behind() && right;
}

static void *play_rounds(void *unused) {
    while (rounds_count(play())) continue;
    return unused;
}

void ap_fail(const char *what) {
    perror(what);
    exit(2);
}

int main(int argc, char **argv) {
    unsigned short port;
    pthread_t client;
    connections = (unsigned)rounds_begin(argc, argv, 8, WORKERS_MAX, "AP_PAUSE_US");
    ap_buffered_log_init(&access_log, rotate_start());
    server_start(connections, &access_log, &port);
    connect_all(port);
    errno = pthread_create(&client, NULL, play_rounds, NULL);
    if (errno) ap_fail("pthread_create");
    rounds_watch();
    pthread_join(client, NULL);
    return rounds_end();
}
