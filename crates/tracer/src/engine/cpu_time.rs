//! How much CPU time calls took in the kernel (`-c`).
//!
//! `wait4` tells with each stop what the tracee has used, but it adds that up over all threads of its process: with
//! 1,000 of them it takes longer than all that a stop costs otherwise. Where tracees are many, the time that a thread
//! has had a CPU is read from `/proc/TID/schedstat` instead, at either end of a call that counts. Between its two stops
//! a thread is in the kernel, so that the difference is the time that the call took there.

use event::CpuTime;
use ptrace::Tid;
use std::fs::File;
use std::io::Read;
use std::time::Duration;

/// What the kernel tells of a thread.
#[cold]
pub(super) fn of_thread(tid: Tid) -> CpuTime {
    read(tid).map_or(CpuTime::Unknown, CpuTime::OfThread)
}

/// The first number of `/proc/TID/schedstat`, in nanoseconds (`Documentation/scheduler/sched-stats.rst` of the kernel).
fn read(tid: Tid) -> Option<Duration> {
    let mut text = [0; 64];
    let len = File::open(format!("/proc/{tid}/schedstat")).ok()?.read(&mut text).ok()?;
    let number = text[..len].split(|byte| *byte == b' ').next()?;
    std::str::from_utf8(number).ok()?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_gets_older() {
        let read = || of_thread(Tid::current());
        let first = read();
        assert!(matches!(first, CpuTime::OfThread(_)), "{first:?}");
        // The kernel brings it up to date when the thread goes to sleep.
        while read().since(first).is_zero() {
            std::thread::sleep(Duration::from_micros(10));
        }
    }
}
