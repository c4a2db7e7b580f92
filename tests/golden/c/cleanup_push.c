/* rule: pthread_cleanup_push and pop open and close a brace in macros */
#include <pthread.h>
#include <stdio.h>
static int cleaned;
static void clean(void *arg) { cleaned += *(int *)arg; }
static void *thread(void *arg) {
    int one = 1, ten = 10;
    pthread_cleanup_push(clean, &one);
    pthread_cleanup_push(clean, &ten);
    if (arg) pthread_exit(arg);
    for (int i = 0; i < 2; i++) one++;
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(1);
    return 0;
}
static void once(void) { puts("once"); }
int main(void) {
    pthread_once_t control = PTHREAD_ONCE_INIT;
    pthread_t t;
    void *r;
    for (int i = 0; i < 2; i++) {
        pthread_create(&t, 0, thread, i ? &t : 0);
        pthread_join(t, &r);
        printf("%d %d\n", r == (i ? &t : 0), cleaned);
        pthread_once(&control, once);
    }
    return 0;
}
