/* Names descriptors of another process, a child that has /dev/zero at 42. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ready[2], done[2];
    char byte;
    if (pipe(ready) || pipe(done))
        return 77;
    pid_t child = fork();
    if (child < 0)
        return 77;
    if (child == 0) {
        close(ready[0]);
        close(done[1]);
        dup2(open("/dev/zero", O_RDONLY), 42);
        close(ready[1]);
        read(done[0], &byte, 1);
        _exit(0);
    }
    close(ready[1]);
    close(done[0]);
    read(ready[0], &byte, 1);
    int null = open("/dev/null", O_RDONLY);
    syscall(SYS_kcmp, getpid(), child, KCMP_FILE, null, 42);
    syscall(SYS_kcmp, child, getpid(), KCMP_FILE, 42, 42);
    int pidfd = syscall(SYS_pidfd_open, child, 0);
    syscall(SYS_pidfd_getfd, pidfd, 42, 0);
    syscall(SYS_pidfd_getfd, pidfd, 43, 0);
    close(done[1]);
    waitpid(child, NULL, 0);
    /* There is nobody to ask any more. */
    syscall(SYS_kcmp, getpid(), child, KCMP_FILE, null, 42);
    syscall(SYS_pidfd_getfd, pidfd, 42, 0);
    return 0;
}
