//! SCSI generic devices (`include/scsi/sg.h`).

mod v3;
mod v4;

use super::shape::is_shown;
use super::{Request, bare, req};
use decode::prelude::*;
use decode::{Hook, Stretch};
use uapi::consts::*;

static INFO: Names = names("SG_INFO_???", &[SG_INFO_CHECK, SG_INFO_DIRECT_IO, SG_INFO_MIXED_IO]);

static ID: Record = record(
    "sg_scsi_id",
    &[
        arg("host_no", INT),
        arg("channel", INT),
        arg("scsi_id", X32),
        arg("lun", INT),
        arg("scsi_type", X32),
        arg("h_cmd_per_lun", S16),
        arg("d_queue_depth", S16),
        pad(8),
    ],
);
static REQUEST_INFO: Record = record(
    "sg_req_info",
    &[
        arg("req_state", S8),
        arg("orphan", S8),
        arg("sg_io_owned", S8),
        arg("problem", S8),
        arg("pack_id", INT),
        arg("usr_ptr", Addr),
        arg("duration", UINT),
        pad(4),
    ],
);

static RESETS: Names = names(
    "SG_SCSI_RESET_???",
    &[
        SG_SCSI_RESET_NOTHING,
        SG_SCSI_RESET_DEVICE,
        SG_SCSI_RESET_BUS,
        SG_SCSI_RESET_HOST,
        SG_SCSI_RESET_TARGET,
    ],
);

/// What is reset, and whether more is if that does not help.
static RESET: Ty = Scalar(W4, |cx, v| {
    let only = SG_SCSI_RESET_NO_ESCALATE.v();
    if v & only == 0 {
        return cx.enumerated(W4, &RESETS, v);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.named(only, Base::Hex, SG_SCSI_RESET_NO_ESCALATE.name);
    cx.out.item();
    cx.enumerated(W4, &RESETS, v & !only);
    cx.out.close(Kind::Terms);
});

/// Shows a command by the version of its struct, which the first member tells: the third or the fourth, or else just
/// that member.
fn show_command(cx: &mut Cx<'_>, addr: u64) {
    if cx.exiting() {
        match cx.saved_here() {
            Some(v3::MAGIC) => v3::finish(cx, addr),
            Some(v4::MAGIC) => v4::finish(cx, addr),
            _ => {}
        }
        return;
    }
    let magic = cx.read_u32(addr).filter(|_| is_shown(cx, addr));
    match magic.map(u64::from) {
        Some(v3::MAGIC) => v3::begin(cx, addr),
        Some(v4::MAGIC) => v4::begin(cx, addr),
        Some(_) => cx.deref(&UINT, addr),
        None => cx.out.addr(addr),
    }
}

/// Opens a command's struct with its first member; false if there is no more to read, and then the struct is closed.
fn open(
    cx: &mut Cx<'_>,
    addr: u64,
    record: &'static Record,
    name: &str,
    magic: u64,
    members: &[&str],
) -> bool {
    cx.out.open(Kind::Struct);
    cx.out.field(name);
    cx.out.word(crate::ioctl::shape::character(magic as u8).as_str());
    let known = cx.with_record(record, addr, |cx| cx.show_members(members));
    if known {
        cx.save(magic);
    } else {
        // What is behind that member can't be read.
        cx.out.item();
        cx.out.addr(addr.wrapping_add(4));
        cx.out.close(Kind::Struct);
    }
    known
}

/// Shows data that is transferred, in one piece or several.
fn show_data(cx: &mut Cx<'_>, addr: u64, len: u64, pieces: u64) {
    if pieces == 0 {
        cx.buffer(addr, len, Text::Binary);
    } else {
        crate::iovec::show_iov(cx, addr, pieces, Some(len));
    }
}

/// How much of `len` bytes has been received, where `left` were not.
fn received(len: u64, left: u64) -> u64 {
    match u64::try_from(left as i32) {
        Ok(left) if left <= len => len - left,
        _ => len,
    }
}

static COMMAND: Hook = Hook { dir: InOut, show: show_command, reads: &[Stretch::arg(2, 160)] };

pub(super) static REQUESTS: &[Request] = &[
    req(SG_IO, Ty::Hook(&COMMAND)),
    bare(SG_GET_TIMEOUT),
    req(SG_EMULATED_HOST, At(Out, &INT)),
    req(SG_GET_ACCESS_COUNT, At(Out, &INT)),
    req(SG_GET_COMMAND_Q, At(Out, &INT)),
    req(SG_GET_KEEP_ORPHAN, At(Out, &INT)),
    req(SG_GET_LOW_DMA, At(Out, &INT)),
    req(SG_GET_NUM_WAITING, At(Out, &INT)),
    req(SG_GET_PACK_ID, At(Out, &INT)),
    req(SG_GET_RESERVED_SIZE, At(Out, &INT)),
    req(SG_GET_SG_TABLESIZE, At(Out, &INT)),
    req(SG_GET_TRANSFORM, At(Out, &INT)),
    req(SG_GET_VERSION_NUM, At(Out, &INT)),
    req(SG_GET_SCSI_ID, At(Out, &Struct(&ID))),
    req(SG_GET_REQUEST_TABLE, At(Out, &Struct(&REQUEST_INFO))),
    req(SG_NEXT_CMD_LEN, At(In, &INT)),
    req(SG_SET_COMMAND_Q, At(In, &INT)),
    req(SG_SET_DEBUG, At(In, &INT)),
    req(SG_SET_FORCE_LOW_DMA, At(In, &INT)),
    req(SG_SET_FORCE_PACK_ID, At(In, &INT)),
    req(SG_SET_KEEP_ORPHAN, At(In, &INT)),
    req(SG_SET_RESERVED_SIZE, At(In, &INT)),
    req(SG_SET_TIMEOUT, At(In, &INT)),
    req(SG_SET_TRANSFORM, X32),
    req(SG_SCSI_RESET, At(In, &RESET)),
];
