// Makes children and threads: family fork|vfork|thread|exec-from-thread|exit|zombie-leader
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *program;

__attribute__((noinline)) void called(void) { __asm__ volatile("" : : : "memory"); }

static void *nothing(void *arg) { return arg; }

static void *exec(void *arg)
{
	execl(program, program, "exit", (char *) 0);
	return arg;
}

static void *outlive(void *arg)
{
	usleep(1000);
	syscall(SYS_exit, 0);
	return arg;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "exit";
	pthread_t thread;
	int status;

	program = argv[0];
	if (!strcmp(what, "fork")) {
		if (!fork())
			_exit(3);
		wait(&status);
		return WEXITSTATUS(status) == 3 ? 0 : 1;
	}
	if (!strcmp(what, "vfork")) {
		if (!vfork()) {
			called();
			_exit(4);
		}
		called();
		wait(&status);
		return WEXITSTATUS(status) == 4 ? 0 : 1;
	}
	if (!strcmp(what, "thread")) {
		pthread_create(&thread, 0, nothing, 0);
		pthread_join(thread, 0);
		return 0;
	}
	if (!strcmp(what, "exec-from-thread")) {
		pthread_create(&thread, 0, exec, 0);
		pause();
	}
	if (!strcmp(what, "zombie-leader")) {
		pthread_create(&thread, 0, outlive, 0);
		syscall(SYS_exit, 0);
	}
	return 7;
}
