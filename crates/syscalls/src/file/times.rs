//! Times as `utime` and its successors take them.

use crate::common::note_time;
use decode::prelude::*;

/// Seconds, with the point in time they stand for.
const SECONDS: Ty = Scalar(KLong, |cx, v| {
    let seconds = sign_extend(v, cx.size_of(&KLONG) as u32);
    cx.out.int(seconds);
    note_time(cx, seconds, 0);
});

/// `struct utimbuf` (utime(2)).
pub(crate) static UTIMBUF: Record = record("utimbuf", &[arg("actime", SECONDS), arg("modtime", SECONDS)]);

/// Two `struct timeval`.
pub(crate) static TIMEVALS: Ty =
    Form(Len::Const(PAIR), |cx, at, _| show_pair(cx, at, word(cx), Fraction::Micro));
/// Two `struct timespec` as the ABI's plain calls have it.
pub(crate) static TIMESPECS: Ty =
    Form(Len::Const(PAIR), |cx, at, _| show_pair(cx, at, word(cx), Fraction::Nano));
/// Two `struct __kernel_timespec`.
pub(crate) static TIMESPECS64: Ty = Form(Len::Const(PAIR), |cx, at, _| show_pair(cx, at, 8, Fraction::Nano));

/// The most bytes of two times.
const PAIR: u32 = 32;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fraction {
    Micro,
    Nano,
}

/// The bytes of a `__kernel_long_t`.
fn word(cx: &Plain<'_>) -> usize {
    cx.size_of(&KLONG)
}

/// Shows two times of two numbers of `width` bytes each.
fn show_pair(cx: &mut Cx<'_>, addr: u64, width: usize, fraction: Fraction) {
    let mut raw = [0; 32];
    let raw = &mut raw[..4 * width];
    if addr == 0 || !cx.options.verbose || !cx.read(addr, raw) {
        return cx.out.addr(addr);
    }
    let mut numbers = raw.chunks_exact(width).map(|bytes| {
        let mut number = [0; 8];
        number[..width].copy_from_slice(bytes);
        u64::from_le_bytes(number)
    });
    cx.out.open(Kind::Array);
    while let (Some(sec), Some(part)) = (numbers.next(), numbers.next()) {
        cx.out.item();
        show_time(cx, sign_extend(sec, width as u32), part, fraction);
    }
    cx.out.close(Kind::Array);
}

fn show_time(cx: &mut Cx<'_>, sec: i64, part: u64, fraction: Fraction) {
    // <sys/stat.h>: instead of nanoseconds.
    const UTIME_NOW: u64 = (1 << 30) - 1;
    const UTIME_OMIT: u64 = (1 << 30) - 2;
    let fields = |out: &mut dyn Sink| {
        out.open(Kind::Struct);
        out.field("tv_sec");
        out.int(sec);
        out.field(if fraction == Fraction::Nano { "tv_nsec" } else { "tv_usec" });
        out.uint(part);
        out.close(Kind::Struct);
    };
    let named = |cx: &mut Cx<'_>, name| {
        cx.out.open(Kind::Named(name));
        fields(cx.out);
        cx.out.close(Kind::Named(name));
    };
    match (fraction, part) {
        (Fraction::Nano, UTIME_NOW) => named(cx, "UTIME_NOW"),
        (Fraction::Nano, UTIME_OMIT) => named(cx, "UTIME_OMIT"),
        _ => {
            fields(cx.out);
            match (fraction, u32::try_from(part)) {
                (Fraction::Nano, Ok(nsec @ ..1_000_000_000)) => note_time(cx, sec, nsec),
                (Fraction::Micro, Ok(usec @ ..1_000_000)) if sec != 0 || usec != 0 => {
                    cx.out.time_micros(sec, usec)
                }
                _ => {}
            }
        }
    }
}
