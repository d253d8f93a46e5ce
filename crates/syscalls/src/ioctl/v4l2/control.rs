//! Controls.

use super::ids::{CLASS, CONTROL, QUERIED_CONTROL};
use super::names::*;
use crate::ioctl::shape::{counted, is_array_there, is_shown};
use crate::ioctl::{Request, req};
use decode::prelude::*;
use decode::{Hook, Stretch};
use uapi::consts::*;

static VALUE: Record = record("v4l2_control", &[arg("id", CONTROL), arg("value", INT)]);

/// A control's value that is set, and what has become of it.
static SET: Record = record("v4l2_control", &[arg("id", CONTROL), arg("value", Changes(&INT))]);

static HEX: Ty = X32;
static DIMENSION: Ty = UINT;
static QUERY: Record = record(
    "v4l2_queryctrl",
    &[
        arg("id", Changes(&QUERIED_CONTROL)),
        arg("type", Enum(W4, &CONTROL_TYPES)),
        arg("name", CharArray(32)),
        arg("minimum", INT).verbose(),
        arg("maximum", INT).verbose(),
        arg("step", INT).verbose(),
        arg("default_value", INT).verbose(),
        arg("flags", Flags(W4, &CONTROL_FLAGS)).verbose(),
        arg("reserved", Array(&HEX, Len::Const(2))).nonzero().verbose(),
    ],
);
/// The most dimensions of a control's value.
const DIMENSIONS: u64 = V4L2_CTRL_MAX_DIMS.v();
static QUERY_EXT: Record = record(
    "v4l2_query_ext_ctrl",
    &[
        arg("id", Changes(&QUERIED_CONTROL)),
        arg("type", Enum(W4, &CONTROL_TYPES)),
        arg("name", CharArray(32)),
        arg("minimum", S64).verbose(),
        arg("maximum", S64).verbose(),
        arg("step", U64).verbose(),
        arg("default_value", S64).verbose(),
        arg("flags", Flags(W4, &CONTROL_FLAGS)).verbose(),
        arg("elem_size", UINT).verbose(),
        arg("elems", UINT).verbose(),
        arg("nr_of_dims", UINT).verbose(),
        arg(
            "dims",
            InlineHook(&decode::Inlined {
                sizes: [4 * DIMENSIONS as u16; 3],
                align: 4,
                show: |cx, at| counted(cx, &DIMENSION, at, "nr_of_dims", DIMENSIONS),
                reads: &[Stretch::here(4 * DIMENSIONS as u32)],
            }),
        )
        .verbose(),
        arg("reserved", Array(&HEX, Len::Const(32))).nonzero().verbose(),
    ],
);
/// Shows an entry of a menu: its name, and its value, which is in the same place.
fn show_entry(cx: &mut Plain<'_>, at: u64) {
    const NAME: usize = 32;
    let mut name = [0; NAME];
    name.iter_mut().zip(cx.raw(at as usize, NAME)).for_each(|(to, from)| *to = *from);
    let end = name.iter().position(|&b| b == 0);
    cx.out.field("name");
    cx.out.bytes(&name[..end.unwrap_or(NAME - 1)], Text::Plain, end.is_none());
    cx.out.field("value");
    let value = cx.load(at as usize, 8);
    cx.out.int(value as i64);
}

static MENU: Record = packed(
    "v4l2_querymenu",
    &[arg("id", CONTROL), arg("index", UINT), arg("", Inline([32; 3], 1, show_entry)), pad(4)],
);

/// One of several controls and its value: `struct v4l2_ext_control`.
static ENTRY: Record = packed(
    "v4l2_ext_control",
    &[
        arg("id", CONTROL),
        arg("size", UINT),
        pad(4),
        arg("", InlineHook(&decode::Inlined { sizes: [8; 3], align: 1, show: show_value, reads: TEXT })),
    ],
);
/// Where a control has a size, its value is a pointer to a string.
const TEXT: &[Stretch] = &[Stretch::to(Start::Here, At(In, &CharArray(u32::MAX)))];
static ENTRY_TY: Ty = Struct(&ENTRY);

/// Shows a control's value: a string if it has a size, or else a number.
fn show_value(cx: &mut Cx<'_>, at: u64) {
    let at = at as usize;
    let size = cx.field("size");
    if size > 0 {
        cx.out.field("string");
        let string = cx.load(at, cx.word());
        return cx.buffer(string, size, Text::Plain);
    }
    cx.out.field("value");
    let value = cx.load(at, 4);
    cx.out.int(i64::from(value as i32));
    cx.out.field("value64");
    let value = cx.load(at, 8);
    cx.out.int(value as i64);
}

static CONTROLS: Record = record(
    "v4l2_ext_controls",
    &[
        arg("ctrl_class", CLASS),
        arg("count", UINT),
        arg("error_idx", UINT),
        arg("request_fd", INT),
        arg("reserved", UINT),
        arg("controls", At(In, &Array(&ENTRY_TY, Len::Field("count")))),
    ],
);

/// Which members are told with the controls, once the call has returned.
fn told_after(cx: &Plain<'_>) -> &'static [&'static str] {
    if cx.failed() { &["controls", "error_idx"] } else { &["controls"] }
}

/// Shows controls whose values are asked for.
fn show_get_all(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        return crate::ioctl::shape::split(cx, addr, &CONTROLS, &["ctrl_class", "count"], &[]);
    }
    if cx.saved_here().is_none() {
        return;
    }
    cx.with_record(&CONTROLS, addr, |cx| {
        if cx.field("count") != 0 {
            let names = told_after(cx);
            cx.show_members(names);
        }
    });
    cx.out.close(Kind::Struct);
}

/// Shows controls whose values are set, and what has become of them.
fn show_set_all(cx: &mut Cx<'_>, addr: u64) {
    /// What is kept: that the struct has been shown, or that its controls have been, too.
    const SHOWN: u64 = 1;
    const WITH_CONTROLS: u64 = 2;
    if cx.exiting() {
        let Some(shown) = cx.saved_here() else { return };
        if shown == WITH_CONTROLS {
            cx.with_record(&CONTROLS, addr, |cx| {
                cx.out.changed();
                cx.out.open(Kind::Struct);
                let names = told_after(cx);
                cx.show_members(names);
                cx.out.close(Kind::Struct);
            });
        }
        return cx.out.change_end();
    }
    let mut shown = SHOWN;
    let opened = is_shown(cx, addr)
        && cx.with_record(&CONTROLS, addr, |cx| {
            cx.out.change_begin();
            cx.out.open(Kind::Struct);
            cx.show_members(&["ctrl_class", "count"]);
            if cx.field("count") != 0 {
                cx.show_members(&["controls"]);
                let (controls, count) = (cx.field("controls"), cx.field("count"));
                if is_array_there(cx, controls, count, ENTRY.size(cx.abi)) {
                    shown = WITH_CONTROLS;
                }
            }
            cx.out.close(Kind::Struct);
        });
    if opened { cx.save(shown) } else { cx.out.addr(addr) }
}

const ALL: &[Stretch] = &[Stretch::to(Start::Here, Struct(&CONTROLS))];
static GET_ALL: Hook = Hook { dir: InOut, show: show_get_all, reads: ALL };
static SET_ALL: Hook = Hook { dir: InOut, show: show_set_all, reads: ALL };

/// A control that is asked for, which by `V4L2_CTRL_FLAG_NEXT_CTRL` may become another one, and what is said of it.
const ASK: Ty = At(
    InOut,
    &Filled(
        &Members(&QUERY, &["id"]),
        &Members(
            &QUERY,
            &["type", "name", "minimum", "maximum", "step", "default_value", "flags", "reserved"],
        ),
    ),
);
const ASK_EXT: Ty = At(
    InOut,
    &Filled(
        &Members(&QUERY_EXT, &["id"]),
        &Members(
            &QUERY_EXT,
            &[
                "type",
                "name",
                "minimum",
                "maximum",
                "step",
                "default_value",
                "flags",
                "elem_size",
                "elems",
                "nr_of_dims",
                "dims",
                "reserved",
            ],
        ),
    ),
);

pub(super) static REQUESTS: &[Request] = &[
    req(VIDIOC_G_CTRL, At(InOut, &Filled(&Members(&VALUE, &["id"]), &Members(&VALUE, &["value"])))),
    req(VIDIOC_S_CTRL, At(InOut, &Filled(&Struct(&SET), &Members(&SET, &[])))),
    req(VIDIOC_QUERYCTRL, ASK),
    req(VIDIOC_QUERY_EXT_CTRL, ASK_EXT),
    req(VIDIOC_QUERYMENU, At(InOut, &Becomes(&Members(&MENU, &["id", "index"]), &Members(&MENU, &[""])))),
    req(VIDIOC_G_EXT_CTRLS, Ty::Hook(&GET_ALL)),
    req(VIDIOC_S_EXT_CTRLS, Ty::Hook(&SET_ALL)),
    req(VIDIOC_TRY_EXT_CTRLS, Ty::Hook(&SET_ALL)),
];
