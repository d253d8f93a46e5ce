// Eight threads make numbered calls while signals come, and check that the tracer has tampered with the right ones:
// the rules are those of tests/tamper.rs. Twice, so that some threads start where others have ended.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { THREADS = 8, CALLS = 30, DELAY_NS = 60000 };

static struct thread {
	pthread_t id;
	/* Stays when the thread has ended: a signal may come until then. */
	_Atomic int tid;
	int pipe[2];
	int events;
} threads[THREADS];

static __thread struct thread *self;
static __thread volatile sig_atomic_t injected_signals;
static int process_group, session;
static char directory[4096];

#define CHECK(n, good)                                                                                \
	do {                                                                                          \
		if (!(good)) {                                                                        \
			fprintf(stderr, "line %d, call %d: errno %d\n", __LINE__, n, errno);          \
			_exit(1);                                                                     \
		}                                                                                     \
	} while (0)

// A call within a handler, which no rule has chosen.
static void check_in_handler(void)
{
	int saved = errno;
	CHECK(0, syscall(SYS_gettid) == self->tid);
	errno = saved;
}

static void on_timer(int signal)
{
	(void) signal;
	int saved = errno;
	// The thread may be in the midst of a read, which goes on with this.
	CHECK(0, write(self->pipe[1], "x", 1) == 1 || errno == EAGAIN);
	errno = saved;
	check_in_handler();
}

static void on_message(int signal)
{
	(void) signal;
	check_in_handler();
}

static void on_injected(int signal)
{
	(void) signal;
	injected_signals++;
	check_in_handler();
}

static void call_all(int n)
{
	// error=EXDEV:when=3+5
	long result = syscall(SYS_getpgid, 0);
	if (n >= 3 && (n - 3) % 5 == 0)
		CHECK(n, result == -1 && errno == EXDEV);
	else
		CHECK(n, result == process_group);

	// retval=424242:when=2..20+6
	result = syscall(SYS_getsid, 0);
	CHECK(n, result == (n >= 2 && n <= 20 && (n - 2) % 6 == 0 ? 424242 : session));

	// retval=8:when=4+4; what is tampered with does not happen.
	uint64_t one = 1;
	struct iovec vector = { &one, sizeof one };
	CHECK(n, syscall(SYS_writev, self->events, &vector, 1) == 8);

	// error=EPERM:signal=USR2:when=5+5
	int before = injected_signals;
	result = syscall(SYS_getpriority, 0, 0);
	if (n % 5 == 0)
		CHECK(n, result == -1 && errno == EPERM && injected_signals == before + 1);
	else
		CHECK(n, result > 0 && injected_signals == before);

	// poke_exit=@arg1=2f74616d706572656400:when=2+2
	char path[4096];
	result = syscall(SYS_getcwd, path, sizeof path);
	CHECK(n, result > 0 && strcmp(path, n % 2 == 0 ? "/tampered" : directory) == 0);

	// delay_enter=50:when=7+7
	CHECK(n, syscall(SYS_sched_yield) == 0);
}

static void *run(void *arg)
{
	self = arg;
	self->tid = syscall(SYS_gettid);
	injected_signals = 0;

	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };
	event.sigev_notify_thread_id = self->tid;
	timer_t timer;
	CHECK(0, timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);

	struct thread *other = &threads[(self - threads + 1) % THREADS];
	for (int n = 1; n <= CALLS; n++) {
		// Once: signals at intervals would come faster than a slow tracer passes them on. The last one set counts, so
		// that one is sure to come before the read below has been waiting for long.
		struct itimerspec soon = { { 0, 0 }, { 0, DELAY_NS * (1 + n % 8) } };
		CHECK(n, timer_settime(timer, 0, &soon, NULL) == 0);
		call_all(n);
		if (other->tid)
			syscall(SYS_tgkill, getpid(), other->tid, SIGUSR1);
		char byte;
		if (n % 8 == 0)
			// Until the timer's signal comes, which restarts it.
			CHECK(n, read(self->pipe[0], &byte, 1) == 1);
	}
	CHECK(CALLS, injected_signals == CALLS / 5);
	CHECK(CALLS, timer_delete(timer) == 0);
	return NULL;
}

int main(void)
{
	process_group = getpgrp();
	session = getsid(0);
	CHECK(0, getcwd(directory, sizeof directory) != NULL);

	struct sigaction action = { .sa_flags = SA_RESTART };
	sigfillset(&action.sa_mask);
	action.sa_handler = on_timer;
	sigaction(SIGALRM, &action, NULL);
	action.sa_handler = on_message;
	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = on_injected;
	sigaction(SIGUSR2, &action, NULL);

	for (int i = 0; i < THREADS; i++)
		CHECK(0, pipe(threads[i].pipe) == 0);
	for (int generation = 0; generation < 2; generation++) {
		for (int i = 0; i < THREADS; i++) {
			threads[i].events = eventfd(0, EFD_NONBLOCK);
			CHECK(0, pthread_create(&threads[i].id, NULL, run, &threads[i]) == 0);
		}
		for (int i = 0; i < THREADS; i++) {
			uint64_t events;
			pthread_join(threads[i].id, NULL);
			CHECK(0, read(threads[i].events, &events, sizeof events) == sizeof events);
			CHECK((int) events, events == CALLS - CALLS / 4);
			close(threads[i].events);
		}
	}
	puts("done");
	return 0;
}
