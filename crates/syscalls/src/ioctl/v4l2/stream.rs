//! Streaming, and what parameters it has.

use super::names::*;
use super::{FRACTION, RECT};
use crate::ioctl::shape::{around, is_shown};
use crate::ioctl::{Request, req};
use decode::prelude::*;
use decode::{Hook, Stretch};
use uapi::consts::*;

static BUFFER_TYPE: Ty = Enum(W4, &BUFFER_TYPES);

static CAPTURE: Record = record(
    "v4l2_captureparm",
    &[
        arg("capability", Flags(W4, &PARAMETER_CAPABILITIES)),
        arg("capturemode", Flags(W4, &MODES)),
        arg("timeperframe", FRACTION),
        arg("extendedmode", X32),
        arg("readbuffers", UINT),
        pad(16),
    ],
);
static OUTPUT: Record = record(
    "v4l2_outputparm",
    &[
        arg("capability", Flags(W4, &PARAMETER_CAPABILITIES)),
        arg("outputmode", Flags(W4, &MODES)),
        arg("timeperframe", FRACTION),
        arg("extendedmode", X32),
        arg("writebuffers", UINT),
        pad(16),
    ],
);

/// Shows the member of parameters that a buffer's type asks for; false if there is none.
fn show_member(cx: &mut Cx<'_>, addr: u64, buffer_type: u64) -> bool {
    let (name, record): (_, &'static Record) = if cx.is(buffer_type, V4L2_BUF_TYPE_VIDEO_CAPTURE) {
        ("parm.capture", &CAPTURE)
    } else if cx.is(buffer_type, V4L2_BUF_TYPE_VIDEO_OUTPUT) {
        ("parm.output", &OUTPUT)
    } else {
        return false;
    };
    cx.out.field(name);
    cx.deref_record(record, addr.wrapping_add(4));
    true
}

/// The type of the buffers whose parameters these are, if they can be read.
fn buffer_type(cx: &mut Cx<'_>, addr: u64) -> Option<u64> {
    /// The size of `struct v4l2_streamparm`.
    const SIZE: u64 = 204;
    cx.read_uint(addr.wrapping_add(SIZE - 1), 1)?;
    cx.read_u32(addr).map(u64::from)
}

fn show_type(cx: &mut Cx<'_>, buffer_type: u64) {
    cx.out.field("type");
    cx.enumerated(W4, &BUFFER_TYPES, buffer_type);
}

/// Shows parameters that are asked for.
fn show_get(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        let known = if is_shown(cx, addr) { buffer_type(cx, addr) } else { None };
        let Some(known) = known else { return cx.out.addr(addr) };
        cx.save(known);
        cx.out.open(Kind::Struct);
        return show_type(cx, known);
    }
    let Some(known) = cx.saved_here() else { return };
    if !cx.failed() {
        show_member(cx, addr, known);
    }
    cx.out.close(Kind::Struct);
}

/// Shows parameters that are set, and what has become of them.
fn show_set(cx: &mut Cx<'_>, addr: u64) {
    /// Where it is kept that there is something to show after the call.
    const KNOWN: usize = 3;
    around(
        cx,
        addr,
        |cx| {
            let Some(known) = buffer_type(cx, addr) else { return false };
            cx.out.change_begin();
            cx.out.open(Kind::Struct);
            show_type(cx, known);
            if show_member(cx, addr, known) {
                cx.save_for(KNOWN, known);
            }
            cx.out.close(Kind::Struct);
            true
        },
        |cx| {
            let Some(known) = cx.saved(KNOWN).filter(|_| !cx.failed()) else { return };
            cx.out.changed();
            cx.out.open(Kind::Struct);
            show_member(cx, addr, known);
            cx.out.close(Kind::Struct);
        },
    );
}

const PARAMETERS: &[Stretch] = &[Stretch::arg(2, 204)];
static GET: Hook = Hook { dir: InOut, show: show_get, reads: PARAMETERS };
static SET: Hook = Hook { dir: InOut, show: show_set, reads: PARAMETERS };

static CROP_CAPABILITIES: Record = record(
    "v4l2_cropcap",
    &[
        arg("type", Enum(W4, &BUFFER_TYPES)),
        arg("bounds", Struct(&RECT)),
        arg("defrect", Struct(&RECT)),
        arg("pixelaspect", FRACTION),
    ],
);
static CROP: Record = record("v4l2_crop", &[arg("type", Enum(W4, &BUFFER_TYPES)), arg("c", Struct(&RECT))]);

pub(super) static REQUESTS: &[Request] = &[
    req(VIDIOC_STREAMON, At(In, &BUFFER_TYPE)),
    req(VIDIOC_STREAMOFF, At(In, &BUFFER_TYPE)),
    req(VIDIOC_G_PARM, Ty::Hook(&GET)),
    req(VIDIOC_S_PARM, Ty::Hook(&SET)),
    req(
        VIDIOC_CROPCAP,
        At(
            InOut,
            &Filled(
                &Members(&CROP_CAPABILITIES, &["type"]),
                &Members(&CROP_CAPABILITIES, &["bounds", "defrect", "pixelaspect"]),
            ),
        ),
    ),
    req(VIDIOC_G_CROP, At(InOut, &Filled(&Members(&CROP, &["type"]), &Members(&CROP, &["c"])))),
    req(VIDIOC_S_CROP, At(In, &Struct(&CROP))),
];
