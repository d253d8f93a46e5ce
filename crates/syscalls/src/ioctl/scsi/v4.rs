//! Commands by the fourth version of the interface: `struct sg_io_v4` (`include/uapi/linux/bsg.h`).

use super::{INFO, open, received, show_data};
use decode::prelude::*;
use uapi::consts::*;

/// What the struct begins with.
pub(super) const MAGIC: u64 = b'Q' as u64;

static PROTOCOLS: Names = names("BSG_PROTOCOL_???", &[BSG_PROTOCOL_SCSI]);
static SUBPROTOCOLS: Names = names(
    "BSG_SUB_PROTOCOL_???",
    &[BSG_SUB_PROTOCOL_SCSI_CMD, BSG_SUB_PROTOCOL_SCSI_TMF, BSG_SUB_PROTOCOL_SCSI_TRANSPORT],
);
static FLAGS: Names = names("BSG_FLAG_???", &[BSG_FLAG_Q_AT_TAIL, BSG_FLAG_Q_AT_HEAD]);

/// Bytes behind a pointer, of which a member says how many there are.
const REQUEST: Ty = Wide(&At(In, &Binary(Len::Field("request_len"))));
const RESPONSE: Ty = Wide(&At(In, &Binary(Len::Field("response_len"))));
/// Data that is sent, and data that is received.
const SENT: Ty = ScalarHook(
    W8,
    &decode::Hook {
        dir: In,
        show: |cx, addr| {
            let (len, count) = (cx.field("dout_xfer_len"), cx.field("dout_iovec_count"));
            show_data(cx, addr, len, count);
        },
        reads: &[],
    },
);
const RECEIVED: Ty = ScalarHook(
    W8,
    &decode::Hook {
        dir: In,
        show: |cx, addr| {
            let len = received(cx.field("din_xfer_len"), cx.field("din_resid"));
            let count = cx.field("din_iovec_count");
            show_data(cx, addr, len, count);
        },
        reads: &[],
    },
);

static COMMAND: Record = record(
    "sg_io_v4",
    &[
        arg("guard", INT),
        arg("protocol", Enum(W4, &PROTOCOLS)),
        arg("subprotocol", Enum(W4, &SUBPROTOCOLS)),
        arg("request_len", UINT),
        arg("request", REQUEST),
        arg("request_tag", X64),
        arg("request_attr", UINT),
        arg("request_priority", UINT),
        arg("request_extra", UINT),
        arg("max_response_len", UINT),
        arg("response", RESPONSE),
        arg("dout_iovec_count", UINT),
        arg("dout_xfer_len", UINT),
        arg("din_iovec_count", UINT),
        arg("din_xfer_len", UINT),
        arg("dout_xferp", SENT),
        arg("din_xferp", RECEIVED),
        arg("timeout", UINT),
        arg("flags", Flags(W4, &FLAGS)),
        arg("usr_ptr", X64),
        arg("spare_in", UINT),
        arg("driver_status", X32),
        arg("transport_status", X32),
        arg("device_status", X32),
        arg("retry_delay", UINT),
        arg("info", Flags(W4, &INFO)),
        arg("duration", UINT),
        arg("response_len", UINT),
        arg("din_resid", INT),
        arg("dout_resid", INT),
        arg("generated_tag", X64),
        arg("spare_out", UINT),
        pad(4),
    ],
);

/// Shows what the caller gives.
pub(super) fn begin(cx: &mut Cx<'_>, addr: u64) {
    let members = [
        "protocol",
        "subprotocol",
        "request_len",
        "request",
        "request_tag",
        "request_attr",
        "request_priority",
        "request_extra",
        "max_response_len",
        "dout_iovec_count",
        "dout_xfer_len",
        "din_iovec_count",
        "din_xfer_len",
        "dout_xferp",
        "timeout",
        "flags",
        "usr_ptr",
    ];
    open(cx, addr, &COMMAND, "guard", MAGIC, &members);
}

/// Shows what came of it.
pub(super) fn finish(cx: &mut Cx<'_>, addr: u64) {
    cx.with_record(&COMMAND, addr, |cx| {
        cx.show_members(&[
            "response_len",
            "response",
            "din_xferp",
            "driver_status",
            "transport_status",
            "device_status",
            "retry_delay",
            "info",
            "duration",
            "response_len",
            "din_resid",
            "dout_resid",
            "generated_tag",
        ]);
    });
    cx.out.close(Kind::Struct);
}
