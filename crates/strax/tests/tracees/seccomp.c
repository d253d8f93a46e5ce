// What a program can find out about seccomp, and what it can do with it and with children. Each part says on standard
// output what it found: under a tracer it shall find what it finds alone.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_UNTRACED
#define CLONE_UNTRACED 0x00800000
#endif

// The wanted call: 0, or the error.
static int wanted(void)
{
	return syscall(SYS_chdir, "/") == 0 ? 0 : errno;
}

static void report(const char *what, long value)
{
	printf("%s %ld\n", what, value);
	fflush(stdout);
}

static void wait_for(const char *what, pid_t pid)
{
	int status = 0;

	if (pid < 0 || waitpid(pid, &status, __WALL) != pid)
		report("no child", errno);
	if (WIFSIGNALED(status))
		report("signal", WTERMSIG(status));
	report(what, WEXITSTATUS(status));
}

// clone(2) without the C library: gives what is left in the register of the first argument as well.
static pid_t raw_clone(unsigned long *flags)
{
#ifdef __x86_64__
	long result;
	register long tid __asm__("r10") = 0;
	register long tls __asm__("r8") = 0;

	__asm__ volatile("syscall"
			 : "=a"(result), "+D"(*flags)
			 : "0"(SYS_clone), "S"(0), "d"(0), "r"(tid), "r"(tls)
			 : "rcx", "r11", "memory");
	return result;
#else
	return syscall(SYS_clone, *flags, 0, 0, 0, 0);
#endif
}

static void by_clone(const char *what, unsigned long flags)
{
	unsigned long left = flags;
	pid_t pid = raw_clone(&left);

	if (pid == 0)
		_exit(left == flags ? wanted() : 99);
	wait_for(what, pid);
	if (left != flags)
		report("flags", left);
}

static void by_clone3(const char *what, unsigned long flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	pid_t pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(args.flags == flags ? wanted() : 99);
	wait_for(what, pid);
	if (args.flags != flags)
		report("flags", args.flags);
}

static void *in_thread(void *unused)
{
	return (void *) (intptr_t) wanted();
}

static void children(void)
{
	pid_t pid = fork();
	pthread_t thread;
	void *result = NULL;

	if (pid == 0) {
		// A child's children, of which the tracer may not know either.
		by_clone("grandchild, untraced", SIGCHLD | CLONE_UNTRACED);
		_exit(wanted());
	}
	wait_for("fork", pid);
	pid = vfork();
	if (pid == 0)
		_exit(wanted());
	wait_for("vfork", pid);
	by_clone("clone", SIGCHLD);
	by_clone("clone, untraced", SIGCHLD | CLONE_UNTRACED);
	by_clone("clone, vfork, untraced", SIGCHLD | CLONE_UNTRACED | CLONE_VFORK);
	by_clone3("clone3", 0);
	by_clone3("clone3, untraced", CLONE_UNTRACED);
	by_clone3("clone3, vfork, untraced", CLONE_UNTRACED | CLONE_VFORK);
	pthread_create(&thread, NULL, in_thread, NULL);
	pthread_join(thread, &result);
	report("thread", (intptr_t) result);
	pid = fork();
	if (pid == 0) {
		execl("/proc/self/exe", "seccomp", "wanted", NULL);
		_exit(98);
	}
	wait_for("program", pid);
	// A child that nobody waits for, and whose wanted call comes when its parent is gone.
	int ends[2];
	char byte;
	if (pipe(ends) == 0 && fork() == 0) {
		close(ends[1]);
		if (read(ends[0], &byte, 1) == 0)
			report("orphan", wanted());
		_exit(0);
	}
}

static void asks(const char *when)
{
	printf("%s: mode %d, no_new_privs %d\n", when, prctl(PR_GET_SECCOMP), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	fflush(stdout);
}

// chdir fails with EPERM, getuid goes to whoever traces.
static long set_filter(unsigned flags)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_chdir, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getuid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(program) / sizeof(*program), program };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (flags)
		return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static void filters(void)
{
	asks("before");
	report("set", set_filter(0));
	asks("after");
	report("chdir", wanted());
	report("getuid", syscall(SYS_getuid) == -1 ? errno : 0);
	by_clone("child", SIGCHLD);
	report("strict", prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) ? errno : 0);
	report("getppid", syscall(SYS_getppid) > 0);
}

// Who has no rights, and gives none up, may set no filter.
static void refused(void)
{
	struct sock_filter program = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog filter = { 1, &program };

	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		report("setresuid", errno);
	report("refused", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) ? errno : 0);
	asks("then");
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	report("set", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) ? errno : 0);
	asks("then");
}

static pthread_barrier_t barrier;

static void *waits(void *unused)
{
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return in_thread(NULL);
}

static void all_threads(void)
{
	pthread_t thread;
	void *result = NULL;

	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&thread, NULL, waits, NULL);
	pthread_barrier_wait(&barrier);
	report("set", set_filter(SECCOMP_FILTER_FLAG_TSYNC));
	pthread_barrier_wait(&barrier);
	pthread_join(thread, &result);
	report("thread", (intptr_t) result);
}

static void strict(void)
{
	for (int part = 0; part < 3; part++) {
		pid_t pid = fork();
		if (pid == 0) {
			if (part == 0)
				prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
			else
				syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
			if (write(1, "strict\n", 7) != 7 || part == 1)
				wanted();
			if (part == 2)
				syscall(SYS_getppid);
			syscall(SYS_exit, 3);
		}
		wait_for("strict", pid);
	}
}

static void traces(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
			_exit(97);
		raise(SIGSTOP);
		_exit(wanted());
	}
	waitpid(pid, &status, 0);
	report("stopped", WIFSTOPPED(status));
	ptrace(PTRACE_CONT, pid, 0, 0);
	wait_for("tracee", pid);
}

static void other_abis(void)
{
#ifdef __x86_64__
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long result;

	strcpy(low, "/");
	__asm__ volatile("int $0x80" : "=a"(result) : "0"(12), "b"(low) : "memory", "r8", "r9", "r10", "r11");
	report("i386", result);
	report("x86-64", wanted());
	report("x32", syscall(SYS_chdir | 0x40000000, "/") == 0 ? 0 : errno);
	__asm__ volatile("int $0x80" : "=a"(result) : "0"(12), "b"(low) : "memory", "r8", "r9", "r10", "r11");
	report("i386", result);
#endif
}

// Goes on when it is told to, whatever has become of its tracer.
static void survives(void)
{
	char byte;

	signal(SIGTERM, SIG_IGN);
	report("ready", 0);
	if (read(0, &byte, 1) == 1)
		report("wanted", wanted());
}

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : "";

	if (strcmp(part, "wanted") == 0)
		return wanted();
	// Many calls that nobody asked for.
	if (argc > 2)
		for (int i = 0; i < 3000; i++)
			syscall(SYS_getppid);
	if (strcmp(part, "asks") == 0)
		asks("now");
	if (strcmp(part, "children") == 0)
		children();
	if (strcmp(part, "filters") == 0)
		filters();
	if (strcmp(part, "refused") == 0)
		refused();
	if (strcmp(part, "threads") == 0)
		all_threads();
	if (strcmp(part, "strict") == 0)
		strict();
	if (strcmp(part, "traces") == 0)
		traces();
	if (strcmp(part, "abis") == 0)
		other_abis();
	if (strcmp(part, "survives") == 0)
		survives();
	report("end", wanted());
	return 0;
}
