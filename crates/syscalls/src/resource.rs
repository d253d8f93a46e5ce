//! Limits, priorities, and what has been used.

use crate::common::{TIMEVAL, uncommon};
use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

static RESOURCES: Names = names(
    "RLIMIT_???",
    &[
        RLIMIT_CPU,
        RLIMIT_FSIZE,
        RLIMIT_DATA,
        RLIMIT_STACK,
        RLIMIT_CORE,
        RLIMIT_RSS,
        RLIMIT_NPROC,
        RLIMIT_NOFILE,
        RLIMIT_MEMLOCK,
        RLIMIT_AS,
        RLIMIT_LOCKS,
        RLIMIT_SIGPENDING,
        RLIMIT_MSGQUEUE,
        RLIMIT_NICE,
        RLIMIT_RTPRIO,
        RLIMIT_RTTIME,
    ],
);

/// The kernel's own name for what no program may ask for.
const RUSAGE_BOTH: Const = uncommon("RUSAGE_BOTH", -2i64 as u64);
static USAGES: Names = names("RUSAGE_???", &[RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_BOTH, RUSAGE_THREAD]);
static PRIORITIES: Names = names("PRIO_???", &[PRIO_PROCESS, PRIO_PGRP, PRIO_USER]);
static IO_PRIORITIES: Names =
    names("IOPRIO_WHO_???", &[IOPRIO_WHO_PROCESS, IOPRIO_WHO_PGRP, IOPRIO_WHO_USER]);
static IO_CLASSES: Names =
    names("IOPRIO_CLASS_???", &[IOPRIO_CLASS_NONE, IOPRIO_CLASS_RT, IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE]);

const RESOURCE: Arg = arg("resource", Enum(W4, &RESOURCES));

/// `struct rusage`.
pub(crate) static RUSAGE: Record = record(
    "rusage",
    &[
        arg("ru_utime", Struct(&TIMEVAL)),
        arg("ru_stime", Struct(&TIMEVAL)),
        arg("ru_maxrss", KULONG).verbose(),
        arg("ru_ixrss", KULONG).verbose(),
        arg("ru_idrss", KULONG).verbose(),
        arg("ru_isrss", KULONG).verbose(),
        arg("ru_minflt", KULONG).verbose(),
        arg("ru_majflt", KULONG).verbose(),
        arg("ru_nswap", KULONG).verbose(),
        arg("ru_inblock", KULONG).verbose(),
        arg("ru_oublock", KULONG).verbose(),
        arg("ru_msgsnd", KULONG).verbose(),
        arg("ru_msgrcv", KULONG).verbose(),
        arg("ru_nsignals", KULONG).verbose(),
        arg("ru_nvcsw", KULONG).verbose(),
        arg("ru_nivcsw", KULONG).verbose(),
    ],
);

/// Shows a limit: mostly a whole number of kilobytes.
fn show_limit(cx: &mut Plain<'_>, v: u64) {
    if v > 1024 && v.is_multiple_of(1024) {
        let kilobytes = v / 1024;
        return cx.out.symbolic(v, Base::Udec, &[Part::Times(kilobytes, 1024)], "");
    }
    cx.out.uint(v);
}

fn show_limit64(cx: &mut Plain<'_>, v: u64) {
    match v {
        u64::MAX => cx.named(v, Base::Udec, "RLIM64_INFINITY"),
        _ => show_limit(cx, v),
    }
}

/// A limit of 32 bits has an infinity of its own.
fn show_limit_long(cx: &mut Plain<'_>, v: u64) {
    match cx.abi.klong() {
        4 if v == u64::from(u32::MAX) => cx.named(v, Base::Udec, "RLIM_INFINITY"),
        4 => show_limit(cx, v),
        _ => show_limit64(cx, v),
    }
}

/// `struct rlimit`.
static RLIMIT: Record = record(
    "rlimit",
    &[arg("rlim_cur", Scalar(KLong, show_limit_long)), arg("rlim_max", Scalar(KLong, show_limit_long))],
);
/// `struct rlimit64`, which is the same on every ABI.
static RLIMIT64: Record = record(
    "rlimit64",
    &[arg("rlim_cur", Scalar(W8, show_limit64)), arg("rlim_max", Scalar(W8, show_limit64))],
);

/// Clock ticks, of which there are 100 in a second whatever the kernel's own (`USER_HZ`).
pub(crate) fn note_ticks(cx: &mut Plain<'_>, ticks: u64) {
    cx.out.uint(ticks);
    if ticks != 0 {
        cx.out.seconds(ticks, 2);
    }
}
/// A `clock_t` of the ABI, which has a sign though it is not shown with one.
const TICKS: Ty = Scalar(KLong, |cx, v| {
    let bytes = cx.size_of(&KLONG) as u32;
    note_ticks(cx, sign_extend(v, bytes) as u64);
});
/// `struct tms`.
static TMS: Record = record(
    "tms",
    &[arg("tms_utime", TICKS), arg("tms_stime", TICKS), arg("tms_cutime", TICKS), arg("tms_cstime", TICKS)],
);

/// An I/O priority's class is above its 13 bits of data.
const IOPRIO_SHIFT: u32 = 13;

fn show_ioprio(cx: &mut Plain<'_>, v: u64) {
    if !cx.out.names() {
        return cx.out.int(i64::from(v as i32));
    }
    show_composed_ioprio(cx, i64::from(v as i32) as u64, Base::Dec);
}

/// Shows an I/O priority of a request, which is a bit field.
pub(crate) fn show_request_ioprio(cx: &mut Plain<'_>, v: u64) {
    if !cx.out.names() {
        return cx.out.hex(v);
    }
    show_composed_ioprio(cx, v, Base::Hex);
}

fn show_composed_ioprio(cx: &mut Plain<'_>, v: u64, base: Base) {
    let kind = Kind::Composed("IOPRIO_PRIO_VALUE", v, base);
    cx.out.open(kind);
    show_ioprio_parts(cx, v);
    cx.out.close(kind);
}

fn show_ioprio_parts(cx: &mut Plain<'_>, v: u64) {
    cx.out.item();
    cx.enumerated(W4, &IO_CLASSES, (v & 0xffff_ffff) >> IOPRIO_SHIFT);
    cx.out.item();
    cx.out.uint(v & ((1 << IOPRIO_SHIFT) - 1));
}

fn explain_ioprio(cx: &mut Plain<'_>) {
    if !cx.out.names() {
        return;
    }
    let v = cx.ret() as u64;
    let kind = Kind::Macro("IOPRIO_PRIO_VALUE");
    cx.aux(|cx| {
        cx.out.aux_part("");
        cx.out.open(kind);
        show_ioprio_parts(cx, v);
        cx.out.close(kind);
    });
}

/// Whom a priority is of, by the kind before it.
fn show_who(cx: &mut Plain<'_>, v: u64) {
    let which = cx.arg(0);
    let who = v as i32;
    if cx.is(which, PRIO_PROCESS) {
        cx.pid(PidKind::Tgid, who);
    } else if cx.is(which, PRIO_PGRP) {
        cx.pid(PidKind::Pgid, who);
    } else {
        cx.out.int(i64::from(who));
    }
}

fn show_io_who(cx: &mut Plain<'_>, v: u64) {
    let which = cx.arg(0);
    let who = v as i32;
    if cx.is(which, IOPRIO_WHO_PROCESS) {
        cx.pid(PidKind::Tgid, who);
    } else if cx.is(which, IOPRIO_WHO_PGRP) {
        cx.pid(PidKind::Pgid, who);
    } else {
        cx.out.int(i64::from(who));
    }
}

const PRIORITY: Arg = arg("which", Enum(W4, &PRIORITIES));
const WHO: Arg = arg("who", Scalar(W4, show_who));
const IO_PRIORITY: Arg = arg("which", Enum(W4, &IO_PRIORITIES));
const IO_WHO: Arg = arg("who", Scalar(W4, show_io_who));

pub(crate) static ROWS: &[Syscall] = &[
    syscall("getrlimit", NONE, Ret::Dec, &[RESOURCE, arg("rlim", At(Out, &Struct(&RLIMIT)))]),
    syscall("ugetrlimit", NONE, Ret::Dec, &[RESOURCE, arg("rlim", At(Out, &Struct(&RLIMIT)))]),
    syscall("setrlimit", NONE, Ret::Dec, &[RESOURCE, arg("rlim", At(In, &Struct(&RLIMIT)))]),
    syscall(
        "prlimit64",
        NONE,
        Ret::Dec,
        &[
            arg("pid", TGID),
            RESOURCE,
            arg("new_limit", At(In, &Struct(&RLIMIT64))),
            arg("old_limit", At(Out, &Struct(&RLIMIT64))),
        ],
    ),
    syscall(
        "getrusage",
        NONE,
        Ret::Dec,
        &[arg("who", Enum(W4, &USAGES)), arg("usage", At(Out, &Struct(&RUSAGE)))],
    ),
    // It counts from an arbitrary point in the past, and may well look like an error.
    syscall("times", NONE, Ret::Udec, &[arg("buf", At(Out, &Struct(&TMS)))]),
    syscall("getpriority", NONE, Ret::Dec, &[PRIORITY, WHO]),
    syscall("setpriority", NONE, Ret::Dec, &[PRIORITY, WHO, arg("prio", INT)]),
    syscall("nice", NONE, Ret::Dec, &[arg("increment", INT)]),
    syscall("ioprio_get", NONE, Ret::Aux(&Ret::Dec, explain_ioprio), &[IO_PRIORITY, IO_WHO]),
    syscall("ioprio_set", NONE, Ret::Dec, &[IO_PRIORITY, IO_WHO, arg("ioprio", Scalar(W4, show_ioprio))]),
];
