/* Removes files of the folder "keep" in as many ways as there are, and says what came of each. Made without position
   independence, so that paths have 32-bit addresses. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void said(const char *way, long result)
{
	printf("%s %s\n", way, result == 0 ? "done" : strerrorname_np(errno));
	fflush(stdout);
}

static void *thread(void *path)
{
	said("thread", unlink(path));
	return NULL;
}

static char i386_path[] = "keep/inner/../one", x32_path[] = "./keep/one";

int main(void)
{
	int keep = open("keep", O_PATH), inner = open("keep/inner", O_RDONLY);
	pthread_t other;

	said("unlink", unlink("keep/one"));
	said("dots", unlink("keep/inner/.././one"));
	said("symlink", unlink("alias/two"));
	said("proc", unlink("/proc/self/cwd/keep/one"));
	said("thread-self", unlink("/proc/thread-self/root/proc/self/cwd/alias/../one"));
	said("unlinkat", unlinkat(keep, "one", 0));
	said("unlinkat-dots", unlinkat(inner, "../one", 0));
	said("rmdir", rmdir("keep/empty/"));
	said("removedir", unlinkat(inner, "../empty", AT_REMOVEDIR));
	said("rename", rename("keep/one", "gone"));
	said("renameat", renameat(inner, "two", AT_FDCWD, "gone"));
	said("over", rename("three", "keep/one"));
	said("renameat2", syscall(SYS_renameat2, keep, "one", AT_FDCWD, "three", RENAME_EXCHANGE));
#ifdef __x86_64__
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(10L), "b"(i386_path) : "memory", "r8", "r9", "r10", "r11");
	errno = -result;
	said("i386", result);
	said("x32", syscall(0x40000000L | SYS_unlink, x32_path));
#endif
	pthread_create(&other, NULL, thread, "keep/one");
	pthread_join(other, NULL);
	if (fork() == 0) {
		said("child", chdir("keep/inner") || unlink("two"));
		_exit(0);
	}
	wait(NULL);
	said("io_uring", syscall(425, 1, NULL));
	said("moved", rename("keep", "aside") || mkdir("keep", 0777));
	said("aside", unlink("aside/one"));
	said("moved", rmdir("keep") || rename("aside", "keep"));
	said("outside", unlink("three"));
	said("back", rename("other", "another"));
	return 0;
}
