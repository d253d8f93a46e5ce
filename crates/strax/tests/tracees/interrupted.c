// One call that waits for a minute at least, and what came of it: some return early whenever their thread is woken.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int handled;

static void handler(int signal)
{
	handled = signal;
}

static void ready(void)
{
	printf("ready\n");
	fflush(stdout);
}

static long wait_for_semaphore(const struct timespec *timeout)
{
	struct sembuf operation = { 0, -1, 0 };
	int set = semget(IPC_PRIVATE, 1, 0600);

	ready();
	long result = timeout ? semtimedop(set, &operation, 1, timeout) : semop(set, &operation, 1);
	int error = errno;
	semctl(set, 0, IPC_RMID);
	errno = error;
	return result;
}

static long wait_for_signal(const struct timespec *timeout)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ready();
	return sigtimedwait(&set, NULL, timeout);
}

// Of what is read: the other end of a pair of sockets has nothing to say.
static int socket_with_timeout(const struct timespec *timeout)
{
	struct timeval tv = { timeout->tv_sec, 0 };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		exit(1);
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	ready();
	return pair[0];
}

static int epoll_of_stdin(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0);

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event) != 0)
		exit(1);
	ready();
	return epoll;
}

// While the main thread waits, gives it a filter that allows everything.
static void *give_filter(void *unused)
{
	struct sock_filter allow = { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW };
	struct sock_fprog program = { 1, &allow };
	char state = 0;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	while (state != 'S') {
		FILE *file = fopen("/proc/self/stat", "r");
		if (file == NULL || fscanf(file, "%*d %*s %c", &state) != 1)
			exit(1);
		fclose(file);
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
		exit(1);
	ready();
	for (;;)
		pause();
	return unused;
}

static long wait_beside_thread(void)
{
	struct epoll_event event;
	pthread_t thread;

	pthread_create(&thread, NULL, give_filter, NULL);
	return epoll_wait(epoll_create1(0), &event, 1, -1);
}

static long make(const char *name, const struct timespec *timeout)
{
	struct epoll_event event;
	struct io_event done;
	aio_context_t context = 0;
	char byte;

	if (strcmp(name, "epoll_wait") == 0)
		return epoll_wait(epoll_of_stdin(), &event, 1, -1);
	if (strcmp(name, "epoll_pwait") == 0)
		return epoll_pwait(epoll_of_stdin(), &event, 1, timeout->tv_sec * 1000, &(sigset_t) { 0 });
	if (strcmp(name, "semop") == 0)
		return wait_for_semaphore(NULL);
	if (strcmp(name, "semtimedop") == 0)
		return wait_for_semaphore(timeout);
	if (strcmp(name, "sigtimedwait") == 0)
		return wait_for_signal(timeout);
	if (strcmp(name, "recv") == 0)
		return recv(socket_with_timeout(timeout), &byte, 1, 0);
	if (strcmp(name, "read") == 0)
		return read(socket_with_timeout(timeout), &byte, 1);
	if (strcmp(name, "beside a thread") == 0)
		return wait_beside_thread();
	if (strcmp(name, "nanosleep") == 0) {
		ready();
		return nanosleep(timeout, NULL);
	}
	syscall(SYS_io_setup, 1, &context);
	ready();
	return syscall(SYS_io_getevents, context, 1, 1, &done, timeout);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = handler };
	struct timespec timeout = { argc > 2 ? atoi(argv[2]) : 60, 0 };

	sigaction(SIGUSR1, &action, NULL);
	long result = make(argv[1], &timeout);
	const char *how = result >= 0 ? "done" : errno == EINTR ? "EINTR" : errno == EAGAIN ? "EAGAIN" : "?";
	printf("%ld %s %d\n", result, how, handled);
	return 0;
}
