//! How the tracer's seccomp filter is hidden from those who are under it.
//!
//! A tracee that asks about seccomp, or sets filters of its own, should find what it would find without the filter:
//!
//! - `PR_GET_SECCOMP` and `PR_GET_NO_NEW_PRIVS` tell of what it has asked for itself.
//! - Strict mode can't be set beside a filter, so it is the tracer that keeps to it: all calls stop, and one that is
//!   not among the four is the tracee's last.
//! - A filter of its own may answer a call before the tracer's can stop it, for the kernel heeds the stricter one. So
//!   from then on the tracee stops at every call, as it would without a filter. Where its filter says
//!   `SECCOMP_RET_TRACE`, the call fails with `ENOSYS`, as it would with a tracer that knows nothing of it.
//! - A filter is refused (`EACCES`) to who has neither `CAP_SYS_ADMIN` nor asked for `no_new_privs`, although the
//!   tracer has asked for that in its stead.
//! - `CLONE_UNTRACED` is taken out of a call, and put back when it is done: a child that nobody traces would get
//!   `ENOSYS` from all calls that stop. Nobody sees such a child, but it is traced.
//!
//! What a tracee can still see: the lines `Seccomp`, `Seccomp_filters` and `NoNewPrivs` of `/proc/PID/status`; that
//! what all its filters may have of instructions is less by the length of the tracer's; that strict mode kills the
//! process and not the thread.

use super::Rights;
use crate::status::Status;
use ptrace::{Addr, Arch, Filter, Registers, Stopped, SyscallEntry, SyscallExit, SyscallStop, Tid};
use uapi::Abi;

const PR_GET_SECCOMP: u32 = 21;
const PR_SET_SECCOMP: u32 = 22;
const PR_SET_NO_NEW_PRIVS: u32 = 38;
const PR_GET_NO_NEW_PRIVS: u32 = 39;
/// What `PR_SET_SECCOMP` takes (`linux/seccomp.h`).
const MODE_STRICT: u64 = 1;
const MODE_FILTER: u64 = 2;
/// What `seccomp` takes.
const SET_MODE_STRICT: u32 = 0;
const SET_MODE_FILTER: u32 = 1;
const FLAG_TSYNC: u64 = 1;
const CLONE_UNTRACED: u64 = 0x0080_0000;

/// What a tracee under the tracer's filter has asked for itself. Its children inherit it.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Disguise {
    /// It has filters of its own.
    filters: bool,
    /// It has called for strict mode.
    strict: bool,
    /// It has called for `no_new_privs`, or had it from the tracer's parent.
    no_new_privs: bool,
    /// It has `no_new_privs` because the tracer needed it for its filter.
    imposed: bool,
    /// It is not known what it has inherited.
    unknown: bool,
    /// It has executed a program, of which the first call is yet to come.
    fresh: bool,
    /// It is inside a call, and stops at its end: to be known where the kernel does not tell one end from the other.
    inside: bool,
    /// The tracer has told it to stop, for the sake of filters that another thread has given it.
    interrupted: bool,
    repair: Repair,
}

/// What is to be put right when a call is done.
#[derive(Clone, Copy, Debug, Default)]
enum Repair {
    #[default]
    Nothing,
    /// If it succeeds, this is its result.
    Result(i64),
    /// It was not made, and this is its result.
    Answer(i64),
    /// It was not made, and strict mode has begun.
    Strict,
    /// If it succeeds, there are filters; of all threads of the process, if so said.
    Filters { of_all_threads: bool },
    /// The first argument was this.
    Argument { arch: Arch, value: u64 },
    /// This word stood there.
    Word { address: Addr, value: u64 },
}

/// Whether a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Answer {
    /// It is made.
    Go,
    /// It is the process's last.
    Kill,
}

impl Disguise {
    /// That of a command whose filter came with `rights`.
    pub(in crate::engine) fn new(rights: Rights) -> Disguise {
        Disguise { no_new_privs: rights.no_new_privs, imposed: !rights.may_filter(), ..Disguise::default() }
    }

    /// That of a process of which it is not known who has made it, and whether it is under a filter at all.
    pub(in crate::engine) fn unknown() -> Disguise {
        Disguise { unknown: true, ..Disguise::default() }
    }

    /// That of a child that is being made.
    pub(in crate::engine) fn of_child(&self) -> Disguise {
        let copies = matches!(self.repair, Repair::Argument { .. } | Repair::Word { .. });
        let repair = if copies { self.repair } else { Repair::Nothing };
        Disguise { repair, inside: false, interrupted: false, ..self.clone() }
    }

    /// Whether it has to stop at all calls, at either end.
    pub(in crate::engine) fn sees_all(&self) -> bool {
        self.filters || self.strict || self.unknown || self.fresh
    }

    /// Whether it has called for strict mode.
    pub(in crate::engine) fn is_strict(&self) -> bool {
        self.strict
    }

    /// At which end of a call it must be, at a syscall-stop.
    pub(in crate::engine) fn syscall_stop(&self) -> SyscallStop {
        if self.inside { SyscallStop::Exit } else { SyscallStop::Enter }
    }

    /// It goes on up to where the filter stops it, past the end of its call.
    pub(in crate::engine) fn runs_free(&mut self) {
        self.inside = false;
    }

    /// Whether the end of its call must be seen.
    pub(in crate::engine) fn awaits_exit(&self) -> bool {
        !matches!(self.repair, Repair::Nothing)
    }

    /// Whether it is making a child that is not to be traced.
    pub(in crate::engine) fn is_escaping(&self) -> bool {
        matches!(self.repair, Repair::Argument { .. } | Repair::Word { .. })
    }

    /// Another thread of the process has given its filters to all.
    pub(in crate::engine) fn share_filters(&mut self) {
        self.filters = true;
        self.interrupted = true;
    }

    /// Whether it has been told to stop, and has not done so yet.
    pub(in crate::engine) fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// It has stopped because it was told to, or for the first time.
    pub(in crate::engine) fn has_stopped(&mut self) {
        self.interrupted = false;
    }

    /// It has executed a program: whether it matters which call comes first.
    pub(in crate::engine) fn executed(&mut self, first_call_matters: bool) {
        self.fresh = first_call_matters;
    }

    /// It is about to make a call, which has been told already.
    pub(in crate::engine) fn entering(&mut self, stopped: &Stopped, at: &SyscallEntry, abi: Abi) -> Answer {
        self.fresh = false;
        self.inside = true;
        let Some(entry) = abi.syscall(at.nr) else {
            return if self.strict { Answer::Kill } else { Answer::Go };
        };
        if self.strict {
            let allowed =
                matches!((entry.name, abi), ("read" | "write" | "exit", _) | ("sigreturn", Abi::I386))
                    || (entry.name == "rt_sigreturn" && abi != Abi::I386);
            return if allowed { Answer::Go } else { Answer::Kill };
        }
        if self.awaits_exit() {
            return Answer::Go;
        }
        match entry.name {
            "prctl" => self.prctl(stopped, at),
            "seccomp" => self.seccomp(stopped, at),
            "clone" => self.clone(stopped, at),
            "clone3" => self.clone3(stopped, at),
            _ => {}
        }
        Answer::Go
    }

    fn prctl(&mut self, stopped: &Stopped, at: &SyscallEntry) {
        let [option, rest @ ..] = at.args;
        match option as u32 {
            PR_GET_SECCOMP if !self.filters => self.repair = Repair::Result(0),
            PR_SET_SECCOMP if rest[0] == MODE_STRICT => self.set_strict(stopped, at),
            PR_SET_SECCOMP if rest[0] == MODE_FILTER => self.set_filter(stopped, at, 0),
            PR_SET_NO_NEW_PRIVS if rest[..4] == [1, 0, 0, 0] => self.no_new_privs = true,
            PR_GET_NO_NEW_PRIVS if self.imposed => self.repair = Repair::Result(self.no_new_privs.into()),
            _ => {}
        }
    }

    fn seccomp(&mut self, stopped: &Stopped, at: &SyscallEntry) {
        let [operation, flags, arguments, ..] = at.args;
        match operation as u32 {
            SET_MODE_STRICT if (flags as u32, arguments) == (0, 0) => self.set_strict(stopped, at),
            SET_MODE_FILTER => self.set_filter(stopped, at, flags),
            _ => {}
        }
    }

    fn set_strict(&mut self, stopped: &Stopped, at: &SyscallEntry) {
        // Where it has filters, strict mode is refused, and rightly so.
        if !self.filters && skip(stopped, at) {
            self.repair = Repair::Strict;
        }
    }

    fn set_filter(&mut self, stopped: &Stopped, at: &SyscallEntry, flags: u64) {
        if self.imposed && !self.no_new_privs && !may_filter(stopped.tid()) && skip(stopped, at) {
            self.repair = Repair::Answer(-i64::from(libc::EACCES));
        } else {
            self.repair = Repair::Filters { of_all_threads: flags & FLAG_TSYNC != 0 };
        }
    }

    fn clone(&mut self, stopped: &Stopped, at: &SyscallEntry) {
        let [flags, rest @ ..] = at.args;
        if flags & CLONE_UNTRACED == 0 {
            return;
        }
        let [b, c, d, e, f] = rest;
        let traced = SyscallEntry { args: [flags & !CLONE_UNTRACED, b, c, d, e, f], ..*at };
        if stopped.set_syscall_entry(&traced).is_ok() {
            self.repair = Repair::Argument { arch: at.arch, value: flags };
        }
    }

    /// The flags are the first word of what the first argument points to (`struct clone_args`).
    fn clone3(&mut self, stopped: &Stopped, at: &SyscallEntry) {
        let (memory, address) = (stopped.memory(), Addr(at.args[0]));
        let mut word = [0; 8];
        if memory.read_exact(address, &mut word).is_err() {
            return;
        }
        let value = u64::from_ne_bytes(word);
        if value & CLONE_UNTRACED == 0 {
            return;
        }
        if memory.write_exact(address, &(value & !CLONE_UNTRACED).to_ne_bytes()).is_ok() {
            self.repair = Repair::Word { address, value };
        }
    }

    /// Its call is done: puts the result right. True if it has given its filters to all threads.
    pub(in crate::engine) fn leaving(&mut self, stopped: &Stopped, exit: &mut SyscallExit) -> bool {
        self.inside = false;
        let answer = |exit: &mut SyscallExit, rval: i64| {
            *exit = SyscallExit { rval, is_error: rval < 0, ..*exit };
            // Of a tracee that is being killed, nobody sees the result.
            let _ = stopped.set_syscall_exit(exit);
        };
        match self.repair {
            Repair::Result(_) if exit.is_error => {}
            Repair::Result(rval) | Repair::Answer(rval) => answer(exit, rval),
            Repair::Strict => {
                answer(exit, 0);
                self.strict = true;
            }
            Repair::Filters { .. } if exit.is_error => {}
            Repair::Filters { of_all_threads } => {
                self.filters = true;
                self.repair = Repair::Nothing;
                return of_all_threads;
            }
            Repair::Nothing | Repair::Argument { .. } | Repair::Word { .. } => self.put_back(stopped),
        }
        self.repair = Repair::Nothing;
        false
    }

    /// Puts back what was changed for its call, or for that of its parent, as soon as it has been made.
    pub(in crate::engine) fn put_back(&mut self, stopped: &Stopped) {
        match self.repair {
            // There is nothing left of it.
            Repair::Argument { .. } if Registers::RESULT_REPLACES_ARGUMENT => {}
            Repair::Argument { arch, value } => {
                if let Ok(mut registers) = stopped.registers() {
                    let [_, b, c, d, e, f] = registers.syscall_args(arch);
                    registers.set_syscall_args(arch, [value, b, c, d, e, f]);
                    let _ = stopped.set_registers(&registers);
                }
            }
            Repair::Word { address, value } => {
                let _ = stopped.memory().write_exact(address, &value.to_ne_bytes());
            }
            _ => return,
        }
        self.repair = Repair::Nothing;
    }
}

/// Keeps a call from being made that is about to be.
pub(in crate::engine) fn skip(stopped: &Stopped, at: &SyscallEntry) -> bool {
    stopped.set_syscall_entry(&SyscallEntry { nr: u64::MAX, ..*at }).is_ok()
}

/// Whether the filter that stopped a tracee, with this to say, is its own and not the tracer's.
pub(in crate::engine) fn is_its_own(data: u32) -> bool {
    data != Filter::MARK
}

/// Whether a tracee may install filters whatever else it has asked for.
fn may_filter(tid: Tid) -> bool {
    let status = crate::status::text(tid).unwrap_or_default();
    Rights::of_status(&status).has_admin()
}

/// The process that a thread is of.
pub(in crate::engine) fn process_of(tid: Tid) -> Option<i32> {
    Status::of(tid.raw()).map(|status| status.process)
}
