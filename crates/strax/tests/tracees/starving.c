/*
 * starving ROUNDS CHATTY: so many threads make calls without a pause, two compute without a call, and all go on until
 * a quiet one has made its few calls. Then every chatty thread must have had a turn too. Ends with 0; if a thread
 * starves, it never ends.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST = 1000, BUSY = 2 };

static atomic_int quiet_is_done;
static atomic_int turns[MOST];

static void *chat(void *arg) {
    atomic_int *mine = arg;
    while (!quiet_is_done || *mine < 10) {
        syscall(SYS_getppid);
        ++*mine;
    }
    return 0;
}

static void *compute(void *arg) {
    while (!quiet_is_done)
        ;
    return arg;
}

int main(int argc, char **argv) {
    int rounds = atoi(argv[1]), chatty = atoi(argv[2]);
    pthread_t threads[MOST + BUSY];

    for (int i = 0; i < chatty + BUSY; i++) {
        void *(*work)(void *) = i < chatty ? chat : compute;
        pthread_create(&threads[i], 0, work, i < chatty ? &turns[i] : 0);
    }
    for (int i = 0; i < rounds; i++) {
        /* Each of the others must get somewhere between two calls of this one. */
        int before = turns[i % chatty];
        while (turns[i % chatty] == before)
            sched_yield();
        syscall(SYS_getuid);
    }
    quiet_is_done = 1;
    for (int i = 0; i < chatty + BUSY; i++)
        pthread_join(threads[i], 0);
    return 0;
}
