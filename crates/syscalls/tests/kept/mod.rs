//! An output that keeps each call, and says it to another once it is over: what comes of that must be what would have
//! come of saying it at once.

use decode::{Aux, Change, Index, Kind, More, Remark, Scalar, Sink};
use render::{Abandon, CallName, Head, Line, Partial, Render, Tail, Tree};

pub(crate) struct Kept<R> {
    tree: Tree,
    out: R,
}

impl<R: Render> Kept<R> {
    pub(crate) fn new(out: R) -> Kept<R> {
        Kept { tree: Tree::new(), out }
    }

    /// What has been kept of the last call.
    #[allow(dead_code, reason = "not all tests look at it")]
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }
}

impl<R: Render> Sink for Kept<R> {
    fn arg(&mut self, name: &str, labelled: bool) {
        self.tree.arg(name, labelled);
    }

    fn scalar(&mut self, value: Scalar<'_>) {
        self.tree.scalar(value);
    }

    fn remark(&mut self, remark: Remark<'_>) {
        self.tree.remark(remark);
    }

    fn open(&mut self, kind: Kind<'_>) {
        self.tree.open(kind);
    }

    fn close(&mut self, kind: Kind<'_>) {
        self.tree.close(kind);
    }

    fn member(&mut self, name: &str, named: bool) {
        self.tree.member(name, named);
    }

    fn element(&mut self, index: Index<'_>) {
        self.tree.element(index);
    }

    fn rest(&mut self, more: More<'_>) {
        self.tree.rest(more);
    }

    fn change(&mut self, change: Change) {
        self.tree.change(change);
    }

    fn aux(&mut self, aux: Aux<'_>) {
        self.tree.aux(aux);
    }

    fn names(&self) -> bool {
        self.out.names()
    }
}

impl<R: Render> Render for Kept<R> {
    fn buffer(&self) -> &[u8] {
        self.out.buffer()
    }

    fn taken(&mut self) {
        self.out.taken();
    }

    fn call_begin(&mut self, head: &Head<'_>, call: &CallName<'_>) {
        self.tree = Tree::new();
        self.out.call_begin(head, call);
    }

    fn call_pause(&mut self) -> Partial {
        Partial::default()
    }

    fn call_interrupt(&mut self) {}

    fn call_resume(&mut self, _: &Head<'_>, _: &CallName<'_>, _: Partial, _: bool) {}

    fn args_end(&mut self) {
        self.tree.tell_args(&mut self.out);
        self.tree.begin_result();
        self.out.args_end();
    }

    fn call_end(&mut self, tail: &Tail) {
        self.tree.tell_result(&mut self.out);
        self.out.call_end(tail);
    }

    fn call_abandon(
        &mut self,
        head: &Head<'_>,
        call: &CallName<'_>,
        _: Partial,
        interrupted: bool,
        why: Abandon,
    ) {
        self.tree.tell_args(&mut self.out);
        let kept = self.out.call_pause();
        self.out.call_abandon(head, call, kept, interrupted, why);
    }

    fn line(&mut self, head: &Head<'_>, line: Line<'_>) {
        self.out.line(head, line);
    }
}
