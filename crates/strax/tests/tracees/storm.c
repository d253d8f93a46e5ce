/* Processes that fork, thread and kill each other. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *spin(void *arg) {
    for (int i = 0; i < 50; i++)
        getppid();
    return arg;
}

static void child(int n) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], 0, spin, 0);
    switch (n % 5) {
    case 0:
        _exit(0);
    case 1:
        kill(getpid(), SIGKILL);
    case 2:
        execl("/bin/true", "true", (char *)0);
    case 3:
        if (fork() == 0)
            spin(0);
        _exit(0);
    default:
        for (int i = 0; i < 3; i++)
            pthread_join(threads[i], 0);
        exit(0);
    }
}

int main(void) {
    pid_t last = 0;
    for (int n = 0; n < 100; n++) {
        pid_t pid = fork();
        if (pid == 0)
            child(n);
        if (last > 0 && n % 7 == 0)
            kill(last, SIGKILL);
        last = pid;
    }
    while (wait(0) > 0)
        ;
    return 5;
}
