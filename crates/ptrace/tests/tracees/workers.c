// Four threads that call one function a hundred times each: workers [microseconds to sleep after each call, until SIGUSR1 comes]
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile long rest;

static void hurry(int signal)
{
	(void) signal;
	rest = 0;
}

__attribute__((noinline)) long worked(long thread, long round)
{
	__asm__ volatile("" : : : "memory");
	return thread * 1000 + round;
}

static void *work(void *arg)
{
	long sum = 0;

	for (long round = 0; round < 100; round++) {
		sum += worked((long) arg, round);
		if (rest)
			usleep(rest);
	}
	return (void *) sum;
}

int main(int argc, char **argv)
{
	pthread_t threads[4];
	long sum = 0;

	signal(SIGUSR1, hurry);
	if (argc > 1)
		rest = atol(argv[1]);
	for (long i = 0; i < 4; i++)
		pthread_create(&threads[i], 0, work, (void *) i);
	for (int i = 0; i < 4; i++) {
		void *part;
		pthread_join(threads[i], &part);
		sum += (long) part;
	}
	printf("sum %ld\n", sum);
	return 0;
}
