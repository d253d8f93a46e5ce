//! Inputs, tuners and television standards.

use super::FRACTION;
use super::names::*;
use crate::ioctl::{Request, req};
use decode::prelude::*;
use uapi::consts::*;

static INPUT: Record = record(
    "v4l2_input",
    &[
        arg("index", UINT),
        arg("name", CharArray(32)),
        arg("type", Enum(W4, &INPUT_TYPES)),
        arg("audioset", X32),
        arg("tuner", UINT),
        arg("std", Flags(W8, &STANDARDS)),
        arg("status", Flags(W4, &INPUT_STATES)),
        arg("capabilities", Flags(W4, &INPUT_CAPABILITIES)),
        pad(12),
    ],
);
static STANDARD: Record = record(
    "v4l2_standard",
    &[
        arg("index", UINT),
        arg("id", X64),
        arg("name", CharArray(24)),
        arg("frameperiod", FRACTION),
        arg("framelines", UINT),
        pad(16),
    ],
);
static TUNER: Record = record(
    "v4l2_tuner",
    &[
        arg("index", UINT),
        arg("name", CharArray(32)),
        arg("type", Enum(W4, &TUNERS)),
        arg("capability", Flags(W4, &TUNER_CAPABILITIES)),
        arg("rangelow", UINT),
        arg("rangehigh", UINT),
        arg("rxsubchans", Flags(W4, &TUNER_CHANNELS)),
        arg("audmode", Enum(W4, &AUDIO_MODES)),
        arg("signal", INT),
        arg("afc", INT),
        pad(16),
    ],
);

const GET_INPUT: Ty = At(
    InOut,
    &Filled(
        &Members(&INPUT, &["index"]),
        &Members(&INPUT, &["name", "type", "audioset", "tuner", "std", "status", "capabilities"]),
    ),
);
/// What the kernel tells of a tuner.
const TUNER_TOLD: &[&str] =
    &["name", "type", "capability", "rangelow", "rangehigh", "rxsubchans", "audmode", "signal", "afc"];
const GET_TUNER: Ty = At(InOut, &Filled(&Members(&TUNER, &["index"]), &Members(&TUNER, TUNER_TOLD)));
const SET_TUNER: Ty = At(
    InOut,
    &Becomes(
        &Members(
            &TUNER,
            &[
                "index",
                "name",
                "type",
                "capability",
                "rangelow",
                "rangehigh",
                "rxsubchans",
                "audmode",
                "signal",
                "afc",
            ],
        ),
        &Members(&TUNER, TUNER_TOLD),
    ),
);

pub(super) static REQUESTS: &[Request] = &[
    req(VIDIOC_G_INPUT, At(Out, &UINT)),
    req(VIDIOC_S_INPUT, At(In, &UINT)),
    req(VIDIOC_ENUMINPUT, GET_INPUT),
    req(VIDIOC_G_STD, At(Out, &X64)),
    req(VIDIOC_S_STD, At(In, &X64)),
    req(
        VIDIOC_ENUMSTD,
        At(
            InOut,
            &Filled(
                &Members(&STANDARD, &["index"]),
                &Members(&STANDARD, &["name", "frameperiod", "framelines"]),
            ),
        ),
    ),
    req(VIDIOC_G_TUNER, GET_TUNER),
    req(VIDIOC_S_TUNER, SET_TUNER),
];
