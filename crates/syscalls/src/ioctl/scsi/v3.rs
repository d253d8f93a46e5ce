//! Commands by the third version of the interface: `struct sg_io_hdr`.

use super::{INFO, open, received, show_data};
use decode::prelude::*;
use uapi::consts::*;

/// What the struct begins with.
pub(super) const MAGIC: u64 = b'S' as u64;

static DIRECTIONS: Names =
    names("SG_DXFER_???", &[SG_DXFER_NONE, SG_DXFER_TO_DEV, SG_DXFER_FROM_DEV, SG_DXFER_TO_FROM_DEV]);
static FLAGS: Names = names(
    "SG_FLAG_???",
    &[
        SG_FLAG_DIRECT_IO,
        SG_FLAG_UNUSED_LUN_INHIBIT,
        SG_FLAG_MMAP_IO,
        SG_FLAG_NO_DXFER,
        SG_FLAG_Q_AT_TAIL,
        SG_FLAG_Q_AT_HEAD,
    ],
);

/// Bytes behind a pointer, of which a member says how many there are.
const COMMAND: Ty = At(In, &Binary(Len::Field("cmd_len")));
const SENSE: Ty = At(In, &Binary(Len::Field("sb_len_wr")));

static HEADER: Record = record(
    "sg_io_hdr",
    &[
        arg("interface_id", INT),
        arg("dxfer_direction", Enum(W4, &DIRECTIONS)),
        arg("cmd_len", U8),
        arg("mx_sb_len", U8),
        arg("iovec_count", U16),
        arg("dxfer_len", UINT),
        arg("dxferp", Addr),
        arg("cmdp", COMMAND),
        arg("sbp", SENSE),
        arg("timeout", UINT),
        arg("flags", Flags(W4, &FLAGS)),
        arg("pack_id", INT),
        arg("usr_ptr", Addr),
        arg("status", X8),
        arg("masked_status", X8),
        arg("msg_status", X8),
        arg("sb_len_wr", U8),
        arg("host_status", X16),
        arg("driver_status", X16),
        arg("resid", INT),
        arg("duration", UINT),
        arg("info", Flags(W4, &INFO)),
    ],
);

/// Whether data goes this way.
fn goes(cx: &Plain<'_>, c: Const) -> bool {
    cx.is(cx.field("dxfer_direction"), c)
}

/// Shows what the caller gives.
pub(super) fn begin(cx: &mut Cx<'_>, addr: u64) {
    let members =
        ["dxfer_direction", "cmd_len", "cmdp", "mx_sb_len", "iovec_count", "dxfer_len", "timeout", "flags"];
    if !open(cx, addr, &HEADER, "interface_id", MAGIC, &members) {
        return;
    }
    cx.with_record(&HEADER, addr, |cx| {
        let both = goes(cx, SG_DXFER_TO_FROM_DEV);
        if !both && !goes(cx, SG_DXFER_TO_DEV) {
            return;
        }
        cx.out.field("dxferp");
        if both {
            cx.out.change_begin();
        }
        show_data(cx, cx.field("dxferp"), cx.field("dxfer_len"), cx.field("iovec_count"));
    });
}

/// Shows what came of it.
pub(super) fn finish(cx: &mut Cx<'_>, addr: u64) {
    cx.with_record(&HEADER, addr, |cx| {
        let both = goes(cx, SG_DXFER_TO_FROM_DEV);
        let len = received(cx.field("dxfer_len"), cx.field("resid"));
        let is_told = if both { len > 0 } else { goes(cx, SG_DXFER_FROM_DEV) };
        if is_told {
            if both {
                cx.out.changed()
            } else {
                cx.out.field("dxferp")
            }
            show_data(cx, cx.field("dxferp"), len, cx.field("iovec_count"));
        }
        if both {
            cx.out.change_end();
        }
        cx.show_members(&[
            "status",
            "masked_status",
            "msg_status",
            "sb_len_wr",
            "sbp",
            "host_status",
            "driver_status",
            "resid",
            "duration",
            "info",
        ]);
    });
    cx.out.close(Kind::Struct);
}
