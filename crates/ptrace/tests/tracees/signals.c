// Takes signals: signals realtime|stop|segv|pause
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile int taken;

static void take(int signal, siginfo_t *info, void *context)
{
	(void) signal;
	(void) context;
	taken = info->si_value.sival_int;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "realtime")) {
		struct sigaction action = { .sa_sigaction = take, .sa_flags = SA_SIGINFO };
		union sigval value = { .sival_int = 42 };
		sigaction(SIGRTMAX, &action, 0);
		sigqueue(getpid(), SIGRTMAX, value);
		return taken;
	}
	if (!strcmp(what, "stop")) {
		raise(SIGSTOP);
		return 5;
	}
	if (!strcmp(what, "segv"))
		*(volatile int *) 16 = 1;
	write(1, "ready\n", 6);
	pause();
	return 0;
}
