/* reader COUNT: reads much, a piece at a time, and hardly ever opens a file. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    static char data[64 << 10];
    int fd = -1;

    for (long i = 0, count = atol(argv[1]); i < count; i++) {
        if (i % 2000 == 0) {
            close(fd);
            fd = open("/dev/zero", O_RDONLY);
        }
        if (read(fd, data, sizeof data) != sizeof data)
            return 1;
    }
    return 0;
}
