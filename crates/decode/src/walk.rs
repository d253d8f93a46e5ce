//! The one walker: shows a call by its row, on entering as far as the arguments are known then, and the
//! rest on exiting.

mod array;
mod exchange;
mod inout;
mod record;
mod text;
mod value;

use self::inout::{before, enter_inout, exit_inout, late_inout};
use crate::cx::{Cx, Outcome, Pending, Plain};
use crate::sink::{Base, Scalar};
use crate::ty::{Arg, Dir, Ret, Syscall, Ty, Width};
use crate::variant::Variant;
use uapi::Abi;

/// The arguments of a row from the registers: a 64-bit number takes two registers of an i386 call.
pub fn arguments(row: &'static Syscall, abi: Abi, registers: [u64; 6]) -> [u64; 6] {
    if abi != Abi::I386 {
        return registers;
    }
    let mut args = registers;
    let variant = Variant::of(row, abi, &registers);
    let mut words = registers.into_iter().map(|r| r & 0xffff_ffff);
    for (i, arg) in args.iter_mut().enumerate() {
        *arg = words.next().unwrap_or(0);
        if variant.get(i).is_some_and(|a| is_wide(&a.ty)) {
            *arg |= words.next().unwrap_or(0) << 32;
        }
    }
    args
}

fn is_wide(ty: &Ty) -> bool {
    matches!(
        ty,
        Ty::Int(Width::W8, _)
            | Ty::Flags(Width::W8, _)
            | Ty::Enum(Width::W8, _)
            | Ty::Scalar(Width::W8, _)
            | Ty::ScalarHook(Width::W8, _)
    )
}

/// Which way of its row the call goes: looked up once.
fn variant_of(cx: &mut Cx<'_>, row: &'static Syscall) -> Variant {
    if let Some(variant) = cx.pending.variant {
        return variant;
    }
    let variant = Variant::of(row, cx.abi, &cx.args);
    cx.pending.variant = Some(variant);
    variant
}

/// Shows the arguments that are known on entering, up to the first that only the exit can tell.
pub fn enter(cx: &mut Cx<'_>, row: &'static Syscall) {
    let variant = variant_of(cx, row);
    let mut i = 0;
    while let Some(a) = variant.get(i) {
        cx.at_arg = i as u8;
        if !is_shown(cx, a) {
            i += 1;
            continue;
        }
        match direction(&a.ty) {
            None | Some(Dir::In) => {
                cx.out.arg(a.name, a.labelled);
                let v = cx.arg(i);
                cx.show_argument(&a.ty, v);
            }
            Some(Dir::InOut) => return enter_with(cx, &variant, i),
            Some(Dir::Out | Dir::Late | Dir::InOutLate) => return prepare(cx, &variant, i),
        }
        i += 1;
    }
    cx.pending.next = i as u8;
    cx.pending.complete = true;
}

/// Shows what an argument is before the call changes it.
fn enter_with(cx: &mut Cx<'_>, variant: &Variant, i: usize) {
    let Some(a) = variant.get(i) else { return };
    cx.out.arg(a.name, a.labelled);
    let v = cx.arg(i);
    match &a.ty {
        Ty::At(Dir::InOut, inner) => enter_inout(cx, inner, v),
        ty => cx.show_argument(ty, v),
    }
    cx.pending.open = true;
    prepare(cx, variant, i + 1);
    cx.pending.next = i as u8;
}

/// Shows the arguments that [`enter`] left.
pub fn exit(cx: &mut Cx<'_>, row: &'static Syscall) {
    let variant = variant_of(cx, row);
    let mut i = usize::from(cx.pending.next);
    while let Some(a) = variant.get(i) {
        cx.at_arg = i as u8;
        let v = cx.arg(i);
        if cx.pending.open {
            cx.pending.open = false;
            match &a.ty {
                Ty::At(_, inner) => exit_inout(cx, inner, v),
                ty => cx.show_argument(ty, v),
            }
        } else if is_shown(cx, a) {
            cx.out.arg(a.name, a.labelled);
            match &a.ty {
                Ty::At(Dir::InOut, inner) => late_inout(cx, inner, v, cx.failed()),
                Ty::At(Dir::InOutLate, inner) => late_inout(cx, inner, v, false),
                ty => cx.show_argument(ty, v),
            }
        }
        i += 1;
    }
    cx.pending.next = i as u8;
}

/// Shows what a successful call returned, and what that means.
pub fn result(cx: &mut Cx<'_>, row: &'static Syscall) {
    let ret = variant_of(cx, row).ret;
    let Outcome::Value(v) = cx.outcome else { return };
    show_result(cx, ret, v);
}

/// What a call has returned that has been [entered](enter), if that is a mere number.
#[inline]
pub fn plain_result(pending: &Pending, value: i64) -> Option<Scalar<'static>> {
    plain(pending.variant.as_ref()?.ret, value)
}

#[inline]
fn plain(ret: Ret, value: i64) -> Option<Scalar<'static>> {
    match ret {
        // Of `Never`: that it has returned after all is told of a result that was injected.
        Ret::Dec | Ret::Udec | Ret::Never => Some(Scalar::Uint(value as u64)),
        Ret::Hex => Some(Scalar::Hex(value as u64)),
        Ret::Addr => Some(Scalar::ResultAddr(value as u64)),
        Ret::Mode => Some(Scalar::Mode(value as u64)),
        _ => None,
    }
}

fn show_result(cx: &mut Cx<'_>, ret: Ret, v: i64) {
    match ret {
        // A result that is injected may be no descriptor at all.
        Ret::Fd => match i32::try_from(v) {
            Ok(fd) => cx.fd(fd),
            Err(_) => cx.out.int(v),
        },
        Ret::Pid(kind) => cx.pid(kind, v as i32),
        Ret::Shown(_, show) => show(cx),
        Ret::Pick(of) => show_result(cx, of(cx), v),
        Ret::Aux(value, means) => {
            show_result(cx, *value, v);
            means(cx.plain());
        }
        Ret::AuxHook(value, _, means) => {
            show_result(cx, *value, v);
            means(cx);
        }
        Ret::Dec | Ret::Udec | Ret::Never | Ret::Hex | Ret::Addr | Ret::Mode => {
            plain(ret, v).into_iter().for_each(|shown| cx.out.scalar(shown));
        }
    }
}

/// Shows every argument as a bare hexadecimal number.
pub fn raw<'n>(cx: &mut Cx<'_>, names: impl Iterator<Item = &'n str>) {
    for (i, name) in names.enumerate().take(6) {
        cx.out.arg_name(name);
        let v = cx.args[i];
        cx.out.hex(v);
    }
    cx.pending.next = u8::MAX;
    cx.pending.complete = true;
}

/// The kernel takes the whole register for a `long`, which has more bits than the tracee's own on x32.
pub(crate) fn in_register(width: Width) -> Width {
    if width == Width::Long { Width::KLong } else { width }
}

fn is_shown(cx: &Plain<'_>, a: &Arg) -> bool {
    a.when.is_none_or(|w| w(cx))
}

/// Which way the data of an argument go, if it has any that say so.
#[inline]
fn direction(ty: &Ty) -> Option<Dir> {
    match ty {
        Ty::At(dir, _) => Some(*dir),
        Ty::Hook(h) | Ty::ScalarHook(_, h) => Some(h.dir),
        _ => None,
    }
}

/// Whether an argument is not known before the call returns.
pub(crate) fn waits(ty: &Ty) -> bool {
    matches!(direction(ty), Some(Dir::Out | Dir::Late | Dir::InOutLate))
}

/// Whether an argument is shown on entering, and again when the call has changed it.
pub(crate) fn is_inout(ty: &Ty) -> bool {
    direction(ty) == Some(Dir::InOut)
}

/// Remembers where exiting goes on, and what the arguments from there on point to before the call changes it.
fn prepare(cx: &mut Cx<'_>, variant: &Variant, next: usize) {
    cx.pending.next = next as u8;
    let mut i = next;
    while let Some(a) = variant.get(i) {
        if let Ty::At(Dir::InOut | Dir::InOutLate, inner) = &a.ty {
            cx.at_arg = i as u8;
            let v = cx.arg(i);
            if let Some(word) = before(cx, inner, v) {
                cx.save(word);
            }
        }
        i += 1;
    }
}

/// Reads `v` as a signed number of this many bytes.
pub fn sign_extend(v: u64, bytes: u32) -> i64 {
    let shift = 64 - 8 * bytes.clamp(1, 8);
    ((v << shift) as i64) >> shift
}

/// Shows a signed number with a name, as `AT_FDCWD` is: for hooks that need the walker's forms.
pub fn named_int(cx: &mut Cx<'_>, v: i64, name: &'static str) {
    cx.named(v as u64, Base::Dec, name);
}
