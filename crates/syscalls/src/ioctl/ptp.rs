//! Hardware clocks (`include/uapi/linux/ptp_clock.h`).

use super::shape::{is_shown, split};
use super::{Request, req};
use crate::time::CLOCKS;
use decode::prelude::*;
use decode::{Hook, Stretch};
use uapi::consts::*;

static EXTTS_FLAGS: Names = names(
    "PTP_???",
    &[PTP_ENABLE_FEATURE, PTP_RISING_EDGE, PTP_FALLING_EDGE, PTP_STRICT_FLAGS, PTP_EXT_OFFSET],
);
static PEROUT_FLAGS: Names =
    names("PTP_PEROUT_???", &[PTP_PEROUT_ONE_SHOT, PTP_PEROUT_DUTY_CYCLE, PTP_PEROUT_PHASE]);
static PIN_FUNCTIONS: Names =
    names("PTP_PF_???", &[PTP_PF_NONE, PTP_PF_EXTTS, PTP_PF_PEROUT, PTP_PF_PHYSYNC]);

static HEX: Ty = X32;
static TIME: Record =
    record("ptp_clock_time", &[arg("sec", S64), arg("nsec", UINT), arg("reserved", X32).nonzero()]);
const TIME_SIZE: u64 = 16;

/// An offset of a clock's phase, in nanoseconds, and the same in seconds.
const PHASE: Ty = Scalar(W4, |cx, v| {
    let phase = v as i32;
    let (sign, size) = (if phase < 0 { "-" } else { "" }, phase.unsigned_abs());
    let seconds = format!("{sign}{}.{:09} s", size / 1_000_000_000, size % 1_000_000_000);
    if phase == 0 {
        cx.out.int(0)
    } else {
        cx.out.remarked(i64::from(phase) as u64, Base::Dec, &[], &seconds)
    }
});

static CAPS: Record = record(
    "ptp_clock_caps",
    &[
        arg("max_adj", INT),
        arg("n_alarm", INT),
        arg("n_ext_ts", INT),
        arg("n_per_out", INT),
        arg("pps", INT),
        arg("n_pins", INT),
        arg("cross_timestamping", INT),
        arg("adjust_phase", INT),
        arg("max_phase_adj", PHASE),
        arg("rsv", Array(&HEX, Len::Const(11))).nonzero(),
    ],
);

/// Whether a request is of the second version, which checks what the first left unused.
fn is_second(cx: &Plain<'_>) -> bool {
    let second = [PTP_EXTTS_REQUEST2, PTP_PEROUT_REQUEST2, PTP_PIN_GETFUNC2, PTP_PIN_SETFUNC2];
    second.iter().any(|c| cx.is(cx.arg(1), *c))
}

static EXTTS: Record = record(
    "ptp_extts_request",
    &[
        arg("index", UINT),
        arg("flags", Flags(W4, &EXTTS_FLAGS)),
        arg("rsv", Array(&HEX, Len::Const(2))).when(is_second).nonzero(),
    ],
);

/// Adds a local time as a remark, where numbers alone are not what is wanted.
fn note_time(cx: &mut Plain<'_>, sec: i64, nsec: u32) {
    if cx.out.names() {
        crate::common::note_time(cx, sec, nsec);
    }
}

/// Shows the time at `offset` of the record at hand.
fn show_time(cx: &mut Cx<'_>, offset: u64) {
    let mut bytes = [0; TIME_SIZE as usize];
    let given = cx.raw(offset as usize, bytes.len());
    let len = given.len();
    bytes[..len].copy_from_slice(given);
    let addr = cx.record_addr().wrapping_add(offset);
    cx.record_from(&TIME, &bytes, addr);
}

/// Shows a point in time.
fn show_point(cx: &mut Cx<'_>, bytes: [u8; TIME_SIZE as usize], addr: u64) {
    cx.record_from(&TIME, &bytes, addr);
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
    note_time(cx, number(&bytes[..8]) as i64, number(&bytes[8..12]) as u32);
}

/// A point in time, in place.
const POINT: Ty = InlineHook(&decode::Inlined {
    sizes: [TIME_SIZE as u16; 3],
    align: 8,
    show: |cx, offset| {
        show_time(cx, offset);
        let (sec, nsec) = (cx.load(offset as usize, 8) as i64, cx.load(offset as usize + 8, 4) as u32);
        note_time(cx, sec, nsec);
    },
    reads: &[],
});

/// When the signal starts: a point in time, or its phase.
fn show_start(cx: &mut Cx<'_>, offset: u64) {
    if cx.has(cx.field("flags"), PTP_PEROUT_PHASE) {
        cx.out.field("phase");
        return show_time(cx, offset);
    }
    cx.out.field("start");
    show_time(cx, offset);
    let (sec, nsec) = (cx.load(offset as usize, 8) as i64, cx.load(offset as usize + 8, 4) as u32);
    note_time(cx, sec, nsec);
}

/// How long the signal is on, or what is not used.
fn show_on(cx: &mut Cx<'_>, offset: u64) {
    if cx.has(cx.field("flags"), PTP_PEROUT_DUTY_CYCLE) {
        cx.out.field("on");
        return show_time(cx, offset);
    }
    let unused = [0, 4, 8, 12].map(|i| cx.load(offset as usize + i, 4));
    if is_second(cx) && unused != [0; 4] {
        cx.out.field("rsv");
        cx.out.open(Kind::Array);
        for word in unused {
            cx.out.item();
            cx.out.hex(word);
        }
        cx.out.close(Kind::Array);
    }
}

static PEROUT: Record = record(
    "ptp_perout_request",
    &[
        arg("", InlineHook(&decode::Inlined { sizes: [16; 3], align: 8, show: show_start, reads: &[] })),
        arg("period", Struct(&TIME)),
        arg("index", UINT),
        arg("flags", Flags(W4, &PEROUT_FLAGS)),
        arg("", InlineHook(&decode::Inlined { sizes: [16; 3], align: 8, show: show_on, reads: &[] })),
    ],
);
static PIN: Record = record(
    "ptp_pin_desc",
    &[
        arg("name", CharArray(64)),
        arg("index", UINT),
        arg("func", Enum(W4, &PIN_FUNCTIONS)),
        arg("chan", UINT),
        arg("rsv", Array(&HEX, Len::Const(5))).when(is_second).nonzero(),
    ],
);
const GET_PIN: Ty =
    At(InOut, &Filled(&Members(&PIN, &["index", "rsv"]), &Members(&PIN, &["name", "func", "chan"])));
const SET_PIN: Ty = At(In, &Members(&PIN, &["index", "func", "chan", "rsv"]));

static PRECISE: Record = record(
    "ptp_sys_offset_precise",
    &[
        arg("device", POINT),
        arg("sys_realtime", POINT),
        arg("sys_monoraw", Struct(&TIME)),
        arg("rsv", Array(&HEX, Len::Const(4))).nonzero(),
    ],
);

/// What stands before the samples of an offset.
static OFFSET: Record = record(
    "ptp_sys_offset_header",
    &[arg("n_samples", UINT), arg("rsv", Array(&HEX, Len::Const(3))).nonzero()],
);
static EXTENDED: Record = record(
    "ptp_sys_offset_extended_header",
    &[
        arg("n_samples", UINT),
        arg("clockid", Enum(W4, &CLOCKS)),
        arg("rsv", Array(&HEX, Len::Const(2))).nonzero(),
    ],
);
const HEADER_SIZE: u64 = 16;
const MOST_SAMPLES: u64 = PTP_MAX_SAMPLES.v();

/// Shows samples: one of the system's clock before each of the device's, and one after the last.
fn show_offset(cx: &mut Cx<'_>, addr: u64) {
    let whole = HEADER_SIZE + (2 * MOST_SAMPLES + 1) * TIME_SIZE;
    samples(cx, addr, &OFFSET, &["n_samples", "rsv"], whole, |cx, addr, n| {
        cx.array_with(addr, 2 * n + 1, TIME_SIZE as usize, |cx, _, offset, at| {
            show_sample(cx, offset, at);
        });
    });
}

/// Shows samples: the device's clock between two of the system's.
fn show_extended(cx: &mut Cx<'_>, addr: u64) {
    const TRIPLE: u64 = 3 * TIME_SIZE;
    let whole = HEADER_SIZE + MOST_SAMPLES * TRIPLE;
    samples(cx, addr, &EXTENDED, &["n_samples", "clockid", "rsv"], whole, |cx, addr, n| {
        cx.array_with(addr, n, TRIPLE as usize, |cx, _, offset, at| {
            cx.out.open(Kind::Array);
            for i in 0..3 {
                cx.out.item();
                show_sample(cx, offset + i * TIME_SIZE as usize, at.wrapping_add(i as u64 * TIME_SIZE));
            }
            cx.out.close(Kind::Array);
        });
    });
}

/// Shows a sample of an array that is being shown.
fn show_sample(cx: &mut Cx<'_>, offset: usize, addr: u64) {
    let mut bytes = [0; TIME_SIZE as usize];
    bytes.copy_from_slice(cx.element(offset, TIME_SIZE as usize));
    show_point(cx, bytes, addr);
}

/// Shows an offset's head, of `names`, and its samples: as many as were asked for, and not too many. The caller has to
/// have room for all there may be, `whole` bytes.
fn samples(
    cx: &mut Cx<'_>,
    addr: u64,
    header: &'static Record,
    names: &[&str],
    whole: u64,
    show: fn(&mut Cx<'_>, u64, u64),
) {
    if !cx.exiting() {
        if is_shown(cx, addr) && cx.read_uint(addr.wrapping_add(whole - 1), 1).is_none() {
            return cx.out.addr(addr);
        }
        return split(cx, addr, header, names, &[]);
    }
    if cx.saved_here().is_none() {
        return;
    }
    if let Some(n) = cx.read_u32(addr).filter(|_| !cx.failed()) {
        cx.out.field("ts");
        show(cx, addr.wrapping_add(HEADER_SIZE), u64::from(n).min(MOST_SAMPLES));
    }
    cx.out.close(Kind::Struct);
}

const SAMPLES: &[Stretch] = &[Stretch::arg(2, 1216)];
static OFFSET_HOOK: Hook = Hook { dir: InOut, show: show_offset, reads: SAMPLES };
static EXTENDED_HOOK: Hook = Hook { dir: InOut, show: show_extended, reads: SAMPLES };

pub(super) static REQUESTS: &[Request] = &[
    req(PTP_CLOCK_GETCAPS, At(Out, &Struct(&CAPS))),
    req(PTP_CLOCK_GETCAPS2, At(Out, &Struct(&CAPS))),
    req(PTP_EXTTS_REQUEST, At(In, &Struct(&EXTTS))),
    req(PTP_EXTTS_REQUEST2, At(In, &Struct(&EXTTS))),
    req(PTP_PEROUT_REQUEST, At(In, &Struct(&PEROUT))),
    req(PTP_PEROUT_REQUEST2, At(In, &Struct(&PEROUT))),
    req(PTP_PIN_GETFUNC, GET_PIN),
    req(PTP_PIN_GETFUNC2, GET_PIN),
    req(PTP_PIN_SETFUNC, SET_PIN),
    req(PTP_PIN_SETFUNC2, SET_PIN),
    req(PTP_SYS_OFFSET, Ty::Hook(&OFFSET_HOOK)),
    req(PTP_SYS_OFFSET2, Ty::Hook(&OFFSET_HOOK)),
    req(PTP_SYS_OFFSET_EXTENDED, Ty::Hook(&EXTENDED_HOOK)),
    req(PTP_SYS_OFFSET_EXTENDED2, Ty::Hook(&EXTENDED_HOOK)),
    req(PTP_SYS_OFFSET_EXTENDED_CYCLES, Ty::Hook(&EXTENDED_HOOK)),
    req(PTP_SYS_OFFSET_PRECISE, At(Out, &Struct(&PRECISE))),
    req(PTP_SYS_OFFSET_PRECISE2, At(Out, &Struct(&PRECISE))),
    req(PTP_SYS_OFFSET_PRECISE_CYCLES, At(Out, &Struct(&PRECISE))),
];
