/* Unmaps page after page of itself while it goes on making calls with pointers to them, until it dies. */
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char page[65536] __attribute__((aligned(4096))) = "somewhere";

int main(void) {
    for (int i = 0; i < 16; i++) {
        syscall(SYS_openat, -100, page + 4096 * i - 4, 0);
        syscall(SYS_write, -1, page + 4096 * i - 2, 100);
        munmap(page + 4096 * i, 4096);
        syscall(SYS_openat, -100, page + 4096 * i - 4, 0);
        syscall(SYS_write, -1, page + 4096 * i - 2, ~0UL);
    }
    uintptr_t here = (uintptr_t)main & ~4095UL;
    syscall(SYS_munmap, here, 4096);
    return 0;
}
