//! General purpose input and output (`include/uapi/linux/gpio.h`): the first version of the interface, and what both
//! share.

mod v2;

use super::shape::counted;
use super::{Request, req};
use decode::prelude::*;
use uapi::consts::*;

/// All requests.
pub(super) static REQUESTS: [&[Request]; 2] = [V1_REQUESTS, v2::REQUESTS];

static LINE_FLAGS: Names = names(
    "GPIOLINE_FLAG_???",
    &[
        GPIOLINE_FLAG_KERNEL,
        GPIOLINE_FLAG_IS_OUT,
        GPIOLINE_FLAG_ACTIVE_LOW,
        GPIOLINE_FLAG_OPEN_DRAIN,
        GPIOLINE_FLAG_OPEN_SOURCE,
        GPIOLINE_FLAG_BIAS_PULL_UP,
        GPIOLINE_FLAG_BIAS_PULL_DOWN,
        GPIOLINE_FLAG_BIAS_DISABLE,
    ],
);
static HANDLE_FLAGS: Names = names(
    "GPIOHANDLE_REQUEST_???",
    &[
        GPIOHANDLE_REQUEST_INPUT,
        GPIOHANDLE_REQUEST_OUTPUT,
        GPIOHANDLE_REQUEST_ACTIVE_LOW,
        GPIOHANDLE_REQUEST_OPEN_DRAIN,
        GPIOHANDLE_REQUEST_OPEN_SOURCE,
        GPIOHANDLE_REQUEST_BIAS_PULL_UP,
        GPIOHANDLE_REQUEST_BIAS_PULL_DOWN,
        GPIOHANDLE_REQUEST_BIAS_DISABLE,
    ],
);
static EVENT_FLAGS: Names = names(
    "GPIOEVENT_REQUEST_???",
    &[GPIOEVENT_REQUEST_BOTH_EDGES, GPIOEVENT_REQUEST_RISING_EDGE, GPIOEVENT_REQUEST_FALLING_EDGE],
);

static LINE: Ty = UINT;
static LEVEL: Ty = U8;
const LEVELS: Ty = Array(&LEVEL, Len::Const(LINES as u32));
/// The most lines of a request.
const LINES: u64 = GPIOHANDLES_MAX.v();

static CHIP: Record =
    record("gpiochip_info", &[arg("name", CharArray(32)), arg("label", CharArray(32)), arg("lines", UINT)]);
static LINE_INFO: Record = record(
    "gpioline_info",
    &[
        arg("line_offset", UINT),
        arg("flags", Flags(W4, &LINE_FLAGS)),
        arg("name", CharArray(32)),
        arg("consumer", CharArray(32)),
    ],
);
static HANDLE: Record = record(
    "gpiohandle_request",
    &[
        arg(
            "lineoffsets",
            InlineHook(&decode::Inlined {
                sizes: [4 * LINES as u16; 3],
                align: 4,
                show: |cx, at| counted(cx, &LINE, at, "lines", LINES),
                reads: &[Stretch::here(4 * LINES as u32)],
            }),
        ),
        arg("flags", Flags(W4, &HANDLE_FLAGS)),
        arg(
            "default_values",
            InlineHook(&decode::Inlined {
                sizes: [LINES as u16; 3],
                align: 1,
                show: |cx, at| counted(cx, &LEVEL, at, "lines", LINES),
                reads: &[Stretch::here(LINES as u32)],
            }),
        ),
        arg("consumer_label", CharArray(32)),
        arg("lines", UINT),
        arg("fd", Fd),
    ],
);
static EVENT: Record = record(
    "gpioevent_request",
    &[
        arg("lineoffset", UINT),
        arg("handleflags", Flags(W4, &HANDLE_FLAGS)),
        arg("eventflags", Flags(W4, &EVENT_FLAGS)),
        arg("consumer_label", CharArray(32)),
        arg("fd", Fd),
    ],
);
static DATA: Record = record("gpiohandle_data", &[arg("values", LEVELS)]);
static CONFIG: Record = record(
    "gpiohandle_config",
    &[arg("flags", Flags(W4, &HANDLE_FLAGS)), arg("default_values", LEVELS), pad(16)],
);
/// The number of a line.
static OFFSET: Record = record("gpioline_offset", &[arg("offset", UINT)]);

const GET_LINE_INFO: Ty = At(
    InOut,
    &Becomes(&Members(&LINE_INFO, &["line_offset"]), &Members(&LINE_INFO, &["flags", "name", "consumer"])),
);

static V1_REQUESTS: &[Request] = &[
    req(GPIO_GET_CHIPINFO_IOCTL, At(Out, &Struct(&CHIP))),
    req(GPIO_GET_LINEINFO_IOCTL, GET_LINE_INFO),
    req(GPIO_GET_LINEINFO_WATCH_IOCTL, GET_LINE_INFO),
    req(GPIO_GET_LINEINFO_UNWATCH_IOCTL, At(In, &Struct(&OFFSET))),
    req(
        GPIO_GET_LINEHANDLE_IOCTL,
        At(
            InOut,
            &Becomes(
                &Members(&HANDLE, &["lines", "lineoffsets", "flags", "default_values", "consumer_label"]),
                &Members(&HANDLE, &["fd"]),
            ),
        ),
    ),
    req(
        GPIO_GET_LINEEVENT_IOCTL,
        At(
            InOut,
            &Becomes(
                &Members(&EVENT, &["lineoffset", "handleflags", "eventflags", "consumer_label"]),
                &Members(&EVENT, &["fd"]),
            ),
        ),
    ),
    req(GPIOHANDLE_GET_LINE_VALUES_IOCTL, At(Out, &Struct(&DATA))),
    req(GPIOHANDLE_SET_LINE_VALUES_IOCTL, At(In, &Struct(&DATA))),
    req(GPIOHANDLE_SET_CONFIG_IOCTL, At(In, &Struct(&CONFIG))),
];
