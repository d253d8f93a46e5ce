// Two threads wait; a third one replaces the program, or the first one ends it.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *wait_for_ever(void *arg)
{
	(void) arg;
	for (;;)
		pause();
}

static void *replace(void *arg)
{
	char **argv = arg;
	argv[1] = "again";
	argv[2] = NULL;
	execv(argv[0], argv);
	abort();
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 1 && argv[1][0] == 'a')
		return 3;
	for (int i = 0; i < 2; i++)
		pthread_create(&thread, NULL, wait_for_ever, NULL);
	if (argc > 2 && argv[2][0] == 'e')
		_exit(7);
	pthread_create(&thread, NULL, replace, argv);
	wait_for_ever(NULL);
}
