/* rule: thread-local objects of every kind keep one copy per thread */
#include <pthread.h>
#include <stdio.h>
static __thread int count;
_Thread_local long shared_name = 5;
static __thread struct { int n; const char *who; } state = {1, "none"};
static int next(void) {
    static __thread int calls;
    static _Thread_local char text[12];
    snprintf(text, sizeof text, "%d", ++calls);
    count += text[0] - '0';
    return count;
}
static int *address(void) { if (count > 100) count = 0; return &count; }
static void *run(void *arg) {
    const char *name = arg;
    extern __thread long shared_name;
    state.who = name;
    for (int i = 0; i < 4; i++) { next(); state.n += (int)shared_name; shared_name++; }
    *address() += 1;
    printf("%s %d %d %ld\n", state.who, count, state.n, shared_name);
    return &count == address() ? arg : NULL;
}
int main(void) {
    char names[2][8] = {"first", "second"};
    pthread_t thread;
    void *result;
    for (int i = 0; i < 2; i++) {
        pthread_create(&thread, NULL, run, names[i]);
        pthread_join(thread, &result);
        printf("%d %d %ld %s\n", result == names[i], count, shared_name, state.who);
    }
    return next() - 1;
}
