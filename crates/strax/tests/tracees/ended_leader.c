// The main thread ends, two others go on: they wait for a line on standard input, make some calls, and end. With "exec",
// one of them then executes a program.
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int executes;

static void *worker(void *first) {
    char c;
    pthread_mutex_lock(&lock);
    read(0, &c, 1);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 5; i++) syscall(SYS_getppid);
    if (first && executes) execl("/bin/sh", "sh", "-c", "exit 7", NULL);
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t threads[2];
    executes = argc > 1;
    for (long i = 0; i < 2; i++) pthread_create(&threads[i], NULL, worker, (void *)i);
    pthread_exit(NULL);
}
