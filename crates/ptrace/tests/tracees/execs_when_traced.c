/*
 * execs_when_traced THREADS: with so many sleeping threads, says "ready", and executes a program that exits with 7 as
 * soon as a tracer has seized the main thread.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *sleep_on(void *arg) {
    for (;;)
        pause();
    return arg;
}

static int is_traced(int status) {
    char text[1024];
    ssize_t len = pread(status, text, sizeof text - 1, 0);
    if (len < 0)
        exit(2);
    text[len] = 0;
    const char *tracer = strstr(text, "TracerPid:");
    return tracer && atoi(tracer + strlen("TracerPid:"));
}

int main(int argc, char **argv) {
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    for (int i = 0; i < atoi(argv[1]); i++)
        if (pthread_create(&thread, &small, sleep_on, 0))
            return 2;
    int status = open("/proc/self/status", O_RDONLY);
    puts("ready");
    fflush(stdout);
    while (!is_traced(status))
        ;
    execl("/bin/sh", "sh", "-c", "exit 7", (char *)0);
    return 3;
}
