//! An output that drops everything.

use decode::{Aux, Change, Index, Kind, More, Remark, Scalar, Sink};

/// Takes what is shown and shows it to nobody. It wants names, for which more is read than for numbers.
pub(crate) struct Silence;

impl Sink for Silence {
    fn arg(&mut self, _: &str, _: bool) {}
    fn scalar(&mut self, _: Scalar<'_>) {}
    fn remark(&mut self, _: Remark<'_>) {}
    fn open(&mut self, _: Kind<'_>) {}
    fn close(&mut self, _: Kind<'_>) {}
    fn member(&mut self, _: &str, _: bool) {}
    fn element(&mut self, _: Index<'_>) {}
    fn rest(&mut self, _: More<'_>) {}
    fn change(&mut self, _: Change) {}
    fn aux(&mut self, _: Aux<'_>) {}
}
