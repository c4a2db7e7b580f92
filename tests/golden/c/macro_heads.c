/* rule: where only the head of a loop or an `if` comes out of a macro, its body has slots and a poll
 * alone: :6[0-9]: loop without a poll: its body, or a block around it, comes out of a macro */
#include <pthread.h>
#include <stdio.h>
#define FOREVER for (;;)
#define UNTIL(c) while (!(c))
#define FOREACH(i, n) for (int i = 0; i < (n); i++)
#define FOREACH_IF(i, n, c) FOREACH(i, n) if (!(c)) ; else
#define SYNC(m) \
    for (int once_ = pthread_mutex_lock(m); !once_; once_ = 1 + pthread_mutex_unlock(m)) \
        for (int inner_ = 0; !inner_; inner_ = 1)
#define DO do
#define WHILE(c) while (c)
#define IF(c) if (c)
#define ELSE else
#define WHEN(c, what) if (c) { what; }
#define SPIN(c) while (c) { }
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static volatile int left = 5;
static int step(int n) {
    return n + 1;
}
static int endless(int n) {
    FOREVER {
        n += 2;
        if (n > 20) break;
    }
    FOREVER if ((n = step(n)) > 30) return n;
}
static int until(int n) {
    UNTIL (n > 9) n = step(n);
    UNTIL (n > 19) {
        if (n == 15) {
            n += 4;
            continue;
        }
        n++;
    }
    UNTIL (n++ > 22) ;
    return n;
}
static int each(int n) {
    int sum = 0;
    FOREACH (i, n) sum += i;
    FOREACH (i, n) FOREACH (j, i) { sum += step(j); if (sum > 1000) return -1; }
    FOREACH_IF (i, n, i & 1) sum += 100 * i;
    FOREACH_IF (i, n, i & 2) { sum += 10000 * i; }
    return sum;
}
static int together(int n) {
    SYNC (&m) n = step(n);
    SYNC (&m) {
        n = step(n);
        n *= 2;
    }
    return n;
}
static int others(int n) {
    DO { n++; } WHILE (n < 5);
    DO n++; while (n < 8);
    IF (n == 8) { n = step(n); } ELSE IF (n == 9) n = 0; ELSE { n = 1; }
    IF (n) n++; ELSE n--;
    WHEN(n, n++)
    SPIN(left--)
    return n;
}
int main(void) {
    printf("%d %d %d %d %d\n", endless(1), until(2), each(7), together(3), others(1));
    return 0;
}
