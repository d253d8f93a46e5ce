//! Arguments of which one part is known before the call and another part after it, and other forms that the requests
//! of several drivers share.

use crate::common::Line;
use decode::prelude::*;
use decode::{MAX_RECORD, Stretch};

/// What a hook that shows one record reads of a request's argument.
pub(super) static RECORD: &[Stretch] = &[Stretch::arg(2, MAX_RECORD as u32)];

/// Whether data at this address is to be shown at all.
pub(super) fn is_shown(cx: &Plain<'_>, addr: u64) -> bool {
    addr != 0 && cx.options.verbose
}

/// Shows one struct `{a=1, b=2}`: the members `before` on entering, and `after` once the call has succeeded.
pub(super) fn split(cx: &mut Cx<'_>, addr: u64, record: &'static Record, before: &[&str], after: &[&str]) {
    if cx.exiting() {
        if cx.saved_here().is_none() {
            return;
        }
        if !cx.failed() {
            cx.with_record(record, addr, |cx| cx.show_members(after));
        }
        return cx.out.close(Kind::Struct);
    }
    let opened = is_shown(cx, addr)
        && cx.with_record(record, addr, |cx| {
            cx.out.open(Kind::Struct);
            cx.show_members(before);
        });
    if opened { cx.save(1) } else { cx.out.addr(addr) }
}

/// Shows data before the call with `before`, which starts a change and says whether there was anything to show, and
/// then after the call with `after`.
pub(super) fn around(
    cx: &mut Cx<'_>,
    addr: u64,
    before: impl FnOnce(&mut Cx<'_>) -> bool,
    after: impl FnOnce(&mut Cx<'_>),
) {
    if cx.exiting() {
        if cx.saved_here().is_some() {
            after(cx);
            cx.out.change_end();
        }
        return;
    }
    if is_shown(cx, addr) && before(cx) {
        cx.save(1);
    } else {
        cx.out.addr(addr);
    }
}

/// Shows the array at `offset` of the record at hand, of which the field `count` says how many elements there are, of
/// `most` at most.
pub(super) fn counted(cx: &mut Cx<'_>, of: &'static Ty, offset: u64, count: &str, most: u64) {
    let len = cx.field(count).min(most);
    let addr = cx.record_addr().wrapping_add(offset);
    cx.array(of, addr, len);
}

/// Shows a flag word whose names are numbers of bits: `1<<IDE_NICE_0`.
pub(super) fn show_bit_numbers(cx: &mut Plain<'_>, v: u64, table: &[Const], unknown: &str) {
    let mut parts = Parts::new();
    let mut rest = v;
    for c in table {
        let bit = 1u64.checked_shl(c.v() as u32).unwrap_or(0);
        if rest & bit != 0 {
            parts.push(Part::Shifted(1, c.name));
            rest &= !bit;
        }
    }
    cx.flags_rest(v, parts, rest, unknown);
}

/// A character as C writes it: `'A'`, `'\t'`, `'\x07'`.
pub(super) fn character(c: u8) -> Line {
    match c {
        b'\\' | b'\'' => Line::new(format_args!("'\\{}'", char::from(c))),
        b'\t' => Line::new(format_args!("'\\t'")),
        b'\n' => Line::new(format_args!("'\\n'")),
        0x0b => Line::new(format_args!("'\\v'")),
        0x0c => Line::new(format_args!("'\\f'")),
        b'\r' => Line::new(format_args!("'\\r'")),
        b' '..=b'~' => Line::new(format_args!("'{}'", char::from(c))),
        _ => Line::new(format_args!("'\\x{c:02x}'")),
    }
}

/// Whether all elements of an array can be read that are shown of it, and the next one.
pub(super) fn is_array_there(cx: &mut Cx<'_>, addr: u64, count: u64, size: usize) -> bool {
    let shown = if cx.abbrev() { count.min(cx.options.strings as u64 + 1) } else { count };
    let end = |count: u64| count.checked_mul(size as u64).and_then(|bytes| addr.checked_add(bytes));
    let (Some(_), Some(last)) = (end(count), end(shown).and_then(|end| end.checked_sub(1))) else {
        return false;
    };
    addr != 0 && cx.read_uint(addr, 1).is_some() && cx.read_uint(last, 1).is_some()
}
