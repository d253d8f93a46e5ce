/*
 * terminal COMMAND [ARG]...: runs a command on a terminal of its own. When it says "ready", types CTRL-C and sends it
 * SIGUSR1. Writes what it says, and ends with its status.
 */
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    static char said[1 << 16];
    size_t len = 0;
    ssize_t got;
    int terminal, status, typed = 0;
    pid_t command = forkpty(&terminal, 0, 0, 0);
    if (command == 0) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    while (len < sizeof said - 1 && (got = read(terminal, said + len, sizeof said - 1 - len)) > 0) {
        write(1, said + len, got);
        len += got;
        if (!typed && strstr(said, "ready")) {
            typed = 1;
            write(terminal, "\003", 1);
        }
        /* It is shown when its signal has been sent. */
        if (typed == 1 && strstr(said, "^C")) {
            typed = 2;
            kill(command, SIGUSR1);
        }
    }
    waitpid(command, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
