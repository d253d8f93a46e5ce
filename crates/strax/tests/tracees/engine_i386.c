// Calls of the 32-bit ABI, without a C library.
static long call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "0"(number), "b"(a), "c"(b), "d"(c), "S"(0), "D"(0)
			 : "memory");
	return result;
}

void _start(void)
{
	call(4, -1, (long) "hi", 2);
	call(0x1ff, 1, 2, 3);
	call(1, 3, 0, 0);
	for (;;)
		;
}
