/*
 * execs_itself: with many sleeping threads, and from one that is not the main one every other time, executes itself
 * again and again, until there is a line to read. Then it says "end". It ignores SIGINT.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 40 };

static char turn[16];

static void *execute(void *arg) {
    execl("/proc/self/exe", "execs_itself", turn, (char *)0);
    _exit(3);
    return arg;
}

static void *sleep_on(void *arg) {
    for (;;)
        pause();
    return arg;
}

int main(int argc, char **argv) {
    pthread_t thread;
    pthread_attr_t small;
    int round = argc > 1 ? atoi(argv[1]) : 0;
    struct pollfd input = { .fd = 0, .events = POLLIN };
    signal(SIGINT, SIG_IGN);
    if (poll(&input, 1, 0) == 1) {
        puts("end");
        return 0;
    }
    if (round == 3) {
        puts("ready");
        fflush(stdout);
    }
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread, &small, sleep_on, 0))
            return 2;
    snprintf(turn, sizeof turn, "%d", round + 1);
    if (round % 2)
        execute(0);
    pthread_create(&thread, &small, execute, 0);
    for (;;)
        pause();
}
