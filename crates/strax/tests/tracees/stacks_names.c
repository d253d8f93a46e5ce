/* Functions with the names that compilers of other languages give them. */
#include <unistd.h>

#define FRAME __attribute__((noinline, noclone))
#define HERE __asm__ volatile("" ::: "memory")

FRAME int method(int x) __asm__("_ZNK5space5Thing6methodEi");
FRAME int generic(int x) __asm__("_ZN5space7genericINS_5ThingEEEiT_");
FRAME int legacy(int x) __asm__("_ZN7package6module8function17h0123456789abcdefE");
FRAME int current(int x) __asm__("_RNvNtCs1234_7package6module8function");

int method(int x)
{
	int result = chdir("names");
	HERE;
	return result + x;
}

int generic(int x)
{
	int result = method(x);
	HERE;
	return result + x;
}

int legacy(int x)
{
	int result = generic(x);
	HERE;
	return result + x;
}

int current(int x)
{
	int result = legacy(x);
	HERE;
	return result + x;
}

int main(void)
{
	current(1);
	return 0;
}
