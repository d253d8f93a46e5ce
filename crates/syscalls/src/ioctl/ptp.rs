//! Hardware clocks (`include/uapi/linux/ptp_clock.h`).

use super::shape::split;
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
const TIME_SIZE: usize = TIME.common_size() as usize;

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
    let mut bytes = [0; TIME_SIZE];
    let given = cx.raw(offset as usize, bytes.len());
    let len = given.len();
    bytes[..len].copy_from_slice(given);
    let addr = cx.record_addr().wrapping_add(offset);
    cx.record_from(&TIME, &bytes, addr);
}

/// Shows the time at `offset` of the record at hand as a point in time.
fn show_point(cx: &mut Cx<'_>, offset: u64) {
    show_time(cx, offset);
    let mut bytes = [0; TIME_SIZE];
    let given = cx.raw(offset as usize, bytes.len());
    let len = given.len();
    bytes[..len].copy_from_slice(given);
    note_point(cx, &bytes);
}

/// Adds what time it is by the bytes of a point in time.
fn note_point(cx: &mut Cx<'_>, bytes: &[u8]) {
    let [sec, nsec] = ["sec", "nsec"].map(|field| TIME.number(field, bytes, cx.abi));
    note_time(cx, sec as i64, nsec as u32);
}

/// A point in time, in place.
const POINT: Ty =
    InlineHook(&decode::Inlined { sizes: [TIME_SIZE as u16; 3], align: 8, show: show_point, reads: &[] });

/// When the signal starts: a point in time, or its phase.
fn show_start(cx: &mut Cx<'_>, offset: u64) {
    if cx.has(cx.field("flags"), PTP_PEROUT_PHASE) {
        cx.out.field("phase");
        return show_time(cx, offset);
    }
    cx.out.field("start");
    show_point(cx, offset);
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

const MOST_SAMPLES: u32 = PTP_MAX_SAMPLES.v() as u32;
static SAMPLE: Ty = Struct(&TIME);
/// The device's clock between two of the system's.
static TRIPLE: Ty = Array(&SAMPLE, Len::Const(3));
/// The samples of an offset: one of the system's clock before each of the device's, and one after the last.
static OFFSET: Record = record(
    "ptp_sys_offset",
    &[
        arg("n_samples", UINT),
        arg("rsv", Array(&HEX, Len::Const(3))).nonzero(),
        arg("ts", Array(&SAMPLE, Len::Const(2 * MOST_SAMPLES + 1))),
    ],
);
static EXTENDED: Record = record(
    "ptp_sys_offset_extended",
    &[
        arg("n_samples", UINT),
        arg("clockid", Enum(W4, &CLOCKS)),
        arg("rsv", Array(&HEX, Len::Const(2))).nonzero(),
        arg("ts", Array(&TRIPLE, Len::Const(MOST_SAMPLES))),
    ],
);

fn show_offset(cx: &mut Cx<'_>, addr: u64) {
    samples(cx, addr, &OFFSET, &["n_samples", "rsv"], |cx, addr, n| {
        cx.array_with(addr, 2 * n + 1, TIME_SIZE, |cx, _, offset, at| show_sample(cx, offset, at));
    });
}

fn show_extended(cx: &mut Cx<'_>, addr: u64) {
    samples(cx, addr, &EXTENDED, &["n_samples", "clockid", "rsv"], |cx, addr, n| {
        cx.array_with(addr, n, cx.size_of(&TRIPLE), |cx, _, offset, at| {
            cx.out.open(Kind::Array);
            for before in (0..cx.size_of(&TRIPLE)).step_by(TIME_SIZE) {
                cx.out.item();
                show_sample(cx, offset + before, at.wrapping_add(before as u64));
            }
            cx.out.close(Kind::Array);
        });
    });
}

/// Shows a sample of an array that is being shown.
fn show_sample(cx: &mut Cx<'_>, offset: usize, addr: u64) {
    let mut bytes = [0; TIME_SIZE];
    bytes.copy_from_slice(cx.element(offset, TIME_SIZE));
    cx.record_from(&TIME, &bytes, addr);
    note_point(cx, &bytes);
}

/// Shows the head of `record`, of `names`, and with `show` its samples: as many as were asked for, and not too many.
/// The caller has to have room for all there may be.
fn samples(
    cx: &mut Cx<'_>,
    addr: u64,
    record: &'static Record,
    names: &[&str],
    show: fn(&mut Cx<'_>, u64, u64),
) {
    if !cx.exiting() {
        return split(cx, addr, record, names, &[]);
    }
    if cx.saved_here().is_none() {
        return;
    }
    if !cx.failed() {
        cx.with_record(record, addr, |cx| {
            cx.out.field("ts");
            let samples = addr.wrapping_add(cx.offset("ts") as u64);
            show(cx, samples, cx.field("n_samples").min(u64::from(MOST_SAMPLES)));
        });
    }
    cx.out.close(Kind::Struct);
}

static OFFSET_HOOK: Hook =
    Hook { dir: InOut, show: show_offset, reads: &[Stretch::to(Start::Here, Struct(&OFFSET))] };
static EXTENDED_HOOK: Hook =
    Hook { dir: InOut, show: show_extended, reads: &[Stretch::to(Start::Here, Struct(&EXTENDED))] };

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
