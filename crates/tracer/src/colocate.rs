//! One CPU for a conversation.
//!
//! A tracee and its tracer never run at the same time while they talk: one waits for the other. On two CPUs each
//! stop wakes an idle CPU up, which costs several times what the stop itself does (`docs/performance.md` has the
//! figures). So while one tracee does the talking, both are kept on one CPU.
//!
//! The tracee must not see it. Before a call that could (`sched_getaffinity`), that changes the mask, or that makes
//! a child which would inherit it, the tracee gets its own mask back, and keeps it until it talks a lot again. It
//! gets it back, too, when another tracee takes part in the talk, when stops get rare, and when the tracer lets go of
//! it or ends.

use crate::affinity::{CpuSet, current_cpu};
use crate::config::Colocate;
use ptrace::Tid;
use std::collections::HashSet;
use std::time::{Duration, Instant};
use uapi::Abi;

/// So many stops of the same tracee, with no other's between them, are a conversation.
const CONVERSATION: u32 = 16;
/// Stops farther apart than this are no conversation.
const SILENCE: Duration = Duration::from_millis(2);

/// Calls that see or change a thread's affinity, or hand it on.
pub(crate) const REVEALING: [&str; 6] =
    ["sched_getaffinity", "sched_setaffinity", "clone", "clone3", "fork", "vfork"];

/// A tracee that shares the tracer's CPU, and where it may run otherwise.
struct Guest {
    tid: Tid,
    own: CpuSet,
}

/// Decides who shares the tracer's CPU.
pub(crate) struct Colocation {
    mode: Colocate,
    /// Where the tracer may run when it is alone.
    own: Option<CpuSet>,
    guest: Option<Guest>,
    /// Who stopped last, how often in a row, and when.
    last: Option<Tid>,
    streak: u32,
    at: Instant,
    revealing: HashSet<(Abi, u64)>,
}

impl Colocation {
    pub(crate) fn new(mode: Colocate) -> Colocation {
        let own = CpuSet::of_thread(Tid::current()).filter(|own| own.len() > 1);
        let calls = |abi: Abi| REVEALING.iter().filter_map(move |name| Some((abi, abi.number(name)?)));
        Colocation {
            // On a single CPU there is nothing to decide.
            mode: if own.is_some() { mode } else { Colocate::Never },
            own,
            guest: None,
            last: None,
            streak: 0,
            at: Instant::now(),
            revealing: [Abi::X86_64, Abi::I386, Abi::X32].into_iter().flat_map(calls).collect(),
        }
    }

    /// Whether any tracee may share the tracer's CPU.
    pub(crate) fn is_wanted(&self) -> bool {
        self.mode != Colocate::Never
    }

    /// A tracee has stopped.
    pub(crate) fn stopped(&mut self, tid: Tid) {
        if !self.is_wanted() {
            return;
        }
        let now = Instant::now();
        let silence = now.duration_since(std::mem::replace(&mut self.at, now));
        let goes_on = self.last == Some(tid) && silence < SILENCE;
        if !goes_on {
            self.last = Some(tid);
            self.streak = 0;
            if self.mode == Colocate::Auto {
                self.part();
            }
        }
        self.streak = self.streak.saturating_add(1);
        let enough = if self.mode == Colocate::Always { 1 } else { CONVERSATION };
        if self.streak >= enough && self.guest.as_ref().is_none_or(|guest| guest.tid != tid) {
            self.join(tid);
        }
    }

    /// A tracee is about to make a call: one that would see its mask, or hand it on, gets the tracee's own.
    pub(crate) fn entering(&mut self, tid: Tid, abi: Abi, number: u64) {
        if !self.revealing.contains(&(abi, number)) {
            return;
        }
        self.part();
        if self.last == Some(tid) {
            // Not before the call has returned.
            self.streak = 0;
        }
    }

    /// A tracee is no more, or no longer the tracer's.
    pub(crate) fn leave(&mut self, tid: Tid) {
        if self.guest.as_ref().is_some_and(|guest| guest.tid == tid) {
            self.part();
        }
    }

    /// A thread goes on under another id, that of the leader that its execve has ended.
    pub(crate) fn rename(&mut self, former: Tid, tid: Tid) {
        self.leave(tid);
        if let Some(guest) = self.guest.as_mut().filter(|guest| guest.tid == former) {
            guest.tid = tid;
        }
    }

    /// Lets go of a tracee that has not stopped for a while.
    pub(crate) fn tick(&mut self) {
        if self.mode == Colocate::Auto && self.guest.is_some() && self.at.elapsed() > SILENCE {
            self.part();
        }
    }

    /// Puts tracer and tracee on one CPU.
    fn join(&mut self, tid: Tid) {
        self.part();
        let (Some(own), Some(theirs)) = (&self.own, CpuSet::of_thread(tid)) else { return };
        let common = own.and(&theirs);
        let here = current_cpu().filter(|&cpu| common.contains(cpu));
        let Some(cpu) = here.or_else(|| common.first()) else { return };
        let shared = CpuSet::of(cpu);
        if shared.apply(Tid::current()) && shared.apply(tid) {
            self.guest = Some(Guest { tid, own: theirs });
        } else {
            own.apply(Tid::current());
        }
    }

    /// Lets tracer and tracee run where they may.
    fn part(&mut self) {
        let Some(guest) = self.guest.take() else { return };
        // If it is gone, there is nobody who could miss its mask.
        guest.own.apply(guest.tid);
        if let Some(own) = &self.own {
            own.apply(Tid::current());
        }
    }
}

impl Drop for Colocation {
    fn drop(&mut self) {
        self.part();
    }
}
