//! Arguments of which one part is known before the call and another part after it, and other forms that several
//! drivers' requests have.

use decode::prelude::*;

/// The most bytes of a record, as a record's layout has no more.
const MOST: usize = decode::MAX_RECORD;

/// Opens a struct and shows members of it; false, and the address shown, if it can't be read.
fn start(cx: &mut Cx<'_>, addr: u64, record: &'static Record, names: &[&str]) -> bool {
    let mut bytes = [0; MOST];
    let bytes = &mut bytes[..record.size(cx.abi).min(MOST)];
    if addr == 0 || !cx.options.verbose || !cx.read(addr, bytes) {
        cx.out.addr(addr);
        return false;
    }
    true
}

/// Shows `{a=1, b=2}`, of which `before` are told on entering, and `after` once the call has succeeded.
pub(super) fn split(cx: &mut Cx<'_>, addr: u64, record: &'static Record, before: &[&str], after: &[&str]) {
    if !cx.exiting() {
        let is_open = start(cx, addr);
        return;
    }
}
