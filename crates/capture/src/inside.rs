//! What is known of threads that are in calls.

use std::collections::HashMap;

/// What is known of threads that are in calls, by their ids.
#[derive(Debug)]
pub(crate) struct Inside<T> {
    by_id: HashMap<i32, T>,
    /// Of threads that execute a program, by the ids that they are about to get: their leaders may be in calls yet.
    renamed: HashMap<i32, T>,
}

impl<T> Default for Inside<T> {
    fn default() -> Self {
        Inside { by_id: HashMap::new(), renamed: HashMap::new() }
    }
}

impl<T> Inside<T> {
    /// How many threads are in calls.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len() + self.renamed.len()
    }

    /// A call begins.
    pub(crate) fn begin(&mut self, tid: i32, known: T) {
        self.by_id.insert(tid, known);
    }

    /// The call that a thread is in ends.
    pub(crate) fn end(&mut self, tid: i32) -> Option<T> {
        self.by_id.remove(&tid).or_else(|| self.renamed.remove(&tid))
    }

    /// The call that a thread is in.
    pub(crate) fn get(&self, tid: i32) -> Option<&T> {
        self.by_id.get(&tid)
    }

    /// A thread is about to get another id, in its call.
    pub(crate) fn rename(&mut self, tid: i32, to: i32) {
        if let Some(known) = self.by_id.remove(&tid) {
            self.renamed.insert(to, known);
        }
    }

    /// The thread that had this id is no more; another may have it from now on.
    pub(crate) fn succeed(&mut self, tid: i32) {
        self.by_id.remove(&tid);
        if let Some(known) = self.renamed.remove(&tid) {
            self.by_id.insert(tid, known);
        }
    }

    /// A thread is no more.
    pub(crate) fn forget(&mut self, tid: i32) {
        self.by_id.remove(&tid);
        self.renamed.remove(&tid);
    }
}
