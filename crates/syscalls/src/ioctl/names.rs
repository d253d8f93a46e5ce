//! The names of requests.
//!
//! Requests are numbers of which each driver takes its own, so that one may have several names: they are all told.

mod a_to_c;
mod d_to_h;
mod i_to_r;
mod private;
mod s_to_u;
mod v_to_z;

use super::index::{Index, count};
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
    INDEXES[abi as usize].find(TABLES, request).map(|c| c.name)
}

/// By ABI; each one is a computation of its own to the compiler.
static INDEXES: [Index<COUNT>; Abi::ALL.len()] = [
    const { index(Abi::ALL[0]) },
    const { index(Abi::ALL[1]) },
    const { index(Abi::ALL[2]) },
    const { index(Abi::ALL[3]) },
    const { index(Abi::ALL[4]) },
];

/// How many names there are.
const COUNT: usize = count(TABLES);

/// All requests of an ABI.
const fn index(abi: Abi) -> Index<COUNT> {
    let (mut numbers, mut at, mut table) = ([None; COUNT], 0, 0);
    while table < TABLES.len() {
        // Those of the last table hold where they are.
        let is_wide = table == TABLES.len() - 1;
        let mut i = 0;
        while i < TABLES[table].len() {
            let c = &TABLES[table][i];
            if let Some(number) = c.on(abi)
                && (is_wide || !is_hidden(abi, c.name))
            {
                numbers[at] = Some(number as u32);
            }
            at += 1;
            i += 1;
        }
        table += 1;
    }
    Index::new(&numbers)
}

/// Whether a name of the headers does not count on an ABI.
const fn is_hidden(abi: Abi, name: &str) -> bool {
    let mut i = 0;
    while i < HIDDEN.len() {
        let (hidden, abis) = HIDDEN[i];
        let mut j = 0;
        while j < abis.len() {
            if abis[j] as u8 == abi as u8 && decode::same_name(hidden, name) {
                return true;
            }
            j += 1;
        }
        i += 1;
    }
    false
}
