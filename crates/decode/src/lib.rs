//! The language in which system calls are described, and the walker that reads a tracee by it.
