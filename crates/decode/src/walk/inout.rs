//! Data that a call both takes and changes.

use super::exchange::Exchange;
use crate::cx::Cx;
use crate::sink::Kind;
use crate::ty::{Dir, Ty};

/// What is kept of in-out data: a scalar's value, or a checksum by which a change is seen.
pub(super) fn before(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64) -> Option<u64> {
    let size = cx.size_of(ty);
    if addr == 0 || size == 0 || size > crate::ty::MAX_RECORD {
        return None;
    }
    if size <= 8 && is_scalar(ty) {
        return cx.read_uint(addr, size);
    }
    let start = cx.push(addr, size)?;
    let sum = checksum(&cx.scratch.stack[start..]);
    cx.scratch.stack.truncate(start);
    Some(sum)
}

fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

fn is_scalar(ty: &Ty) -> bool {
    !matches!(
        ty,
        Ty::Struct(_)
            | Ty::Sized { .. }
            | Ty::Array(..)
            | Ty::Bytes(_)
            | Ty::Binary(_)
            | Ty::CharArray(_)
            | Ty::Union(_)
            | Ty::Inline(..)
            | Ty::InlineHook(_)
            | Ty::Pad(_)
            | Ty::At(..)
            | Ty::Members(..)
            | Ty::InPlace(_)
            | Ty::Form(..)
            | Ty::If(..)
            | Ty::ByAbi(_)
            | Ty::Filled(..)
            | Ty::Becomes(..)
            | Ty::Replaced(..)
    )
}

pub(super) fn enter_inout(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64) {
    if let Some(exchange) = Exchange::of(ty) {
        return exchange.enter(cx, addr);
    }
    if let Ty::If(holds, of) = ty {
        return if holds(cx) { enter_inout(cx, of, addr) } else { cx.out.addr(addr) };
    }
    let word = if cx.options.verbose { before(cx, ty, addr) } else { None };
    let Some(word) = word else { return cx.out.addr(addr) };
    cx.save(word);
    cx.out.change_begin();
    if is_scalar(ty) {
        cx.out.open(Kind::Deref);
        cx.show(ty, word);
    } else {
        cx.deref(ty, addr);
    }
}

pub(super) fn exit_inout(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64) {
    let Some(old) = cx.saved_here() else { return };
    if let Some(exchange) = Exchange::of(ty) {
        return exchange.exit(cx, addr, old);
    }
    if let Ty::If(_, of) = ty {
        return exit_inout(cx, of, addr);
    }
    let failed = cx.failed();
    close_inout(cx, ty, addr, old, failed);
}

/// Shows what in-out data has changed to from `old`, if it has and that is known, and that this is all.
fn close_inout(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64, old: u64, is_old: bool) {
    let new = if is_old { None } else { before(cx, ty, addr) };
    let changed = new.filter(|&new| new != old);
    if let Some(new) = changed {
        cx.out.changed();
        if is_scalar(ty) {
            cx.show(ty, new);
        } else {
            cx.deref(ty, addr);
        }
    }
    if is_scalar(ty) {
        cx.out.close(Kind::Deref);
    }
    cx.out.change_end();
}

/// In-out data that stands behind an argument that had to wait: shown as a whole on exiting. `is_old` says that the
/// call has not changed it.
pub(super) fn late_inout(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64, is_old: bool) {
    match cx.saved_here() {
        Some(old) if is_scalar(ty) && cx.options.verbose => {
            cx.out.change_begin();
            cx.out.open(Kind::Deref);
            cx.show(ty, old);
            close_inout(cx, ty, addr, old, is_old);
        }
        _ if is_scalar(ty) => cx.out.addr(addr),
        _ => cx.at(Dir::Out, ty, addr),
    }
}
