//! Buffers.

use super::format::{OVERLAY, format_size, show_member, show_type};
use super::names::*;
use crate::common::TIMEVAL;
use crate::file::show_open_flags;
use crate::ioctl::shape::is_shown;
use crate::ioctl::{Request, req};
use decode::prelude::*;
use decode::{Start, Stretch};
use uapi::consts::*;

/// Shows a buffer's flags, among them when its time has been taken, and by what clock.
fn show_flags(cx: &mut Plain<'_>, v: u64) {
    let (clock, source) = (V4L2_BUF_FLAG_TIMESTAMP_MASK.v(), V4L2_BUF_FLAG_TSTAMP_SRC_MASK.v());
    cx.out.open(Kind::Parts(v, Base::Hex));
    cx.out.open(Kind::Terms);
    let flags = v & !(clock | source);
    if flags != 0 {
        cx.out.item();
        cx.flags(W8, &BUFFER_FLAGS, flags);
    }
    for (table, value) in [(&TIMESTAMPS, v & clock), (&TIMESTAMP_SOURCES, v & source)] {
        cx.out.item();
        cx.enumerated(W8, table, value);
    }
    cx.out.close(Kind::Terms);
    cx.out.close(Kind::Parts(v, Base::Hex));
}

/// Whether a buffer's memory is of this kind.
fn memory_is(cx: &Plain<'_>, c: Const) -> bool {
    cx.is(cx.field("memory"), c)
}

/// Shows where a buffer is, if that is a matter of an offset or an address.
fn show_place(cx: &mut Plain<'_>, place: u64) {
    if memory_is(cx, V4L2_MEMORY_MMAP) {
        cx.out.field("m.offset");
        cx.out.hex(place & 0xffff_ffff);
    } else if memory_is(cx, V4L2_MEMORY_USERPTR) {
        cx.out.field("m.userptr");
        cx.out.hex(place);
    }
}

/// The members of a buffer before its time, and behind that.
const HEAD: [Arg; 5] = [
    arg("index", UINT),
    arg("type", Enum(W4, &BUFFER_TYPES)),
    arg("bytesused", UINT),
    arg("flags", Scalar(W4, show_flags)),
    arg("field", Enum(W4, &FIELDS)),
];
const TAIL: [Arg; 6] = [
    arg("sequence", UINT),
    arg("memory", Enum(W4, &MEMORIES)),
    arg("", Scalar(Long, show_place)),
    arg("length", UINT),
    arg("reserved2", UINT),
    arg("request_fd", INT),
];
static TIMEVAL64: Record = record("__kernel_v4l2_timeval", &[arg("tv_sec", S64), arg("tv_usec", U64)]);
static TIMEVAL32: Record = record("old_timeval32", &[arg("tv_sec", INT), arg("tv_usec", UINT)]);

/// A buffer whose time is of this kind.
const fn buffer(time: &'static Record) -> [Arg; 13] {
    [
        HEAD[0],
        HEAD[1],
        HEAD[2],
        HEAD[3],
        HEAD[4],
        arg("timestamp", Struct(time)),
        // Of no interest unless it is flagged, and not even then: there is always more to a buffer.
        arg("timecode", Binary(Len::Const(16))).elided(),
        TAIL[0],
        TAIL[1],
        TAIL[2],
        TAIL[3],
        TAIL[4],
        TAIL[5],
    ]
}
static BUFFER: Record = record("v4l2_buffer", &const { buffer(&TIMEVAL) });
/// As 32-bit programs have it whose time has 64 bits.
static BUFFER_TIME64: Record = record("v4l2_buffer_time64", &const { buffer(&TIMEVAL64) });
/// As programs had it whose time had 32 bits.
static BUFFER_TIME32: Record = record("v4l2_buffer_time32", &const { buffer(&TIMEVAL32) });

/// A buffer that is asked for or handed over.
const fn handed_over(buffer: &'static Record) -> [Ty; 2] {
    [
        Members(buffer, &["type", "index"]),
        Members(buffer, &["memory", "", "length", "bytesused", "flags", "timecode"]),
    ]
}

/// A buffer that is got back.
const fn got_back(buffer: &'static Record) -> [Ty; 2] {
    [
        Members(buffer, &["type"]),
        Members(buffer, &["index", "memory", "", "length", "bytesused", "flags", "timestamp", "timecode"]),
    ]
}

static GIVEN: [Ty; 2] = handed_over(&BUFFER);
static GOT: [Ty; 2] = got_back(&BUFFER);
static GIVEN_TIME64: [Ty; 2] = handed_over(&BUFFER_TIME64);
static GOT_TIME64: [Ty; 2] = got_back(&BUFFER_TIME64);
static GIVEN_TIME32: [Ty; 2] = handed_over(&BUFFER_TIME32);
static GOT_TIME32: [Ty; 2] = got_back(&BUFFER_TIME32);

/// How many buffers are asked for, and how many there are.
static REQUEST: Record = record(
    "v4l2_requestbuffers",
    &[
        arg("count", Changes(&UINT)),
        arg("type", Enum(W4, &BUFFER_TYPES)),
        arg("memory", Enum(W4, &MEMORIES)),
        pad(8),
    ],
);
/// A `struct v4l2_create_buffers` whose format is of the one kind that leads to more memory.
static CREATE: Record = record(
    "v4l2_create_buffers",
    &[
        arg("index", UINT),
        arg("count", UINT),
        arg("memory", Enum(W4, &MEMORIES)),
        arg("format", Struct(&OVERLAY)),
    ],
);

/// The address of the format in a `struct v4l2_create_buffers`, if that can be read as a whole.
fn created_format(cx: &mut Cx<'_>, addr: u64) -> Option<u64> {
    /// What stands behind the format.
    const TAIL: u64 = 32;
    let offset = CREATE.offset("format", cx.abi) as u64;
    let last = addr.wrapping_add(offset + format_size(cx) as u64 + TAIL - 1);
    let readable = is_shown(cx, addr) && cx.read_uint(last, 1).is_some();
    readable.then(|| addr.wrapping_add(offset))
}

/// Shows what buffers are to be made.
fn show_create(cx: &mut Cx<'_>, addr: u64) {
    let Some(format) = created_format(cx, addr) else { return cx.out.addr(addr) };
    let buffer_type = show_type(cx, format);
    let Some(buffer_type) = buffer_type else { return cx.out.addr(addr) };
    let opened = cx.with_record(&CREATE, addr, |cx| {
        cx.out.open(Kind::Struct);
        cx.show_members(&["count", "memory"]);
    });
    if !opened {
        return cx.out.addr(addr);
    }
    cx.out.field("format");
    cx.out.open(Kind::Struct);
    cx.out.field("type");
    cx.enumerated(W4, &BUFFER_TYPES, buffer_type);
    show_member(cx, format, buffer_type);
    cx.out.close(Kind::Struct);
    cx.out.close(Kind::Struct);
}

/// Which buffers have been made.
const CREATED: Ret = Ret::AuxHook(&Ret::Dec, &[Stretch::arg(2, 256)], |cx| {
    let addr = cx.arg(2);
    let Some(both) = created_format(cx, addr).and_then(|_| cx.read_uint(addr, 8)) else { return };
    cx.aux(|cx| {
        cx.out.aux_part("");
        cx.out.open(Kind::Struct);
        cx.out.field("index");
        cx.out.uint(both & 0xffff_ffff);
        cx.out.field("count");
        cx.out.uint(both >> 32);
        cx.out.close(Kind::Struct);
    });
});
static CREATED_HOOK: decode::Hook = decode::Hook {
    dir: In,
    show: show_create,
    reads: &[Stretch::here(256), Stretch::to(Start::Here, Struct(&CREATE)).beyond()],
};
static EXPORT: Record = record(
    "v4l2_exportbuffer",
    &[
        arg("type", Enum(W4, &BUFFER_TYPES)),
        arg("index", UINT),
        arg("plane", UINT),
        arg("flags", Scalar(W4, show_open_flags)),
        arg("fd", Fd),
        pad(44),
    ],
);
const EXPORT_TY: Ty =
    At(InOut, &Becomes(&Members(&EXPORT, &["type", "index", "plane", "flags"]), &Members(&EXPORT, &["fd"])));

/// A request with an old or a new number, which depends on the ABI.
const fn other(name: &'static str, code: &'static [Option<u64>; 5]) -> Const {
    Const { name, value: 0, per_abi: Some(code) }
}
/// The numbers, but for a request's own, where a buffer has a time of 64 bits in 32-bit programs, and of 32 bits in
/// 64-bit ones.
macro_rules! other {
    ($name:literal, $nr:literal, 64) => {
        other($name, &[None, Some(0xc04c_5600 | $nr), None, None, None])
    };
    ($name:literal, $nr:literal, 32) => {{
        const LP64: Option<u64> = Some(0xc050_5600 | $nr);
        other($name, &[LP64, None, Some(0xc044_5600 | $nr), LP64, LP64])
    }};
}

pub(super) static REQUESTS: &[Request] = &[
    req(
        VIDIOC_REQBUFS,
        At(InOut, &Filled(&Members(&REQUEST, &["type", "memory", "count"]), &Members(&REQUEST, &[]))),
    ),
    req(VIDIOC_CREATE_BUFS, Ty::Hook(&CREATED_HOOK)).returning(CREATED),
    req(VIDIOC_QUERYBUF, At(InOut, &Filled(&GIVEN[0], &GIVEN[1]))),
    req(VIDIOC_QBUF, At(InOut, &Filled(&GIVEN[0], &GIVEN[1]))),
    req(VIDIOC_DQBUF, At(InOut, &Filled(&GOT[0], &GOT[1]))),
    req(other!("VIDIOC_QUERYBUF", 0x09, 64), At(InOut, &Filled(&GIVEN_TIME64[0], &GIVEN_TIME64[1]))),
    req(other!("VIDIOC_QBUF", 0x0f, 64), At(InOut, &Filled(&GIVEN_TIME64[0], &GIVEN_TIME64[1]))),
    req(other!("VIDIOC_DQBUF", 0x11, 64), At(InOut, &Filled(&GOT_TIME64[0], &GOT_TIME64[1]))),
    req(other!("VIDIOC_QUERYBUF_TIME32", 0x09, 32), At(InOut, &Filled(&GIVEN_TIME32[0], &GIVEN_TIME32[1]))),
    req(other!("VIDIOC_QBUF_TIME32", 0x0f, 32), At(InOut, &Filled(&GIVEN_TIME32[0], &GIVEN_TIME32[1]))),
    req(other!("VIDIOC_DQBUF_TIME32", 0x11, 32), At(InOut, &Filled(&GOT_TIME32[0], &GOT_TIME32[1]))),
    req(VIDIOC_EXPBUF, EXPORT_TY),
];
