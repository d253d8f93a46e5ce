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
    private::TIME64,
];

/// Requests that have another name where `long` has 32 bits.
static LP64_ONLY: &[&str] = &[
    "AUTOFS_IOC_SETTIMEOUT",
    "EXT4_IOC_GETRSVSZ",
    "EXT4_IOC_GETVERSION",
    "EXT4_IOC_GROUP_EXTEND",
    "EXT4_IOC_SETRSVSZ",
    "EXT4_IOC_SETVERSION",
    "FS_IOC_GETFLAGS",
    "FS_IOC_GETVERSION",
    "FS_IOC_SETFLAGS",
    "FS_IOC_SETVERSION",
    "I2OPASSTHRU",
    "USBDEVFS_BULK",
    "USBDEVFS_CONTROL",
    "USBDEVFS_DISCSIGNAL",
    "USBDEVFS_IOCTL",
    "USBDEVFS_REAPURB",
    "USBDEVFS_REAPURBNDELAY",
    "VIDIOC_DQBUF",
    "VIDIOC_DQEVENT",
    "VIDIOC_OMAP3ISP_STAT_REQ",
    "VIDIOC_PREPARE_BUF",
    "VIDIOC_QBUF",
    "VIDIOC_QUERYBUF",
];

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
    Index::new(TABLES, |c| {
        let known = abi.word() == 8 || !LP64_ONLY.contains(&c.name);
        if known { c.on(abi).map(|number| number as u32) } else { None }
    })
}
