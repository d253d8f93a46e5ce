//! The names of requests.
//!
//! Requests are numbers of which each driver takes its own, so that one may have several names: they are all told.

mod a_to_c;
mod d_to_h;
mod i_to_r;
mod private;
mod s_to_u;
mod v_to_z;

use super::index::Index;
use std::sync::LazyLock;
use uapi::{Abi, Const};

static TABLES: &[&[Const]] = &[
    a_to_c::NAMES,
    d_to_h::NAMES,
    i_to_r::NAMES,
    s_to_u::NAMES,
    v_to_z::NAMES,
    private::NAMES,
    private::WIDE,
];

/// Requests that have another name or another number on some ABIs.
static HIDDEN: &[(&str, &[Abi])] = &[
    ("AUTOFS_IOC_SETTIMEOUT", NARROW),
    ("EXT4_IOC_GETRSVSZ", NARROW),
    ("EXT4_IOC_GETVERSION", NARROW),
    ("EXT4_IOC_GROUP_EXTEND", NARROW),
    ("EXT4_IOC_SETRSVSZ", NARROW),
    ("EXT4_IOC_SETVERSION", NARROW),
    ("FS_IOC_GETFLAGS", NARROW),
    ("FS_IOC_GETVERSION", NARROW),
    ("FS_IOC_SETFLAGS", NARROW),
    ("FS_IOC_SETVERSION", NARROW),
    ("I2OPASSTHRU", NARROW),
    ("KVM_MEMORY_ENCRYPT_OP", X32),
    ("KVM_X86_SET_MSR_FILTER", X32),
    ("USBDEVFS_BULK", NARROW),
    ("USBDEVFS_CONTROL", NARROW),
    ("USBDEVFS_DISCSIGNAL", NARROW),
    ("USBDEVFS_IOCTL", NARROW),
    ("USBDEVFS_REAPURB", NARROW),
    ("USBDEVFS_REAPURBNDELAY", NARROW),
    ("VIDIOC_DQBUF", I386),
    ("VIDIOC_DQEVENT", I386),
    ("VIDIOC_OMAP3ISP_STAT_REQ", I386),
    ("VIDIOC_PREPARE_BUF", I386),
    ("VIDIOC_QBUF", I386),
    ("VIDIOC_QUERYBUF", I386),
];
/// Where `long` has 32 bits.
const NARROW: &[Abi] = &[Abi::I386, Abi::X32];
const I386: &[Abi] = &[Abi::I386];
const X32: &[Abi] = &[Abi::X32];

/// The names of a request on an ABI, in no particular order; none if it is not known.
pub(super) fn of(abi: Abi, request: u32) -> impl Iterator<Item = &'static str> {
    static BY_REQUEST: [LazyLock<Index>; 5] = [
        LazyLock::new(|| index(Abi::X86_64)),
        LazyLock::new(|| index(Abi::I386)),
        LazyLock::new(|| index(Abi::X32)),
        LazyLock::new(|| index(Abi::Aarch64)),
        LazyLock::new(|| index(Abi::Riscv64)),
    ];
    BY_REQUEST[abi as usize].find(TABLES, request).map(|c| c.name)
}

/// All requests of an ABI.
fn index(abi: Abi) -> Index {
    Index::new(TABLES, |c| if is_hidden(abi, c) { None } else { c.on(abi).map(|number| number as u32) })
}

/// Whether a name of the headers does not count on an ABI.
fn is_hidden(abi: Abi, c: &Const) -> bool {
    let hidden = HIDDEN.iter().any(|(name, abis)| *name == c.name && abis.contains(&abi));
    hidden && !private::WIDE.iter().any(|wide| wide.name == c.name && wide.on(abi) == c.on(abi))
}
