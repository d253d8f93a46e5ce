//! One CPU for a conversation.
//!
//! A tracee and its tracer never run at the same time while they talk: one waits for the other. On two CPUs each
//! stop wakes an idle CPU up, which costs several times what the stop itself does (`docs/performance.md` has the
//! figures). So while one tracee does the talking, both are kept on one CPU.
//!
//! The tracee must not see it. Before a call that could (`sched_getaffinity`), that changes the mask, or that makes
//! a child which would inherit it, the tracee gets its own mask back, and keeps it until it talks again. It gets it
//! back, too, when another tracee takes part in the talk, when stops get rare, and when the tracer lets go of it or
//! ends. A mask that somebody else has set meanwhile is left alone.

use crate::affinity::{self, CpuSet, current_cpu};
use crate::config::Colocate;
use crate::filter::host_abis;
use crate::keeper::Keeper;
use ptrace::{Addr, Memory, Remote, SyscallEntry, Tid};
use std::fs::File;
use std::io::Read;
use std::rc::Rc;
use std::time::{Duration, Instant};
use uapi::Abi;

/// So many stops of the same tracee, with no other's between them, are a conversation. A lone tracee needs one.
const CONVERSATION: u32 = 4;
/// After conversations that others broke off early it takes more stops, up to so many.
const MOST_PATIENCE: u32 = 64;
/// A conversation of so many stops was worth it.
const WORTHWHILE: u32 = 64;
/// Stops farther apart than this on average are no conversation.
const SILENCE: Duration = Duration::from_millis(2);
/// A conversation with fewer stops than this between two ticks (50 ms) has fallen asleep.
const RARE: u32 = 16;

/// Calls that see or change a thread's affinity, be it that of another, and those that hand it on.
pub(super) const REVEALING: [&str; 6] =
    ["sched_getaffinity", "sched_setaffinity", "clone", "clone3", "fork", "vfork"];
/// How many of [`REVEALING`], from the first on, may be about another thread.
const ABOUT_ANY: usize = 2;

/// A tracee that shares the tracer's CPU, and where it may run otherwise.
struct Guest {
    tid: Tid,
    own: CpuSet,
    /// Where both have been put.
    shared: CpuSet,
}

/// Decides who shares the tracer's CPU.
pub(super) struct Colocation {
    mode: Colocate,
    /// Who gives a guest its own mask back if the tracer can't.
    keeper: Rc<Keeper>,
    /// Whether new threads become tracees.
    follows: bool,
    guest: Option<Guest>,
    /// Where the tracer may run when it is alone; up to date while there is a guest.
    own: CpuSet,
    /// Who stopped last, how often in a row, and since when.
    last: Option<Tid>,
    streak: u32,
    since: Instant,
    /// How many stops make a conversation at present.
    patience: u32,
    /// How many CPUs the tracer might use when it was started.
    cpus: u32,
    /// Stops get rare: even a lone tracee needs a streak.
    rare: bool,
    /// Stops of the streak since the last tick.
    lately: u32,
    /// Tracees inside a call about somebody's affinity: until it is over, nobody's may be a makeshift.
    inside: Vec<Tid>,
    /// The numbers of [`REVEALING`] by ABI; [`u64::MAX`], which is none, where the ABI has no such call.
    revealing: [[u64; REVEALING.len()]; Abi::ALL.len()],
    /// For a first look, by ABI: bit `n` is set if one of them has a number that is `n` modulo 64.
    hints: [u64; Abi::ALL.len()],
}

impl Colocation {
    pub(super) fn new(mode: Colocate, follows: bool, keeper: Rc<Keeper>) -> Colocation {
        let own = CpuSet::of_thread(Tid::current()).filter(|own| own.len() > 1);
        let revealing = Abi::ALL.map(|abi| match host_abis().contains(&abi) {
            true => REVEALING.map(|name| abi.number(name).unwrap_or(u64::MAX)),
            false => [u64::MAX; REVEALING.len()],
        });
        Colocation {
            // On a single CPU there is nothing to decide.
            mode: if own.is_some() { mode } else { Colocate::Never },
            keeper,
            follows,
            guest: None,
            cpus: own.as_ref().map_or(1, CpuSet::len),
            own: own.unwrap_or(CpuSet::of(0)),
            last: None,
            streak: 0,
            since: Instant::now(),
            patience: CONVERSATION,
            rare: false,
            lately: 0,
            inside: Vec::new(),
            hints: revealing
                .map(|numbers| numbers.iter().fold(0, |hints, number| hints | 1 << (number % 64))),
            revealing,
        }
    }

    /// Whether a tracee shares the tracer's CPU: then [`Colocation::tick`] is to be called every 50 ms.
    pub(super) fn has_guest(&self) -> bool {
        self.guest.is_some()
    }

    /// A tracee has stopped at a system call; it may be the only one there is.
    #[inline(always)]
    pub(super) fn stopped(&mut self, tid: Tid, is_alone: bool) {
        if self.mode == Colocate::Never {
            return;
        }
        let is_guest = self.guest.as_ref().is_some_and(|guest| guest.tid == tid);
        if is_guest && self.last == Some(tid) && self.inside.is_empty() {
            self.count();
        } else {
            self.look_at(tid, is_alone);
        }
    }

    fn count(&mut self) {
        self.streak = self.streak.saturating_add(1);
        self.lately = self.lately.saturating_add(1);
    }

    /// One that is no guest has stopped, or not the one that stopped last.
    #[inline(never)]
    fn look_at(&mut self, tid: Tid, is_alone: bool) {
        self.inside.retain(|&inside| inside != tid);
        if self.last != Some(tid) {
            self.turn_to(tid);
        }
        self.count();
        if self.guest.as_ref().is_none_or(|guest| guest.tid != tid) {
            self.consider(tid, is_alone);
        }
    }

    /// Another tracee has the word.
    fn turn_to(&mut self, tid: Tid) {
        if self.guest.is_some() {
            // Whether it was too short to be worth it says how soon the next should begin.
            let short = self.streak < self.patience.saturating_add(WORTHWHILE);
            self.patience = if short { (2 * self.patience).min(MOST_PATIENCE) } else { CONVERSATION };
            if self.mode == Colocate::Auto {
                self.part();
            }
        }
        self.last = Some(tid);
        self.begin_streak();
    }

    fn begin_streak(&mut self) {
        self.streak = 0;
        self.lately = 0;
        self.since = Instant::now();
    }

    /// Begins a conversation if there have been enough stops, in short time.
    fn consider(&mut self, tid: Tid, is_alone: bool) {
        let enough = match self.mode {
            Colocate::Always => 1,
            _ if is_alone && !self.rare => 1,
            _ => self.patience,
        };
        if self.streak < enough || !self.inside.is_empty() {
            return;
        }
        if self.mode == Colocate::Auto && enough > 1 {
            if self.since.elapsed() > self.streak * SILENCE {
                return self.begin_streak();
            }
            self.rare = false;
            if !is_alone && self.are_cpus_busy() {
                // The next look comes later.
                self.patience = (2 * self.patience).min(MOST_PATIENCE);
                return self.begin_streak();
            }
        }
        self.join(tid);
    }

    /// Whether others have work for all CPUs that the tracer may use. Then stops wake up no idle one, and whoever runs
    /// where the conversation goes on would have to move.
    fn are_cpus_busy(&self) -> bool {
        // The tracer is one of those that run, and the tracee stands.
        running_threads().is_some_and(|running| running >= self.cpus)
    }

    /// Shall no longer be: there are threads beside a tracee that are none, so that nobody knows when they look.
    pub(super) fn end(&mut self) {
        self.part();
        self.mode = Colocate::Never;
    }

    /// A tracee is about to make a call: one that would see a mask, or hand it on, finds everybody's own.
    #[inline]
    pub(super) fn entering(&mut self, tid: Tid, abi: Abi, call: &SyscallEntry) {
        if self.hints[abi as usize] >> (call.nr % 64) & 1 != 0 && self.mode != Colocate::Never {
            self.may_reveal(tid, abi, call);
        }
    }

    #[cold]
    fn may_reveal(&mut self, tid: Tid, abi: Abi, call: &SyscallEntry) {
        let which = self.revealing[abi as usize].iter().position(|&nr| nr == call.nr);
        let Some(which) = which else { return };
        self.part();
        if which < ABOUT_ANY {
            self.inside.push(tid);
        } else if self.makes_stranger(tid, REVEALING[which], call) {
            return self.end();
        }
        if self.last == Some(tid) {
            // Not before the call has returned.
            self.begin_streak();
        }
    }

    /// Whether a call makes a thread beside the tracee that will be no tracee.
    fn makes_stranger(&self, tid: Tid, name: &str, call: &SyscallEntry) -> bool {
        let flags = match name {
            "clone" => call.args[0],
            // The flags are the first member of `struct clone_args`.
            "clone3" => Memory::of(tid).read_value(Remote::new(Addr(call.args[0]))).unwrap_or(0),
            _ => 0,
        };
        let followed = self.follows && flags & libc::CLONE_UNTRACED as u64 == 0;
        flags & libc::CLONE_THREAD as u64 != 0 && !followed
    }

    /// A tracee is no more, or no longer the tracer's.
    pub(super) fn leave(&mut self, tid: Tid) {
        self.inside.retain(|&inside| inside != tid);
        if self.guest.as_ref().is_some_and(|guest| guest.tid == tid) {
            self.part();
        }
    }

    /// A thread goes on under another id, that of the leader that its execve has ended.
    pub(super) fn rename(&mut self, former: Tid, tid: Tid) {
        self.inside.retain(|&inside| inside != tid && inside != former);
        match &mut self.guest {
            Some(guest) if guest.tid == former => {
                guest.tid = tid;
                affinity::insure(tid, &guest.own);
                self.keeper.insure(tid, &guest.own, guest.shared.first().unwrap_or(0));
            }
            // The leader is no more, and its id belongs to a thread that has its own mask.
            Some(guest) if guest.tid == tid => self.part_from(None),
            _ => {}
        }
    }

    /// Lets go of a tracee that has hardly stopped since the last tick, or that somebody else has moved.
    pub(super) fn tick(&mut self) {
        let stops = std::mem::take(&mut self.lately);
        let Some(guest) = &self.guest else { return };
        let is_rare = self.mode == Colocate::Auto && stops < RARE;
        if is_rare || CpuSet::of_thread(guest.tid) != Some(guest.shared) {
            self.rare |= is_rare;
            self.part();
            self.begin_streak();
        }
    }

    /// Puts tracer and tracee on one CPU.
    fn join(&mut self, tid: Tid) {
        self.part();
        let (Some(own), Some(theirs)) = (CpuSet::of_thread(Tid::current()), CpuSet::of_thread(tid)) else {
            return;
        };
        let common = own.and(&theirs);
        let here = current_cpu().filter(|&cpu| common.contains(cpu));
        let Some(cpu) = here.or_else(|| common.first()) else { return };
        let shared = CpuSet::of(cpu);
        // It runs where the tracer may run now.
        self.keeper.make();
        if !shared.apply(Tid::current()) {
            return;
        }
        self.own = own;
        affinity::insure(tid, &theirs);
        self.keeper.insure(tid, &theirs, cpu);
        if shared.apply(tid) {
            self.guest = Some(Guest { tid, own: theirs, shared });
        } else {
            self.lapse();
            own.apply(Tid::current());
        }
    }

    /// Lets tracer and tracee run where they may.
    fn part(&mut self) {
        self.part_from(self.guest.as_ref().map(|guest| guest.tid));
    }

    /// Lets the tracer run where it may, and the tracee as well if it is still there.
    fn part_from(&mut self, tid: Option<Tid>) {
        let Some(Guest { own, shared, .. }) = self.guest.take() else { return };
        // If somebody else has moved one of them meanwhile (`taskset -p`), that is what counts.
        let is_as_set = |tid: Tid| CpuSet::of_thread(tid).is_some_and(|now| now == shared);
        if let Some(tid) = tid.filter(|&tid| is_as_set(tid)) {
            own.apply(tid);
        }
        self.lapse();
        if is_as_set(Tid::current()) {
            self.own.apply(Tid::current());
        }
    }

    /// There is no mask to be given back any more, should the tracer die.
    fn lapse(&self) {
        affinity::lapse();
        self.keeper.lapse();
    }
}

/// How many threads have, or want, a CPU at present: the number before the slash in `/proc/loadavg` (`proc_loadavg(5)`).
fn running_threads() -> Option<u32> {
    let mut text = [0; 64];
    let len = File::open("/proc/loadavg").ok()?.read(&mut text).ok()?;
    let text = std::str::from_utf8(&text[..len]).ok()?;
    text.split_once('/')?.0.rsplit(' ').next()?.parse().ok()
}

impl Drop for Colocation {
    fn drop(&mut self) {
        self.part();
    }
}
