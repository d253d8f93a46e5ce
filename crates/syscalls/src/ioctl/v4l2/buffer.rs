//! Buffers.

use super::format::{show_member, show_type};
use super::names::*;
use crate::common::TIMEVAL;
use crate::file::show_open_flags;
use crate::ioctl::shape::is_shown;
use crate::ioctl::{Request, req};
use decode::prelude::*;
use decode::{Hook, Stretch};
use uapi::consts::*;

/// Shows a buffer's flags, among them when its time has been taken, and by what clock.
fn show_flags(cx: &mut Cx<'_>, v: u64) {
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
fn memory_is(cx: &Cx<'_>, c: Const) -> bool {
    cx.is(cx.field("memory"), c)
}

/// Shows where a buffer is, if that is a matter of an offset or an address.
fn show_place(cx: &mut Cx<'_>, place: u64) {
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
const TAIL: [Arg; 5] = [
    arg("sequence", UINT),
    arg("memory", Enum(W4, &MEMORIES)),
    arg("", Scalar(Long, show_place)),
    arg("length", UINT),
    arg("request_fd", Int(W8, Hex)),
];
static TIMEVAL64: Record = record("__kernel_v4l2_timeval", &[arg("tv_sec", S64), arg("tv_usec", U64)]);
static TIMEVAL32: Record = record("old_timeval32", &[arg("tv_sec", INT), arg("tv_usec", UINT)]);

/// A buffer whose time is of this kind.
const fn buffer(time: &'static Record) -> [Arg; 12] {
    [
        HEAD[0],
        HEAD[1],
        HEAD[2],
        HEAD[3],
        HEAD[4],
        arg("timestamp", Struct(time)),
        // Of no interest unless it is flagged, and not even then.
        arg("timecode", Binary(Len::Const(16))),
        TAIL[0],
        TAIL[1],
        TAIL[2],
        TAIL[3],
        TAIL[4],
    ]
}
static BUFFER: Record = record("v4l2_buffer", &const { buffer(&TIMEVAL) });
/// As 32-bit programs have it whose time has 64 bits.
static BUFFER_TIME64: Record = record("v4l2_buffer_time64", &const { buffer(&TIMEVAL64) });
/// As programs had it whose time had 32 bits.
static BUFFER_TIME32: Record = record("v4l2_buffer_time32", &const { buffer(&TIMEVAL32) });

/// Shows what is told of a buffer after the call. There is always more to it.
fn finish(cx: &mut Cx<'_>, addr: u64, record: &'static Record, names: &[&str]) {
    if cx.saved_here().is_none() {
        return;
    }
    if !cx.failed() {
        cx.with_record(record, addr, |cx| {
            cx.show_members(names);
            cx.out.more();
        });
    }
    cx.out.close(Kind::Struct);
}

/// Shows a buffer that is asked for or handed over.
fn show_buffer(cx: &mut Cx<'_>, addr: u64, record: &'static Record) {
    if cx.exiting() {
        return finish(cx, addr, record, &["memory", "", "length", "bytesused", "flags"]);
    }
    crate::ioctl::shape::split(cx, addr, record, &["type", "index"], &[]);
}

/// Shows a buffer that is got back.
fn show_got_buffer(cx: &mut Cx<'_>, addr: u64, record: &'static Record) {
    if cx.exiting() {
        return finish(
            cx,
            addr,
            record,
            &["index", "memory", "", "length", "bytesused", "flags", "timestamp"],
        );
    }
    crate::ioctl::shape::split(cx, addr, record, &["type"], &[]);
}

const READS: &[Stretch] = &[Stretch::arg(2, 88)];
static GIVEN: Hook = Hook { dir: InOut, show: |cx, a| show_buffer(cx, a, &BUFFER), reads: READS };
static GOT: Hook = Hook { dir: InOut, show: |cx, a| show_got_buffer(cx, a, &BUFFER), reads: READS };
static GIVEN_TIME64: Hook =
    Hook { dir: InOut, show: |cx, a| show_buffer(cx, a, &BUFFER_TIME64), reads: READS };
static GOT_TIME64: Hook =
    Hook { dir: InOut, show: |cx, a| show_got_buffer(cx, a, &BUFFER_TIME64), reads: READS };
static GIVEN_TIME32: Hook =
    Hook { dir: InOut, show: |cx, a| show_buffer(cx, a, &BUFFER_TIME32), reads: READS };
static GOT_TIME32: Hook =
    Hook { dir: InOut, show: |cx, a| show_got_buffer(cx, a, &BUFFER_TIME32), reads: READS };

/// Shows how many buffers are asked for, and how many there are.
fn show_request(cx: &mut Cx<'_>, addr: u64) {
    if cx.exiting() {
        let Some(before) = cx.saved_here() else { return };
        let after = cx.read_u32(addr).map(u64::from).filter(|&after| !cx.failed() && after != before);
        if let Some(after) = after {
            cx.out.changed();
            cx.out.uint(after);
        }
        cx.out.change_end();
        return cx.out.close(Kind::Struct);
    }
    let mut count = 0;
    let opened = is_shown(cx, addr)
        && cx.with_record(&REQUEST, addr, |cx| {
            count = cx.field("count");
            cx.out.open(Kind::Struct);
            cx.show_members(&["type", "memory"]);
            cx.out.field("count");
            cx.out.change_begin();
            cx.out.uint(count);
        });
    if opened { cx.save(count) } else { cx.out.addr(addr) }
}

static REQUEST: Record = record(
    "v4l2_requestbuffers",
    &[arg("count", UINT), arg("type", Enum(W4, &BUFFER_TYPES)), arg("memory", Enum(W4, &MEMORIES)), pad(8)],
);
static REQUEST_HOOK: Hook = Hook { dir: InOut, show: show_request, reads: &[Stretch::arg(2, 20)] };

/// What stands before the format in `struct v4l2_create_buffers`.
static CREATE: Record = record(
    "v4l2_create_buffers",
    &[arg("index", UINT), arg("count", UINT), arg("memory", Enum(W4, &MEMORIES))],
);

/// The address of the format in a `struct v4l2_create_buffers`, if that can be read as a whole.
fn created_format(cx: &mut Cx<'_>, addr: u64) -> Option<u64> {
    /// What stands behind the format.
    const TAIL: u64 = 32;
    let (offset, size) = if cx.word() == 8 { (16, 208) } else { (12, 204) };
    let last = addr.wrapping_add(offset + size + TAIL - 1);
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
const CREATED: Ret = Ret::Aux(&Ret::Dec, |cx| {
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
static CREATE_HOOK: Hook = Hook { dir: In, show: show_create, reads: &[Stretch::arg(2, 256)] };

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
    req(VIDIOC_REQBUFS, Ty::Hook(&REQUEST_HOOK)),
    req(VIDIOC_CREATE_BUFS, Ty::Hook(&CREATE_HOOK)).returning(CREATED),
    req(VIDIOC_QUERYBUF, Ty::Hook(&GIVEN)),
    req(VIDIOC_QBUF, Ty::Hook(&GIVEN)),
    req(VIDIOC_DQBUF, Ty::Hook(&GOT)),
    req(other!("VIDIOC_QUERYBUF", 0x09, 64), Ty::Hook(&GIVEN_TIME64)),
    req(other!("VIDIOC_QBUF", 0x0f, 64), Ty::Hook(&GIVEN_TIME64)),
    req(other!("VIDIOC_DQBUF", 0x11, 64), Ty::Hook(&GOT_TIME64)),
    req(other!("VIDIOC_QUERYBUF_TIME32", 0x09, 32), Ty::Hook(&GIVEN_TIME32)),
    req(other!("VIDIOC_QBUF_TIME32", 0x0f, 32), Ty::Hook(&GIVEN_TIME32)),
    req(other!("VIDIOC_DQBUF_TIME32", 0x11, 32), Ty::Hook(&GOT_TIME32)),
    req(VIDIOC_EXPBUF, EXPORT_TY),
];
