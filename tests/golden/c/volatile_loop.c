/* rule: a loop that waits for a volatile or an atomic is polled, and reads it as often as before
 * flags: -Wno-empty-body */
#include <stdio.h>
#include <pthread.h>
static volatile int ready, reads;
static int _Atomic turn;
static void *helper(void *arg) {
    while (!ready) ;
    __atomic_store_n((int *)arg, 7, __ATOMIC_SEQ_CST);
    while (turn != 1) ;
    turn = 2;
    do ; while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) != 2);
    return arg;
}
int main(void) {
    int v = 0, i;
    pthread_t thread;
    pthread_create(&thread, 0, helper, &v);
    ready = 1;
    while (__atomic_load_n(&v, __ATOMIC_SEQ_CST) != 7) reads = 1;
    turn = 1;
    for (; turn != 2;) ;
    __atomic_store_n(&ready, 2, __ATOMIC_RELEASE);
    pthread_join(thread, 0);
    for (i = 0; i < 5; i++) reads++;
    printf("%d %d\n", v, (int)turn);
    return 0;
}
