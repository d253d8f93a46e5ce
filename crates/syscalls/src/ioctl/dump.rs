//! Arguments of requests whose type is not known: the number says how many bytes there are, and which way they go.

use super::bits;
use decode::prelude::*;
use decode::{Found, Hook};

/// The types of requests for which a driver of ours is responsible: what it does not know of them stays a number.
static CLAIMED: &[u8] = &[
    0x03, 0x12, 0x15, 0x21, 0x22, 0x24, 0x3d, 0x3e, b'E', b'I', b'K', b'L', b'M', b'O', b'R', b'T', b'V',
    b'W', b'X', b'f', b'i', b'o', b'p', b'u', 0x89, 0x8a, 0x94, 0xa4, 0xaa, 0xab, 0xae, 0xb4, 0xb7, 0xfd,
    0xff,
];

static WRITTEN: Arg =
    arg("argp", Ty::Hook(&Hook { dir: In, show: show_bytes, reads: &[decode::Stretch::here(16383)] }));
static READ: Arg =
    arg("argp", Ty::Hook(&Hook { dir: Late, show: show_bytes, reads: &[decode::Stretch::here(16383)] }));
static BOTH: Arg =
    arg("argp", Ty::Hook(&Hook { dir: InOut, show: show_both, reads: &[decode::Stretch::here(16383)] }));

/// How a request of which only the number is known goes on; `None` if the number does not tell.
pub(super) fn find(code: u32) -> Option<Found> {
    let ty = (code >> bits::TYPE) as u8;
    if CLAIMED.contains(&ty) || size(code) == 0 {
        return None;
    }
    let argument = match code >> bits::DIR {
        1 => &WRITTEN,
        2 => &READ,
        // Some that go both ways say that they go nowhere.
        _ => &BOTH,
    };
    Some(Found { tail: std::slice::from_ref(argument), ret: Ret::Dec })
}

fn size(code: u32) -> u64 {
    u64::from(code >> bits::SIZE & bits::SIZE_MASK)
}

/// Shows the bytes if everything is to be shown.
fn show_bytes(cx: &mut Cx<'_>, addr: u64) {
    if is_shown(cx, addr) {
        let size = size(cx.arg(1) as u32);
        cx.buffer(addr, size, Text::Binary);
    } else {
        cx.out.hex(addr);
    }
}

fn is_shown(cx: &Plain<'_>, addr: u64) -> bool {
    addr != 0 && !cx.abbrev() && cx.options.verbose
}

/// Whether what is shown of the bytes can be read, and one more if there are more.
fn is_there(cx: &mut Cx<'_>, addr: u64) -> bool {
    let wanted = size(cx.arg(1) as u32).min((cx.options.strings as u64).saturating_add(1));
    cx.read(addr, &mut vec![0; wanted as usize])
}

/// Shows the bytes before and after the call, whether or not it has changed them.
fn show_both(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        if is_shown(cx, addr) && is_there(cx, addr) {
            cx.save(1);
            cx.out.change_begin();
        }
        return show_bytes(cx, addr);
    }
    if cx.saved_here().is_some() {
        cx.out.changed();
        show_bytes(cx, addr);
        cx.out.change_end();
    }
}
