// Runs a tracer to which a filter denies ptrace. With "alone" that is all.
//
// Else the tracer is traced itself: with "near" by this process, with "far" by a child of this process that is traced by
// it. It is told to attach to this process, and must refuse to. It could not do it anyway, and that is what the filter is
// for: processes that trace each other can't be ended.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void deny_ptrace(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_ptrace, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) _exit(90);
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) != -1) _exit(91);
}

/// Lets a traced child go on until it ends; returns its status.
static int see_through(pid_t child) {
    int status;
    while (waitpid(child, &status, __WALL) == child && WIFSTOPPED(status)) {
        int signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
        ptrace(PTRACE_CONT, child, 0, signal);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 92;
}

static pid_t traced_child(void) {
    pid_t child = fork();
    if (child == 0 && ptrace(PTRACE_TRACEME, 0, 0, 0)) _exit(93);
    return child;
}

int main(int argc, char **argv) {
    char own[16];
    if (!strcmp(argv[1], "alone")) {
        deny_ptrace();
        execv(argv[2], argv + 2);
        return 94;
    }
    snprintf(own, sizeof own, "%d", getpid());
    printf("%s\n", own);
    fflush(stdout);
    if (!strcmp(argv[1], "far")) {
        pid_t between = traced_child();
        if (between) return see_through(between);
    }
    pid_t tracer = traced_child();
    if (tracer) return see_through(tracer);
    deny_ptrace();
    execl(argv[2], "strax", "-p", own, argc > 3 ? argv[3] : NULL, NULL);
    return 94;
}
