//! Facts of the Linux kernel: syscall tables, errno, signals, constants and ioctl codes for every ABI.
