/* Makes calls from stacks of every kind. The first argument says which, the others are for it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A function that is there, and whose calls are no jumps. */
#define FRAME __attribute__((noinline, noclone))
#define HERE __asm__ volatile("" ::: "memory")

FRAME int inner(const char *where)
{
	int result = chdir(where);
	HERE;
	return result;
}

FRAME int middle(const char *where)
{
	int result = inner(where);
	HERE;
	return result + 1;
}

FRAME int recurse(int depth)
{
	int result = depth > 0 ? recurse(depth - 1) : middle("recursion");
	HERE;
	return result + 1;
}

static void handler(int signal)
{
	(void)signal;
	middle("handler");
	HERE;
}

FRAME void interrupted(int alternate)
{
	static char stack[64 << 10];
	stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_handler = handler};
	if (alternate) {
		sigaltstack(&other, NULL);
		action.sa_flags = SA_ONSTACK;
	}
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	HERE;
}

static void *thread(void *name)
{
	middle(name);
	return NULL;
}

FRAME void threads(void)
{
	pthread_t id;
	pthread_create(&id, NULL, thread, "thread");
	pthread_join(id, NULL);
	HERE;
}

/* Whether the leader sleeps. */
static int leader_sleeps(void)
{
	char state = 0;
	FILE *stat = fopen("/proc/self/stat", "r");
	if (!stat || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		exit(9);
	fclose(stat);
	return state == 'S';
}

static void *executor(void *program)
{
	while (!leader_sleeps())
		usleep(1000);
	execl(program, program, "recursion", "0", NULL);
	HERE;
	return NULL;
}

FRAME void supersede(char *program)
{
	pthread_t id;
	pthread_create(&id, NULL, executor, program);
	syscall(SYS_pause);
	HERE;
}

FRAME void plugin(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);
	if (!library)
		exit(9);
	void (*function)(int (*)(const char *)) =
		(void (*)(int (*)(const char *)))dlsym(library, "call_back");
	function(middle);
	dlclose(library);
	HERE;
}

/* Code that nobody has described: mov $SYS_chdir, %eax; syscall or int $0x80; ret. */
FRAME void made(void)
{
#ifdef __x86_64__
	unsigned char code[] = {0xb8, SYS_chdir, 0, 0, 0, 0x0f, 0x05, 0xc3};
#else
	unsigned char code[] = {0xb8, SYS_chdir, 0, 0, 0, 0xcd, 0x80, 0xc3};
#endif
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(page, code, sizeof(code));
	((int (*)(const char *))page)("made");
	HERE;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (!strcmp(what, "recursion"))
		recurse(argc > 2 ? atoi(argv[2]) : 3);
	else if (!strcmp(what, "handler"))
		interrupted(0);
	else if (!strcmp(what, "alternate"))
		interrupted(1);
	else if (!strcmp(what, "threads"))
		threads();
	else if (!strcmp(what, "plugins"))
		for (int i = 2; i < argc; i++)
			plugin(argv[i]);
	else if (!strcmp(what, "made"))
		made();
	else if (!strcmp(what, "gone"))
		unlink(argv[0]), middle("gone");
	else if (!strcmp(what, "execute"))
		execl(argv[0], argv[0], "recursion", "0", NULL);
	else if (!strcmp(what, "supersede"))
		supersede(argv[0]);
	else if (!strcmp(what, "wait")) {
		puts("ready");
		fflush(stdout);
		getchar();
		middle("waited");
	}
	return 3;
}
