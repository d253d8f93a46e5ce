//! Infrared receivers and transmitters (`include/uapi/linux/lirc.h`).

use super::{Request, req};
use decode::prelude::*;
use uapi::consts::*;

static FEATURES: Names = names(
    "LIRC_CAN_???",
    &[
        LIRC_CAN_SEND_PULSE,
        LIRC_CAN_SEND_LIRCCODE,
        LIRC_CAN_SET_SEND_CARRIER,
        LIRC_CAN_SET_SEND_DUTY_CYCLE,
        LIRC_CAN_SET_TRANSMITTER_MASK,
        LIRC_CAN_REC_MODE2,
        LIRC_CAN_REC_SCANCODE,
        LIRC_CAN_REC_LIRCCODE,
        LIRC_CAN_SET_REC_CARRIER,
        LIRC_CAN_MEASURE_CARRIER,
        LIRC_CAN_USE_WIDEBAND_RECEIVER,
        LIRC_CAN_SET_REC_TIMEOUT,
        LIRC_CAN_GET_REC_RESOLUTION,
        LIRC_CAN_SET_REC_CARRIER_RANGE,
    ],
);
static MODES: Names = names(
    "LIRC_MODE_???",
    &[LIRC_MODE_RAW, LIRC_MODE_PULSE, LIRC_MODE_MODE2, LIRC_MODE_SCANCODE, LIRC_MODE_LIRCCODE],
);
static FEATURE_BITS: Ty = Flags(W4, &FEATURES);
static MODE: Ty = Enum(W4, &MODES);

pub(super) static REQUESTS: &[Request] = &[
    req(LIRC_GET_FEATURES, At(Out, &FEATURE_BITS)),
    req(LIRC_GET_SEND_MODE, At(Out, &MODE)),
    req(LIRC_GET_REC_MODE, At(Out, &MODE)),
    req(LIRC_GET_REC_RESOLUTION, At(Out, &UINT)),
    req(LIRC_GET_MIN_TIMEOUT, At(Out, &UINT)),
    req(LIRC_GET_MAX_TIMEOUT, At(Out, &UINT)),
    req(LIRC_GET_REC_TIMEOUT, At(Out, &UINT)),
    req(LIRC_GET_LENGTH, At(Out, &UINT)),
    req(LIRC_SET_SEND_MODE, At(In, &MODE)),
    req(LIRC_SET_REC_MODE, At(In, &MODE)),
    req(LIRC_SET_TRANSMITTER_MASK, At(In, &X32)),
    req(LIRC_SET_SEND_CARRIER, At(In, &UINT)),
    req(LIRC_SET_SEND_DUTY_CYCLE, At(In, &UINT)),
    req(LIRC_SET_REC_CARRIER, At(In, &UINT)),
    req(LIRC_SET_REC_CARRIER_RANGE, At(In, &UINT)),
    req(LIRC_SET_REC_TIMEOUT, At(In, &UINT)),
    req(LIRC_SET_REC_TIMEOUT_REPORTS, At(In, &UINT)),
    req(LIRC_SET_MEASURE_CARRIER_MODE, At(In, &UINT)),
    req(LIRC_SET_WIDEBAND_RECEIVER, At(In, &UINT)),
];
