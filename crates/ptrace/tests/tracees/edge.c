// Two pages, the second of which cannot be read; "edge" ends the first, without a NUL.
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	char *pages = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(pages + 4096, 4096, PROT_NONE);
	memcpy(pages + 4092, "edge", 4);
	return write(-1, pages + 4092, 100) == -1 ? pages[4092] : 0;
}
