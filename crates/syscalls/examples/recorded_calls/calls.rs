//! Calls as a tracer saw them: registers, and the memory that they point to, before the call and after it.
//!
//! They were recorded on x86-64, from a program that makes the calls that programs make most.

/// A stretch of the tracee's memory.
pub(crate) struct Stretch {
    pub(crate) addr: u64,
    /// What it held when the call was entered.
    pub(crate) before: &'static [u8],
    /// What it held when the call had returned.
    pub(crate) after: &'static [u8],
}

/// A call.
pub(crate) struct Recorded {
    pub(crate) name: &'static str,
    pub(crate) registers: [u64; 6],
    /// What the kernel returned.
    pub(crate) result: i64,
    pub(crate) memory: &'static [Stretch],
}

/// Memory that the call reads.
const fn read(addr: u64, bytes: &'static [u8]) -> Stretch {
    Stretch { addr, before: bytes, after: bytes }
}

/// Memory that the call fills.
const fn filled(addr: u64, bytes: &'static [u8]) -> Stretch {
    Stretch { addr, before: &[0; 512], after: bytes }
}

/// The calls.
pub(crate) const CALLS: &[Recorded] = &[
    Recorded {
        name: "openat",
        registers: [0xffffff9c, 0x7f449dc720b1, 0x80000, 0, 0, 0x556c58dfa95f],
        result: 3,
        memory: &[read(0x7f449dc720b1, b"/etc/ld.so.cache\0")],
    },
    Recorded {
        name: "fstat",
        registers: [3, 0x7ffe79b694f0, 0x7f449db54829, 0x7f449dc4d6d0, 0x7f449dc3f400, 0x7f449dc3f400],
        result: 0,
        memory: &[filled(
            0x7ffe79b694f0,
            b"\0\xfe\0\0\0\0\0\0\xf8\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\xa4\x81\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x9f\x94\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\
                  P\0\0\0\0\0\0\0*\xc1\0k\0\0\0\0\x86\x1e\xd83\0\0\0\0*\xc1\0k\0\0\0\0\x86\
                  \xfa\xe32\0\0\0\0*\xc1\0k\0\0\0\0\x86\xfa\xe32\0\0\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        )],
    },
    Recorded {
        name: "newfstatat",
        registers: [0xffffff9c, 0x556c58dfc0d8, 0x7ffe79b694f0, 0, 0x7f449dc4d6d0, 0x7f449dc3f400],
        result: 0,
        memory: &[
            read(0x556c58dfc0d8, b"/usr/lib/x86_64-linux-gnu/libc.so.6\0"),
            filled(
                0x7ffe79b694f0,
                b"\0\xfe\0\0\0\0\0\0\x87\xfa\x04\0\0\0\0\0\x01\0\0\0\0\0\0\0\xed\x81\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0Xd\x1d\0\0\0\0\0\0\x10\0\0\0\0\0\0\
                  \xb8\x0e\0\0\0\0\0\0)\xbb\0k\0\0\0\0\xc5\xdac#\0\0\0\0\xa9\xc3\xefi\0\0\
                  \0\0\0\0\0\0\0\0\0\0\xa9\xc3\xefi\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ),
        ],
    },
    Recorded {
        name: "statx",
        registers: [0xffffff9c, 0x556c58dfc015, 0, 0xfff, 0x7ffe79b693f0, 0x7f449dc3f400],
        result: 0,
        memory: &[
            read(0x556c58dfc015, b"/etc/passwd\0"),
            filled(
                0x7ffe79b693f0,
                b"\xff\x1f\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\xa4\x81\
                  \0\0\xe1\x02\0\0\0\0\0\0\xc5\x04\0\0\0\0\0\0\x08\0\0\0\0\0\0\0t80\0\0\0\
                  \0\0+\xbb\0k\0\0\0\0\xfb\xa2\xc7\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\xf1\xe0\rj\0\0\0\0\0\0\0\0\0\0\0\0\xf1\xe0\rj\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\xfe\0\0\0\0\0\0\0\x1b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ),
        ],
    },
    Recorded {
        name: "statfs",
        registers: [0x556c58dfc021, 0x7ffe79b69370, 0, 0x7f449da658f0, 0x7ffe79b693f0, 0x7f449dc3f400],
        result: 0,
        memory: &[
            read(0x556c58dfc021, b"/\0"),
            filled(
                0x7ffe79b69370,
                b"S\xef\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\x9d\xe3\xef\x03\0\0\0\0\xb2\x81g\x03\
                  \0\0\0\0\xb5\x1a\xe3\0\0\0\0\0\0\0\0\x01\0\0\0\0\xd1\xe7\xf8\0\0\0\0\0.u\
                  \x81\xa19\xc5\xa5\xab\xff\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0 \x10\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ),
        ],
    },
    Recorded {
        name: "read",
        registers: [3, 0x7ffe79b69580, 0x340, 0x7f449da62b60, 0x7ffe79b693f0, 0x7f449dc3f400],
        result: 832,
        memory: &[filled(
            0x7ffe79b69580,
            b"glibc-ld.so.cache1.1c\x02\0\0\xcaZ\0\0\x02\0\0\0D\x94\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0\0\x03\x03\0\0$X\0\0\x0eX\0\0\0\0\0\0",
        )],
    },
    Recorded {
        name: "pread64",
        registers: [3, 0x7ffe79b69580, 0x310, 0x40, 0x7ffe79b693f0, 0x7f449dc3f400],
        result: 784,
        memory: &[filled(
            0x7ffe79b69580,
            b"\0\0\0\0\0\0\0\0\x03\x03\0\0\xb6I\0\0\xa0I\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
                  \x03\x03\0\0\xd9}\0\0\xc3}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\x03\0\0\x02s\
                  \0\0",
        )],
    },
    Recorded {
        name: "write",
        registers: [5, 0x556c58dfc138, 0x3a, 0x7f449da6c4f0, 0x7f449dc3f400, 0x7f449dc3f400],
        result: 58,
        memory: &[read(0x556c58dfc138, b"total 48\ndrwxr-xr-x  2 user user 4096 Nov 21 00:54 crates\n")],
    },
    Recorded {
        name: "lseek",
        registers: [3, 0, 0, 0x7f449da6d0d8, 0x7ffe79b693f0, 0x7f449dc3f400],
        result: 0,
        memory: &[],
    },
    Recorded {
        name: "mmap",
        registers: [0, 0x203000, 5, 0x802, 3, 0x28000],
        result: 139932677230592,
        memory: &[],
    },
    Recorded {
        name: "mprotect",
        registers: [0x7f449d84d000, 0x1000, 0, 0x7f449da67a20, 3, 0x28000],
        result: 0,
        memory: &[],
    },
    Recorded {
        name: "munmap",
        registers: [0x7f449d84d000, 0x203000, 0, 0x7f449da60e80, 3, 0x28000],
        result: 0,
        memory: &[],
    },
    Recorded {
        name: "brk",
        registers: [0, 0x7ffe79b6999c, 0, 0x37f, 0, 0],
        result: 93924633001984,
        memory: &[],
    },
    Recorded {
        name: "access",
        registers: [0x556c58dfc023, 4, 0, 0x7f449da6b638, 3, 0x28000],
        result: -2,
        memory: &[read(0x556c58dfc023, b"/etc/ld.so.preload\0")],
    },
    Recorded {
        name: "readlink",
        registers: [0x556c58dfc036, 0x7ffe79b69580, 0x400, 0x7f449da648e8, 3, 0x28000],
        result: 23,
        memory: &[
            read(0x556c58dfc036, b"/proc/self/exe\0"),
            filled(0x7ffe79b69580, b"/home/user/src/bin/prog"),
        ],
    },
    Recorded {
        name: "getcwd",
        registers: [0x7ffe79b69580, 0x400, 0x400, 0x7f449da6bb48, 3, 0x28000],
        result: 19,
        memory: &[filled(0x7ffe79b69580, b"/home/user/src/bin\0")],
    },
    Recorded { name: "fcntl", registers: [3, 2, 1, 0x7f449da60550, 3, 0x28000], result: 0, memory: &[] },
    Recorded { name: "close", registers: [3, 2, 0, 0x7f449da6a498, 3, 0x28000], result: 0, memory: &[] },
    Recorded {
        name: "getdents64",
        registers: [3, 0x7ffe79b69580, 0x200, 3, 0x28000, 0x7f449dc3f400],
        result: 488,
        memory: &[filled(
            0x7ffe79b69580,
            b"\xa1\x80\xbc\x03\0\0\0\0\x01\0\0\0\0\0\0\0\x18\0\x04.\0og\0\x01\0\0\0\0\
                  \0\0\0\x02\0\0\0\0\0\0\0\x18\0\x04..\0\0\0\xa4\x80\xbc\x03\0\0\0\0\x03\0\
                  \0\0\0\0\0\0\x18\0\x04task\0\xa5\x80\xbc\x03\0\0\0\0\x04\0\0\0\0\0\0\0\
                  \x18\0\x04fd\0\0\0\xa6\x80\xbc\x03\0\0\0\0\x05\0\0\0\0\0\0\0 \0\x04map_f\
                  iles\0\0\0\0\xa7\x80\xbc\x03\0\0\0\0\x06\0\0\0\0\0\0\0 \0\x04fdinfo\0\0\
                  \0(M\0\0\xa8\x80\xbc\x03\0\0\0\0\x07\0\0\0\0\0\0\0\x18\0\x04ns\0\0\0\xa9\
                  \x80\xbc\x03\0\0\0\0\x08\0\0\0\0\0\0\0\x18\0\x04net\0\0\xaa\x80\xbc\x03\
                  \0\0\0\0\x09\0\0\0\0\0\0\0 \0\x08environ\0\0\0\0\0\0\xab\x80\xbc\x03\0\0\
                  \0\0\n\0\0\0\0\0\0\0\x18\0\x08auxv\0\xac\x80\xbc\x03\0\0\0\0\x0b\0\0\0\0\
                  \0\0\0 \0\x08status\0\0\0\0\0\0\0\xad\x80\xbc\x03\0\0\0\0\x0c\0\0\0\0\0\
                  \0\0 \0\x08personality\0\0\xae\x80\xbc\x03\0\0\0\0\r\0\0\0\0\0\0\0 \0\
                  \x08limits\0\0\0\0\0\0\0\xaf\x80\xbc\x03\0\0\0\0\x0e\0\0\0\0\0\0\0 \0\
                  \x08sched\0\0\0\0\0\0\0\0\xb0\x80\xbc\x03\0\0\0\0\x0f\0\0\0\0\0\0\0 \0\
                  \x08autogroup\0@\0\0\xb1\x80\xbc\x03\0\0\0\0\x10\0\0\0\0\0\0\0(\0\x08tim\
                  ens_offsets\0\0\0\0\0\0\0\xb2\x80\xbc\x03\0\0\0\0\x11\0\0\0\0\0\0\0\x18\
                  \0\x08comm\0",
        )],
    },
    Recorded {
        name: "rt_sigaction",
        registers: [0x11, 0x7ffe79b68d90, 0, 8, 0, 0x7f449dc3f400],
        result: 0,
        memory: &[read(
            0x7ffe79b68d90,
            b"\x99\xb3\xdfXlU\0\0\0\0\0\x14\0\0\0\0P\xf0\xa8\x9dD\x7f\0\0\0\0\0\0\0\0\
                  \0\0",
        )],
    },
    Recorded {
        name: "rt_sigprocmask",
        registers: [0, 0x7ffe79b69250, 0, 8, 0, 0x7f449dc3f400],
        result: 0,
        memory: &[read(0x7ffe79b69250, b"\x02\0\x01\0\0\0\0\0")],
    },
    Recorded {
        name: "ioctl",
        registers: [4, 0x5401, 0x7ffe79b69210, 0x7f449da6a378, 0, 0x7f449dc3f400],
        result: 0,
        memory: &[filled(
            0x7ffe79b69210,
            b"\0\x05\0\0\x05\0\0\0\xbf\0\0\0;\x8a\0\0\0\x03\x1c\x7f\x15\x04\0\x01\0\
                  \x11\x13\x1a\0\x12\x0f\x17\x16\0\0\0",
        )],
    },
    Recorded {
        name: "sendmsg",
        registers: [5, 0x7ffe79b691b0, 0x4000, 0x7f449da67ee8, 0, 0x7f449dc3f400],
        result: 51,
        memory: &[
            read(
                0x7ffe79b691b0,
                b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\x91\xb6y\xfe\x7f\0\0\x01\0\0\0\0\0\
                  \0\0\x90\x91\xb6y\xfe\x7f\0\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ),
            read(0x7ffe79b691f0, b"\0\xc1\xdfXlU\0\x003\0\0\0\0\0\0\0"),
            read(0x556c58dfc100, b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, world"),
            read(0x7ffe79b69190, b"\x14\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x04\0\0\0\0\0\0\0"),
        ],
    },
    Recorded {
        name: "recvmsg",
        registers: [6, 0x7ffe79b69140, 0x40000000, 0x7f449da65fc8, 0, 0x7f449dc3f400],
        result: 51,
        memory: &[
            Stretch {
                addr: 0x7ffe79b69140,
                before: b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80\x91\xb6y\xfe\x7f\0\0\x01\0\0\0\0\0\
                  \0\0\x90\x91\xb6y\xfe\x7f\0\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                after: b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80\x91\xb6y\xfe\x7f\0\0\x01\0\0\0\0\0\
                  \0\0\x90\x91\xb6y\xfe\x7f\0\0\x18\0\0\0\0\0\0\0\0\0\0@\0\0\0\0",
            },
            read(0x7ffe79b69180, b"\x80\x95\xb6y\xfe\x7f\0\0\0\x04\0\0\0\0\0\0"),
            filled(0x7ffe79b69580, b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, world"),
            filled(0x7ffe79b69190, b"\x14\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x07\0\0\0\0\0\0\0"),
        ],
    },
    Recorded {
        name: "writev",
        registers: [5, 0x7ffe79b69120, 2, 0x7f449da5c620, 0, 0x7f449dc3f400],
        result: 18,
        memory: &[
            read(0x7ffe79b69120, b"P\xc0\xdfXlU\0\0\x09\0\0\0\0\0\0\0Z\xc0\xdfXlU\0\0\x09\0\0\0\0\0\0\0"),
            read(0x556c58dfc050, b"line one\n"),
            read(0x556c58dfc05a, b"line two\n"),
        ],
    },
    Recorded {
        name: "poll",
        registers: [0x7ffe79b69110, 2, 0x64, 0x7f449da618d0, 0, 0x7f449dc3f400],
        result: 1,
        memory: &[Stretch {
            addr: 0x7ffe79b69110,
            before: b"\x05\0\0\0\x01\0\0\0\x06\0\0\0\x05\0\0\0",
            after: b"\x05\0\0\0\x01\0\0\0\x06\0\0\0\x05\0\x05\0",
        }],
    },
    Recorded {
        name: "epoll_pwait",
        registers: [8, 0x7ffe79b690a0, 8, 0x3e8, 0, 8],
        result: 1,
        memory: &[filled(0x7ffe79b690a0, b"\x01\0\0\0*\0\0\0\0\0\0\0")],
    },
    Recorded {
        name: "connect",
        registers: [9, 0x7ffe79b69090, 0x10, 0x7f449da6aa08, 4, 8],
        result: -111,
        memory: &[read(0x7ffe79b69090, b"\x02\0\0\x01\x7f\0\0\x01\0\0\0\0\0\0\0\0")],
    },
    Recorded {
        name: "setsockopt",
        registers: [9, 1, 2, 0x7ffe79b6908c, 4, 8],
        result: 0,
        memory: &[read(0x7ffe79b6908c, b"\x01\0\0\0")],
    },
    Recorded { name: "futex", registers: [0x556c58dfe148, 0x81, 1, 0, 0, 0], result: 0, memory: &[] },
    Recorded {
        name: "clock_nanosleep",
        registers: [0, 0, 0x7ffe79b69070, 0, 0, 0],
        result: 0,
        memory: &[read(0x7ffe79b69070, b"\0\0\0\0\0\0\0\0\xe8\x03\0\0\0\0\0\0")],
    },
    Recorded {
        name: "clone3",
        registers: [0x7ffe79b69010, 0x58, 0x7f449db22503, 0, 0, 0],
        result: 9970,
        memory: &[read(
            0x7ffe79b69010,
            b"\0\0 \x01\0\0\0\0\0\0\0\0\0\0\0\0H\xe1\xdfXlU\0\0\0\0\0\0\0\0\0\0\x11\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        )],
    },
    Recorded {
        name: "wait4",
        registers: [0x26f2, 0x7ffe79b6900c, 0, 0x7ffe79b68f70, 0, 0x7f449dc3f400],
        result: 9970,
        memory: &[
            filled(0x7ffe79b6900c, b"\0\x03\0\0"),
            filled(
                0x7ffe79b68f70,
                b"\0\0\0\0\0\0\0\0w\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xc4\x01\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0e\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\
                  \0\0\0\0",
            ),
        ],
    },
    Recorded {
        name: "prlimit64",
        registers: [0, 7, 0, 0x7ffe79b68f60, 0x7f449dc3f400, 0x7f449dc3f400],
        result: 0,
        memory: &[filled(0x7ffe79b68f60, b" N\0\0\0\0\0\0 N\0\0\0\0\0\0")],
    },
    Recorded {
        name: "execve",
        registers: [
            0x556c58dfc0c9,
            0x7ffe79b68f10,
            0x7ffe79b68ee0,
            0x7f449da64b28,
            0x7f449dc3f400,
            0x7f449dc3f400,
        ],
        result: 0,
        memory: &[
            read(0x556c58dfc0c9, b"/bin/true\0"),
            read(
                0x7ffe79b68f10,
                b"d\xc0\xdfXlU\0\0h\xc0\xdfXlU\0\0o\xc0\xdfXlU\0\0{\xc0\xdfXlU\0\0\x8c\xc0\
                  \xdfXlU\0\0\x93\xc0\xdfXlU\0\0\x97\xc0\xdfXlU\0\0\x9a\xc0\xdfXlU\0\0\0\0\
                  \0\0\0\0\0\0",
            ),
            read(
                0x7ffe79b68ee0,
                b"x\xc1\xdfXlU\0\0\xa6\xc0\xdfXlU\0\0\xb1\xc0\xdfXlU\0\0\xbe\xc0\xdfXlU\0\
                  \0\0\0\0\0\0\0\0\0",
            ),
            read(0x556c58dfc064, b"cc1\0"),
            read(0x556c58dfc068, b"-quiet\0"),
            read(0x556c58dfc06f, b"-imultiarch\0"),
            read(0x556c58dfc07b, b"x86_64-linux-gnu\0"),
            read(0x556c58dfc08c, b"main.c\0"),
            read(0x556c58dfc093, b"-O2\0"),
            read(0x556c58dfc097, b"-o\0"),
            read(0x556c58dfc09a, b"main.s\0"),
            read(0x556c58dfc0a6, b"HOME=/root\0"),
            read(0x556c58dfc0b1, b"LANG=C.UTF-8\0"),
            read(0x556c58dfc0be, b"TERM=xterm\0"),
            read(0x556c58dfc178, b"PATH=/usr/local/bin:/usr/bin:/bin\0"),
        ],
    },
];
