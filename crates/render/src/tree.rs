//! A call kept as a value: all that a decoder said of it, to be walked, or to be said again to another sink.
//!
//! What is said stands in a row, one entry after the other, with the bytes, names and descriptors that they refer to in
//! stores beside it: to keep a call takes as many allocations as there are stores, however many members it has. Said
//! again, it gives every other output exactly what that would have got from the decoder.

mod kept;
mod value;

use decode::{Aux, Change, Index, Kind, More, Remark, Scalar, Sink};
use kept::{Entry, Group, Stores};
pub use value::{Members, Value};

/// Everything that has been said of a call.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    entries: Vec<Entry>,
    stores: Stores,
    /// The groups and changes that have not ended.
    open: Vec<usize>,
    /// Where the result begins, if it is told.
    result: Option<usize>,
}

impl Tree {
    /// Nothing yet.
    pub fn new() -> Tree {
        Tree::default()
    }

    /// What comes now is the result.
    pub fn begin_result(&mut self) {
        self.result.get_or_insert(self.entries.len());
    }

    /// The arguments in their order, by their names in the row.
    pub fn args(&self) -> Members<'_> {
        Members::new(self, 0, self.result.unwrap_or(self.entries.len()))
    }

    /// The argument with this name.
    pub fn get(&self, name: &str) -> Option<Value<'_>> {
        self.args().find(|(of, _)| *of == name).map(|(_, value)| value)
    }

    /// What the call returned, if it has, and has not failed.
    pub fn result(&self) -> Option<Value<'_>> {
        let start = self.result?;
        Members::new(self, start, self.entries.len()).next().map(|(_, value)| value)
    }

    /// Says everything about the arguments again.
    pub fn tell_args(&self, to: &mut dyn Sink) {
        self.tell(0, self.result.unwrap_or(self.entries.len()), to);
    }

    /// Says everything about the result again.
    pub fn tell_result(&self, to: &mut dyn Sink) {
        self.tell(self.result.unwrap_or(self.entries.len()), self.entries.len(), to);
    }

    fn tell(&self, from: usize, to: usize, sink: &mut dyn Sink) {
        for entry in self.entries.get(from..to).unwrap_or_default() {
            entry.tell(&self.stores, sink);
        }
    }

    fn begin(&mut self, group: Group) {
        self.open.push(self.entries.len());
        self.entries.push(Entry::Open { group, end: usize::MAX });
    }

    fn end(&mut self) {
        let Some(start) = self.open.pop() else { return };
        let at = self.entries.len();
        if let Some(Entry::Open { group, end }) = self.entries.get_mut(start) {
            *end = at;
            let group = *group;
            self.entries.push(Entry::Close(group));
        }
    }
}

impl Sink for Tree {
    fn arg(&mut self, name: &str, labelled: bool) {
        let name = self.stores.text(name);
        self.entries.push(Entry::Arg(name, labelled));
    }

    fn scalar(&mut self, value: Scalar<'_>) {
        let kept = self.stores.scalar(value);
        self.entries.push(Entry::Scalar(kept));
    }

    fn remark(&mut self, remark: Remark<'_>) {
        let kept = self.stores.remark(remark);
        self.entries.push(Entry::Remark(kept));
    }

    fn open(&mut self, kind: Kind<'_>) {
        let kept = self.stores.kind(kind);
        self.begin(Group::Kind(kept));
    }

    fn close(&mut self, _: Kind<'_>) {
        self.end();
    }

    fn member(&mut self, name: &str, named: bool) {
        let name = self.stores.text(name);
        self.entries.push(Entry::Member(name, named));
    }

    fn element(&mut self, index: Index<'_>) {
        let kept = self.stores.index(index);
        self.entries.push(Entry::Element(kept));
    }

    fn rest(&mut self, more: More<'_>) {
        let kept = self.stores.more(more);
        self.entries.push(Entry::Rest(kept));
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::Begin => self.begin(Group::Change),
            Change::After => self.entries.push(Entry::After),
            Change::End => self.end(),
        }
    }

    fn aux(&mut self, aux: Aux<'_>) {
        match aux {
            Aux::Begin => self.begin(Group::Aux),
            Aux::Part(name) => {
                let name = self.stores.text(name);
                self.entries.push(Entry::Part(name));
            }
            Aux::End => self.end(),
        }
    }
}
