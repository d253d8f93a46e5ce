//! Answers to stops that come while the tracer itself is made to wait.
//!
//! A process that executes a program can't be seized before the `execve` has got rid of its other threads, so that
//! `PTRACE_SEIZE` waits for it. Those that have been seized already stop on their way to their ends, and the ends have
//! to be taken note of: the thread that could do both is the one that waits, and all three would for ever. The kernel
//! tells of each stop by `SIGCHLD`, whose handler can run while the request waits; so it is the handler that answers.

use std::{
    marker::PhantomData,
    ptr,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI32, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

use crate::{
    PtraceEvent, Signal, SignalSet, Status, Tid, WaitFlags, WaitStatus, Waited, request::Request,
    start_state::set_mask, wait::wait_any,
};

/// More than there are threads to seize on most machines: two for each that ends meanwhile. What finds no place is
/// left where it is, to be waited for.
const MOST: usize = 1 << 16;

/// There is one disposition of `SIGCHLD`, and one list.
static ONE: Mutex<()> = Mutex::new(());
/// The thread that seizes, or 0.
static OWNER: AtomicI32 = AtomicI32::new(0);
/// What was reported, as id and status, oldest first. Memory that has never been used takes no room.
static REPORTS: [AtomicU64; MOST] = [const { AtomicU64::new(0) }; MOST];
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// While it lives, seizing can't hang on an `execve` of the process that is seized.
///
/// It takes the reports of all tracees and children of the calling thread, as they come; [`Attendance::end`] gives
/// them. A tracee stays stopped until then, but for one that is about to end, which goes on to its end.
///
/// Meanwhile it needs `SIGCHLD` for itself, and another thread that wants the same waits.
#[derive(Debug)]
#[must_use = "the reports that it takes are not to be had from anybody else"]
pub struct Attendance {
    action: libc::sigaction,
    mask: u64,
    _one: MutexGuard<'static, ()>,
    /// Tracees belong to the thread that seizes.
    of_thread: PhantomData<*const ()>,
}

impl Attendance {
    /// From now on stops are answered.
    pub fn begin() -> Attendance {
        // The list is whole whatever happened to the thread that had it.
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        COUNT.store(0, Relaxed);
        OWNER.store(Tid::current().raw(), Relaxed);
        // SAFETY: an all-zero sigaction is a valid one: no flags, an empty mask, SIG_DFL.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = on_child as extern "C" fn(libc::c_int) as libc::sighandler_t;
        action.sa_flags = libc::SA_RESTART;
        let mut before = action;
        // SAFETY: both are initialised, and the handler does nothing but use atomics and make bare system calls.
        unsafe { libc::sigaction(libc::SIGCHLD, &action, &mut before) };
        let mask = set_mask(None);
        set_mask(Some(SignalSet::from_bits(mask).without(Signal::CHLD).bits()));
        Attendance { action: before, mask, _one: one, of_thread: PhantomData }
    }

    /// Gives what was reported meanwhile, oldest first: to be handled as if it had been waited for now.
    pub fn end(self) -> Vec<Waited> {
        drop(self);
        let count = COUNT.load(Relaxed);
        REPORTS[..count].iter().map(|report| unpack(report.load(Relaxed))).collect()
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        OWNER.store(0, Relaxed);
        // SAFETY: the action is the one that was there before, and this one is not wanted.
        unsafe { libc::sigaction(libc::SIGCHLD, &self.action, ptr::null_mut()) };
        set_mask(Some(self.mask));
    }
}

extern "C" fn on_child(_: libc::c_int) {
    // SAFETY: the location is the thread's own.
    let errno = unsafe { *libc::__errno_location() };
    let owner = OWNER.load(Relaxed);
    if owner == Tid::current().raw() {
        take_reports();
    } else if owner != 0 {
        // SAFETY: no memory is involved. The thread whose tracees they are is another one of this process.
        unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), owner, libc::SIGCHLD) };
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// Takes what there is, and lets those end that are about to.
fn take_reports() {
    loop {
        let count = COUNT.load(Relaxed);
        let Some(place) = REPORTS.get(count) else { return };
        let Ok(Some(waited)) = wait_any(WaitFlags::NO_HANG | WaitFlags::OWN_THREAD) else { return };
        if waited.status.status() == Status::Event(PtraceEvent::Exit) {
            // If it is killed meanwhile, it goes on by itself.
            let _ = Request::CONT.plain(waited.tid, 0, 0);
        } else {
            place.store(pack(waited), Relaxed);
            COUNT.store(count + 1, Relaxed);
        }
    }
}

fn pack(waited: Waited) -> u64 {
    u64::from(waited.tid.raw() as u32) << 32 | u64::from(waited.status.raw() as u32)
}

fn unpack(report: u64) -> Waited {
    Waited { tid: Tid::from_raw((report >> 32) as i32), status: WaitStatus::from_raw(report as i32) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_keep_their_sign() {
        let waited = Waited { tid: Tid::from_raw(i32::MAX), status: WaitStatus::from_raw(-1) };
        assert_eq!(unpack(pack(waited)), waited);
    }
}
