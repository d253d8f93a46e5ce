//! Addresses of amateur radio (`linux/ax25.h`): a callsign, and those of the repeaters on the way.

use crate::common::Line;
use decode::prelude::*;

/// The size of a callsign: six characters and a number.
const CALL: usize = 7;
/// The offset of the number of repeaters behind the family and the callsign, aligned.
const COUNT: usize = 10;
/// The size of `struct sockaddr_ax25` without its family.
const SHORT: usize = 14;
/// `AX25_MAX_DIGIS`
const MOST: usize = 8;

/// Shows an address, of which it gets the bytes after the family.
pub(super) fn show(cx: &mut Cx<'_>, data: &[u8]) {
    let (Some(call), Some(count)) = (data.first_chunk::<CALL>(), data.get(COUNT..SHORT)) else { return };
    let count = count.iter().rev().fold(0, |v, &b| v << 8 | u32::from(b)) as i32;
    let members = |cx: &mut Cx<'_>| {
        cx.out.field("sax25_call");
        show_call(cx, *call);
        cx.out.field("sax25_ndigis");
        cx.out.int(i64::from(count));
    };
    let rest = &data[SHORT..];
    if rest.is_empty() && count == 0 {
        return members(cx);
    }
    cx.out.field("fsa_ax25");
    cx.out.open(Kind::Struct);
    members(cx);
    cx.out.close(Kind::Struct);
    let known = (rest.len() / CALL).min(MOST);
    if let Ok(count @ 1..) = usize::try_from(count) {
        show_repeaters(cx, &rest[..known * CALL], count);
    }
    if rest.len() > known * CALL {
        cx.out.more();
    }
}

fn show_repeaters(cx: &mut Cx<'_>, calls: &[u8], count: usize) {
    cx.out.field("fsa_digipeater");
    cx.out.open(Kind::Array);
    for call in calls.chunks_exact(CALL).take(count) {
        cx.out.item();
        show_call(cx, call.try_into().unwrap_or_default());
    }
    if count.min(MOST) > calls.len() / CALL {
        cx.out.more();
    }
    cx.out.close(Kind::Array);
}

/// Shows a callsign: by its name where that says all, else by its bytes.
fn show_call(cx: &mut Cx<'_>, call: [u8; CALL]) {
    let [name @ .., number] = call;
    let characters = name.map(|b| b >> 1);
    let text = std::str::from_utf8(&characters).unwrap_or_default().trim_end_matches(' ');
    let line = Line::new(format_args!("{text}-{}", number >> 1 & 0xf));
    let plain = name.iter().all(|b| b & 1 == 0) && number & !0x1e == 0;
    let show_bytes = |cx: &mut Cx<'_>| {
        cx.out.open(Kind::Struct);
        cx.out.field("ax25_call");
        cx.out.bytes(&call, Text::Binary, false);
        cx.out.close(Kind::Struct);
    };
    let named = |cx: &mut Cx<'_>, name: &str| {
        cx.out.open(Kind::Named(name));
        show_bytes(cx);
        cx.out.close(Kind::Named(name));
    };
    let ordinary = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if plain && ordinary && !text.is_empty() {
        return named(cx, line.as_str());
    }
    if plain && text.is_empty() && number == 0 {
        return named(cx, "*");
    }
    show_bytes(cx);
    // What would end a comment is not put into one.
    if characters.iter().all(|&b| (b' '..=b'~').contains(&b) && b != b'*' && b != b'/') {
        cx.out.note(line.as_str());
    }
}
