/* rule: calls that may block get a marker wherever they stand; value and errno are the call's */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <poll.h>
#define READ(fd, b) read(fd, b, sizeof b)
#define OR_DIE(e) if ((e) < 0) exit(9)
static int fds[2];
static ssize_t fill(char *b, size_t n) { return read(fds[0], b, n); }
static int send_all(const char *t) { size_t n = strlen(t); while (n) { ssize_t w = write(fds[1], t, n); if (w < 0) return -1; t += w; n -= (size_t)w; } return 0; }
static void quiet(int fd) { return (void)close(fd); }
static int drain(void) {
    char c;
    int n = 0;
    struct pollfd p = {fds[0], POLLIN, 0};
    while (poll(&p, 1, 0) > 0 && read(fds[0], &c, 1) == 1) n++;
    return n;
}
int main(void) {
    char b[8] = {0};
    OR_DIE(pipe(fds));
    if (send_all("hello") || write(fds[1], "!", 1) != 1) return 1;
    int five = (int)fill(b, 5);
    printf("%d %s\n", five, b);
    five = (int)READ(fds[0], b);
    printf("%d %c\n", five, b[0]);
    send_all("abcdef");
    printf("%d\n", drain());
    errno = 0;
    five = (int)read(-1, b, 1);
    printf("%d %d\n", five, errno == EBADF);
    errno = 0;
    ssize_t r = write(-1, b, 1), again = (read(-1, b, 1), errno);
    printf("%d %d\n", (int)r, again == EBADF);
    for (int i = 0; i < 3 && write(fds[1], "x", 1) == 1; usleep(1), i++) ;
    switch (read(fds[0], b, 2)) { case 2: puts("two"); break; default: puts("other"); }
    (void)!read(fds[0], b, 1);
    do { send_all("z"); } while (read(fds[0], b, 1) != 1);
    quiet(fds[0]); quiet(fds[1]);
    return isatty(fds[0]) ? 1 : errno != EBADF;
}
