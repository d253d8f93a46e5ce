/*
 * many_threads THREADS CALLS: so many threads are there at once, and each makes so many calls of getppid.
 * Ends with 0.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_barrier_t all_there;
static int calls;

static void *work(void *arg) {
    pthread_barrier_wait(&all_there);
    for (int i = 0; i < calls; i++)
        syscall(SYS_getppid);
    return arg;
}

int main(int argc, char **argv) {
    int count = atoi(argv[1]);
    pthread_t *threads = calloc(count, sizeof *threads);
    pthread_attr_t small;

    calls = atoi(argv[2]);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 << 10);
    pthread_barrier_init(&all_there, 0, count);
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], &small, work, 0) != 0)
            _exit(1);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], 0);
    return 0;
}
