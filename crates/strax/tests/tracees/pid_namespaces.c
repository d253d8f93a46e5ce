/* Runs processes in a PID namespace while there are others, which are deeper and have the same ids. Ends with 77 if it
   may not. All of them end as soon as the pipe that they read from has no writer. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];

static long fork_into(unsigned long flags) {
    return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}

static void wait_for_the_end(void) {
    char byte;
    close(ends[1]);
    read(ends[0], &byte, 1);
}

/* Two namespaces, one in the other. */
static void bystanders(void) {
    if (fork_into(CLONE_NEWPID) == 0) {
        if (fork_into(CLONE_NEWPID) == 0) {
            fork();
            wait_for_the_end();
            _exit(0);
        }
        wait_for_the_end();
        _exit(0);
    }
}

int main(void) {
    unsigned long flags = geteuid() ? CLONE_NEWPID | CLONE_NEWUSER : CLONE_NEWPID;
    if (pipe(ends))
        return 77;
    bystanders();
    bystanders();
    long child = fork_into(flags);
    if (child < 0)
        return 77;
    if (child == 0) {
        if (fork() == 0) {
            kill(1, 0);
            kill(2, 0);
            kill(3, 0);
            getppid();
            _exit(0);
        }
        wait(NULL);
        getpid();
        _exit(0);
    }
    waitpid(child, NULL, 0);
    close(ends[1]);
    while (wait(NULL) > 0) {}
    return 0;
}
