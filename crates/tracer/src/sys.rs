//! The few system calls of the tracer's own that the standard library does not offer.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// The signal that asked the tracer to end, or 0. A signal handler has no other place to leave it.
static INTERRUPTED_BY: AtomicI32 = AtomicI32::new(0);
/// Whether the timer has expired.
static TICKED: AtomicBool = AtomicBool::new(false);

/// How often a running timer expires, in microseconds.
const TICK_US: libc::suseconds_t = 50_000;

extern "C" fn on_end(signal: libc::c_int) {
    INTERRUPTED_BY.store(signal, Ordering::Relaxed);
    // The signal may have come just before the tracer went to wait. The timer's will come while it waits.
    run_timer(true);
}

extern "C" fn on_tick(_: libc::c_int) {
    TICKED.store(true, Ordering::Relaxed);
}

/// The signal that has asked the tracer to end, if one has.
pub(crate) fn interrupted_by() -> Option<i32> {
    Some(INTERRUPTED_BY.load(Ordering::Relaxed)).filter(|&signal| signal != 0)
}

/// Says that the tracer shall end as by this signal.
pub(crate) fn interrupt(signal: i32) {
    INTERRUPTED_BY.store(signal, Ordering::Relaxed);
}

/// Whether the timer has expired since the last time this was asked.
pub(crate) fn ticked() -> bool {
    TICKED.load(Ordering::Relaxed) && TICKED.swap(false, Ordering::Relaxed)
}

/// What a signal does to the tracer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// Nothing.
    Ignore,
    /// It ends the trace: [`interrupted_by`] gives it.
    End,
    /// It wakes the tracer up: [`ticked`] says so.
    Tick,
}

/// Sets what a signal does. A wait is interrupted by it, unless it is ignored.
pub(crate) fn set_disposition(signal: i32, disposition: Disposition) {
    // SAFETY: an all-zero sigaction is a valid one: no flags, an empty mask, SIG_DFL.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = match disposition {
        Disposition::Ignore => libc::SIG_IGN,
        Disposition::End => on_end as extern "C" fn(libc::c_int) as libc::sighandler_t,
        Disposition::Tick => on_tick as extern "C" fn(libc::c_int) as libc::sighandler_t,
    };
    // SAFETY: `action` is initialised, and its handler does nothing but store to atomics and call setitimer, which
    // is a bare system call.
    unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) };
}

/// Gives a signal its default effect again.
pub(crate) fn set_default(signal: i32) {
    // SAFETY: an all-zero sigaction is a valid one: no flags, an empty mask, SIG_DFL.
    let action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: `action` is initialised, and the old one is not wanted.
    unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) };
}

/// Whether a signal is ignored.
pub(crate) fn is_ignored(signal: i32) -> bool {
    // SAFETY: an all-zero sigaction is a valid one.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: `action` is a sigaction to be filled in.
    unsafe { libc::sigaction(signal, std::ptr::null(), &mut action) };
    action.sa_sigaction == libc::SIG_IGN
}

/// Starts or stops the timer, which interrupts a wait (`SIGALRM`) every 50 ms.
pub(crate) fn run_timer(run: bool) {
    let every = libc::timeval { tv_sec: 0, tv_usec: if run { TICK_US } else { 0 } };
    let timer = libc::itimerval { it_interval: every, it_value: every };
    // SAFETY: `timer` is initialised, and the old value is not wanted.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
}

/// Sends a signal to a process.
pub(crate) fn kill(pid: i32, signal: i32) {
    // SAFETY: kill touches no memory. That the process may have gone is all right.
    unsafe { libc::kill(pid, signal) };
}

/// Hours, minutes and seconds of local time at a time since the epoch.
pub(crate) fn local_time(seconds: i64) -> (i32, i32, i32) {
    // SAFETY: an all-zero tm is a valid one; its pointer member is not read.
    let mut parts: libc::tm = unsafe { std::mem::zeroed() };
    let seconds: libc::time_t = seconds;
    // SAFETY: both point to initialised values that live through the call.
    unsafe { libc::localtime_r(&seconds, &mut parts) };
    (parts.tm_hour, parts.tm_min, parts.tm_sec)
}

/// What `fork` gave.
pub(crate) enum Forked {
    /// The caller is the parent; the child has this id.
    Parent(i32),
    /// The caller is the child.
    Child,
}

/// Makes a child process that goes on as a copy of this one.
///
/// # Errors
/// What the kernel says: too many processes, no memory.
pub(crate) fn fork() -> io::Result<Forked> {
    // SAFETY: the tracer has one thread, so that the child finds no lock held by a thread it does not have.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Forked::Child),
        pid => Ok(Forked::Parent(pid)),
    }
}

/// Reads an extended attribute; returns how many bytes it has, or `None` where there is none that fits.
pub(crate) fn getxattr(path: &std::ffi::CStr, name: &std::ffi::CStr, value: &mut [u8]) -> Option<usize> {
    // SAFETY: both strings end with NUL, and `value` has as many bytes as are told.
    let len = unsafe { libc::getxattr(path.as_ptr(), name.as_ptr(), value.as_mut_ptr().cast(), value.len()) };
    usize::try_from(len).ok()
}
