/* Calls through code that it makes at run time, and tells of it in its /tmp/perf-PID.map. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 4096

typedef void (*function)(void (*)(void));

static const char *what;
static char map[64];
static function made;

static void here(void)
{
	chdir(what);
	__asm__ volatile("");
}

/* push %rbp; mov %rsp, %rbp; call *%rdi; pop %rbp; ret */
static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3};

static void make(void)
{
	void *page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(page, code, sizeof code);
	made = (function)page;
}

static void tell(const char *format, ...)
{
	va_list values;
	FILE *file = fopen(map, "a");
	va_start(values, format);
	vfprintf(file, format, values);
	va_end(values);
	fclose(file);
}

__attribute__((noinline)) static void call(const char *when)
{
	what = when;
	made(here);
	__asm__ volatile("");
}

static void *thread(void *unused)
{
	call("thread");
	return unused;
}

int main(int argc, char **argv)
{
	const char *kind = argv[1];
	snprintf(map, sizeof map, "/tmp/perf-%d.map", getpid());
	unlink(map);
	make();
	if (!strcmp(kind, "plain")) {
		pthread_t id;
		call("untold");
		tell("%lx %x first name\n", (unsigned long)made, SIZE);
		call("told");
		tell("%lx %x second\n", (unsigned long)made, SIZE);
		call("retold");
		pthread_create(&id, NULL, thread, NULL);
		pthread_join(id, NULL);
	} else if (!strcmp(kind, "hostile")) {
		tell("not a line\n%lx %x f\33[31m\xff\xe2\x80\xae\n", (unsigned long)made, SIZE);
		call("told");
	} else if (!strcmp(kind, "file")) {
		int file = memfd_create("code", 0);
		write(file, code, sizeof code);
		made = (function)mmap(NULL, SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
		tell("%lx %x f\n", (unsigned long)made, SIZE);
		call("told");
	} else if (!strcmp(kind, "named")) {
		if (prctl(0x53564d41, 0, made, SIZE, "code") != 0)
			return 77;
		tell("%lx %x f\n", (unsigned long)made, SIZE);
		call("told");
	} else if (!strcmp(kind, "link")) {
		symlink(argv[2], map);
		tell("%lx %x f\n", (unsigned long)made, SIZE);
		call("told");
	} else if (!strcmp(kind, "fifo")) {
		mkfifo(map, 0600);
		call("told");
	} else if (!strcmp(kind, "foreign")) {
		tell("%lx %x f\n", (unsigned long)made, SIZE);
		if (chown(map, 54321, 54321) != 0)
			return 77;
		call("told");
	}
	unlink(map);
	return 0;
}
