//! Which calls need a stop, and whether a seccomp filter shall spare the others theirs.
//!
//! A filter can't be taken back, and a picked call of a process without a tracer fails with `ENOSYS`. So whoever is
//! under one stays traced until it ends, and is killed if the tracer is. There is none where a program, or who uses the
//! tracer, would notice more of it than of being traced.

use crate::config::{Colocate, Command, Config, Interruptible, SeccompBpf};
use crate::engine::abi::kernel_abi;
use crate::engine::colocate::REVEALING;
use crate::filter::host_abis;
use crate::status;
use crate::sys;
use ptrace::Filter;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use uapi::Abi;

/// When a filter comes.
#[derive(Debug)]
pub(in crate::engine) enum Plan {
    /// Never: every call stops its tracee.
    Without,
    /// With the command's start.
    AtStart(Filter),
    /// When the command has shown that it makes many calls that nobody asked for, and no children.
    Later(Filter),
}

/// Calls at which tracees stop even if nobody wants to see them: `execve` tells of the command's start, the others
/// would tell a tracee of the filter, or would make a child that is not traced but under the filter.
const NEEDED: [&str; 6] = ["execve", "execveat", "clone", "clone3", "prctl", "seccomp"];

impl Plan {
    /// The plan for a command.
    pub(in crate::engine) fn new(command: &Command, config: &Config) -> Plan {
        // At a stop for a filter, a signal can't be given to a tracee on its way.
        let sends_signals = config.inject.iter().any(|rule| rule.signal.is_some());
        let Some(filter) = filter(config).filter(|_| !sends_signals) else { return Plan::Without };
        match config.seccomp_bpf {
            SeccompBpf::Never => Plan::Without,
            SeccompBpf::Followed | SeccompBpf::Always => Plan::AtStart(filter),
            SeccompBpf::Auto if lets_go(config) || config.style.syscall_number => Plan::Without,
            SeccompBpf::Auto => {
                let rights = Rights::of_tracer();
                if config.follow_forks && (rights.may_filter() || !gains_rights(command)) {
                    Plan::AtStart(filter)
                } else if !config.follow_forks && rights.keep_whole() {
                    // A child is not to be traced: it shall have the rights that set-user-ID programs give it.
                    Plan::Later(filter)
                } else {
                    Plan::Without
                }
            }
        }
    }
}

/// Whether tracees may be let go before they end, on purpose, or because the tracer ends where it stands.
fn lets_go(config: &Config) -> bool {
    config.detach_on_execve
        || config.detach_on_ptrace
        || config.syscall_limit.is_some()
        || config.interruptible == Interruptible::Anywhere
}

/// A filter that lets the calls run that are of no interest; `None` where there are none.
fn filter(config: &Config) -> Option<Filter> {
    if config.filters.trace.is_all() {
        return None;
    }
    let allowed: Vec<(ptrace::Abi, Vec<u32>)> =
        host_abis().iter().map(|&abi| (kernel_abi(abi), allowed(abi, config))).collect();
    let slices: Vec<(ptrace::Abi, &[u32])> =
        allowed.iter().map(|(abi, nrs)| (*abi, nrs.as_slice())).collect();
    let filter = Filter::allow(&slices);
    let leaves_out = allowed.iter().any(|(_, numbers)| !numbers.is_empty());
    (leaves_out && filter.instructions().len() <= Filter::MAX_LEN).then_some(filter)
}

/// The calls of an ABI that need no stop, by their numbers without the x32 bit. Numbers that stand for no call need
/// one: they are always shown.
fn allowed(abi: Abi, config: &Config) -> Vec<u32> {
    let wanted = &config.filters.trace;
    let revealing = REVEALING.iter().filter(|_| config.colocate != Colocate::Never);
    let needed: Vec<u64> = NEEDED.iter().chain(revealing).filter_map(|name| abi.number(name)).collect();
    // What `socketcall` and `ipc` do is selected by itself.
    let may_be_wanted = |name: &str| match name {
        "socketcall" => abi == Abi::I386 && (1..=20).any(|call| wanted.contains_socketcall(call)),
        "ipc" => abi == Abi::I386 && (1..=24).any(|call| wanted.contains_ipc(call)),
        _ => false,
    };
    let is_free = |entry: &&uapi::SyscallEntry| {
        let nr = u64::from(entry.nr);
        !wanted.contains(abi, nr) && !needed.contains(&nr) && !may_be_wanted(entry.name)
    };
    abi.syscalls().iter().filter(is_free).map(|entry| entry.nr & !(uapi::X32_SYSCALL_BIT as u32)).collect()
}

/// What the tracer may do, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Rights {
    /// `CAP_SYS_ADMIN`, `CAP_SYS_PTRACE`.
    admin: bool,
    ptrace: bool,
    /// Set-user-ID programs give no rights to what it starts.
    pub(in crate::engine) no_new_privs: bool,
}

impl Rights {
    pub(in crate::engine) fn of_tracer() -> Rights {
        Rights::of_status(&status::text("thread-self").unwrap_or_default())
    }

    /// From the text of `/proc/PID/status` (`proc_pid_status(5)`).
    pub(in crate::engine) fn of_status(status: &str) -> Rights {
        const CAP_SYS_PTRACE: u32 = 19; // linux/capability.h
        const CAP_SYS_ADMIN: u32 = 21;
        let capabilities = status::bits(status, "CapEff:").unwrap_or(0);
        Rights {
            admin: capabilities >> CAP_SYS_ADMIN & 1 != 0,
            ptrace: capabilities >> CAP_SYS_PTRACE & 1 != 0,
            no_new_privs: status::field(status, "NoNewPrivs:") == Some("1"),
        }
    }

    /// Whether it has `CAP_SYS_ADMIN`.
    pub(in crate::engine) fn has_admin(self) -> bool {
        self.admin
    }

    /// Whether it has `CAP_SYS_PTRACE`.
    pub(in crate::engine) fn has_ptrace(self) -> bool {
        self.ptrace
    }

    /// Whether it can install a filter without having to take rights away.
    pub(in crate::engine) fn may_filter(self) -> bool {
        self.admin || self.no_new_privs
    }

    /// Whether what is under a filter, and traced, can still gain whatever rights it could gain without.
    fn keep_whole(self) -> bool {
        (self.admin && self.ptrace) || self.no_new_privs
    }
}

/// Whether executing the command gives it rights that the tracer does not have.
fn gains_rights(command: &Command) -> bool {
    let set_ids = libc::S_ISUID | libc::S_ISGID;
    let by_mode = std::fs::metadata(&command.path).is_ok_and(|file| file.mode() & set_ids != 0);
    let path = std::ffi::CString::new(command.path.as_os_str().as_bytes());
    let by_capabilities =
        || path.is_ok_and(|path| sys::getxattr(&path, c"security.capability", &mut [0; 64]).is_some());
    by_mode || by_capabilities()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::SyscallSet;

    fn config(expression: &str) -> Config {
        let mut config = Config::default();
        config.filters.trace = SyscallSet::parse(expression, &|_, _| 0).unwrap();
        config
    }

    #[test]
    fn rights_are_read_from_a_status() {
        let rights = Rights::of_status("Name:\tsh\nCapEff:\t0000000000280000\nNoNewPrivs:\t0\n");
        assert_eq!(rights, Rights { admin: true, ptrace: true, no_new_privs: false });
        assert!(rights.may_filter() && rights.keep_whole());
        let rights = Rights::of_status("CapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
        assert!(rights.may_filter() && rights.keep_whole());
        let rights = Rights::of_status("CapEff:\t0000000000200000\n");
        assert!(rights.may_filter() && !rights.keep_whole());
        assert!(!Rights::of_status("").may_filter());
    }

    #[test]
    fn no_filter_where_every_call_is_wanted() {
        assert!(filter(&config("all")).is_none());
        assert!(filter(&config("none")).is_some_and(|filter| filter.instructions().len() > 3));
    }

    #[test]
    fn what_is_wanted_or_needed_or_unknown_stops() {
        let config = config("openat,send");
        for &abi in host_abis() {
            let allowed = allowed(abi, &config);
            let is_allowed = |name: &str| {
                let number = abi.number(name).map(|nr| (nr & !uapi::X32_SYSCALL_BIT) as u32);
                number.is_some_and(|number| allowed.contains(&number))
            };
            assert!(is_allowed("read") && is_allowed("getppid"), "{abi:?}");
            for name in ["openat", "execve", "clone", "clone3", "prctl", "seccomp"] {
                assert!(!is_allowed(name), "{abi:?} {name}");
            }
            assert!(allowed.iter().all(|nr| *nr < 1024), "{abi:?}");
            if abi == Abi::I386 {
                assert!(!is_allowed("socketcall") && is_allowed("ipc"));
            }
        }
    }

    #[test]
    fn any_choice_of_calls_fits_into_a_filter() {
        for expression in
            ["none", "openat", "!openat", "%file", "%net", "/e", "/[aeiou]$", "read,write,close,mmap"]
        {
            assert!(filter(&config(expression)).is_some(), "{expression}");
        }
    }

    #[test]
    fn tracees_that_are_let_go_need_no_filter() {
        assert!(!lets_go(&Config::default()));
        assert!(lets_go(&Config { detach_on_execve: true, ..Config::default() }));
        assert!(lets_go(&Config { detach_on_ptrace: true, ..Config::default() }));
        assert!(lets_go(&Config { syscall_limit: Some(1), ..Config::default() }));
        assert!(lets_go(&Config { interruptible: Interruptible::Anywhere, ..Config::default() }));
    }

    #[test]
    fn set_user_id_programs_gain_rights() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("strax-plan-{}", std::process::id()));
        std::fs::write(&path, "").unwrap();
        let gains = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let argv = vec![path.clone().into_os_string()];
            gains_rights(&Command { path: path.clone(), argv, env: Vec::new(), credentials: None })
        };
        let found = [gains(0o755), gains(0o4755), gains(0o2755), gains(0o755)];
        std::fs::remove_file(&path).unwrap();
        assert_eq!(found, [false, true, true, false]);
    }
}
