// Calls about descriptors and paths that are found in other places than argument registers that are always such. None
// of them does any harm: they fail, or wait for nothing.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LOOP_SET_FD 0x4c00
#define Q_QUOTAON 0x800002
#define GRPQUOTA 1

static struct timespec no_time;

static void wait_for(struct pollfd *fds, unsigned long count)
{
	// What the register of an unsigned int holds above it does not count.
	unsigned long register_value = sizeof(long) == 8 ? count | ~0xffffffffUL : count;

#ifdef SYS_poll
	syscall(SYS_poll, fds, register_value, 0);
#endif
	no_time = (struct timespec){ 0, 0 };
	syscall(SYS_ppoll, fds, register_value, &no_time, NULL, 8);
}

int main(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct pollfd *fds = (void *)page, *cut = (void *)(page + 4096 - 4);
	struct pollfd some[] = { { 0, POLLIN, 0 }, { 1, POLLIN, 0 }, { 40, POLLIN, 0 }, { -1, POLLIN, 0 } };

	munmap(page + 4096, 4096);
	dup2(open("/dev/full", O_RDWR), 40);
	memcpy(fds, some, sizeof some);
	wait_for(fds, 2);
	wait_for(fds, 3);
	wait_for(fds + 3, 1);
	// One of which only the descriptor can be read.
	cut->fd = 40;
	wait_for(cut, 23);

	syscall(SYS_quotactl, (int)(Q_QUOTAON << 8 | GRPQUOTA), "/nonexistent/device", 2, "/dev/full");
	syscall(SYS_quotactl, (int)(Q_QUOTAON << 8 | GRPQUOTA), "/nonexistent/device", 2, "/nonexistent/file");
	ioctl(-1, LOOP_SET_FD, 40);
	ioctl(-1, LOOP_SET_FD, 41);
	ioctl(-1, FIONREAD, 40);
	fanotify_mark(-1, FAN_MARK_ADD, FAN_OPEN, 40, NULL);
	fanotify_mark(-1, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/nonexistent/file");
	syscall(SYS_io_uring_register, 40, 0x7ffffff, 0, 0);
	syscall(SYS_io_uring_register, 41, 0x7ffffff, 0, 0);
	return 0;
}
