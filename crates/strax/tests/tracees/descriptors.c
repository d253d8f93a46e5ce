/* Has one descriptor after the other at 100, which it shows by a call, and says what the tracer should take it for. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { SHOWN = 100 };

/* Shows and closes a descriptor, if it could be had. */
static void show(int fd, const char *expected) {
    if (fd < 0)
        return;
    printf("%s\n", expected);
    dup2(fd, SHOWN);
    fcntl(SHOWN, F_GETFD);
    close(SHOWN);
    if (fd != SHOWN)
        close(fd);
}

static unsigned long inode(int fd) {
    struct stat st;
    return fstat(fd, &st) ? 0 : st.st_ino;
}

/* The value of a line of /proc/self/fdinfo/FD. */
static long info(int fd, const char *format) {
    char path[64], line[128];
    long value = -1;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file) && sscanf(line, format, &value) != 1) {}
    if (file)
        fclose(file);
    return value;
}

static int with_value(int fd, long value) {
    if (fd >= 0 && value < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void files(const char *directory) {
    char text[8192];
    snprintf(text, sizeof text, "<%s>", directory);
    show(open(".", O_RDONLY), text);
    snprintf(text, sizeof text, "<%s/a \\74b\\76\\\"\\n\\3031>", directory);
    show(open("a <b>\"\n\303" "1", O_RDWR | O_CREAT, 0600), text);
    unlink("a <b>\"\n\303" "1");
    int fd = open("gone", O_RDWR | O_CREAT, 0600);
    unlink("gone");
    snprintf(text, sizeof text, "<%s/gone>(deleted)", directory);
    show(fd, text);
    snprintf(text, sizeof text, "<%s/kept (deleted)>", directory);
    show(open("kept (deleted)", O_RDWR | O_CREAT, 0600), text);
    unlink("kept (deleted)");
    show(open("/dev/null", O_RDWR), "</dev/null<char 1:3>>");
    fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    snprintf(text, sizeof text, "</dev/ptmx<char 5:2 @/dev/pts/%ld>>", info(fd, "tty-index: %ld"));
    fd = with_value(fd, info(fd, "tty-index: %ld"));
    /* It may be /dev/pts/ptmx. */
    char target[64] = "", link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (fd >= 0 && readlink(link, target, sizeof target - 1) > 0 && strcmp(target, "/dev/ptmx") == 0)
        show(fd, text);
}

static void anonymous(void) {
    char text[256];
    int pipes[2];
    if (pipe(pipes) == 0) {
        snprintf(text, sizeof text, "<pipe:[%lu]>", inode(pipes[0]));
        show(pipes[0], text);
        close(pipes[1]);
    }
    int fd = eventfd(171, EFD_SEMAPHORE);
    long id = info(fd, "eventfd-id: %ld");
    snprintf(text, sizeof text, "<{eventfd-count=0xab, eventfd-id=%ld, eventfd-semaphore=1}>", id);
    show(info(fd, "eventfd-semaphore: %ld") == 1 ? fd : -1, text);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR1);
    show(signalfd(-1, &set, 0), "<signalfd:[INT USR1]>");
    snprintf(text, sizeof text, "<pid:%d<descriptors>>", getpid());
    show(syscall(SYS_pidfd_open, getpid(), 0), text);
    show(epoll_create1(0), "<anon_inode:[eventpoll]>");
    show(memfd_create("in memory", 0), "</memfd:in memory>(deleted)");
    fd = open("/proc/self/ns/net", O_RDONLY);
    snprintf(text, sizeof text, "<net:[%lu]>", inode(fd));
    show(fd, text);
}

/* Where a socket is bound to, as the tracer has it. */
static void local(int fd, char *text, size_t size) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    getsockname(fd, (void *)&address, &length);
    if (address.ss_family == AF_INET)
        snprintf(text, size, "127.0.0.1:%d", ntohs(((struct sockaddr_in *)&address)->sin_port));
    else
        snprintf(text, size, "[::1]:%d", ntohs(((struct sockaddr_in6 *)&address)->sin6_port));
}

/* A socket that is bound to the loopback device. */
static int bound(int family, int type) {
    int fd = socket(family, type, 0);
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int failed = family == AF_INET ? bind(fd, (void *)&four, sizeof four) : bind(fd, (void *)&six, sizeof six);
    return fd >= 0 && !failed ? fd : -1;
}

static void internet(int family) {
    const char *tcp = family == AF_INET ? "TCP" : "TCPv6", *udp = family == AF_INET ? "UDP" : "UDPv6";
    char text[256], here[64], there[64];
    int fd = socket(family, SOCK_STREAM, 0);
    snprintf(text, sizeof text, "<%s:[%lu]>", tcp, inode(fd));
    show(fd, text);
    int server = bound(family, SOCK_STREAM);
    if (server < 0 || listen(server, 1))
        return;
    local(server, there, sizeof there);
    snprintf(text, sizeof text, "<%s:[%s]>", tcp, there);
    show(dup(server), text);
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    getsockname(server, (void *)&address, &length);
    int client = socket(family, SOCK_STREAM, 0);
    if (connect(client, (void *)&address, length) == 0) {
        local(client, here, sizeof here);
        snprintf(text, sizeof text, "<%s:[%s->%s]>", tcp, here, there);
        show(client, text);
    }
    close(server);
    fd = bound(family, SOCK_DGRAM);
    local(fd, here, sizeof here);
    snprintf(text, sizeof text, "<%s:[%s]>", udp, here);
    show(fd, text);
}

static void local_sockets(void) {
    char text[256];
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) {
        snprintf(text, sizeof text, "<UNIX-STREAM:[%lu->%lu]>", inode(pair[0]), inode(pair[1]));
        show(pair[0], text);
        close(pair[1]);
    }
    struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (bind(fd, (void *)&path, sizeof path) == 0) {
        snprintf(text, sizeof text, "<UNIX:[%lu,\"socket\"]>", inode(fd));
        show(fd, text);
        unlink("socket");
    }
    /* A peer is known as soon as the connection is accepted. */
    struct sockaddr_un hidden = {.sun_family = AF_UNIX};
    int length = sizeof(sa_family_t) + 1 + sprintf(hidden.sun_path + 1, "hidden-%d", getpid());
    int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(server, (void *)&hidden, length) == 0 && listen(server, 1) == 0 && connect(client, (void *)&hidden, length) == 0) {
        snprintf(text, sizeof text, "<UNIX-STREAM:[%lu]>", inode(client));
        show(dup(client), text);
        int accepted = accept(server, NULL, NULL);
        snprintf(text, sizeof text, "<UNIX-STREAM:[%lu->%lu]>", inode(client), inode(accepted));
        show(client, text);
        snprintf(text, sizeof text, "<UNIX-STREAM:[%lu,@\"hidden-%d\"]>", inode(server), getpid());
        show(server, text);
    }
    struct sockaddr_nl netlink = {.nl_family = AF_NETLINK};
    socklen_t size = sizeof netlink;
    fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    if (bind(fd, (void *)&netlink, size) == 0 && getsockname(fd, (void *)&netlink, &size) == 0) {
        snprintf(text, sizeof text, "<NETLINK:[ROUTE:%u]>", netlink.nl_pid);
        show(fd, text);
    }
}

int main(void) {
    char directory[4096];
    if (!getcwd(directory, sizeof directory))
        return 1;
    files(directory);
    anonymous();
    internet(AF_INET);
    internet(AF_INET6);
    local_sockets();
    return 0;
}
