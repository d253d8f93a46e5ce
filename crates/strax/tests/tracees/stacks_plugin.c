/* A library that calls back. */
void call_back(int (*function)(const char *))
{
	function(NAME);
	__asm__ volatile("" ::: "memory");
}
