/* exits_at_signals: says "ready", and exits with the number of the signal that it gets. */
#include <signal.h>
#include <unistd.h>

static void end(int signal) {
    _exit(signal);
}

int main(void) {
    const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 };
    for (int i = 0; i < 6; i++)
        signal(signals[i], end);
    write(1, "ready\n", 6);
    for (;;)
        pause();
}
