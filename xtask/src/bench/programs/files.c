/* files [COUNT]: what programs do most: opens a file, looks at it, reads, maps and closes it. Eight calls a time. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
    for (long i = argc > 1 ? atol(argv[1]) : 1; i > 0; i--) {
        struct stat about;
        char data[512];
        int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
        fstat(fd, &about);
        if (read(fd, data, sizeof data) < 0)
            return 1;
        lseek(fd, 0, SEEK_SET);
        munmap(mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0), 4096);
        access("/nonexistent", R_OK);
        close(fd);
    }
    return 0;
}
