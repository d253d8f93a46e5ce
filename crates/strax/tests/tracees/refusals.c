// What filters make of calls, and where they stop them: one part for each test, chosen by the first argument.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)
#define UNLESS(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define NR offsetof(struct seccomp_data, nr)

static void install(struct sock_filter *filter, unsigned short len)
{
	struct sock_fprog program = { len, filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		exit(99);
}

#define INSTALL(filter) install(filter, sizeof filter / sizeof *filter)

// Calls of which it is said that they can't fail. Below 4096 and above, the number is that of an error or is not.
static int never_failing(void)
{
	struct sock_filter filter[] = {
		LOAD(NR),
		UNLESS(SYS_getppid), RETURN(SECCOMP_RET_ERRNO | EPERM),
		UNLESS(SYS_getuid), RETURN(SECCOMP_RET_ERRNO | 4095),
		UNLESS(SYS_getgid), RETURN(SECCOMP_RET_TRACE | 7),
		RETURN(SECCOMP_RET_ALLOW),
	};

	INSTALL(filter);
	syscall(SYS_getppid);
	syscall(SYS_getuid);
	syscall(SYS_getgid);
	syscall(SYS_geteuid);
	return 0;
}

#ifdef __x86_64__
static void ask(const char *when)
{
	time_t (*old_time)(time_t *) = (void *)0xffffffffff600400;
	int (*old_gettimeofday)(struct timeval *, void *) = (void *)0xffffffffff600000;
	long (*old_getcpu)(unsigned *, void *, void *) = (void *)0xffffffffff600800;
	struct timeval now = { 0, 0 };
	unsigned cpu = ~0u;
	time_t before = time(NULL), said = old_time(NULL), after = time(NULL);
	int failed = old_gettimeofday(&now, NULL);
	long got = old_getcpu(&cpu, NULL, NULL);

	if (said < 0)
		printf("%s time %ld\n", when, (long)said);
	else
		printf("%s time %s\n", when, said >= before - 1 && said <= after + 1 ? "right" : "wrong");
	printf("%s gettimeofday %d %s\n", when, failed, now.tv_sec >= before - 1 ? "right" : "wrong");
	printf("%s getcpu %ld %s\n", when, got, cpu != ~0u ? "right" : "wrong");
	fflush(stdout);
	syscall(SYS_getpgid, 0);
}

static int has_page(void)
{
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");
	int found = 0;

	while (maps && fgets(line, sizeof line, maps))
		found |= strstr(line, "[vsyscall]") != NULL;
	if (maps)
		fclose(maps);
	return found;
}

// The kernel's emulation of the functions in the vsyscall page.
static int vsyscalls(void)
{
	struct sock_filter filter[] = {
		LOAD(NR), UNLESS(SYS_time), RETURN(SECCOMP_RET_TRACE), RETURN(SECCOMP_RET_ALLOW),
	};
	pid_t child;

	if (!has_page())
		return 77;
	for (int i = 0; i < 1500; i++)
		syscall(SYS_getpgrp);
	ask("alone");
	child = fork();
	if (child == 0) {
		ask("child");
		INSTALL(filter);
		ask("filtered");
		_exit(0);
	}
	waitpid(child, NULL, 0);
	ask("again");
	return 0;
}
#else
static int vsyscalls(void)
{
	return 77;
}
#endif

// Answers an error to a list of ptrace's requests, and executes a program: `refuse ERROR REQUEST,... PROGRAM ...`.
static int refuse(char **args)
{
	struct sock_filter filter[64] = {
		LOAD(NR),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 1, 0),
		RETURN(SECCOMP_RET_ALLOW),
		LOAD(offsetof(struct seccomp_data, args[0])),
	};
	unsigned short len = 4;
	unsigned error = strtoul(args[0], NULL, 0);

	for (char *request = strtok(args[1], ","); request && len < 60; request = strtok(NULL, ",")) {
		filter[len++] = (struct sock_filter)UNLESS(strtoul(request, NULL, 0));
		filter[len++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | error);
	}
	filter[len++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	install(filter, len);
	execvp(args[2], args + 2);
	return 98;
}

// Answers EINVAL where a ptrace request's options have one of these: `options MASK PROGRAM ...`.
static int refuse_options(char **args)
{
	struct sock_filter filter[] = {
		LOAD(NR),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 1, 0),
		RETURN(SECCOMP_RET_ALLOW),
		LOAD(offsetof(struct seccomp_data, args[0])),
		// PTRACE_SEIZE, PTRACE_SETOPTIONS
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x4206, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x4200, 0, 3),
		LOAD(offsetof(struct seccomp_data, args[3])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, strtoul(args[0], NULL, 0), 0, 1),
		RETURN(SECCOMP_RET_ERRNO | EINVAL),
		RETURN(SECCOMP_RET_ALLOW),
	};

	INSTALL(filter);
	execvp(args[1], args + 1);
	return 98;
}

// A process that does what tracers have to tell apart: calls, children, signals, an execve.
static int busy(char **args)
{
	pid_t child;

	for (int i = 0; i < 1500; i++)
		syscall(SYS_getpgrp);
	chdir("/nonexistent");
	raise(SIGCHLD);
	child = fork();
	if (child == 0) {
		chdir("/");
		if (args[0])
			_exit(0);
		execl("/proc/self/exe", "refusals", "busy", "more", NULL);
	}
	waitpid(child, NULL, 0);
	printf("%d\n", chdir("/"));
	return 7;
}

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : "";

	if (!strcmp(part, "never-failing"))
		return never_failing();
	if (!strcmp(part, "vsyscalls"))
		return vsyscalls();
	if (!strcmp(part, "busy"))
		return busy(argv + 2);
	if (!strcmp(part, "refuse") && argc > 4)
		return refuse(argv + 2);
	if (!strcmp(part, "refuse-options") && argc > 3)
		return refuse_options(argv + 2);
	return 97;
}
