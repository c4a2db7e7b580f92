/* rule: a macro that is one statement or value and calls nothing of the program is marked as a whole
 * alone: :1[1-5][0-9]: a call that may block comes out of macro (OWN|RETURNS|BREAKS|TWO|PART|DECLARES) */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define mutex_lock(x) pthread_mutex_lock(x)
#define mutex_unlock(x) pthread_mutex_unlock(x)
#define LOCKED(x) pthread_mutex_lock(x);
#define UNLOCKED(x) pthread_mutex_unlock(x);
#define WITH_LOCK(x, what) do { pthread_mutex_lock(x); what; pthread_mutex_unlock(x); } while (0)
#define SAY(text) do { if (loud) write(1, text, strlen(text)); } while (0)
#define SAY_BLOCK(text) { if (loud) { ssize_t w_ = write(1, text, strlen(text)); said += w_ > 0; } }
#define SAY_IF(text) if (loud) { ssize_t w_ = write(1, text, strlen(text)); said += w_ > 0; }
#define RETRY(e) ({ long r_; do r_ = (e); while (r_ < 0 && errno == EINTR); r_; })
#define SEND(fd, text) write(fd, text, strlen(text))
#define TRY_SEND(fd, text) (SEND(fd, text) < 0 ? -1 : 0)
#define closing close
#define GET(fd, b) read(fd, b, 1)
#define READY(fd) (poll(&(fd), 1, 0) > 0)
#define DRAIN(fd, b) for (;;) { if (read(fd, b, 1) != 1) break; said++; }

#define OWN(x) write(1, text_of(x), 2)
#define RETURNS(fd) if (close(fd)) return -1
#define BREAKS(fd, b) if (read(fd, b, 1) != 1) break
#define TWO(fd) write(fd, "2", 1); write(fd, "3", 1)
#define PART(fd) 1 + write(fd, "p", 1)
#define PLUS(fd) + write(fd, "+", 1)
#define DECLARES(fd, b) ssize_t got = read(fd, b, 1)
#define SLOT_OF(fd, b) *(read(fd, b, 1), b)
#define RET(e) return (e)

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static int loud = 1, said, fds[2];

static const char *text_of(int x) {
    return x ? "x\n" : "o\n";
}

static int locks(int n) {
    mutex_lock(&m);
    n++;
    mutex_unlock(&m);
    LOCKED(&m);
    n++;
    UNLOCKED(&m);
    LOCKED(&m) n++;
    UNLOCKED(&m)
    if (n > 2) mutex_lock(&m);
    else { mutex_lock(&m); }
    if (mutex_unlock(&m)) n = -1;
    WITH_LOCK(&m, n += 2);
    if (n > 2) WITH_LOCK(&m, n++); else WITH_LOCK(&m, n--);
    (void)mutex_lock(&m);
    for (n += 1; n > 1 && !mutex_unlock(&m); mutex_lock(&m)) n = 0;
    return mutex_unlock(&m) + n;
}

static void says(int n) {
    SAY("one\n");
    SAY_BLOCK("two\n")
    SAY_BLOCK("three\n");
    if (n) SAY_BLOCK("four\n") else SAY("five\n");
    while (n--) SAY("six\n");
    do SAY("seven\n"); while (0);
    switch (n) { case -1: SAY("eight\n"); break; default: SAY("nine\n"); }
    {
        SAY("ten\n");
    }
    if (said) SAY_IF("eleven\n");
    if (said) SAY_BLOCK("twelve\n");
    SAY_IF("thirteen\n");
    SAY("a line "
        "and another\n");
    SAY(
#ifdef NEVER
        "never\n"
#else
        "cut\n"
#endif
    );
}

static long values(void) {
    char b[2] = "";
    long n = RETRY(SEND(fds[1], "abcd"));
    struct pollfd p = {fds[0], POLLIN, 0};
    if (TRY_SEND(fds[1], "ef") == 0 && GET(fds[0], b) == 1) n += b[0] - 'a';
    n += GET(fds[0], b) == 1 ? b[0] - 'a' : GET(fds[0], b);
    while (READY(p)) n += GET(fds[0], b);
    n += !GET(-1, b) + (errno == EBADF) - GET(-1, b);
    errno = 0;
    int bad = (int)GET(-1, b), why = errno;
    n += bad * 100 + (why == EBADF);
    return READY(p) ? n : n * 2;
}

static int own(void) {
    return OWN(1) == 2 && OWN(0) == 2;
}

static int leaves(char *b) {
    int n = 0, fd = dup(fds[1]);
    while (n < 3) {
        BREAKS(-1, b);
        n++;
    }
    RETURNS(fd);
    RETURNS(fd);
    return n;
}

static int parts(char *b) {
    int n = 2 * PART(fds[1]), k = (n) PLUS(fds[1]) + n;
    if (n) { TWO(fds[1]); }
    DECLARES(fds[0], b);
    n += *b == 'p' ? (int)got : 9;
    SLOT_OF(fds[0], b) = 'q';
    n += *b == 'q';
    DRAIN(fds[0], b)
    RET(n * 10 + k);
}

int main(void) {
    char b[2] = "";
    if (pipe(fds) || fcntl(fds[0], F_SETFL, O_NONBLOCK)) return 9;
    printf("%d\n", locks(1));
    fflush(stdout);
    says(2);
    printf("%ld\n", values());
    fflush(stdout);
    printf("%d\n", own());
    printf("%d\n", leaves(b));
    printf("%d %d\n", parts(b), said);
    closing(fds[0]);
    return closing(fds[1]) + closing(-1) != -1;
}
