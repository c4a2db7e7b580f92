/* rule: handlers run anywhere; errno and interrupted calls behave as before */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static int pipe_fds[2];
static volatile sig_atomic_t got;
static void handler(int n) { int e = errno; got += n == SIGALRM; if (write(pipe_fds[1], "x", 1) != 1) got = -1; errno = e; }
int main(void) {
    struct sigaction a;
    char c[4];
    memset(&a, 0, sizeof a);
    a.sa_handler = handler;
    if (pipe(pipe_fds) != 0 || sigaction(SIGALRM, &a, 0) != 0) return 1;
    errno = 5;
    raise(SIGALRM);
    printf("%d %d\n", errno, (int)got);
    printf("%d\n", (int)read(pipe_fds[0], c, 1));
    ualarm(20000, 0);
    errno = 0;
    int empty[2], r = pipe(empty);
    ssize_t n = read(empty[0], c, 1);
    int e = errno;
    printf("%d %d %d %d\n", r, (int)n, e == EINTR, (int)got);
    while (got < 3) { ualarm(1000, 0); pause(); }
    return close(99) == 0 || errno != EBADF;
}
