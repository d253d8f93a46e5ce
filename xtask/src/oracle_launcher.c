/*
 * Runs the unpacked strace with the C library it was built for.
 *
 * A binary rather than a shell script: a shell would add variables (PWD, _) to the environment, and the
 * tracee's execve would show them. The C library of the machine is never used by what is started from here,
 * and the environment, the descriptors and the name in argv[0] pass through untouched.
 *
 * The build defines LOADER, LIBRARY_PATH and STRACE (absolute paths).
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	char *head[] = { LOADER, "--library-path", LIBRARY_PATH, "--argv0", argc ? argv[0] : "strace", STRACE };
	enum { HEAD = sizeof(head) / sizeof(*head) };
	char **args = calloc(HEAD + argc + 1, sizeof(*args));

	if (!args)
		return 127;
	for (int i = 0; i < HEAD; i++)
		args[i] = head[i];
	for (int i = 1; i < argc; i++)
		args[HEAD + i - 1] = argv[i];
	execv(LOADER, args);
	perror(LOADER);
	return 127;
}
