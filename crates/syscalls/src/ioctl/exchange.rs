//! Structs of which the caller gives a part and the kernel the rest: the first is shown on entering, the second when
//! the call has succeeded.

use super::bits;
use decode::prelude::*;

/// Shows what the caller gives, or what it got.
pub(super) fn show(cx: &mut Cx<'_>, given: &'static Record, got: &'static Record, addr: u64) {
    if !cx.exiting() {
        if !begin(cx, given, addr) {
            cx.out.addr(addr);
        }
        return;
    }
    if cx.saved_here().is_none() {
        return;
    }
    if !cx.failed() {
        members_at(cx, got, addr);
    }
    cx.out.close(Kind::Struct);
}

/// Whether the end of the struct can be read whose size the request's number has; true if it has none.
pub(super) fn is_whole(cx: &mut Cx<'_>, addr: u64) -> bool {
    let size = u64::from(cx.arg(1) as u32 >> bits::SIZE & bits::SIZE_MASK);
    size == 0 || cx.read_uint(addr.wrapping_add(size - 1), 1).is_some()
}

/// As [`open`], of a struct that must be there as a whole.
pub(super) fn begin(cx: &mut Cx<'_>, given: &'static Record, addr: u64) -> bool {
    is_whole(cx, addr) && open(cx, given, addr)
}

/// Starts a struct with its first members, and remembers that it is open; false, and nothing shown, if they can't be
/// read.
pub(super) fn open(cx: &mut Cx<'_>, given: &'static Record, addr: u64) -> bool {
    let mut raw = [0; decode::MAX_RECORD];
    let raw = &mut raw[..given.size(cx.abi)];
    if addr == 0 || !cx.options.verbose || !cx.read(addr, raw) {
        return false;
    }
    cx.out.open(Kind::Struct);
    cx.members_from(given, raw, addr);
    cx.save(1);
    true
}

/// Shows members of a struct that is open, if they can be read.
pub(super) fn members_at(cx: &mut Cx<'_>, record: &'static Record, addr: u64) {
    let mut raw = [0; decode::MAX_RECORD];
    let raw = &mut raw[..record.size(cx.abi)];
    if cx.read(addr, raw) {
        cx.members_from(record, raw, addr);
    }
}

/// Shows what the caller gives, or what has become of it.
pub(super) fn show_change(cx: &mut Cx<'_>, given: &'static Record, got: &'static Record, addr: u64) {
    if !cx.exiting() {
        cx.out.change_begin();
        if begin(cx, given, addr) {
            cx.out.close(Kind::Struct);
        } else {
            cx.out.addr(addr);
        }
        return;
    }
    if cx.saved_here().is_some() && !cx.failed() {
        cx.out.changed();
        cx.out.open(Kind::Struct);
        members_at(cx, got, addr);
        cx.out.close(Kind::Struct);
    }
    cx.out.change_end();
}
