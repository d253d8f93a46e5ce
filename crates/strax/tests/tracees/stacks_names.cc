// Functions of which the names are mangled.
#include <unistd.h>

#define FRAME __attribute__((noinline, noclone))
#define HERE __asm__ volatile("" ::: "memory")

namespace space {
struct Thing {
	FRAME int method(int x) const
	{
		int result = chdir("names");
		HERE;
		return result + x;
	}
};

template <typename T> FRAME int generic(T thing)
{
	int result = thing.method(1);
	HERE;
	return result;
}
}

int main()
{
	space::generic(space::Thing());
	return 0;
}
