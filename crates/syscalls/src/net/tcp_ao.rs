//! `struct tcp_ao_add` of `linux/tcp.h`: a key of TCP's authentication option.

use super::sockaddr::{INTERFACE, show_address};
use decode::prelude::*;
use uapi::consts::*;

/// The size of the struct, in bytes; what the program gives less is zero.
const SIZE: usize = KEY.common_size() as usize;
/// The size of the address at its beginning.
const ADDRESS: usize = 128;

/// The members behind the address, as they lie.
pub(super) static KEY: Record = record(
    "tcp_ao_add",
    &[
        pad(ADDRESS as u32),
        arg("alg_name", CharArray(64)),
        arg("ifindex", INTERFACE),
        arg(
            "set_current",
            Scalar(W4, |cx, v| {
                cx.out.uint(v & 1);
                cx.out.field("set_rnext");
                cx.out.uint(v >> 1 & 1);
            }),
        ),
        pad(2),
        arg("prefix", U8).when(is_alone),
        arg("sndid", U8),
        arg("rcvid", U8),
        arg("maclen", U8),
        arg("keyflags", Flags(W1, &FLAGS)),
        arg("keylen", U8).when(is_alone),
        arg("key", Inline([80; 3], 1, show_key)),
    ],
);
static FLAGS: Names = names("TCP_AO_KEYF_???", &[TCP_AO_KEYF_IFINDEX, TCP_AO_KEYF_EXCLUDE_OPT]);

/// Lengths are shown with what they are the lengths of.
fn is_alone(_: &Plain<'_>) -> bool {
    false
}

/// Shows the key and its length, which stands before it.
fn show_key(cx: &mut Plain<'_>, offset: u64) {
    let mut bytes = [0; 80];
    let len = cx.field("keylen");
    let raw = cx.raw(offset as usize, (len as usize).min(bytes.len()));
    let known = raw.len();
    bytes[..known].copy_from_slice(raw);
    cx.out.bytes(&bytes[..known], Text::Binary, false);
    cx.out.field("keylen");
    cx.out.uint(len);
}

/// Shows a key to add.
pub(super) fn show_add(cx: &mut Cx<'_>, addr: u64, len: u64) {
    let mut raw = [0; SIZE];
    let len = len.min(SIZE as u64) as usize;
    if !cx.options.verbose || !cx.read(addr, &mut raw[..len]) {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Struct);
    cx.out.field("addr");
    show_address(cx, &raw[..ADDRESS], addr);
    cx.out.field("prefix");
    let prefix = KEY.number("prefix", &raw, cx.abi);
    cx.out.uint(prefix);
    cx.members_from(&KEY, &raw, addr);
    cx.out.close(Kind::Struct);
}
