//! Descriptions of every Linux system call.
