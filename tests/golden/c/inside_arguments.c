/* rule: a call of the program in the arguments of a marked call is taken out of its marker */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct pair { int a, b; };
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static int calls;

static int next(int x) { return x + ++calls; }
int global(int x) { write(1, "g\n", 2); return x * 2; }
static pthread_mutex_t *lock_of(int x) { return x ? &m : NULL; }
static struct pair pair_of(int x) { return (struct pair){x, x + 1}; }
static void nothing(void) { calls += 100; }
static const char *text(const char *t) { return t; }
static int (*pointer)(int) = global;
#define TEXT(t) text(t)

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("%d %d\n", next(1) + next(2), global(next(3)));
    printf("%d %d\n", pair_of(7).b, pointer(4));
    write(1, text("text\n"), strlen(text("text\n")));
    write(1, TEXT("a macro\n"), 8);
    if (pthread_mutex_lock(lock_of(1)) || pthread_mutex_unlock(lock_of(1))) return 9;
    printf("%s", (nothing(), "comma\n"));
    printf("%d\n", dprintf(1, "%d\n", next(8)));
    return printf("%d\n", next(calls)) != 4;
}
