//! `NETLINK_SELINUX` (`linux/selinux_netlink.h`).

use super::attr::show_raw;
use super::chain::Data;
use super::message::Message;
use decode::prelude::*;
use uapi::consts::*;

static ENFORCE: Record = record("selnl_msg_setenforce", &[arg("val", INT)]);
static POLICY: Record = record("selnl_msg_policyload", &[arg("seqno", UINT)]);

/// Shows what is in a message.
pub(super) fn show(cx: &mut Cx<'_>, message: Message, data: Data) {
    let record = match () {
        () if cx.is(message.kind, SELNL_MSG_SETENFORCE) => &ENFORCE,
        () if cx.is(message.kind, SELNL_MSG_POLICYLOAD) => &POLICY,
        () => return show_raw(cx, data),
    };
    if data.len < record.size(cx.abi) as u64 {
        return show_raw(cx, data);
    }
    cx.record_at(record, data.addr, record.size(cx.abi));
}
