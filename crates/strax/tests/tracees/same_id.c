/*
 * Makes a child, which calls getuid, and when that has ended another with the same process id, which calls getgid.
 * Ends with 0; with 77 if the kernel does not let it choose the id, or somebody else has got it meanwhile. Prints the id.
 */
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) {
        syscall(SYS_getuid);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    struct clone_args args = {.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&child, .set_tid_size = 1};
    long again = syscall(SYS_clone3, &args, sizeof args);
    if (again == 0) {
        syscall(SYS_getgid);
        _exit(0);
    }
    if (again != child)
        return 77;
    waitpid(child, NULL, 0);
    printf("%d\n", child);
    return 0;
}
