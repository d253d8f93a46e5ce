// A 32-bit program that needs no 32-bit C library: many calls, a child, and calls that can be tampered with.
static int call(int number, int a, int b, int c)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

enum { EXIT = 1, FORK = 2, OPEN = 5, WAITPID = 7, CHDIR = 12, GETPGID = 132 };

void _start(void)
{
	static char root[] = "/", nothing[] = "/nonexistent";
	int result;

	for (int i = 0; i < 1500; i++)
		call(GETPGID, 0, 0, 0);
	if (call(FORK, 0, 0, 0) == 0) {
		call(CHDIR, (int)root, 0, 0);
		call(OPEN, (int)nothing, 0, 0);
		call(EXIT, 3, 0, 0);
	}
	call(WAITPID, -1, 0, 0);
	call(CHDIR, (int)nothing, 0, 0);
	result = call(CHDIR, (int)root, 0, 0);
	call(EXIT, result == 0 ? 7 : result == 77 ? 8 : 9, 0, 0);
}
