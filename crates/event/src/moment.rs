//! When something happened, and how much time has been used up to then.

use std::time::Duration;

/// When an event happened. A clock is read only where the observer has asked for it ([`crate::Needs`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// By the wall clock, since the epoch.
    pub wall: Option<Duration>,
    /// By a clock that nobody sets, since some beginning that is the same for all events of a trace.
    pub monotonic: Option<Duration>,
}

impl Moment {
    /// The time since `earlier`; nothing where one of the two is not known.
    #[inline]
    pub fn since(&self, earlier: &Moment) -> Duration {
        match (self.monotonic, earlier.monotonic) {
            (Some(now), Some(then)) => now.saturating_sub(then),
            _ => Duration::ZERO,
        }
    }
}

/// CPU time, as one of two clocks shows it at an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CpuTime {
    /// Nobody has looked.
    #[default]
    Unknown,
    /// The time that the threads of the process have spent in the kernel.
    OfProcess(Duration),
    /// The time that the thread has had a CPU.
    OfThread(Duration),
}

impl CpuTime {
    /// The time since `earlier`. Nothing, where the other clock was looked at: a call during which tasks became many.
    #[inline]
    pub fn since(self, earlier: CpuTime) -> Duration {
        match (self, earlier) {
            (CpuTime::OfProcess(now), CpuTime::OfProcess(then))
            | (CpuTime::OfThread(now), CpuTime::OfThread(then)) => now.saturating_sub(then),
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_readings_of_one_clock_have_a_difference() {
        let nanos = Duration::from_nanos;
        let (process, thread) = (|n| CpuTime::OfProcess(nanos(n)), |n| CpuTime::OfThread(nanos(n)));
        assert_eq!(process(7).since(process(4)), nanos(3));
        assert_eq!(thread(7).since(thread(4)), nanos(3));
        assert_eq!(thread(4).since(thread(7)), Duration::ZERO);
        assert_eq!(thread(7).since(process(4)), Duration::ZERO);
        assert_eq!(process(7).since(CpuTime::Unknown), Duration::ZERO);
        let at = |n| Moment { wall: None, monotonic: Some(nanos(n)) };
        assert_eq!(at(7).since(&at(4)), nanos(3));
        assert_eq!(at(7).since(&Moment::default()), Duration::ZERO);
    }
}
