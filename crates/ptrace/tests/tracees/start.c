// Says what it was started with, one fact per line.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	sigset_t mask;
	struct sigaction action;
	int signal;

	printf("argv");
	for (int i = 0; i < argc; i++)
		printf(" %s", argv[i]);
	printf("\npgid %d\nsid %d\nuid %d\ngid %d\n", getpgid(0), getsid(0), getuid(), getgid());
	printf("GREETING %s\n", getenv("GREETING") ? getenv("GREETING") : "(none)");
	sigprocmask(SIG_BLOCK, 0, &mask);
	printf("blocked");
	for (signal = 1; signal <= 64; signal++)
		if (sigismember(&mask, signal) == 1)
			printf(" %d", signal);
	printf("\nignored");
	for (signal = 1; signal <= 64; signal++)
		if (!sigaction(signal, 0, &action) && action.sa_handler == SIG_IGN)
			printf(" %d", signal);
	printf("\nopen");
	for (int fd = 3; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			printf(" %d", fd);
	printf("\n");
	return 0;
}
