//! Who a process is: user and group ids, capabilities.

use crate::common::{ID, ID16};
use decode::Stretch;
use decode::class::{CREDS, PURE};
use decode::prelude::*;
use uapi::consts::*;

static CAP_VERSIONS: Names = names(
    "_LINUX_CAPABILITY_VERSION_???",
    &[_LINUX_CAPABILITY_VERSION_1, _LINUX_CAPABILITY_VERSION_2, _LINUX_CAPABILITY_VERSION_3],
);

/// The capabilities by their numbers.
pub(crate) static CAPABILITIES: Names = names(
    "CAP_???",
    &[
        CAP_CHOWN,
        CAP_DAC_OVERRIDE,
        CAP_DAC_READ_SEARCH,
        CAP_FOWNER,
        CAP_FSETID,
        CAP_KILL,
        CAP_SETGID,
        CAP_SETUID,
        CAP_SETPCAP,
        CAP_LINUX_IMMUTABLE,
        CAP_NET_BIND_SERVICE,
        CAP_NET_BROADCAST,
        CAP_NET_ADMIN,
        CAP_NET_RAW,
        CAP_IPC_LOCK,
        CAP_IPC_OWNER,
        CAP_SYS_MODULE,
        CAP_SYS_RAWIO,
        CAP_SYS_CHROOT,
        CAP_SYS_PTRACE,
        CAP_SYS_PACCT,
        CAP_SYS_ADMIN,
        CAP_SYS_BOOT,
        CAP_SYS_NICE,
        CAP_SYS_RESOURCE,
        CAP_SYS_TIME,
        CAP_SYS_TTY_CONFIG,
        CAP_MKNOD,
        CAP_LEASE,
        CAP_AUDIT_WRITE,
        CAP_AUDIT_CONTROL,
        CAP_SETFCAP,
        CAP_MAC_OVERRIDE,
        CAP_MAC_ADMIN,
        CAP_SYSLOG,
        CAP_WAKE_ALARM,
        CAP_BLOCK_SUSPEND,
        CAP_AUDIT_READ,
        CAP_PERFMON,
        CAP_BPF,
        CAP_CHECKPOINT_RESTORE,
    ],
);

/// `struct __user_cap_header_struct`.
static CAP_HEADER: Record =
    record("__user_cap_header_struct", &[arg("version", Enum(W4, &CAP_VERSIONS)), arg("pid", TGID)]);

/// Shows one word of a capability set, whose lowest bit is capability `first`.
fn show_cap_word(cx: &mut Cx<'_>, word: u32, first: u32) {
    let mut parts = Parts::new();
    let mut rest = u64::from(word);
    for cap in CAPABILITIES.entries {
        let bit = (cap.v() as u32).checked_sub(first).filter(|&bit| bit < 32);
        if let Some(bit) = bit.filter(|bit| rest >> bit & 1 != 0) {
            parts.push(Part::Shifted(1, cap.name));
            rest &= !(1 << bit);
        }
    }
    cx.flags_rest(u64::from(word), parts, rest, CAPABILITIES.unknown);
}

/// Shows a capability set of one or two words.
fn show_cap_set(cx: &mut Cx<'_>, low: u32, high: u32) {
    if high == 0 {
        return show_cap_word(cx, low, 0);
    }
    cx.out.open(Kind::Terms);
    if low != 0 {
        cx.out.item();
        show_cap_word(cx, low, 0);
    }
    cx.out.item();
    show_cap_word(cx, high, 32);
    cx.out.close(Kind::Terms);
}

/// Shows capability sets: `struct __user_cap_data_struct`, two of them from the header's version 2 on, which
/// hold the low and the high halves.
fn show_cap_data(cx: &mut Cx<'_>, addr: u64) {
    let header = cx.arg(0);
    let version = cx.read_uint(header, 8).map(|v| v & u64::from(u32::MAX));
    let wide = version
        .is_some_and(|v| cx.is(v, _LINUX_CAPABILITY_VERSION_2) || cx.is(v, _LINUX_CAPABILITY_VERSION_3));
    let mut raw = [0; 24];
    let raw = if wide { &mut raw[..] } else { &mut raw[..12] };
    if version.is_none() || addr == 0 || !cx.options.verbose || !cx.read(addr, raw) {
        return cx.out.addr(addr);
    }
    let word =
        |i: usize| raw.get(4 * i..4 * i + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    cx.out.open(Kind::Struct);
    for (i, name) in ["effective", "permitted", "inheritable"].into_iter().enumerate() {
        cx.out.field(name);
        show_cap_set(cx, word(i), word(i + 3));
    }
    cx.out.close(Kind::Struct);
}

const CAP_READS: &[Stretch] = &[Stretch::arg(0, 8), Stretch::arg(1, 24)];
static CAP_HEADER_STRUCT: Ty = Struct(&CAP_HEADER);
const HEADER: Arg = arg("hdrp", At(In, &CAP_HEADER_STRUCT));

/// The most groups that a process may have (`NGROUPS_MAX`).
const MAX_GROUPS: i32 = 65536;

/// Whether the tracee or the kernel gives as many groups as there can be.
fn has_groups(cx: &Plain<'_>) -> bool {
    let count = if cx.exiting() { cx.ret() as i32 } else { cx.arg_int(0) };
    (0..=MAX_GROUPS).contains(&count)
}

static GROUP: Ty = ID;
static GROUP16: Ty = ID16;

static GROUPS_IN: Ty = If(has_groups, &Array(&GROUP, Len::ArgInt(0)));
static GROUPS_OUT: Ty = If(has_groups, &Array(&GROUP, Len::Ret));
static GROUPS16_IN: Ty = If(has_groups, &Array(&GROUP16, Len::ArgInt(0)));
static GROUPS16_OUT: Ty = If(has_groups, &Array(&GROUP16, Len::Ret));

const SIZE: Arg = arg("size", INT);

/// The calls with 32-bit ids, under their name here and on i386.
macro_rules! wide {
    ($name:literal, $args:expr) => {
        syscall($name, CREDS, Ret::Dec, $args)
    };
}

/// i386's first calls, with 16-bit ids.
macro_rules! narrow {
    ($name:literal, $args:expr) => {
        syscall($name, CREDS, Ret::Dec, $args).only(&[Abi::I386])
    };
}

/// Calls that take no argument, and fail only where a filter says so.
macro_rules! getter {
    ($name:literal) => {
        syscall($name, CREDS | PURE, Ret::Udec, &[])
    };
}

const UID: &[Arg] = &[arg("uid", ID)];
const UID16: &[Arg] = &[arg("uid", ID16)];
const FSUID: &[Arg] = &[arg("fsuid", ID)];
const FSUID16: &[Arg] = &[arg("fsuid", ID16)];
const TWO: &[Arg] = &[arg("ruid", ID), arg("euid", ID)];
const TWO16: &[Arg] = &[arg("ruid", ID16), arg("euid", ID16)];
const THREE: &[Arg] = &[arg("ruid", ID), arg("euid", ID), arg("suid", ID)];
const THREE16: &[Arg] = &[arg("ruid", ID16), arg("euid", ID16), arg("suid", ID16)];
const GET_THREE: &[Arg] = &[arg("ruid", At(Out, &ID)), arg("euid", At(Out, &ID)), arg("suid", At(Out, &ID))];
const GET_THREE16: &[Arg] =
    &[arg("ruid", At(Out, &ID16)), arg("euid", At(Out, &ID16)), arg("suid", At(Out, &ID16))];

pub(crate) static ROWS: &[Syscall] = &[
    getter!("getuid"),
    getter!("getgid"),
    getter!("geteuid"),
    getter!("getegid"),
    getter!("getuid32"),
    getter!("getgid32"),
    getter!("geteuid32"),
    getter!("getegid32"),
    wide!("setuid", UID),
    wide!("setgid", UID),
    wide!("setuid32", UID),
    wide!("setgid32", UID),
    narrow!("setuid", UID16),
    narrow!("setgid", UID16),
    wide!("setfsuid", FSUID),
    wide!("setfsgid", FSUID),
    wide!("setfsuid32", FSUID),
    wide!("setfsgid32", FSUID),
    narrow!("setfsuid", FSUID16),
    narrow!("setfsgid", FSUID16),
    wide!("setreuid", TWO),
    wide!("setregid", TWO),
    wide!("setreuid32", TWO),
    wide!("setregid32", TWO),
    narrow!("setreuid", TWO16),
    narrow!("setregid", TWO16),
    wide!("setresuid", THREE),
    wide!("setresgid", THREE),
    wide!("setresuid32", THREE),
    wide!("setresgid32", THREE),
    narrow!("setresuid", THREE16),
    narrow!("setresgid", THREE16),
    wide!("getresuid", GET_THREE),
    wide!("getresgid", GET_THREE),
    wide!("getresuid32", GET_THREE),
    wide!("getresgid32", GET_THREE),
    narrow!("getresuid", GET_THREE16),
    narrow!("getresgid", GET_THREE16),
    wide!("getgroups", &[SIZE, arg("list", At(Out, &GROUPS_OUT))]),
    wide!("getgroups32", &[SIZE, arg("list", At(Out, &GROUPS_OUT))]),
    narrow!("getgroups", &[SIZE, arg("list", At(Out, &GROUPS16_OUT))]),
    wide!("setgroups", &[SIZE, arg("list", At(In, &GROUPS_IN))]),
    wide!("setgroups32", &[SIZE, arg("list", At(In, &GROUPS_IN))]),
    narrow!("setgroups", &[SIZE, arg("list", At(In, &GROUPS16_IN))]),
    syscall(
        "capget",
        CREDS,
        Ret::Dec,
        &[HEADER, arg("datap", Hook(&decode::Hook { dir: Out, show: show_cap_data, reads: CAP_READS }))],
    ),
    syscall(
        "capset",
        CREDS,
        Ret::Dec,
        &[HEADER, arg("datap", Hook(&decode::Hook { dir: In, show: show_cap_data, reads: CAP_READS }))],
    ),
];
