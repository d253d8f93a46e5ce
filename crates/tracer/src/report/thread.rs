//! What is kept of each thread between its events, to tell the next one.

use super::vcpu::Vcpu;
use crate::by_tid::ByTid;
use crate::output::Stream;
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

/// The threads that events are about.
pub(super) type Threads = ByTid<Thread>;

impl Threads {
    /// A thread goes on under another id.
    pub(super) fn rename(&mut self, from: Tid, to: Tid) {
        if let Some(thread) = self.remove(from) {
            self.insert(to, thread);
        }
    }

    /// The thread `by` goes on in the place of its leader, and writes to the leader's file.
    pub(super) fn succeed(&mut self, leader: Tid, by: Tid) {
        let Some(mut thread) = self.remove(by) else { return };
        if let Some(own) = self.remove(leader).and_then(|leader| leader.own)
            && let Some(mut old) = thread.own.replace(own)
        {
            old.flush();
        }
        self.insert(leader, thread);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_change_their_ids() {
        let [seven, eight, nine] = [7, 8, 9].map(Tid::from_raw);
        let mut threads = Threads::default();
        for tid in [seven, eight, nine] {
            threads.insert(tid, Box::new(Thread { is_unnoticed: tid == eight, ..Thread::default() }));
        }
        threads.succeed(seven, eight);
        assert!(threads.get(seven).unwrap().is_unnoticed && !threads.contains(eight));
        threads.succeed(nine, eight);
        threads.rename(nine, eight);
        assert!(threads.contains(eight) && !threads.contains(nine) && threads.len() == 2);
    }
}
