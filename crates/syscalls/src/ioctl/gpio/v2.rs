//! The second version of the interface.

use crate::ioctl::shape::counted;
use crate::ioctl::{Request, req};
use decode::prelude::*;
use uapi::consts::*;

static FLAGS: Names = names(
    "GPIO_V2_LINE_FLAG_???",
    &[
        GPIO_V2_LINE_FLAG_USED,
        GPIO_V2_LINE_FLAG_ACTIVE_LOW,
        GPIO_V2_LINE_FLAG_INPUT,
        GPIO_V2_LINE_FLAG_OUTPUT,
        GPIO_V2_LINE_FLAG_EDGE_RISING,
        GPIO_V2_LINE_FLAG_EDGE_FALLING,
        GPIO_V2_LINE_FLAG_OPEN_DRAIN,
        GPIO_V2_LINE_FLAG_OPEN_SOURCE,
        GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
        GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
        GPIO_V2_LINE_FLAG_BIAS_DISABLED,
        GPIO_V2_LINE_FLAG_EVENT_CLOCK_REALTIME,
        GPIO_V2_LINE_FLAG_EVENT_CLOCK_HTE,
    ],
);

static LINE: Ty = UINT;
static HEX: Ty = X32;
/// The most lines of a request.
const LINES: u64 = GPIO_V2_LINES_MAX.v();
/// The most attributes of a line or a request.
const ATTRIBUTES: usize = GPIO_V2_LINE_NUM_ATTRS_MAX.v() as usize;
/// The sizes of `struct gpio_v2_line_attribute` and of `struct gpio_v2_line_config_attribute`, which adds a mask.
const ATTRIBUTE: usize = 16;
const MASKED: usize = 24;

/// Shows the members of an attribute: the one that its kind asks for, if it is a proper one; false if it is not.
fn show_kind(cx: &mut Plain<'_>, offset: usize) -> bool {
    let id = cx.load(offset, 4);
    let padding = cx.load(offset + 4, 4);
    let data = cx.load(offset + 8, 8);
    if padding != 0 {
        return false;
    }
    if cx.is(id, GPIO_V2_LINE_ATTR_ID_FLAGS) {
        cx.out.field("flags");
        cx.flags(W8, &FLAGS, data);
    } else if cx.is(id, GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES) {
        cx.out.field("values");
        cx.out.hex(data);
    } else if cx.is(id, GPIO_V2_LINE_ATTR_ID_DEBOUNCE) {
        cx.out.field("debounce_period_us");
        cx.out.uint(data & 0xffff_ffff);
    } else {
        return false;
    }
    true
}

/// Shows the members of an attribute that is not known.
fn show_unknown(cx: &mut Plain<'_>, offset: usize) {
    cx.out.field("id");
    let id = cx.load(offset, 4);
    cx.out.uint(id);
    let padding = cx.load(offset + 4, 4);
    if padding != 0 {
        cx.out.field("padding");
        cx.out.hex(padding);
    }
    cx.out.field("data");
    let data = cx.load(offset + 8, 8);
    cx.out.hex(data);
}

/// Shows the attributes at `offset`, if there are any: `size` is that of one, and `show` shows its members.
fn show_attributes(cx: &mut Plain<'_>, offset: u64, size: usize, show: fn(&mut Plain<'_>, usize)) {
    let count = (cx.field("num_attrs") as usize).min(ATTRIBUTES);
    if count == 0 {
        return;
    }
    cx.out.field("attrs");
    cx.out.open(Kind::Array);
    for i in 0..count {
        if cx.abbrev() && i >= cx.options.strings {
            cx.out.more();
            break;
        }
        cx.out.item();
        cx.out.open(Kind::Struct);
        show(cx, offset as usize + i * size);
        cx.out.close(Kind::Struct);
    }
    cx.out.close(Kind::Array);
}

fn show_attribute(cx: &mut Plain<'_>, offset: usize) {
    if !show_kind(cx, offset) {
        show_unknown(cx, offset);
    }
}

/// Shows an attribute, and a mask of the lines that have it.
fn show_masked(cx: &mut Plain<'_>, offset: usize) {
    if !show_kind(cx, offset) {
        cx.out.field("attr");
        cx.out.open(Kind::Struct);
        show_unknown(cx, offset);
        cx.out.close(Kind::Struct);
    }
    cx.out.field("mask");
    let mask = cx.load(offset + ATTRIBUTE, 8);
    cx.out.hex(mask);
}

static LINE_INFO: Record = record(
    "gpio_v2_line_info",
    &[
        arg("name", CharArray(32)),
        arg("consumer", CharArray(32)),
        arg("offset", UINT),
        arg("num_attrs", UINT),
        arg("flags", Flags(W8, &FLAGS)),
        arg(
            "",
            Inline([(ATTRIBUTES * ATTRIBUTE) as u16; 3], 8, |cx, at| {
                show_attributes(cx, at, ATTRIBUTE, show_attribute)
            }),
        ),
        arg("padding", Array(&HEX, Len::Const(4))).nonzero(),
    ],
);
static CONFIG: Record = record(
    "gpio_v2_line_config",
    &[
        arg("flags", Flags(W8, &FLAGS)),
        arg("num_attrs", UINT),
        arg("padding", Array(&HEX, Len::Const(5))).nonzero(),
        arg(
            "",
            Inline([(ATTRIBUTES * MASKED) as u16; 3], 8, |cx, at| {
                show_attributes(cx, at, MASKED, show_masked)
            }),
        ),
    ],
);
static LINE_REQUEST: Record = record(
    "gpio_v2_line_request",
    &[
        arg(
            "offsets",
            InlineHook(&decode::Inlined {
                sizes: [4 * LINES as u16; 3],
                align: 4,
                show: |cx, at| counted(cx, &LINE, at, "num_lines", LINES),
                reads: &[Stretch::here(4 * LINES as u32)],
            }),
        ),
        arg("consumer", CharArray(32)),
        arg("config", Struct(&CONFIG)),
        arg("num_lines", UINT),
        arg("event_buffer_size", UINT).nonzero(),
        arg("padding", Array(&HEX, Len::Const(5))).nonzero(),
        arg("fd", Fd),
    ],
);
static VALUES: Record = record("gpio_v2_line_values", &[arg("bits", X64), arg("mask", X64)]);

const GET_LINE_INFO: Ty = At(
    InOut,
    &Becomes(
        &Members(&LINE_INFO, &["offset"]),
        &Members(&LINE_INFO, &["name", "consumer", "flags", "num_attrs", "", "padding"]),
    ),
);

pub(super) static REQUESTS: &[Request] = &[
    req(GPIO_V2_GET_LINEINFO_IOCTL, GET_LINE_INFO),
    req(GPIO_V2_GET_LINEINFO_WATCH_IOCTL, GET_LINE_INFO),
    req(
        GPIO_V2_GET_LINE_IOCTL,
        At(
            InOut,
            &Becomes(
                &Members(
                    &LINE_REQUEST,
                    &["num_lines", "offsets", "consumer", "config", "event_buffer_size", "padding"],
                ),
                &Members(&LINE_REQUEST, &["fd"]),
            ),
        ),
    ),
    req(GPIO_V2_LINE_SET_CONFIG_IOCTL, At(In, &Struct(&CONFIG))),
    req(
        GPIO_V2_LINE_GET_VALUES_IOCTL,
        At(InOut, &Becomes(&Members(&VALUES, &["mask"]), &Members(&VALUES, &["bits"]))),
    ),
    req(GPIO_V2_LINE_SET_VALUES_IOCTL, At(In, &Struct(&VALUES))),
];
