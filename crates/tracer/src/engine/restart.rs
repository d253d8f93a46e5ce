//! Calls that being traced alone would make fail.
//!
//! Some calls fail with `EINTR` whenever something wakes their thread, without a signal handler being run (`signal(7)`,
//! "Interruption of system calls and library functions by stop signals"). A tracer wakes threads: it stops them to
//! attach and to detach, and the kernel wakes a traced thread also for a signal that it ignores. Where no other signal
//! is due, such a call is made again: the kernel is given what it gives itself for `pause` and `ppoll`,
//! `ERESTARTNOHAND`, so that a signal handler that runs meanwhile still makes the call fail.
//!
//! A call with a time-out waits for its whole time once more, since the kernel does not tell what is left. So that
//! one that is interrupted again and again has an end, it fails when it has been going on for longer than its time-out.
//!
//! Too late for this are calls whose end nobody sees, on architectures other than x86: those that are running when
//! their thread is attached to, and those that are not shown.

use super::again::Again;
use super::seccomp::Disguise;
use super::tracee::{Phase, Tracee};
use crate::status;
use ptrace::{Addr, Memory, Registers, Signal, SignalSet, Stopped, SyscallExit, Tid};
use std::time::{Duration, Instant};
use uapi::Abi;

const EINTR: i64 = libc::EINTR as i64;

/// How long a call goes on whose time-out is not among its arguments, but set for its socket.
const UNKNOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the time-out of a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timeout {
    Never,
    /// Milliseconds, in this argument.
    Millis(usize),
    /// A `struct timespec`, which this argument points to.
    Timespec(usize),
    Unknown,
}

/// The calls that fail so and can be made again: they have done nothing when they fail with `EINTR`.
const CALLS: &[(&str, Timeout)] = &[
    ("accept", Timeout::Unknown),
    ("accept4", Timeout::Unknown),
    ("connect", Timeout::Unknown),
    ("epoll_pwait", Timeout::Millis(3)),
    ("epoll_pwait2", Timeout::Timespec(3)),
    ("epoll_wait", Timeout::Millis(3)),
    ("io_getevents", Timeout::Timespec(4)),
    ("io_pgetevents", Timeout::Timespec(4)),
    ("io_pgetevents_time64", Timeout::Timespec(4)),
    ("io_uring_enter", Timeout::Unknown),
    ("ipc", Timeout::Unknown),
    ("read", Timeout::Unknown),
    ("readv", Timeout::Unknown),
    ("recv", Timeout::Unknown),
    ("recvfrom", Timeout::Unknown),
    ("recvmmsg", Timeout::Unknown),
    ("recvmmsg_time64", Timeout::Unknown),
    ("recvmsg", Timeout::Unknown),
    ("rt_sigtimedwait", Timeout::Timespec(2)),
    ("rt_sigtimedwait_time64", Timeout::Timespec(2)),
    ("semop", Timeout::Never),
    ("semtimedop", Timeout::Timespec(3)),
    ("semtimedop_time64", Timeout::Timespec(3)),
    ("send", Timeout::Unknown),
    ("sendmmsg", Timeout::Unknown),
    ("sendmsg", Timeout::Unknown),
    ("sendto", Timeout::Unknown),
    ("socketcall", Timeout::Unknown),
    ("write", Timeout::Unknown),
    ("writev", Timeout::Unknown),
];

impl Timeout {
    /// That of a call; `None` for a call that is not to be made again.
    pub(super) fn of(abi: Abi, number: u64) -> Option<(&'static str, Timeout)> {
        let name = abi.syscall(number)?.name;
        CALLS.iter().copied().find(|(call, _)| *call == name)
    }

    /// How long it is; `None` for ever.
    fn length(self, abi: Abi, name: &str, args: [u64; 6], memory: &Memory) -> Option<Duration> {
        match self {
            Timeout::Never => None,
            Timeout::Millis(arg) => u64::try_from(args[arg] as i32).ok().map(Duration::from_millis),
            Timeout::Timespec(arg) if args[arg] == 0 => None,
            Timeout::Timespec(arg) => {
                let is_narrow = abi == Abi::I386 && !name.ends_with("_time64");
                Some(seconds(memory, Addr(args[arg]), is_narrow).unwrap_or(UNKNOWN_TIMEOUT))
            }
            Timeout::Unknown => Some(UNKNOWN_TIMEOUT),
        }
    }
}

/// The whole seconds of a `struct timespec`, and one for the rest.
fn seconds(memory: &Memory, at: Addr, is_narrow: bool) -> Option<Duration> {
    let mut bytes = [0; 8];
    let part = if is_narrow { &mut bytes[..4] } else { &mut bytes[..] };
    memory.read_exact(at, part).ok()?;
    Some(Duration::from_secs(u64::from_ne_bytes(bytes)).saturating_add(Duration::from_secs(1)))
}

/// What may have interrupted a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// No signal is due.
    Nothing,
    /// Only signals that it ignores: without a tracer, they are not sent at all.
    Ignored,
    /// A signal that interrupts it without a tracer too.
    Signal,
}

impl Cause {
    /// For a thread that is about to get `signal`, if any, and whatever else is due.
    pub(super) fn of(tid: Tid, signal: Option<Signal>) -> Option<Cause> {
        Cause::of_status(&status::text(tid)?, signal)
    }

    /// By the text of `/proc/TID/status` (`proc_pid_status(5)`).
    fn of_status(status: &str, signal: Option<Signal>) -> Option<Cause> {
        /// Ignored unless said otherwise (`signal(7)`).
        const BY_DEFAULT: [Signal; 4] = [Signal::CHLD, Signal::CONT, Signal::URG, Signal::WINCH];
        let set = |key| status::bits(status, key);
        let pending = (set("SigPnd:")? | set("ShdPnd:")?) & !set("SigBlk:")?;
        let due =
            signal.into_iter().chain(SignalSet::from_bits(pending).iter()).collect::<SignalSet>().bits();
        let by_default = BY_DEFAULT.into_iter().collect::<SignalSet>().bits() & !set("SigCgt:")?;
        Some(match due & !(set("SigIgn:")? | by_default) {
            _ if due == 0 => Cause::Nothing,
            0 => Cause::Ignored,
            _ => Cause::Signal,
        })
    }
}

/// A tracee's call has failed at its syscall-exit-stop: lets the kernel make it again if only ignored signals are due,
/// and makes that its result.
pub(super) fn at_exit(tracee: &mut Tracee, stopped: &Stopped, exit: &mut SyscallExit) {
    if exit.rval != -EINTR || !tracee.phase.is_untouched() {
        return;
    }
    let Some((name, timeout)) = Timeout::of(tracee.task.abi, tracee.task.number) else { return };
    let is_told_to_stop = tracee.disguise.as_ref().is_some_and(Disguise::is_interrupted);
    let by_tracer = match Cause::of(tracee.tid, None) {
        Some(Cause::Ignored) => true,
        Some(Cause::Nothing) => is_told_to_stop,
        Some(Cause::Signal) | None => false,
    };
    let again = by_tracer
        && stopped.registers().is_ok_and(|registers| {
            let args = registers.syscall_args(exit.arch);
            let length = timeout.length(tracee.task.abi, name, args, &stopped.memory());
            tracee.again.interrupted(length, Instant::now())
        });
    if again && stopped.restart_at_exit(exit).is_ok() {
        exit.rval = -ptrace::ERESTARTNOHAND;
    } else {
        tracee.again = Again::Failed;
    }
}

/// A tracee that comes from a call that was not shown is about to get a signal: if it ignores that, lets the kernel make
/// the call again.
pub(super) fn at_signal(tracee: &mut Tracee, stopped: &Stopped, signal: Signal) {
    let may_be = tracee.disguise.is_some() || Timeout::of(tracee.task.abi, tracee.task.number).is_some();
    if !may_be || tracee.again == Again::Failed {
        return;
    }
    let Some(call) = Interrupted::of(Some(tracee), stopped) else { return };
    call.survives(signal, stopped, &mut tracee.again);
}

/// The same for a tracee that is not shown. It is not known when it makes another call: gives what is known of
/// the one at hand, if that matters.
pub(super) fn at_signal_of_unwanted(mut again: Again, stopped: &Stopped, signal: Signal) -> Option<Again> {
    if again == Again::Failed {
        again = Again::No;
        if signal == Signal::CONT {
            return None;
        }
    }
    Interrupted::of(None, stopped)?.survives(signal, stopped, &mut again);
    (again != Again::Failed || signal.is_job_stop()).then_some(again)
}

/// The call that a tracee comes from, if it has failed with `EINTR`.
pub(super) struct Interrupted {
    pub(super) abi: Abi,
    pub(super) number: u64,
    args: [u64; 6],
}

impl Interrupted {
    pub(super) fn of(tracee: Option<&Tracee>, stopped: &Stopped) -> Option<Interrupted> {
        let registers = stopped.registers().ok()?;
        let number = registers.syscall_number();
        if registers.return_value() != -EINTR || number == u64::MAX {
            return None;
        }
        let is_known =
            |tracee: &&Tracee| !matches!(tracee.phase, Phase::Unknown) && tracee.task.number == number;
        let abi = tracee.filter(is_known).map_or_else(|| abi_by(&registers), |tracee| tracee.task.abi);
        Some(Interrupted { abi, number, args: registers.syscall_args(registers.arch()) })
    }

    /// The thread is about to get a signal: if it ignores that, lets the kernel make the call again.
    fn survives(&self, signal: Signal, stopped: &Stopped, again: &mut Again) {
        let Some((name, timeout)) = Timeout::of(self.abi, self.number) else { return };
        if Cause::of(stopped.tid(), Some(signal)) != Some(Cause::Ignored) {
            // It may stop the process, and `SIGCONT` comes only after that.
            *again = Again::Failed;
            return;
        }
        let length = timeout.length(self.abi, name, self.args, &stopped.memory());
        if again.interrupted(length, Instant::now()) {
            // Where it is too late, the call fails as it would without this.
            let _ = stopped.restart_syscall();
        }
    }
}

/// The ABI of the call that the registers show.
fn abi_by(registers: &Registers) -> Abi {
    match registers.arch() {
        ptrace::Arch::I386 => Abi::I386,
        ptrace::Arch::X86_64 if registers.syscall_number() & uapi::X32_SYSCALL_BIT != 0 => Abi::X32,
        _ => crate::host_abi(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A status with these sets: pending for the thread and its process, blocked, ignored, caught.
    fn cause(sets: [&[Signal]; 5], signal: Option<Signal>) -> Option<Cause> {
        let keys = ["SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt"];
        let lines = keys.iter().zip(sets).map(|(key, set)| {
            let bits = set.iter().copied().collect::<SignalSet>().bits();
            format!("{key}:\t{bits:016x}\n")
        });
        Cause::of_status(&lines.collect::<String>(), signal)
    }

    #[test]
    fn what_may_have_interrupted_a_thread() {
        use Signal as S;
        assert_eq!(cause([&[], &[], &[], &[], &[]], None), Some(Cause::Nothing));
        assert_eq!(cause([&[S::WINCH], &[S::CHLD], &[], &[], &[]], None), Some(Cause::Ignored));
        assert_eq!(cause([&[], &[S::USR1], &[], &[S::USR1], &[]], None), Some(Cause::Ignored));
        assert_eq!(cause([&[], &[S::CHLD], &[], &[], &[S::CHLD]], None), Some(Cause::Signal));
        assert_eq!(cause([&[S::WINCH], &[S::TERM], &[], &[], &[]], None), Some(Cause::Signal));
        // One that is blocked stays where it is.
        assert_eq!(cause([&[], &[S::USR1], &[S::USR1], &[], &[S::USR1]], None), Some(Cause::Nothing));
        // The one at hand is pending no more.
        assert_eq!(cause([&[], &[], &[], &[], &[]], Some(S::URG)), Some(Cause::Ignored));
        assert_eq!(cause([&[S::STOP], &[], &[], &[], &[]], Some(S::URG)), Some(Cause::Signal));
        assert_eq!(Cause::of_status("Name:\tx\n", None), None);
    }

    #[test]
    fn time_outs_are_where_the_calls_have_them() {
        for &(name, timeout) in CALLS {
            for abi in crate::filter::host_abis() {
                let Some(entry) = abi.number(name).and_then(|number| abi.syscall(number)) else { continue };
                let (Timeout::Millis(arg) | Timeout::Timespec(arg)) = timeout else { continue };
                assert!(
                    entry.args[arg].contains("timeout") || entry.args[arg] == "uts",
                    "{name}: {:?}",
                    entry.args
                );
            }
        }
        let memory = Memory::of(Tid::current());
        let length = |timeout: Timeout, args| timeout.length(crate::host_abi(), "", args, &memory);
        assert_eq!(length(Timeout::Millis(3), [0, 0, 0, u64::MAX, 0, 0]), None);
        assert_eq!(length(Timeout::Millis(3), [0, 0, 0, 1500, 0, 0]), Some(Duration::from_millis(1500)));
        assert_eq!(length(Timeout::Timespec(0), [0; 6]), None);
        let timespec = [7_u64, 1];
        let args = [timespec.as_ptr() as u64, 0, 0, 0, 0, 0];
        assert_eq!(length(Timeout::Timespec(0), args), Some(Duration::from_secs(8)));
        assert_eq!(length(Timeout::Timespec(0), [8; 6]), Some(UNKNOWN_TIMEOUT));
    }
}
