//! `struct file_handle`: a header and, in as many bytes as it says, what only the kernel understands.

use decode::prelude::*;
use decode::{Hook as HookFn, Stretch};
use uapi::consts::EOVERFLOW;

/// The handle that `name_to_handle_at` fills in: how much room there is, and what came of it.
pub(crate) static NAME_TO_HANDLE: HookFn =
    HookFn { dir: InOut, show: show_result, reads: &[Stretch::arg(2, HEADER + MAX_HANDLE)] };
/// The mount's id, which goes with the handle: only where that can be read.
pub(crate) const MOUNT_ID: Ty = At(Out, &If(|cx| cx.saved(2).is_some(), &INT));
/// The handle that `open_by_handle_at` takes.
pub(crate) static OPEN_BY_HANDLE: HookFn =
    HookFn { dir: In, show: show_whole, reads: &[Stretch::arg(1, HEADER + MAX_HANDLE)] };

/// The bytes before `f_handle`.
const HEADER: u32 = 8;
/// The kernel's `MAX_HANDLE_SZ`.
const MAX_HANDLE: u32 = 128;

/// `struct file_handle` without its end (open_by_handle_at(2)).
static FILE_HANDLE: Record = record("file_handle", &[arg("handle_bytes", UINT), arg("handle_type", INT)]);

fn show_result(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        return begin(cx, addr);
    }
    let Some(room) = cx.saved_here() else { return };
    let overflowed = cx.error() == Some(EOVERFLOW.v() as u32);
    let bytes = if overflowed || !cx.failed() { cx.read_u32(addr) } else { None };
    if let Some(bytes) = bytes.filter(|&b| u64::from(b) != room) {
        cx.out.changed();
        cx.out.uint(u64::from(bytes));
    }
    cx.out.change_end();
    if !cx.failed() {
        cx.with_record(&FILE_HANDLE, addr, |cx| show_type_and_data(cx, addr));
    }
    cx.out.close(Kind::Struct);
}

/// The part known on entering: the room.
fn begin(cx: &mut Cx<'_>, addr: u64) {
    let mut raw = [0; HEADER as usize];
    if addr == 0 || !cx.options.verbose || !cx.read(addr, &mut raw) {
        return cx.out.addr(addr);
    }
    let room = u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]);
    cx.save(u64::from(room));
    cx.out.open(Kind::Struct);
    cx.out.field("handle_bytes");
    cx.out.change_begin();
    cx.out.uint(u64::from(room));
}

fn show_whole(cx: &mut Cx<'_>, addr: u64) {
    let read = addr != 0
        && cx.options.verbose
        && cx.with_record(&FILE_HANDLE, addr, |cx| {
            cx.out.open(Kind::Struct);
            cx.out.field("handle_bytes");
            let bytes = cx.field("handle_bytes");
            cx.out.uint(bytes);
            show_type_and_data(cx, addr);
            cx.out.close(Kind::Struct);
        });
    if !read {
        cx.out.addr(addr);
    }
}

/// Shows what follows `handle_bytes` in the record at hand.
fn show_type_and_data(cx: &mut Cx<'_>, addr: u64) {
    cx.out.field("handle_type");
    let kind = cx.field("handle_type") as i32;
    cx.out.int(i64::from(kind));
    cx.out.field("f_handle");
    let bytes = cx.field("handle_bytes");
    let mut data = [0; MAX_HANDLE as usize];
    let data = &mut data[..bytes.min(u64::from(MAX_HANDLE)) as usize];
    if cx.read(addr.wrapping_add(u64::from(HEADER)), data) {
        cx.out.bytes(data, Text::Binary, bytes > u64::from(MAX_HANDLE));
    } else {
        cx.out.unknown();
    }
}
