/* Makes calls that can do no harm, with arguments that make no sense. */
#include <sys/syscall.h>
#include <unistd.h>

static const long calls[] = {
    SYS_read, SYS_write, SYS_poll, SYS_ioctl, SYS_readv, SYS_writev, SYS_access, SYS_sendmsg, SYS_recvmsg,
    SYS_getsockopt, SYS_setsockopt, SYS_bind, SYS_connect, SYS_fcntl, SYS_getdents64, SYS_utimensat, SYS_futex,
    SYS_epoll_ctl, SYS_epoll_wait, SYS_timer_create, SYS_clock_gettime, SYS_nanosleep, SYS_execve, SYS_statx,
    SYS_getcwd, SYS_rt_sigaction, SYS_bpf, SYS_perf_event_open, SYS_keyctl, SYS_io_submit, SYS_mq_open,
    SYS_openat2, SYS_clone3, SYS_prctl, SYS_ptrace, SYS_wait4, SYS_waitid, SYS_sched_setattr, 1000, -1L,
};

int main(void) {
    static char data[64] = { 1, 2, 3, 4 };
    const long words[] = { 0, 1, -1, -100, (long)data, (long)data + 61, 1L << 47, (long)main, 0x7fffffff };
    const int n = sizeof words / sizeof *words;
    unsigned seed = 1;
    for (unsigned i = 0; i < 2000; i++) {
        long args[6];
        for (int j = 0; j < 6; j++) {
            seed = seed * 1103515245 + 12345;
            args[j] = words[(seed >> 16) % n];
        }
        long call = calls[i % (sizeof calls / sizeof *calls)];
        /* Its descriptor is never one of its own, and it waits for nobody. */
        if (call == SYS_futex || call == SYS_ptrace || call == SYS_prctl)
            args[1] = -1;
        if (call == SYS_clone3 || call == SYS_execve)
            args[0] = 8;
        if (call == SYS_poll || call == SYS_epoll_wait)
            args[2] = args[3] = 0;
        if (call == SYS_nanosleep)
            args[0] = 8;
        if (call == SYS_read || call == SYS_write || call == SYS_readv || call == SYS_writev)
            args[0] = -1;
        if (call == SYS_rt_sigaction)
            args[0] = 65;
        syscall(call, args[0], args[1], args[2], args[3], args[4], args[5]);
    }
    return 7;
}
