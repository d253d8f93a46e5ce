//! What is kept of each thread between its events, to tell the next one.

use super::vcpu::Vcpu;
use crate::output::Stream;
use crate::tid_map::TidMap;
use decode::{Options, Pending, Stack};
use event::CpuTime;
use ptrace::Tid;
use render::{Partial, Render};

/// A thread.
#[derive(Default)]
pub(super) struct Thread {
    /// The file of its own.
    pub(super) own: Option<Box<Stream>>,
    /// Where a call is written that is shown only if it ends as wanted.
    pub(super) draft: Option<Box<dyn Render>>,
    /// The call that it is in.
    pub(super) call: OpenCall,
    /// The stack of the event that it is at, if that will be shown with its stack.
    pub(super) stack: Option<Taken>,
    /// Whether a thread of it has executed a program unseen, and nothing of it has been shown since.
    pub(super) is_unnoticed: bool,
}

/// A call that has begun, and will be told to its end.
#[derive(Default)]
pub(super) struct OpenCall {
    /// There is one.
    pub(super) is_there: bool,
    /// Its draft has ended where its thread took its process's id: the rest stands in a line of its own.
    pub(super) renamed: bool,
    /// How much of it is shown.
    pub(super) options: Options,
    pub(super) pending: Pending,
    pub(super) partial: Partial,
    /// CPU time used before, where that counts.
    pub(super) cpu: CpuTime,
    /// The virtual processor that it runs, if that is to be told.
    pub(super) vcpu: Option<Box<Vcpu>>,
}

/// A stack that waits to be shown.
pub(super) struct Taken {
    pub(super) stack: Stack,
    /// Whether it was taken when the call was entered.
    pub(super) kept: bool,
}

impl Thread {
    /// Writes all that waits.
    pub(super) fn flush(&mut self) {
        if let Some(stream) = &mut self.own {
            stream.flush();
        }
    }
}

/// The threads, by their ids. The one that was asked for last is found at once: most events are the last one's.
#[derive(Default)]
pub(super) struct Threads {
    places: TidMap<usize>,
    threads: Vec<Option<Box<Thread>>>,
    free: Vec<usize>,
    last: Option<(i32, usize)>,
}

impl Threads {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn has(&self, tid: i32) -> bool {
        self.last.is_some_and(|(last, _)| last == tid) || self.places.contains_key(&Tid::from_raw(tid))
    }

    #[inline]
    pub(super) fn get(&mut self, tid: i32) -> Option<&mut Thread> {
        let place = match self.last {
            Some((last, place)) if last == tid => place,
            _ => {
                let place = *self.places.get(&Tid::from_raw(tid))?;
                self.last = Some((tid, place));
                place
            }
        };
        self.threads.get_mut(place)?.as_deref_mut()
    }

    /// Takes a thread on; returns how many there are.
    pub(super) fn add(&mut self, tid: i32, thread: Thread) -> usize {
        self.remove(tid);
        let thread = Some(Box::new(thread));
        let place = match self.free.pop() {
            Some(place) => {
                self.threads[place] = thread;
                place
            }
            None => {
                self.threads.push(thread);
                self.threads.len() - 1
            }
        };
        self.places.insert(Tid::from_raw(tid), place);
        self.len()
    }

    pub(super) fn remove(&mut self, tid: i32) -> Option<Box<Thread>> {
        self.last = None;
        let place = self.places.remove(&Tid::from_raw(tid))?;
        self.free.push(place);
        self.threads[place].take()
    }

    /// A thread goes on under another id, which nobody has.
    pub(super) fn rename(&mut self, from: i32, to: i32) {
        self.last = None;
        if let Some(place) = self.places.remove(&Tid::from_raw(from)) {
            self.places.insert(Tid::from_raw(to), place);
        }
    }

    /// The thread `by` goes on in the place of its leader, and writes to the leader's file.
    pub(super) fn succeed(&mut self, leader: i32, by: i32) {
        if !self.has(by) {
            return;
        }
        let own = self.remove(leader).and_then(|leader| leader.own);
        self.rename(by, leader);
        if let (Some(own), Some(thread)) = (own, self.get(leader))
            && let Some(mut old) = thread.own.replace(own)
        {
            old.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_change_their_ids() {
        let mut threads = Threads::default();
        for tid in [7, 8, 9] {
            threads.add(tid, Thread { is_unnoticed: tid == 8, ..Thread::default() });
        }
        threads.succeed(7, 8);
        assert!(threads.get(7).unwrap().is_unnoticed && !threads.has(8) && threads.has(9));
        assert_eq!(threads.len(), 2);
        threads.rename(9, 8);
        assert!(threads.has(8) && !threads.has(9));
        assert!(threads.remove(7).is_some() && threads.remove(7).is_none());
        assert_eq!(threads.add(5, Thread::default()), 2);
        assert!(threads.get(5).is_some() && threads.get(6).is_none());
    }
}
