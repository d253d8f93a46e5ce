//! What netlink is made of: structs that begin with their own length, one behind the other. Messages are such a
//! chain, and so are the attributes in them.

use decode::prelude::*;

/// A link of a chain: its header has been read, and the length in it may be wrong.
#[derive(Clone, Copy)]
pub(super) struct Link<const N: usize> {
    /// The bytes of the header.
    pub(super) header: [u8; N],
    /// Where the data behind it is.
    pub(super) data: Data,
}

/// A stretch of the tracee's memory, in bytes.
#[derive(Clone, Copy)]
pub(super) struct Data {
    /// Where it begins.
    pub(super) addr: u64,
    /// How long it is.
    pub(super) len: u64,
}

impl Data {
    /// What is left behind the first `n` bytes.
    pub(super) fn after(self, n: u64) -> Data {
        Data { addr: self.addr.wrapping_add(n), len: self.len.saturating_sub(n) }
    }
}

/// Messages and attributes begin at multiples of this many bytes.
pub(super) const ALIGN: u64 = 4;

/// Shows a chain of links with headers of `N` bytes. `length` takes a link's length from its header, `show` shows
/// the link. What is too short for a header is shown as bytes; a length shorter than a header ends the chain.
pub(super) fn show_chain<const N: usize>(
    cx: &mut Cx<'_>,
    chain: Data,
    length: fn(&[u8; N]) -> u64,
    mut show: impl FnMut(&mut Cx<'_>, Link<N>),
) {
    let (mut rest, mut shown) = (chain, 0);
    while rest.len > 0 {
        if cx.abbrev() && shown > 0 && shown >= cx.options.strings {
            cx.out.more();
            break;
        }
        let mut header = [0; N];
        if rest.len < N as u64 {
            begin(cx, shown);
            cx.buffer(rest.addr, rest.len, Text::Binary);
            break;
        }
        if !cx.read(rest.addr, &mut header) {
            if shown > 0 {
                cx.out.more_at(rest.addr)
            } else {
                cx.out.addr(rest.addr)
            }
            break;
        }
        let len = length(&header);
        let next = Some(len.next_multiple_of(ALIGN)).filter(|&n| len >= N as u64 && n < rest.len);
        if next.is_some() && shown == 0 {
            cx.out.open(Kind::Array);
        }
        if next.is_some() {
            shown += 1;
            cx.out.item();
        } else {
            begin(cx, shown);
        }
        let data_len = len.min(rest.len).saturating_sub(N as u64);
        show(cx, Link { header, data: Data { addr: rest.addr.wrapping_add(N as u64), len: data_len } });
        match next {
            Some(n) => rest = rest.after(n),
            None => break,
        }
    }
    if shown > 0 {
        cx.out.close(Kind::Array);
    }
}

/// Starts the last link: an element, unless it is the only one.
fn begin(cx: &mut Cx<'_>, shown: usize) {
    if shown > 0 {
        cx.out.item();
    }
}

/// Shows a header and, where there is any, the data behind it as a second element.
pub(super) fn show_with_data(
    cx: &mut Cx<'_>,
    data: Data,
    header: impl FnOnce(&mut Cx<'_>),
    body: impl FnOnce(&mut Cx<'_>),
) {
    if data.len == 0 {
        return header(cx);
    }
    cx.out.open(Kind::Array);
    cx.out.item();
    header(cx);
    cx.out.item();
    body(cx);
    cx.out.close(Kind::Array);
}

/// Shows a struct at the beginning of a message and, where there is anything, what is behind it: both are elements
/// of the message.
pub(super) fn show_both(
    cx: &mut Cx<'_>,
    rest: Data,
    fixed: impl FnOnce(&mut Cx<'_>),
    body: impl FnOnce(&mut Cx<'_>),
) {
    fixed(cx);
    if rest.len > 0 {
        cx.out.item();
        body(cx);
    }
}
