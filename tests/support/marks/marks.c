/*
 * marks.c: a thread in the arguments of a call that may block, then one in a call that a macro
 * makes. It says `argument`, `macro`; a line on standard input ends each.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WAIT_IN_MACRO(fd, c) read(fd, c, 1)

static volatile int inside, go_on;
static int fds[2];

/* The region of the first filter: no call in it, so the thread is where its state says. */
static int region(int rounds) {
    inside = 1;
    while (!go_on) rounds++;
    return rounds != 0;
}

static void *argument(void *file) {
    fprintf(file, "%d\n", region(1));
    return NULL;
}

/* The region of the second one. */
static void elsewhere(void) {
    go_on |= 0;
}

static void *macro(void *unused) {
    char c;
    (void)WAIT_IN_MACRO(fds[0], &c);
    elsewhere();
    return unused;
}

int main(void) {
    pthread_t thread;
    FILE *file = tmpfile();
    char line[8];
    if (!file || pipe(fds)) return 9;
    pthread_create(&thread, NULL, argument, file);
    while (!inside) usleep(1000);
    puts("argument");
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) return 8;
    go_on = 1;
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, macro, NULL);
    puts("macro");
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) return 7;
    if (write(fds[1], "x", 1) != 1) return 6;
    return pthread_join(thread, NULL);
}
