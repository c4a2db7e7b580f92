/* host.c: threads that call into two libraries: host NAME METER, until SIGTERM. */
#include "region.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

static void *calls(void *data) {
    for (;;) {
        library_region(data);
        other_region(data);
    }
    return 0;
}

int main(int count, char **words) {
    pthread_t thread;
    int fd = count == 3 ? open(words[2], O_RDWR) : -1;
    struct meter *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (m == MAP_FAILED) return 2;
    for (int i = 0; i < 4; i++) pthread_create(&thread, 0, calls, m);
    m->pid = getpid();
    for (;;) pause();
}
