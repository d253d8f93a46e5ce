//! Descriptions of every Linux system call: one row per call, one record per struct, by subsystem.
//!
//! [`row`] finds a call's row. `CONTRIBUTING.md` shows how to add one.
#![forbid(unsafe_code)]

mod aio;
mod bpf;
mod bpf_attr;
mod bpf_filter;
mod bpf_info;
mod bpf_insn;
mod bpf_link;
mod bpf_names;
mod clone3;
mod common;
mod creds;
mod desc;
mod dir;
mod exec;
mod fcntl;
mod file;
mod futex;
mod ioctl;
mod iov;
mod iovec;
mod ipc;
mod keys;
mod keys_crypto;
mod landlock;
mod legacy;
mod lsm;
mod memory;
mod module;
mod mount;
mod multiplex;
mod namespaces;
mod net;
mod netlink;
mod notify;
mod numa;
mod perf;
mod perf_names;
mod personality;
mod poll;
mod prctl;
mod prctl_arch;
mod process;
mod ptrace;
mod ptrace_info;
mod ptrace_regs;
mod quota;
mod resource;
mod rseq;
mod sched;
mod seccomp;
mod siginfo;
mod signal;
mod stat;
mod system;
mod table;
mod time;
mod wait;
mod x86;
mod xattr;

pub use ioctl::{Request, requests, vcpu_exit_reason};
pub use multiplex::{identify, stands_for};
pub use siginfo::show_siginfo;
pub use table::{all_rows, row};

/// Structs within data that only code goes through: no argument's type leads to them.
pub fn inner_records() -> impl Iterator<Item = &'static decode::Record> {
    let single = [&lsm::LSM_CTX, &perf::ATTR];
    net::records().chain(ioctl::records()).chain(bpf::records()).chain(single)
}
