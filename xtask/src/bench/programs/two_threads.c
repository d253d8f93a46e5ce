/* two_threads: two threads that compute, and make a call now and then, as a server does. */
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *work(void *arg) {
    volatile unsigned long sum = 0;
    for (int i = 0; i < 2000; i++) {
        for (int j = 0; j < 400000; j++)
            sum += j;
        syscall(SYS_getppid);
    }
    return arg;
}

int main(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], 0, work, 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], 0);
    return 0;
}
