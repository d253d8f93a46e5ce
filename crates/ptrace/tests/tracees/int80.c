// A 64-bit program that makes a 32-bit call.
#include <unistd.h>

int main(void)
{
	int result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L), "b"(0x1234567800000001L) : "memory");
	return result == getpid() ? 0 : 1;
}
