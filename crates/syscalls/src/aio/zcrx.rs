//! What `io_uring_register` tells of receiving without copies (`linux/io_uring/zcrx.h`).

use crate::common::ADDR64;
use decode::prelude::*;
use decode::{Hook as HookFn, Stretch};
use uapi::consts::*;

/// How an interface's queue is registered.
pub(super) static REG_FLAGS: Names = names("ZCRX_REG_???", &[ZCRX_REG_IMPORT]);
static OPERATIONS: Names =
    names("ZCRX_CTRL_???", &[ZCRX_CTRL_FLUSH_RQ, ZCRX_CTRL_EXPORT, ZCRX_CTRL_ARM_EVENT]);
static EVENTS: Names = names("ZCRX_EVENT_???", &[ZCRX_EVENT_ALLOC_FAIL, ZCRX_EVENT_COPY]);

/// `struct io_uring_zcrx_offsets`.
static ZCRX_OFFSETS: Record = record(
    "io_uring_zcrx_offsets",
    &[
        arg("head", UINT),
        arg("tail", UINT),
        arg("rqes", UINT),
        arg("__resv2", X32).nonzero(),
        arg("__resv", Array(&X64, Len::Const(2))).nonzero(),
    ],
);
/// `struct io_uring_zcrx_ifq_reg`.
pub(super) static ZCRX_IFQ: Record = record(
    "io_uring_zcrx_ifq_reg",
    &[
        arg("if_idx", UINT),
        arg("if_rxq", UINT),
        arg("rq_entries", UINT),
        arg("flags", Flags(W4, &REG_FLAGS)),
        arg("area_ptr", ADDR64),
        arg("region_ptr", ADDR64),
        arg("offsets", Struct(&ZCRX_OFFSETS)),
        arg("zcrx_id", UINT),
        arg("rx_buf_len", UINT),
        arg("event_desc", ADDR64),
        arg("__resv", Array(&X64, Len::Const(2))).nonzero(),
    ],
);

/// `struct zcrx_ctrl` without the union behind it, whose member the operation tells.
static CTRL: Record = record(
    "zcrx_ctrl",
    &[
        arg("zcrx_id", UINT),
        arg("op", Enum(W4, &OPERATIONS)),
        arg("__resv", Array(&X64, Len::Const(2))).nonzero(),
        pad(48),
    ],
);
static FLUSH: Record = record("zcrx_ctrl_flush_rq", &[arg("__resv", Array(&X64, Len::Const(6))).nonzero()]);
static EXPORT: Record =
    record("zcrx_ctrl_export", &[arg("zcrx_fd", Fd), arg("__resv1", Array(&X32, Len::Const(11))).nonzero()]);
static ARM_EVENT: Record = record(
    "zcrx_ctrl_arm_event",
    &[arg("event_type", Enum(W4, &EVENTS)), arg("__resv", Array(&X32, Len::Const(11))).nonzero()],
);
/// The offset and the size of the union.
const UNION: usize = 24;
const UNION_SIZE: usize = 48;

/// What is to be done with a queue. The descriptor of one that is exported is there once the call has returned.
pub(super) static CONTROL: HookFn =
    HookFn { dir: InOut, show: show_control, reads: &[Stretch::arg(2, (UNION + UNION_SIZE) as u32)] };

fn show_control(cx: &mut Cx<'_>, addr: u64) {
    let mut bytes = [0; UNION + UNION_SIZE];
    let count = cx.arg(3) & u64::from(u32::MAX);
    let is_there = count == 1 && addr != 0 && cx.options.verbose && cx.read(addr, &mut bytes);
    let mut op = [0; 4];
    op.copy_from_slice(&bytes[4..8]);
    let op = u64::from(u32::from_le_bytes(op));
    if cx.exiting() {
        if cx.saved_here().is_some() {
            if is_there && !cx.failed() {
                show_member(cx, "zc_export", &EXPORT, &bytes[UNION..], addr);
            }
            cx.out.close(Kind::Struct);
        }
        return;
    }
    if !is_there {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Struct);
    cx.members_from(&CTRL, &bytes, addr);
    match () {
        () if cx.is(op, ZCRX_CTRL_EXPORT) => return cx.save(0),
        () if cx.is(op, ZCRX_CTRL_FLUSH_RQ) => show_member(cx, "zc_flush", &FLUSH, &bytes[UNION..], addr),
        () if cx.is(op, ZCRX_CTRL_ARM_EVENT) => {
            show_member(cx, "zc_arm_event", &ARM_EVENT, &bytes[UNION..], addr);
        }
        () => {}
    }
    cx.out.close(Kind::Struct);
}

/// Shows a member of the union of the struct at `addr`.
fn show_member(cx: &mut Cx<'_>, name: &'static str, record: &'static Record, bytes: &[u8], addr: u64) {
    cx.out.field(name);
    cx.record_from(record, bytes, addr.wrapping_add(UNION as u64));
}
