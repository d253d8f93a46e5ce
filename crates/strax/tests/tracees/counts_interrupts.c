/* counts_interrupts: says "ready", and at SIGUSR1 exits with how often it has got SIGINT. */
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t interrupts;

static void count(int signal) {
    interrupts++;
}

static void end(int signal) {
    _exit(interrupts);
}

int main(void) {
    /* One handler after the other. */
    struct sigaction action = { .sa_handler = count };
    sigfillset(&action.sa_mask);
    sigaction(SIGINT, &action, 0);
    action.sa_handler = end;
    sigaction(SIGUSR1, &action, 0);
    write(1, "ready\n", 6);
    for (;;)
        pause();
}
