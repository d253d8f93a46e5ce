//! The process that the engine runs in: a tracer's own, whose signals, timer and standard streams are the engine's to
//! use, or somebody else's.

use crate::sys;
use event::CpuTime;
use ptrace::{WaitFlags, Waited};
use std::time::{Duration, Instant};

/// How often something is done that has been put off, about.
const TICK: Duration = Duration::from_millis(50);
/// How long a wait that must not last sleeps between two looks.
const POLL: Duration = Duration::from_millis(2);

/// See the module's documentation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Host {
    /// It is there for the trace.
    Tracer,
    /// It is somebody else's, where all children but those of the engine's own thread are none of its business. Says
    /// when the last tick was.
    Guest(Instant),
}

impl Host {
    pub(super) fn is_tracer(&self) -> bool {
        matches!(self, Host::Tracer)
    }

    /// Waits for any tracee. A wait that `ticks` is interrupted after a while.
    #[inline(always)]
    pub(super) fn wait(
        &self,
        flags: WaitFlags,
        timed: bool,
        ticks: bool,
        cpu: &mut CpuTime,
    ) -> ptrace::Result<Option<Waited>> {
        match self {
            Host::Tracer => wait_any(flags, timed, cpu),
            Host::Guest(_) => wait_as_guest(flags, timed, ticks, cpu),
        }
    }

    /// The signal that has asked the tracer to end.
    #[inline]
    pub(super) fn interrupted_by(&self) -> Option<i32> {
        if self.is_tracer() { sys::interrupted_by() } else { None }
    }

    /// Whether it is time to do what has been put off.
    #[inline]
    pub(super) fn ticked(&mut self) -> bool {
        match self {
            Host::Tracer => sys::ticked(),
            Host::Guest(last) if last.elapsed() >= TICK => {
                *last = Instant::now();
                true
            }
            Host::Guest(_) => false,
        }
    }

    /// Has waits interrupted every now and then, or no longer.
    pub(super) fn run_timer(&self, on: bool) {
        if self.is_tracer() {
            sys::run_timer(on);
        }
    }
}

#[cold]
fn wait_as_guest(
    flags: WaitFlags,
    timed: bool,
    ticks: bool,
    cpu: &mut CpuTime,
) -> ptrace::Result<Option<Waited>> {
    if !ticks || flags != WaitFlags::BLOCK {
        return wait_any(flags | WaitFlags::OWN_THREAD, timed, cpu);
    }
    let begin = Instant::now();
    loop {
        let stop = wait_any(WaitFlags::NO_HANG | WaitFlags::OWN_THREAD, timed, cpu)?;
        if stop.is_some() {
            return Ok(stop);
        }
        if begin.elapsed() >= TICK {
            return Err(ptrace::Error::Interrupted);
        }
        std::thread::sleep(POLL);
    }
}

/// Waits; tells the CPU time that who has stopped has spent in the kernel, if that is to be told.
#[inline(always)]
fn wait_any(flags: WaitFlags, timed: bool, cpu: &mut CpuTime) -> ptrace::Result<Option<Waited>> {
    *cpu = CpuTime::Unknown;
    if !timed {
        return ptrace::wait_any(flags);
    }
    let Some((waited, usage)) = ptrace::wait_any_with_usage(flags)? else { return Ok(None) };
    *cpu = CpuTime::OfProcess(usage.system);
    Ok(Some(waited))
}
