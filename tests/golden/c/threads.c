/* rule: threads, locks and conditions through the markers; values, errors and order as before */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static sem_t sem;
static int count, turn;
static pthread_mutex_t *which(void) { return &mutex; }
static void *worker(void *arg) {
    int me = *(int *)arg;
    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(which());
        while (turn != me) pthread_cond_wait(&cond, &mutex);
        count++;
        turn = (turn + 1) % 3;
        pthread_cond_broadcast(&cond);
        pthread_mutex_unlock(&mutex);
    }
    if (pthread_rwlock_rdlock(&rw) == 0) pthread_rwlock_unlock(&rw);
    sem_post(&sem);
    return arg;
}
int main(void) {
    pthread_t t[3];
    int id[3], e;
    if (sem_init(&sem, 0, 0)) return 1;
    for (int i = 0; i < 3; i++) {
        id[i] = i;
        if ((e = pthread_create(&t[i], NULL, worker, &id[i])) != 0) return e;
    }
    for (int i = 0; i < 3; i++) while (sem_wait(&sem) != 0) ;
    for (int i = 0; i < 3; i++) {
        void *r;
        int j = pthread_join(t[i], &r);
        printf("%d %d\n", j, *(int *)r);
    }
    int a = pthread_mutex_lock(&mutex), b = pthread_mutex_trylock(&mutex);
    printf("%d %d %d %d\n", count, turn, a, b == EBUSY);
    return pthread_mutex_unlock(&mutex);
}
