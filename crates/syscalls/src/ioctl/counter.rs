//! Counters (`include/uapi/linux/counter.h`).

use super::{Request, bare, req};
use decode::prelude::*;
use uapi::consts::*;

static COMPONENTS: Names = names(
    "COUNTER_COMPONENT_???",
    &[
        COUNTER_COMPONENT_NONE,
        COUNTER_COMPONENT_SIGNAL,
        COUNTER_COMPONENT_COUNT,
        COUNTER_COMPONENT_FUNCTION,
        COUNTER_COMPONENT_SYNAPSE_ACTION,
        COUNTER_COMPONENT_EXTENSION,
    ],
);
static SCOPES: Names =
    names("COUNTER_SCOPE_???", &[COUNTER_SCOPE_DEVICE, COUNTER_SCOPE_SIGNAL, COUNTER_SCOPE_COUNT]);
static EVENTS: Names = names(
    "COUNTER_EVENT_???",
    &[
        COUNTER_EVENT_OVERFLOW,
        COUNTER_EVENT_UNDERFLOW,
        COUNTER_EVENT_OVERFLOW_UNDERFLOW,
        COUNTER_EVENT_THRESHOLD,
        COUNTER_EVENT_INDEX,
        COUNTER_EVENT_CHANGE_OF_STATE,
        COUNTER_EVENT_CAPTURE,
        COUNTER_EVENT_DIRECTION_CHANGE,
    ],
);

static COMPONENT: Record = record(
    "counter_component",
    &[arg("type", Enum(W1, &COMPONENTS)), arg("scope", Enum(W1, &SCOPES)), arg("parent", U8), arg("id", U8)],
);
static WATCH: Record = record(
    "counter_watch",
    &[arg("component", Struct(&COMPONENT)), arg("event", Enum(W1, &EVENTS)), arg("channel", U8)],
);

pub(super) static REQUESTS: &[Request] = &[
    req(COUNTER_ADD_WATCH_IOCTL, At(In, &Struct(&WATCH))),
    bare(COUNTER_ENABLE_EVENTS_IOCTL),
    bare(COUNTER_DISABLE_EVENTS_IOCTL),
];
