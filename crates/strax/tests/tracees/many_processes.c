/*
 * many_processes COUNT CALLS AT_ONCE: so many processes, at most AT_ONCE of them at a time. Each makes so many calls
 * of getppid and exits with its place modulo 250. Where all may be there at once, all are before the first goes on.
 * Ends with 0 if every process ended as it should have.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int count = atoi(argv[1]), calls = atoi(argv[2]), at_once = atoi(argv[3]);
    pid_t *pids = calloc(count, sizeof *pids);
    int gate[2], status, ended = 0;
    char byte;

    if (pipe(gate) != 0)
        return 1;
    for (int i = 0; i < count; i++) {
        if (i - ended >= at_once && waitpid(pids[ended], &status, 0) == pids[ended]) {
            if (!WIFEXITED(status) || WEXITSTATUS(status) != ended % 250)
                return 2;
            ended++;
        }
        pids[i] = fork();
        if (pids[i] == -1)
            return 1;
        if (pids[i] == 0) {
            close(gate[1]);
            if (count <= at_once)
                read(gate[0], &byte, 1);
            for (int j = 0; j < calls; j++)
                syscall(SYS_getppid);
            _exit(i % 250);
        }
    }
    close(gate[1]);
    for (; ended < count; ended++) {
        if (waitpid(pids[ended], &status, 0) != pids[ended])
            return 2;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != ended % 250)
            return 2;
    }
    return 0;
}
