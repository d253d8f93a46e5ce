//! `NETLINK_KOBJECT_UEVENT`: no messages, but text of the kernel's, or udev's struct of which the C library's
//! `libudev` sends a header before its text.

use super::chain::Data;
use decode::prelude::*;

/// A 32-bit number in network byte order, in hexadecimal.
const NET_HEX: Ty = Scalar(W4, |cx, v| {
    cx.out.open(Kind::Wrap("htonl"));
    cx.out.hex(u64::from((v as u32).swap_bytes()));
    cx.out.close(Kind::Wrap("htonl"));
});

/// udev's header.
static HEADER: Record = record(
    "udev_monitor_netlink_header",
    &[
        arg("prefix", CharArray(8)),
        arg("magic", NET_HEX),
        arg("header_size", UINT),
        arg("properties_off", UINT),
        arg("properties_len", UINT),
        arg("filter_subsystem_hash", NET_HEX),
        arg("filter_devtype_hash", NET_HEX),
        arg("filter_tag_bloom_hi", NET_HEX),
        arg("filter_tag_bloom_lo", NET_HEX),
    ],
);

/// What udev's header begins with.
const PREFIX: &[u8; 8] = b"libudev\0";

/// Shows an event; false, and nothing shown, if it is plain text.
pub(super) fn show(cx: &mut Cx<'_>, data: Data) -> bool {
    let mut raw = [0; 40];
    if data.len < raw.len() as u64 || !cx.read(data.addr, &mut raw) {
        return false;
    }
    if &raw[..8] != PREFIX {
        return false;
    }
    let rest = data.after(raw.len() as u64);
    super::chain::show_with_data(
        cx,
        rest,
        |cx| cx.record_from(&HEADER, &raw, data.addr),
        |cx| cx.buffer(rest.addr, rest.len, Text::Plain),
    );
    true
}
