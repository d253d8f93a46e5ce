//! Force feedback: `struct ff_effect`.

use super::names::EFFECTS;
use decode::prelude::*;
use uapi::consts::*;

static TRIGGER: Record = record("ff_trigger", &[arg("button", U16), arg("interval", U16)]);
static REPLAY: Record = record("ff_replay", &[arg("length", U16), arg("delay", U16)]);
static ENVELOPE: Record = record(
    "ff_envelope",
    &[arg("attack_length", U16), arg("attack_level", U16), arg("fade_length", U16), arg("fade_level", X16)],
);
static CONSTANT: Record =
    record("ff_constant_effect", &[arg("level", S16), arg("envelope", Struct(&ENVELOPE))]);
static RAMP: Record = record(
    "ff_ramp_effect",
    &[arg("start_level", S16), arg("end_level", S16), arg("envelope", Struct(&ENVELOPE))],
);
static PERIODIC: Record = record(
    "ff_periodic_effect",
    &[
        arg("waveform", U16),
        arg("period", U16),
        arg("magnitude", S16),
        arg("offset", S16),
        arg("phase", U16),
        arg("envelope", Struct(&ENVELOPE)),
        arg("custom_len", UINT),
        arg("custom_data", Addr),
    ],
);
static RUMBLE: Record =
    record("ff_rumble_effect", &[arg("strong_magnitude", U16), arg("weak_magnitude", U16)]);

/// Shows the member of the union that the effect's type asks for, if any.
fn show_kind(cx: &mut Cx<'_>, offset: u64) {
    let kind = cx.field("type");
    let (name, record): (_, &'static Record) = match () {
        () if cx.is(kind, FF_CONSTANT) => ("constant", &CONSTANT),
        () if cx.is(kind, FF_RAMP) => ("ramp", &RAMP),
        () if cx.is(kind, FF_PERIODIC) => ("periodic", &PERIODIC),
        () if cx.is(kind, FF_RUMBLE) => ("rumble", &RUMBLE),
        () => return,
    };
    let mut bytes = [0; 32];
    let given = cx.raw(offset as usize, record.size(cx.abi));
    let len = given.len();
    bytes[..len].copy_from_slice(given);
    cx.out.field(name);
    cx.record_from(record, &bytes[..len], cx.record_addr().wrapping_add(offset));
}

pub(super) static FF_EFFECT: Record = record(
    "ff_effect",
    &[
        arg("type", Enum(W2, &EFFECTS)),
        arg("id", S16),
        arg("direction", U16),
        arg("trigger", Struct(&TRIGGER)).verbose(),
        arg("replay", Struct(&REPLAY)).verbose(),
        arg("", InlineHook(&decode::Inlined { sizes: [32, 28, 28], align: 4, show: show_kind, reads: &[] }))
            .verbose(),
    ],
);
