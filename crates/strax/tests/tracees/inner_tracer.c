// A tracer, of one kind after the other; each says whether it could trace.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long result)
{
	printf("%s: %s\n", what, result == 0 ? "traced" : "refused");
	fflush(stdout);
}

// The child asks for it.
static void traceme(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(1);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (WIFSTOPPED(status)) {
		ptrace(PTRACE_CONT, child, NULL, NULL);
		waitpid(child, &status, 0);
	}
	say("traceme", status);
}

static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

// To each thread of a child: one stands in a call, one runs.
static void attach(const char *name, int request)
{
	int ready[2], status;
	pid_t tids[2];
	long result = 0;

	if (pipe(ready) != 0)
		exit(1);
	pid_t child = fork();
	if (child == 0) {
		pthread_t thread;
		pthread_create(&thread, NULL, wait_for_ever, NULL);
		tids[0] = getpid();
		tids[1] = tids[0] + 1;
		// The threads of a process are those that signals can be sent to.
		while (syscall(SYS_tgkill, tids[0], tids[1], 0) != 0)
			tids[1]++;
		if (write(ready[1], tids, sizeof(tids)) != sizeof(tids))
			_exit(1);
		for (;;)
			getppid();
	}
	if (read(ready[0], tids, sizeof(tids)) != sizeof(tids))
		exit(1);
	for (int i = 0; i < 2; i++) {
		if (ptrace(request, tids[i], NULL, NULL) != 0) {
			result = 1;
			continue;
		}
		if (request == PTRACE_SEIZE)
			ptrace(PTRACE_INTERRUPT, tids[i], NULL, NULL);
		waitpid(tids[i], &status, __WALL);
		if (!WIFSTOPPED(status))
			result = 1;
	}
	say(name, result);
	kill(child, SIGKILL);
	// A thread that is traced is waited for by its tracer, and the process by its parent after that.
	if (result == 0)
		waitpid(tids[1], &status, __WALL);
	waitpid(child, &status, 0);
}

static pid_t main_thread;

static int look_at_parent(void *unused)
{
	int status;

	(void) unused;
	if (ptrace(PTRACE_ATTACH, main_thread, NULL, NULL) != 0)
		return 1;
	waitpid(main_thread, &status, __WALL);
	ptrace(PTRACE_DETACH, main_thread, NULL, NULL);
	return 0;
}

// A child that nobody is to trace attaches to its parent, as leak checkers do.
static void untraced(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_UNTRACED;
	int status;
	pthread_t thread;

	pthread_create(&thread, NULL, wait_for_ever, NULL);
	main_thread = getpid();
	prctl(PR_SET_PTRACER, -1, 0, 0, 0);
	pid_t child = clone(look_at_parent, stack + sizeof(stack), flags, NULL);
	while (waitpid(child, &status, __WALL) < 0 && errno == EINTR)
		;
	say("untraced", status);
}

// To the parent, which can't stop before the child is gone: nobody may wait for that for ever.
static void attach_to_vfork(void)
{
	static volatile long result;
	pid_t parent = getpid();

	prctl(PR_SET_PTRACER, -1, 0, 0, 0);
	pid_t child = vfork();
	if (child == 0) {
		result = ptrace(PTRACE_SEIZE, parent, NULL, NULL);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	say("vfork", result);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "traceme") == 0)
		traceme();
	else if (strcmp(what, "attach") == 0)
		attach(what, PTRACE_ATTACH);
	else if (strcmp(what, "seize") == 0)
		attach(what, PTRACE_SEIZE);
	else if (strcmp(what, "untraced") == 0)
		untraced();
	else if (strcmp(what, "vfork") == 0)
		attach_to_vfork();
	else
		say("command", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	return 5;
}
