/* Gives a file a security context, and uses it. Ends with 77 if it may not. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

int main(void) {
    static const char context[] = "system_u:object_r:tmp_t:s0";
    close(open("labelled", O_RDWR | O_CREAT, 0600));
    if (setxattr("labelled", "security.selinux", context, sizeof context, 0))
        return 77;
    char byte;
    int here = open(".", O_RDONLY | O_DIRECTORY);
    int fd = openat(here, "labelled", O_RDONLY);
    read(fd, &byte, 1);
    access("labelled", R_OK);
    access("nowhere", R_OK);
    unlink("labelled");
    return 0;
}
