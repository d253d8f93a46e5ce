/*
 * threads COUNT CALLS: so many threads at once make CALLS calls of getppid between them. Prints how many seconds the
 * calls took, from when all threads were there until the last had made its last.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_barrier_t all_there;
static atomic_int working;
static struct timespec start, end;
static int calls;

static void *work(void *arg) {
    if (pthread_barrier_wait(&all_there) == PTHREAD_BARRIER_SERIAL_THREAD)
        clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < calls; i++)
        syscall(SYS_getppid);
    if (--working == 0)
        clock_gettime(CLOCK_MONOTONIC, &end);
    return arg;
}

int main(int argc, char **argv) {
    int count = atoi(argv[1]);
    pthread_t *threads = calloc(count, sizeof *threads);
    pthread_attr_t small;

    working = count;
    calls = atoi(argv[2]) / count;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 << 10);
    pthread_barrier_init(&all_there, 0, count);
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], &small, work, 0) != 0)
            return 1;
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], 0);
    printf("%.6f\n", (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9);
    return 0;
}
