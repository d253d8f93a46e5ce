// Prints its effective ids, and whether it has CAP_NET_RAW. With "grant FILE", gives FILE that capability.
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc > 2 && !strcmp(argv[1], "grant")) {
        struct vfs_cap_data data = {VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE};
        data.data[0].permitted = 1 << CAP_NET_RAW;
        return setxattr(argv[2], "security.capability", &data, XATTR_CAPS_SZ_2, 0) ? 1 : 0;
    }
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {};
    syscall(SYS_capget, &header, data);
    printf("%d %d %d\n", geteuid(), getegid(), data[0].effective >> CAP_NET_RAW & 1);
}
