//! `struct inet_diag_sockopt`: a socket's options, a bit for each.

use crate::netlink::attr::Scope;
use crate::netlink::chain::Data;
use decode::prelude::*;

/// The options in the order of their bits.
const OPTIONS: [&str; 11] = [
    "recverr",
    "is_icsk",
    "freebind",
    "hdrincl",
    "mc_loop",
    "transparent",
    "mc_all",
    "nodefrag",
    "bind_address_no_port",
    "recverr_rfc4884",
    "defer_connect",
];
/// The size of the struct, in bytes.
const SIZE: u64 = 2;

/// Shows the options.
pub(super) fn show(cx: &mut Cx<'_>, data: Data, _: &mut Scope) -> bool {
    if data.len < SIZE {
        return false;
    }
    let Some(bits) = cx.read_uint(data.addr, SIZE as usize) else {
        cx.out.addr(data.addr);
        return true;
    };
    cx.out.open(Kind::Struct);
    for (i, name) in OPTIONS.iter().enumerate() {
        let set = bits >> i & 1;
        if set != 0 || !cx.abbrev() {
            cx.out.field(name);
            cx.out.uint(set);
        }
    }
    let unused = bits >> OPTIONS.len();
    if unused != 0 || !cx.abbrev() {
        cx.out.field("unused");
        cx.out.hex(unused);
        cx.out.note("bits 3..8");
    }
    cx.out.close(Kind::Struct);
    cx.beyond(data.addr, SIZE, data.len);
    true
}
