//! Vectors of buffers.

use decode::prelude::*;

/// Shows `count` buffers at `addr`. `budget`: how many bytes there are in all, where the call has filled
/// them; each buffer is full before the next.
pub(crate) fn show_iov(cx: &mut Cx<'_>, addr: u64, count: u64, budget: Option<u64>) {
    show_iov_with(cx, addr, count, budget, &mut |cx, base, len| cx.buffer(base, len, Text::Plain));
}

/// As [`show_iov`], with a function that shows the bytes of a buffer: it gets their address and number.
pub(crate) fn show_iov_with(
    cx: &mut Cx<'_>,
    addr: u64,
    count: u64,
    budget: Option<u64>,
    show: &mut dyn FnMut(&mut Cx<'_>, u64, u64),
) {
    let word = cx.word();
    let mut left = budget;
    cx.array_with(addr, count, 2 * word, |cx, _, offset, _| {
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
        let base = number(cx.element(offset, word));
        let len = number(cx.element(offset + word, word));
        let shown = left.map_or(len, |left| len.min(left));
        left = left.map(|left| left - shown);
        cx.out.open(Kind::Struct);
        cx.out.field("iov_base");
        show(cx, base, shown);
        cx.out.field("iov_len");
        cx.out.uint(len);
        cx.out.close(Kind::Struct);
    });
}
