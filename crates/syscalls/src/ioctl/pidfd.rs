//! Descriptors of processes: `pidfd_open(2)`.

use super::{Request, bits, req};
use crate::common::SIGNAL;
use crate::wait::show_status;
use decode::prelude::*;
use decode::{Found, Hook};
use uapi::consts::*;

static INFO: Names = names(
    "PIDFD_INFO_???",
    &[
        PIDFD_INFO_PID,
        PIDFD_INFO_CREDS,
        PIDFD_INFO_CGROUPID,
        PIDFD_INFO_EXIT,
        PIDFD_INFO_COREDUMP,
        PIDFD_INFO_SUPPORTED_MASK,
        PIDFD_INFO_COREDUMP_SIGNAL,
        PIDFD_INFO_COREDUMP_CODE,
    ],
);
static COREDUMP: Names = names(
    "PIDFD_COREDUMP_???",
    &[PIDFD_COREDUMPED, PIDFD_COREDUMP_SKIP, PIDFD_COREDUMP_USER, PIDFD_COREDUMP_ROOT],
);

/// Whether a struct says that it has this.
fn tells(cx: &Plain<'_>, what: Const) -> bool {
    cx.has(cx.load(0, 8), what)
}

const fn told(name: &'static str, ty: Ty, by: decode::When) -> Arg {
    arg(name, ty).when(by)
}

/// `struct pidfd_info`, but for the mask: what the mask says that there is.
static INFO_REST: Record = record(
    "pidfd_info",
    &[
        pad(8),
        told("cgroupid", U64, |c| tells(c, PIDFD_INFO_CGROUPID)),
        told("pid", TID, |c| tells(c, PIDFD_INFO_PID)),
        told("tgid", TGID, |c| tells(c, PIDFD_INFO_PID)),
        told("ppid", TGID, |c| tells(c, PIDFD_INFO_PID)),
        told("ruid", UINT, |c| tells(c, PIDFD_INFO_CREDS)),
        told("rgid", UINT, |c| tells(c, PIDFD_INFO_CREDS)),
        told("euid", UINT, |c| tells(c, PIDFD_INFO_CREDS)),
        told("egid", UINT, |c| tells(c, PIDFD_INFO_CREDS)),
        told("suid", UINT, |c| tells(c, PIDFD_INFO_CREDS)),
        told("sgid", UINT, |c| tells(c, PIDFD_INFO_CREDS)),
        told("fsuid", UINT, |c| tells(c, PIDFD_INFO_CREDS)),
        told("fsgid", UINT, |c| tells(c, PIDFD_INFO_CREDS)),
        told(
            "exit_code",
            Scalar(W4, |cx, v| {
                cx.out.open(Kind::Deref);
                show_status(cx, v);
                cx.out.close(Kind::Deref);
            }),
            |c| tells(c, PIDFD_INFO_EXIT),
        ),
        told("coredump_mask", Flags(W4, &COREDUMP), |c| tells(c, PIDFD_INFO_COREDUMP)),
        told("coredump_signal", SIGNAL, |c| tells(c, PIDFD_INFO_COREDUMP_SIGNAL)),
        told("coredump_code", UINT, |c| tells(c, PIDFD_INFO_COREDUMP_CODE)),
        pad(4),
        told("supported_mask", Flags(W8, &INFO), |c| tells(c, PIDFD_INFO_SUPPORTED_MASK)),
    ],
);

/// Shows what is asked for, and then what there is.
fn show_info(cx: &mut Cx<'_>, addr: u64) {
    let size = u64::from(cx.arg(1) as u32 >> bits::SIZE & bits::SIZE_MASK);
    let known = (INFO_REST.size(cx.abi) as u64).min(size);
    let mut raw = [0; decode::MAX_RECORD];
    let raw = &mut raw[..known as usize];
    if !cx.exiting() {
        if addr == 0 || !cx.options.verbose || !cx.read(addr, raw) {
            return cx.out.addr(addr);
        }
        let mask = mask_of(raw);
        cx.save(mask);
        cx.out.open(Kind::Struct);
        cx.out.field("mask");
        cx.out.change_begin();
        return cx.flags(W8, &INFO, mask);
    }
    let Some(asked) = cx.saved_here() else { return };
    let got = !cx.failed() && cx.read(addr, raw);
    if got && mask_of(raw) != asked {
        cx.out.changed();
        cx.flags(W8, &INFO, mask_of(raw));
    }
    cx.out.change_end();
    if got {
        cx.members_from(&INFO_REST, raw, addr);
        cx.beyond(addr, known, size);
    }
    cx.out.close(Kind::Struct);
}

fn mask_of(raw: &[u8]) -> u64 {
    raw.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

static INFO_ARG: Arg =
    arg("argp", Ty::Hook(&Hook { dir: InOut, show: show_info, reads: &[decode::Stretch::here(128)] }));

/// The smallest struct there was (`PIDFD_INFO_SIZE_VER0`).
const LEAST: u32 = 64;

/// Of a struct that is too small the address is all that is shown.
static ADDRESS: Arg = arg("argp", Ty::Addr);

/// `PIDFD_GET_INFO` with a struct of any size, whichever way the request says that it goes.
pub(super) fn find(code: u32) -> Option<Found> {
    const NUMBER: u32 = 0xffff;
    let (size, known) = (code >> bits::SIZE & bits::SIZE_MASK, PIDFD_GET_INFO.v() as u32);
    if code & NUMBER != known & NUMBER {
        return None;
    }
    let argument = if size >= LEAST { &INFO_ARG } else { &ADDRESS };
    Some(Found { tail: std::slice::from_ref(argument), ret: Ret::Dec })
}

pub(super) static REQUESTS: &[Request] = &[
    req(PIDFD_GET_CGROUP_NAMESPACE, XLONG).returning(Ret::Fd),
    req(PIDFD_GET_IPC_NAMESPACE, XLONG).returning(Ret::Fd),
    req(PIDFD_GET_MNT_NAMESPACE, XLONG).returning(Ret::Fd),
    req(PIDFD_GET_NET_NAMESPACE, XLONG).returning(Ret::Fd),
    req(PIDFD_GET_PID_NAMESPACE, XLONG).returning(Ret::Fd),
    req(PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, XLONG).returning(Ret::Fd),
    req(PIDFD_GET_TIME_NAMESPACE, XLONG).returning(Ret::Fd),
    req(PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE, XLONG).returning(Ret::Fd),
    req(PIDFD_GET_USER_NAMESPACE, XLONG).returning(Ret::Fd),
    req(PIDFD_GET_UTS_NAMESPACE, XLONG).returning(Ret::Fd),
];
