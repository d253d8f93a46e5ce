//! How much CPU time calls took in the kernel (`-c`).
//!
//! `wait4` tells with each stop what the tracee has used, but it adds that up over all threads of its process: with
//! 1,000 of them it takes longer than all that a stop costs otherwise. Where tracees are many, the time that a thread
//! has had a CPU is read from `/proc/TID/schedstat` instead, at either end of a call that counts. Between its two stops
//! a thread is in the kernel, so that the difference is the time that the call took there.

use ptrace::Tid;
use std::fs::File;
use std::io::Read;
use std::time::Duration;

/// What one of the two clocks showed at a stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KernelTime {
    /// Nobody has looked.
    #[default]
    Unknown,
    /// The time that the threads of the process have spent in the kernel.
    OfProcess(Duration),
    /// The time that the thread has had a CPU.
    OfThread(Duration),
}

impl KernelTime {
    /// What the kernel tells of a thread.
    #[cold]
    pub(crate) fn of_thread(tid: Tid) -> KernelTime {
        of_thread(tid).map_or(KernelTime::Unknown, KernelTime::OfThread)
    }

    /// The time since `earlier`. Nothing, where the other clock was looked at: a call during which tracees became many.
    #[inline]
    pub(crate) fn since(self, earlier: KernelTime) -> Duration {
        match (self, earlier) {
            (KernelTime::OfProcess(now), KernelTime::OfProcess(then))
            | (KernelTime::OfThread(now), KernelTime::OfThread(then)) => now.saturating_sub(then),
            _ => Duration::ZERO,
        }
    }
}

/// The first number of `/proc/TID/schedstat`, in nanoseconds (`Documentation/scheduler/sched-stats.rst` of the kernel).
fn of_thread(tid: Tid) -> Option<Duration> {
    let mut text = [0; 64];
    let len = File::open(format!("/proc/{tid}/schedstat")).ok()?.read(&mut text).ok()?;
    let number = text[..len].split(|byte| *byte == b' ').next()?;
    std::str::from_utf8(number).ok()?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_readings_of_one_clock_have_a_difference() {
        let nanos = Duration::from_nanos;
        let (process, thread) = (|n| KernelTime::OfProcess(nanos(n)), |n| KernelTime::OfThread(nanos(n)));
        assert_eq!(process(7).since(process(4)), nanos(3));
        assert_eq!(thread(7).since(thread(4)), nanos(3));
        assert_eq!(thread(4).since(thread(7)), Duration::ZERO);
        assert_eq!(thread(7).since(process(4)), Duration::ZERO);
        assert_eq!(process(7).since(KernelTime::Unknown), Duration::ZERO);
    }

    #[test]
    fn a_thread_gets_older() {
        let read = || KernelTime::of_thread(Tid::current());
        let first = read();
        assert!(matches!(first, KernelTime::OfThread(_)), "{first:?}");
        // The kernel brings it up to date when the thread goes to sleep.
        while read().since(first).is_zero() {
            std::thread::sleep(Duration::from_micros(10));
        }
    }
}
