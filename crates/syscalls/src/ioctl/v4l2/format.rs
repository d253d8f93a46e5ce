//! What a device is, and the formats of its data.

use super::RECT;
use super::fourcc::{METADATA_FORMAT, PIXEL_FORMAT, SAMPLE_FORMAT};
use super::names::*;
use crate::common::Line;
use crate::ioctl::shape::{around, is_array_there, is_shown};
use crate::ioctl::{Request, req};
use decode::prelude::*;
use decode::{Hook, Start, Stretch};
use uapi::consts::*;

const VERSION: Ty = Scalar(W4, |cx, v| {
    let text = Line::new(format_args!("KERNEL_VERSION({}, {}, {})", v >> 16, v >> 8 & 0xff, v & 0xff));
    cx.out.spelled(v, Base::Hex, text.as_str());
});
static CAPABILITY: Record = record(
    "v4l2_capability",
    &[
        arg("driver", CharArray(16)),
        arg("card", CharArray(32)),
        arg("bus_info", CharArray(32)),
        arg("version", VERSION),
        arg("capabilities", Flags(W4, &CAPABILITIES)),
        arg("device_caps", Flags(W4, &CAPABILITIES)).nonzero(),
        pad(12),
    ],
);
static DESCRIPTION: Record = record(
    "v4l2_fmtdesc",
    &[
        arg("index", UINT),
        arg("type", Enum(W4, &BUFFER_TYPES)),
        arg("flags", Flags(W4, &FORMAT_FLAGS)),
        arg("description", CharArray(32)),
        arg("pixelformat", PIXEL_FORMAT),
        pad(16),
    ],
);

const FIELD: Arg = arg("field", Enum(W4, &FIELDS));
const COLOUR_SPACE: Arg = arg("colorspace", Enum(W4, &COLOUR_SPACES));
static HEX: Ty = X32;

static PIX: Record = record(
    "v4l2_pix_format",
    &[
        arg("width", UINT),
        arg("height", UINT),
        arg("pixelformat", PIXEL_FORMAT),
        FIELD,
        arg("bytesperline", UINT),
        arg("sizeimage", UINT),
        COLOUR_SPACE,
    ],
);
static PLANE: Record =
    record("v4l2_plane_pix_format", &[arg("sizeimage", UINT), arg("bytesperline", UINT), pad(12)]);
static PLANE_TY: Ty = Struct(&PLANE);
/// The most planes of a picture.
const PLANES: u64 = VIDEO_MAX_PLANES.v();
static PIX_MP: Record = record(
    "v4l2_pix_format_mplane",
    &[
        arg("width", UINT),
        arg("height", UINT),
        arg("pixelformat", PIXEL_FORMAT),
        FIELD,
        COLOUR_SPACE,
        arg(
            "plane_fmt",
            InlineHook(&decode::Inlined {
                sizes: [20 * PLANES as u16; 3],
                align: 4,
                show: |cx, at| crate::ioctl::shape::counted(cx, &PLANE_TY, at, "num_planes", PLANES),
                reads: &[Stretch::here(20 * PLANES as u32)],
            }),
        ),
        arg("num_planes", U8),
    ],
);
static CLIP: Record = record("v4l2_clip", &[arg("c", Struct(&RECT)), arg("next", Addr).when(|_| false)]);
static CLIP_TY: Ty = Struct(&CLIP);
static WINDOW: Record = record(
    "v4l2_window",
    &[
        arg("w", Struct(&RECT)),
        FIELD,
        arg("chromakey", X32),
        arg("clips", At(In, &Array(&CLIP_TY, Len::Field("clipcount")))),
        arg("clipcount", UINT),
        arg("bitmap", Addr),
        arg("global_alpha", X8).nonzero(),
    ],
);
static NUMBER: Ty = INT;
static COUNT: Ty = UINT;
static VBI: Record = record(
    "v4l2_vbi_format",
    &[
        arg("sampling_rate", UINT),
        arg("offset", UINT),
        arg("samples_per_line", UINT),
        arg("sample_format", PIXEL_FORMAT),
        arg("start", Array(&NUMBER, Len::Const(2))),
        arg("count", Array(&COUNT, Len::Const(2))),
        arg("flags", Flags(W4, &VBI_FLAGS)),
        pad(8),
    ],
);
static LINE_SERVICE: Ty = X16;
static FIELD_LINES: Ty = Array(&LINE_SERVICE, Len::Const(24));
static SLICED: Record = record(
    "v4l2_sliced_vbi_format",
    &[
        arg("service_set", Flags(W2, &SLICED_SERVICES)),
        arg("service_lines", Array(&FIELD_LINES, Len::Const(2))),
        arg("io_size", UINT),
        pad(8),
    ],
);
static SDR: Record = record(
    "v4l2_sdr_format",
    &[arg("pixelformat", SAMPLE_FORMAT), arg("buffersize", UINT).nonzero(), pad(24)],
);
static META: Record =
    record("v4l2_meta_format", &[arg("dataformat", METADATA_FORMAT), arg("buffersize", UINT)]);

/// The member of a format that a buffer's type asks for.
fn member(cx: &Plain<'_>, buffer_type: u64) -> Option<(&'static str, &'static Record)> {
    let is = |types: &[Const]| types.iter().any(|c| cx.is(buffer_type, *c));
    Some(match () {
        () if is(&[V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_OUTPUT]) => ("fmt.pix", &PIX),
        () if is(&[V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE]) => {
            ("fmt.pix_mp", &PIX_MP)
        }
        () if is(&[V4L2_BUF_TYPE_VIDEO_OVERLAY, V4L2_BUF_TYPE_VIDEO_OUTPUT_OVERLAY]) => ("fmt.win", &WINDOW),
        () if is(&[V4L2_BUF_TYPE_VBI_CAPTURE, V4L2_BUF_TYPE_VBI_OUTPUT]) => ("fmt.vbi", &VBI),
        () if is(&[V4L2_BUF_TYPE_SLICED_VBI_CAPTURE, V4L2_BUF_TYPE_SLICED_VBI_OUTPUT]) => {
            ("fmt.sliced", &SLICED)
        }
        () if is(&[V4L2_BUF_TYPE_SDR_CAPTURE, V4L2_BUF_TYPE_SDR_OUTPUT]) => ("fmt.sdr", &SDR),
        () if is(&[V4L2_BUF_TYPE_META_CAPTURE, V4L2_BUF_TYPE_META_OUTPUT]) => ("fmt.meta", &META),
        () => return None,
    })
}

/// The size of `struct v4l2_format`, whose union has 200 bytes and pointers in it.
pub(super) fn format_size(cx: &Plain<'_>) -> usize {
    union_offset(cx) + 200
}

fn union_offset(cx: &Plain<'_>) -> usize {
    cx.word()
}

/// Shows the type of a format; `None` if the format can't be read.
pub(super) fn show_type(cx: &mut Cx<'_>, addr: u64) -> Option<u64> {
    let last = addr.wrapping_add(format_size(cx) as u64 - 1);
    cx.read_uint(last, 1)?;
    cx.read_u32(addr).map(u64::from)
}

/// Shows a format's member; false if there is none, or if its list of clips has not been shown.
pub(super) fn show_member(cx: &mut Cx<'_>, addr: u64, buffer_type: u64) -> bool {
    let Some((name, record)) = member(cx, buffer_type) else { return false };
    let addr = addr.wrapping_add(union_offset(cx) as u64);
    let mut whole = true;
    cx.out.field(name);
    if cx.is(buffer_type, V4L2_BUF_TYPE_VIDEO_OVERLAY)
        || cx.is(buffer_type, V4L2_BUF_TYPE_VIDEO_OUTPUT_OVERLAY)
    {
        let (mut clips, mut count) = (0, 0);
        cx.with_record(record, addr, |cx| (clips, count) = (cx.field("clips"), cx.field("clipcount")));
        whole = count != 0 && is_array_there(cx, clips, count, CLIP.size(cx.abi));
    }
    cx.deref_record(record, addr);
    whole
}

/// Shows a format that is asked for: its type, and then what it is.
fn show_get(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        let known = if is_shown(cx, addr) { show_type(cx, addr) } else { None };
        let Some(buffer_type) = known else { return cx.out.addr(addr) };
        cx.save(buffer_type);
        cx.out.open(Kind::Struct);
        cx.out.field("type");
        return cx.enumerated(W4, &BUFFER_TYPES, buffer_type);
    }
    let Some(buffer_type) = cx.saved_here() else { return };
    if !cx.failed() {
        show_member(cx, addr, buffer_type);
    }
    cx.out.close(Kind::Struct);
}

/// Shows a format that is set, and what has become of it.
fn show_set(cx: &mut Cx<'_>, addr: u64) {
    /// Where it is kept that there is something to show after the call.
    const KNOWN: usize = 3;
    around(
        cx,
        addr,
        |cx| {
            let Some(buffer_type) = show_type(cx, addr) else { return false };
            cx.out.change_begin();
            cx.out.open(Kind::Struct);
            cx.out.field("type");
            cx.enumerated(W4, &BUFFER_TYPES, buffer_type);
            if show_member(cx, addr, buffer_type) {
                cx.save_for(KNOWN, buffer_type);
            }
            cx.out.close(Kind::Struct);
            true
        },
        |cx| {
            let Some(buffer_type) = cx.saved(KNOWN).filter(|_| !cx.failed()) else { return };
            cx.out.changed();
            cx.out.open(Kind::Struct);
            show_member(cx, addr, buffer_type);
            cx.out.close(Kind::Struct);
        },
    );
}

const FORMAT: &[Stretch] = &[Stretch::arg(2, 208), Stretch::to(Start::Arg(2), Struct(&OVERLAY)).beyond()];
/// A `struct v4l2_format` of the one kind that leads to more memory.
pub(super) static OVERLAY: Record = record("v4l2_format", &[arg("type", UINT), arg("win", Struct(&WINDOW))]);
static GET_FORMAT: Hook = Hook { dir: InOut, show: show_get, reads: FORMAT };
static SET_FORMAT: Hook = Hook { dir: InOut, show: show_set, reads: FORMAT };

static FRAME_SIZE: Record = record(
    "v4l2_frmsizeenum",
    &[
        arg("index", UINT),
        arg("pixel_format", PIXEL_FORMAT),
        arg("type", Enum(W4, &FRAME_SIZES)),
        arg("", InlineHook(&decode::Inlined { sizes: [24; 3], align: 4, show: show_frame_size, reads: &[] })),
        pad(8),
    ],
);
static DISCRETE_SIZE: Record = record("v4l2_frmsize_discrete", &[arg("width", UINT), arg("height", UINT)]);
static STEPWISE_SIZE: Record = record(
    "v4l2_frmsize_stepwise",
    &[
        arg("min_width", UINT),
        arg("max_width", UINT),
        arg("step_width", UINT),
        arg("min_height", UINT),
        arg("max_height", UINT),
        arg("step_height", UINT),
    ],
);

/// Shows the record at `offset` of the one at hand as a member of that.
fn show_part(cx: &mut Cx<'_>, name: &str, record: &'static Record, offset: u64) {
    let mut bytes = [0; 24];
    let given = cx.raw(offset as usize, record.size(cx.abi).min(bytes.len()));
    let len = given.len();
    bytes[..len].copy_from_slice(given);
    cx.out.field(name);
    cx.record_from(record, &bytes[..len], cx.record_addr().wrapping_add(offset));
}

/// Shows the sizes of frames: one, or a range.
fn show_frame_size(cx: &mut Cx<'_>, offset: u64) {
    let kind = cx.field("type");
    if cx.is(kind, V4L2_FRMSIZE_TYPE_DISCRETE) {
        show_part(cx, "discrete", &DISCRETE_SIZE, offset);
    } else if cx.is(kind, V4L2_FRMSIZE_TYPE_STEPWISE) {
        show_part(cx, "stepwise", &STEPWISE_SIZE, offset);
    }
}

static FRAME_INTERVAL: Record = record(
    "v4l2_frmivalenum",
    &[
        arg("index", UINT),
        arg("pixel_format", PIXEL_FORMAT),
        arg("width", UINT),
        arg("height", UINT),
        arg("type", Enum(W4, &FRAME_INTERVALS)),
        arg(
            "",
            InlineHook(&decode::Inlined { sizes: [24; 3], align: 4, show: show_frame_interval, reads: &[] }),
        ),
        pad(8),
    ],
);
static STEPWISE_INTERVAL: Record = record(
    "v4l2_frmival_stepwise",
    &[arg("min", super::FRACTION), arg("max", super::FRACTION), arg("step", super::FRACTION)],
);

/// Shows the intervals between frames: one, or a range.
fn show_frame_interval(cx: &mut Cx<'_>, offset: u64) {
    let kind = cx.field("type");
    if cx.is(kind, V4L2_FRMIVAL_TYPE_DISCRETE) {
        cx.out.field("discrete");
        let at = offset as usize;
        let text = Line::new(format_args!("{}/{}", cx.load(at, 4), cx.load(at + 4, 4)));
        cx.out.word(text.as_str());
    } else if cx.is(kind, V4L2_FRMIVAL_TYPE_CONTINUOUS) || cx.is(kind, V4L2_FRMIVAL_TYPE_STEPWISE) {
        show_part(cx, "stepwise", &STEPWISE_INTERVAL, offset);
    }
}

static FRAMEBUFFER: Record = record(
    "v4l2_framebuffer",
    &[
        arg("capability", X32),
        arg("flags", X32),
        arg("base", Addr),
        arg("fmt", Array(&HEX, Len::Const(8))).when(|_| false),
    ],
);

pub(super) static REQUESTS: &[Request] = &[
    req(VIDIOC_QUERYCAP, At(Out, &Struct(&CAPABILITY))),
    req(
        VIDIOC_ENUM_FMT,
        At(
            InOut,
            &Filled(
                &Members(&DESCRIPTION, &["index", "type"]),
                &Members(&DESCRIPTION, &["flags", "description", "pixelformat"]),
            ),
        ),
    ),
    req(VIDIOC_G_FMT, Ty::Hook(&GET_FORMAT)),
    req(VIDIOC_S_FMT, Ty::Hook(&SET_FORMAT)),
    req(VIDIOC_TRY_FMT, Ty::Hook(&SET_FORMAT)),
    req(VIDIOC_G_FBUF, At(Out, &Struct(&FRAMEBUFFER))),
    req(VIDIOC_S_FBUF, At(In, &Struct(&FRAMEBUFFER))),
    req(
        VIDIOC_ENUM_FRAMESIZES,
        At(
            InOut,
            &Filled(&Members(&FRAME_SIZE, &["index", "pixel_format"]), &Members(&FRAME_SIZE, &["type", ""])),
        ),
    ),
    req(
        VIDIOC_ENUM_FRAMEINTERVALS,
        At(
            InOut,
            &Filled(
                &Members(&FRAME_INTERVAL, &["index", "pixel_format", "width", "height"]),
                &Members(&FRAME_INTERVAL, &["type", ""]),
            ),
        ),
    ),
];
