//! What a process is given to start with, and a tracer must not change for its tracee.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

use crate::{Signal, SignalSet};

/// What a program inherits through `execve(2)` that its tracer may have changed for its own use: the signal mask, the
/// signals that are ignored, and which standard streams are closed.
///
/// Before `main`, Rust's runtime itself ignores `SIGPIPE` and opens closed standard streams on `/dev/null`. A program
/// that a tracer starts should see neither, so this crate looks when the process is loaded, before the runtime does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StartState {
    /// The blocked signals.
    pub mask: SignalSet,
    /// The ignored signals. All others are at their default.
    pub ignored: SignalSet,
    /// Which of the descriptors 0, 1 and 2 are closed.
    pub closed_stdio: [bool; 3],
}

impl StartState {
    /// As it was when this process started: what the tracee would have without a tracer.
    pub fn of_process() -> StartState {
        let closed = CLOSED.load(Relaxed);
        StartState {
            mask: SignalSet::from_bits(MASK.load(Relaxed)),
            ignored: SignalSet::from_bits(IGNORED.load(Relaxed)),
            closed_stdio: [0, 1, 2].map(|fd| closed & 1 << fd != 0),
        }
    }

    /// As it is now, for the calling thread.
    pub fn now() -> StartState {
        StartState {
            mask: current_mask(),
            ignored: SignalSet::ALL.iter().filter(|signal| is_ignored(*signal)).collect(),
            closed_stdio: [0, 1, 2].map(is_closed),
        }
    }
}

static MASK: AtomicU64 = AtomicU64::new(0);
static IGNORED: AtomicU64 = AtomicU64::new(0);
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Run by the loader, before `main` and before Rust's runtime.
#[used]
#[unsafe(link_section = ".init_array")]
static RECORD: extern "C" fn() = {
    extern "C" fn record() {
        let state = StartState::now();
        MASK.store(state.mask.bits(), Relaxed);
        IGNORED.store(state.ignored.bits(), Relaxed);
        let closed = (0..3).filter(|fd| state.closed_stdio[*fd as usize]).map(|fd: u8| 1 << fd).sum();
        CLOSED.store(closed, Relaxed);
    }
    record
};

/// The size of the kernel's signal set, which its signal calls want to be told.
pub(crate) const SIGSET_SIZE: usize = 8;

fn current_mask() -> SignalSet {
    SignalSet::from_bits(set_mask(None))
}

/// Sets the calling thread's mask, if one is given, and tells the one before. Async-signal-safe.
pub(crate) fn set_mask(mask: Option<u64>) -> u64 {
    let mut before = 0_u64;
    let new = mask.as_ref().map_or(std::ptr::null(), |mask| mask as *const u64);
    // SAFETY: the kernel reads 8 bytes from `new`, if not null, and writes 8 to `before`. The C library's own
    // function is not used: it keeps two real-time signals to itself.
    unsafe { libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK, new, &raw mut before, SIGSET_SIZE) };
    before
}

/// The kernel's `struct sigaction`, whose first word is the handler on every architecture; all others are 0 here.
type KernelAction = [usize; 8];

fn is_ignored(signal: Signal) -> bool {
    let mut action: KernelAction = [0; 8];
    let null: *const KernelAction = std::ptr::null();
    // SAFETY: the kernel writes a struct sigaction, fewer than eight words, to `action`.
    unsafe { libc::syscall(libc::SYS_rt_sigaction, signal.number(), null, &raw mut action, SIGSET_SIZE) };
    action[0] == libc::SIG_IGN
}

/// Ignores a signal or resets it to its default, for the whole process. Async-signal-safe.
pub(crate) fn set_disposition(signal: Signal, ignored: bool) {
    let action: KernelAction = [if ignored { libc::SIG_IGN } else { libc::SIG_DFL }, 0, 0, 0, 0, 0, 0, 0];
    let null: *mut KernelAction = std::ptr::null_mut();
    // SAFETY: the kernel reads a struct sigaction, fewer than eight words, from `action`. SIGKILL and SIGSTOP it refuses.
    unsafe { libc::syscall(libc::SYS_rt_sigaction, signal.number(), &raw const action, null, SIGSET_SIZE) };
}

fn is_closed(fd: libc::c_int) -> bool {
    // SAFETY: F_GETFD touches no memory.
    unsafe { libc::fcntl(fd, libc::F_GETFD) == -1 }
}
