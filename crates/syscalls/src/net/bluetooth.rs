//! Addresses of Bluetooth (`bluetooth(7)`; `include/net/bluetooth`): which protocol's it is, only its size tells.

use crate::common::uncommon;
use decode::prelude::*;

/// Shows an address, of which it gets the bytes after the family.
pub(super) fn show(cx: &mut Cx<'_>, data: &[u8]) {
    let number = |at: usize| data.get(at..at + 2).map_or(0, |b| u64::from(b[0]) | u64::from(b[1]) << 8);
    match data.len() {
        2 | 4 => {
            cx.out.field("hci_dev");
            show_wrapped(cx, |cx| cx.out.uint(number(0)));
            if data.len() == 4 {
                cx.out.field("hci_channel");
                cx.enumerated(W2, &CHANNELS, number(2));
            }
        }
        6 => show_device(cx, "sco_bdaddr", data),
        8 => {
            show_device(cx, "rc_bdaddr", data);
            cx.out.field("rc_channel");
            cx.out.uint(u64::from(data[6]));
        }
        _ => {
            cx.out.field("l2_psm");
            show_wrapped(cx, |cx| show_multiplexer(cx, number(0)));
            show_device(cx, "l2_bdaddr", &data[2..]);
            cx.out.field("l2_cid");
            show_wrapped(cx, |cx| show_channel_id(cx, number(8)));
            if let Some(&kind) = data.get(10).filter(|_| data.len() >= 12) {
                cx.out.field("l2_bdaddr_type");
                cx.enumerated(W1, &DEVICE_TYPES, u64::from(kind));
            }
        }
    }
}

/// Whether an address may be so long behind its family.
pub(super) fn is_size(len: usize) -> bool {
    matches!(len, 2 | 4 | 6 | 8 | 10 | 12)
}

fn show_wrapped(cx: &mut Cx<'_>, value: impl FnOnce(&mut Cx<'_>)) {
    cx.out.open(Kind::Wrap("htobs"));
    value(cx);
    cx.out.close(Kind::Wrap("htobs"));
}

fn show_device(cx: &mut Cx<'_>, name: &'static str, bytes: &[u8]) {
    cx.out.field(name);
    cx.out.hardware_address(&bytes[..bytes.len().min(6)]);
}

/// Numbers that are told by what they are beyond the first of them.
type Range = (Const, Const);

/// A number in a range that has no name of its own is told by what it is beyond the start.
fn show_from(cx: &mut Cx<'_>, v: u64, names: &Names, ranges: &[Range]) {
    let range = ranges.iter().find(|(start, end)| (start.v()..=end.v()).contains(&v));
    match range {
        Some((start, _)) if names.find(v, 0xffff, cx.abi).is_none() => {
            cx.out.symbolic(v, Base::Hex, &[Part::NamedPlus(start.v(), start.name, v - start.v())], "");
        }
        _ => cx.enumerated(W2, names, v),
    }
}

fn show_multiplexer(cx: &mut Cx<'_>, v: u64) {
    show_from(cx, v, &MULTIPLEXERS, &[(PSM_LE_START, PSM_LE_END), (PSM_START, PSM_END)]);
}

fn show_channel_id(cx: &mut Cx<'_>, v: u64) {
    show_from(cx, v, &CHANNEL_IDS, &[(CID_START, CID_END)]);
}

static CHANNELS: Names = names(
    "HCI_CHANNEL_???",
    &[
        uncommon("HCI_CHANNEL_RAW", 0),
        uncommon("HCI_CHANNEL_USER", 1),
        uncommon("HCI_CHANNEL_MONITOR", 2),
        uncommon("HCI_CHANNEL_CONTROL", 3),
        uncommon("HCI_CHANNEL_LOGGING", 4),
    ],
);
static DEVICE_TYPES: Names = names(
    "BDADDR_???",
    &[uncommon("BDADDR_BREDR", 0), uncommon("BDADDR_LE_PUBLIC", 1), uncommon("BDADDR_LE_RANDOM", 2)],
);
const PSM_LE_START: Const = uncommon("L2CAP_PSM_LE_DYN_START", 0x80);
const PSM_LE_END: Const = uncommon("L2CAP_PSM_LE_DYN_END", 0xff);
const PSM_START: Const = uncommon("L2CAP_PSM_DYN_START", 0x1001);
const PSM_END: Const = uncommon("L2CAP_PSM_DYN_END", 0xffff);
static MULTIPLEXERS: Names = names(
    "L2CAP_PSM_???",
    &[
        uncommon("L2CAP_PSM_SDP", 1),
        uncommon("L2CAP_PSM_RFCOMM", 3),
        uncommon("L2CAP_PSM_3DSP", 0x21),
        uncommon("L2CAP_PSM_IPSP", 0x23),
        PSM_LE_START,
        PSM_LE_END,
        PSM_START,
        uncommon("L2CAP_PSM_AUTO_END", 0x10ff),
        PSM_END,
    ],
);
const CID_START: Const = uncommon("L2CAP_CID_DYN_START", 0x40);
const CID_END: Const = uncommon("L2CAP_CID_DYN_END", 0xffff);
static CHANNEL_IDS: Names = names(
    "L2CAP_CID_???",
    &[
        uncommon("L2CAP_CID_SIGNALING", 1),
        uncommon("L2CAP_CID_CONN_LESS", 2),
        uncommon("L2CAP_CID_A2MP", 3),
        uncommon("L2CAP_CID_ATT", 4),
        uncommon("L2CAP_CID_LE_SIGNALING", 5),
        uncommon("L2CAP_CID_SMP", 6),
        uncommon("L2CAP_CID_SMP_BREDR", 7),
        CID_START,
        uncommon("L2CAP_CID_LE_DYN_END", 0x7f),
        CID_END,
    ],
);
