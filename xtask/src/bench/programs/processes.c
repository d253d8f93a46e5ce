/* processes COUNT AT_ONCE: so many processes, at most AT_ONCE of them at a time, each of which makes a few calls. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int count = atoi(argv[1]), at_once = atoi(argv[2]), gate[2];
    char byte;

    if (pipe(gate) != 0)
        return 1;
    for (int i = 0; i < count; i++) {
        if (i >= at_once && wait(0) == -1)
            return 1;
        pid_t child = fork();
        if (child == -1)
            return 1;
        if (child == 0) {
            close(gate[1]);
            /* Where all may be there at once, all are before the first goes on. */
            if (count <= at_once && read(gate[0], &byte, 1) != 0)
                _exit(1);
            for (int j = 0; j < 4; j++)
                syscall(SYS_getppid);
            _exit(0);
        }
    }
    close(gate[1]);
    while (wait(0) > 0)
        ;
    return 0;
}
