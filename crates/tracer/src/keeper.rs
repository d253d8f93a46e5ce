//! The keeper: a small process that outlives the tracer.
//!
//! A tracer may be killed on the spot, and may hang: in a read of a tracee's memory that nobody fills in (userfaultfd, a
//! dead FUSE mount) no signal reaches it. What it has printed must be in the file all the same, and a tracee that shares
//! its CPU must get its own CPUs back. So text for files goes into a ring that is shared with the keeper, which writes
//! it within 50 ms, or at once when the tracer is no more. Where much waits the tracer writes it itself, in large
//! pieces, and so it does at its end: the keeper is only needed when the tracer does not get to it.
//!
//! - The keeper shares the tracer's descriptors (`CLONE_FILES`), so that it has all files that are opened later, and
//!   keeps none open that the tracer has closed. It shares nothing else but one mapping.
//! - A wait for tracees does not tell of its end, since that sends no signal (`__WCLONE` in `wait4(2)`); the tracer
//!   reaps it when it is needed no more. No signal that can be blocked reaches it, and it is in a session of its own.
//! - It sleeps while nothing waits. The kernel wakes it when the tracer dies: the word that it sleeps on is a robust
//!   futex of the tracer's (`get_robust_list(2)`).
//! - Where it can't be had the tracer does without, and if it is killed the tracer goes on without.

mod process;
mod ring;
mod sys;

pub(crate) use self::ring::unfinished;

use self::ring::Ring;
use self::sys::{Forked, Mapping, Shared, TRACER};
use crate::affinity::CpuSet;
use crate::config::Keeping;
use ptrace::Tid;
use std::cell::OnceCell;
use std::sync::atomic::Ordering;

/// The tracer's side of it. The process is made when it is first needed.
pub(crate) struct Keeper {
    process: OnceCell<Option<Process>>,
}

/// The process, as the tracer knows it.
struct Process {
    mapping: Mapping,
    id: i32,
}

/// What has become of bytes that were handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandedOver {
    /// They are safe.
    Safe,
    /// They are safe, and it is time to write what waits.
    Much,
    /// There is no room, or no keeper: they are still the caller's.
    No,
}

impl Keeper {
    pub(crate) fn new(keeping: Keeping) -> Keeper {
        let process = match keeping {
            Keeping::Auto => OnceCell::new(),
            Keeping::Never => OnceCell::from(None),
        };
        Keeper { process }
    }

    /// What is shared with a keeper that lives, which is made if there has been none.
    fn shared(&self) -> Option<&Shared> {
        let shared = self.process.get_or_init(start).as_ref()?.mapping.shared();
        (!shared.keeper.has_died()).then_some(shared)
    }

    /// What is shared with a keeper, even if it is no more.
    fn remains(&self) -> Option<&Shared> {
        Some(self.process.get()?.as_ref()?.mapping.shared())
    }

    /// Makes the process, if there has been none.
    pub(crate) fn make(&self) {
        let _ = self.shared();
    }

    /// Whether there is one that lives.
    pub(crate) fn is_there(&self) -> bool {
        self.remains().is_some_and(|shared| !shared.keeper.has_died())
    }

    /// Hands over text for the file with this descriptor, which must stay open until [`Keeper::take_back`]; `key` says
    /// whose it is. So much of a line without an end stands before it.
    pub(crate) fn hand_over(&self, fd: i32, key: usize, bytes: &[u8], unfinished: u64) -> HandedOver {
        let Some(shared) = self.shared() else { return HandedOver::No };
        let ring = Ring::of(shared);
        let (Ok(key), Ok(unfinished)) = (u32::try_from(key), u32::try_from(unfinished)) else {
            return HandedOver::No;
        };
        if !ring.append(fd, key, bytes, unfinished) {
            return HandedOver::No;
        }
        shared.wake_keeper();
        let is_much = ring.used() >= ring::PIECE || shared.refused.load(Ordering::Relaxed) != 0;
        if is_much { HandedOver::Much } else { HandedOver::Safe }
    }

    /// Whether text has been handed over that is not known to have been written.
    pub(crate) fn has_text(&self) -> bool {
        self.remains().is_some_and(|shared| !Ring::of(shared).is_empty())
    }

    /// Whether it has been killed and has left text.
    pub(crate) fn has_left_text(&self) -> bool {
        self.remains().is_some_and(|shared| shared.keeper.has_died()) && self.has_text()
    }

    /// Takes all text back that has not been written, to write it by `write`: the text for each descriptor in one
    /// piece, with its key and how much of a line without an end stands before it. If the keeper is about to write,
    /// waits for it, unless `patiently` is false. `only`: the text with this key.
    pub(crate) fn take_back(
        &self,
        only: Option<usize>,
        patiently: bool,
        write: &mut dyn FnMut(usize, &[u8], u64),
    ) {
        let only = only.and_then(|key| u32::try_from(key).ok());
        let Some(shared) = self.remains() else { return };
        let ring = Ring::of(shared);
        if ring.is_empty() || !shared.lock(TRACER, patiently, &shared.keeper) {
            return;
        }
        shared.refused.store(0, Ordering::Relaxed);
        ring.recover();
        let mut text = Vec::with_capacity(ring.used() as usize);
        while let Some(next) = ring.next_text(only, &mut text) {
            ring.begin(&next);
            write(next.key, &text, next.unfinished);
            ring.end(&next, text.len());
        }
        shared.unlock();
    }

    /// From now on, if the tracer dies, the thread gets this mask back, unless it has another meanwhile than that of
    /// `cpu` alone.
    pub(crate) fn insure(&self, tid: Tid, own: &CpuSet, cpu: usize) {
        if let Some(shared) = self.shared() {
            shared.pin.set(tid, own, cpu);
        }
    }

    /// The thread has its own mask again.
    pub(crate) fn lapse(&self) {
        if let Some(shared) = self.remains() {
            shared.pin.clear();
        }
    }
}

/// The tracer needs it no more.
impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(Some(Process { mapping, id })) = self.process.get() {
            mapping.shared().dismiss_keeper();
            sys::reap(*id);
        }
    }
}

/// Makes the process. `None` if there can be none.
fn start() -> Option<Process> {
    let mapping = Mapping::new()?;
    mapping.shared().tracer.claim()?;
    match sys::fork() {
        Some(Forked::Tracer { keeper }) => Some(Process { mapping, id: keeper }),
        Some(Forked::Keeper) => process::run(mapping.shared()),
        None => None,
    }
}
