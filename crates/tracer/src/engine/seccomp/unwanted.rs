//! Tracees that nobody asked to see, and that can't be let go because they are under the tracer's seccomp filter:
//! children that are not followed, those made with `CLONE_UNTRACED`, and all that are left when a signal ends the trace.
//!
//! They run on as if there were no tracer, but for what [`Disguise`] says, and stop where the filter says so.

use super::Disguise;
use crate::engine::again::Again;
use ptrace::{Tid, Waited};
use std::collections::HashMap;

/// Who is traced though nobody wants to see it.
#[derive(Default)]
pub(in crate::engine) struct Unwanted {
    pub(in crate::engine) disguises: HashMap<Tid, Disguise>,
    /// Whose calls have been interrupted.
    pub(in crate::engine) interrupted: HashMap<Tid, Again>,
    /// The first stops of children of which it is not known yet whether they are to be seen.
    pub(in crate::engine) early: Vec<Waited>,
}

impl Unwanted {
    pub(in crate::engine) fn len(&self) -> usize {
        self.disguises.len() + self.early.len()
    }

    pub(in crate::engine) fn has(&self, tid: Tid) -> bool {
        self.disguises.contains_key(&tid)
    }

    /// It is to be traced so from now on.
    pub(in crate::engine) fn add(&mut self, tid: Tid, disguise: Disguise) {
        self.disguises.insert(tid, disguise);
    }

    /// Its parent has been told of: gives its first stop, if that has come before.
    pub(in crate::engine) fn take_early(&mut self, tid: Tid) -> Option<Waited> {
        let at = self.early.iter().position(|waited| waited.tid == tid)?;
        Some(self.early.swap_remove(at))
    }

    /// A thread has executed a program, and has taken the id of its process.
    pub(in crate::engine) fn rename(&mut self, former: Tid, tid: Tid) {
        if let Some(disguise) = self.disguises.remove(&former) {
            self.disguises.insert(tid, disguise);
        }
    }

    pub(in crate::engine) fn forget(&mut self, tid: Tid) {
        self.disguises.remove(&tid);
        self.interrupted.remove(&tid);
    }
}
