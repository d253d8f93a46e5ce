// Shows the CPU affinity of its threads and children, as they see it, after much talk with the kernel.
#define _GNU_SOURCE
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void talk(void)
{
	for (int i = 0; i < 300; i++)
		syscall(SYS_getppid);
}

static void show(const char *who, pid_t tid)
{
	cpu_set_t set;
	char line[200];
	int at = snprintf(line, sizeof line, "%s:", who);

	talk();
	CPU_ZERO(&set);
	if (sched_getaffinity(tid, sizeof set, &set))
		abort();
	for (int cpu = 0; cpu < CPU_SETSIZE && at < 150; cpu++)
		if (CPU_ISSET(cpu, &set))
			at += snprintf(line + at, sizeof line - at, " %d", cpu);
	line[at++] = '\n';
	if (write(1, line, at) != at)
		abort();
}

static int first_cpu(const cpu_set_t *set)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set))
			return cpu;
	abort();
}

static void *thread(void *main_tid)
{
	show("thread", 0);
	show("its leader", (pid_t) (intptr_t) main_tid);
	return NULL;
}

static void finish(pid_t child)
{
	int status;

	if (child < 0)
		abort();
	while (waitpid(child, &status, __WALL) != child)
		;
	if (status)
		abort();
}

static int cloned(void *arg)
{
	show(arg, 0);
	return 0;
}

static int talk_until_it_ends(pid_t child)
{
	int status;

	while (waitpid(child, &status, WNOHANG) == 0)
		talk();
	return status;
}

// While the parent talks without a pause, another process looks at its mask again and again.
static void watched(void)
{
	pid_t parent = getpid(), child = fork();
	cpu_set_t first, now;

	if (child == 0) {
		CPU_ZERO(&first);
		sched_getaffinity(parent, sizeof first, &first);
		for (int i = 0; i < 200; i++) {
			CPU_ZERO(&now);
			sched_getaffinity(parent, sizeof now, &now);
			if (!CPU_EQUAL(&first, &now))
				_exit(1);
		}
		_exit(0);
	}
	int differed = talk_until_it_ends(child);
	show(differed ? "watched, and it differed" : "watched", 0);
}

int main(int argc, char **argv)
{
	static char stack[64 << 10] __attribute__((aligned(16)));
	char *again[] = { argv[0], "child", NULL };
	pthread_t other;
	cpu_set_t all, one;
	pid_t child, self = getpid();

	if (argc > 1) {
		show(argv[1], 0);
		return 0;
	}
	show("itself", 0);
	show("itself by its id", self);
	CPU_ZERO(&all);
	sched_getaffinity(0, sizeof all, &all);

	talk();
	if ((child = fork()) == 0) {
		show("forked", 0);
		_exit(0);
	}
	finish(child);
	talk();
	if ((child = syscall(SYS_fork)) == 0) {
		show("forked by fork itself", 0);
		_exit(0);
	}
	finish(child);
	talk();
	if ((child = vfork()) == 0) {
		execv(argv[0], again);
		_exit(1);
	}
	finish(child);
	talk();
	finish(clone(cloned, stack + sizeof stack, SIGCHLD, "cloned"));
	talk();
	struct clone_args args = { .exit_signal = SIGCHLD };
	if ((child = syscall(SYS_clone3, &args, sizeof args)) == 0) {
		show("cloned by clone3", 0);
		_exit(0);
	}
	finish(child);
	talk();
	pthread_create(&other, NULL, thread, (void *) (intptr_t) self);
	talk();
	pthread_join(other, NULL);
	watched();

	CPU_ZERO(&one);
	CPU_SET(first_cpu(&all), &one);
	talk();
	if (sched_setaffinity(0, sizeof one, &one))
		abort();
	show("set to one", 0);
	talk();
	if (sched_setaffinity(self, sizeof all, &all))
		abort();
	show("set back", 0);

	// Another process sets it, and executing a program keeps it.
	if ((child = fork()) == 0) {
		talk();
		if (sched_setaffinity(self, sizeof one, &one))
			abort();
		_exit(0);
	}
	talk_until_it_ends(child);
	show("set by a child", 0);
	talk();
	again[1] = "executed";
	execv(argv[0], again);
	abort();
}
