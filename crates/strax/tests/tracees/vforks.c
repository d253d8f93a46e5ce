/*
 * vforks: a child by vfork says "ready", and executes a program when it is sent a line. Until then its parent sleeps
 * where nothing can stop it. The parent ignores SIGINT and SIGTERM, and tells how the child ended.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    char byte;
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    pid_t child = vfork();
    if (child == 0) {
        write(1, "ready\n", 6);
        while (read(0, &byte, 1) == 1 && byte != '\n')
            ;
        execl("/bin/true", "true", (char *)0);
        _exit(1);
    }
    waitpid(child, &status, 0);
    dprintf(1, "child ended with %d\n", status);
}
