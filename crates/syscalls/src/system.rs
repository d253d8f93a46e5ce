//! The system as a whole: its name, its log, its clockwork, its end.

use crate::common::uncommon;
use decode::Stretch;
use decode::class::{FILE, NONE};
use decode::prelude::*;
use uapi::consts::*;

/// The bytes of each member of `struct new_utsname`.
const UTS_LEN: u32 = 65;
const UTS_NAME: Ty = CharArray(UTS_LEN);
/// `struct new_utsname`.
static UTSNAME: Record = record(
    "new_utsname",
    &[
        arg("sysname", UTS_NAME),
        arg("nodename", UTS_NAME),
        arg("release", UTS_NAME).verbose(),
        arg("version", UTS_NAME).verbose(),
        arg("machine", UTS_NAME).verbose(),
        arg("domainname", UTS_NAME).verbose(),
    ],
);

/// `struct sysinfo`; what pads it is not shown.
static SYSINFO: Record = record(
    "sysinfo",
    &[
        arg("uptime", KULONG),
        arg("loads", Array(&KULONG, Len::Const(3))),
        arg("totalram", KULONG),
        arg("freeram", KULONG),
        arg("sharedram", KULONG),
        arg("bufferram", KULONG),
        arg("totalswap", KULONG),
        arg("freeswap", KULONG),
        arg("procs", U16),
        pad(2),
        arg("totalhigh", KULONG),
        arg("freehigh", KULONG),
        arg("mem_unit", UINT),
        arg("", Inline([4, 8, 4], 1, |_, _| {})).when(|_| false),
    ],
);

/// The longest host or domain name, `__NEW_UTS_LEN`.
const MAX_NAME: u64 = 64;

fn show_host_name(cx: &mut Cx<'_>, addr: u64) {
    match cx.arg(1) & u64::from(u32::MAX) {
        len if len > MAX_NAME => cx.out.addr(addr),
        len => cx.buffer(addr, len, Text::Plain),
    }
}
const SET_NAME: &[Arg] = &[
    arg(
        "name",
        Hook(&decode::Hook { dir: In, show: show_host_name, reads: &[Stretch::arg(0, MAX_NAME as u32)] }),
    ),
    arg("len", UINT),
];

/// The actions of `syslog`; their names are the kernel's own (`include/linux/syslog.h`).
static SYSLOG_ACTIONS: Names = names(
    "SYSLOG_ACTION_???",
    &[
        SYSLOG_ACTION_CLOSE,
        SYSLOG_ACTION_OPEN,
        SYSLOG_ACTION_READ,
        SYSLOG_ACTION_READ_ALL,
        SYSLOG_ACTION_READ_CLEAR,
        SYSLOG_ACTION_CLEAR,
        SYSLOG_ACTION_CONSOLE_OFF,
        SYSLOG_ACTION_CONSOLE_ON,
        SYSLOG_ACTION_CONSOLE_LEVEL,
        SYSLOG_ACTION_SIZE_UNREAD,
        SYSLOG_ACTION_SIZE_BUFFER,
    ],
);
const SYSLOG_ACTION_CLOSE: Const = uncommon("SYSLOG_ACTION_CLOSE", 0);
const SYSLOG_ACTION_OPEN: Const = uncommon("SYSLOG_ACTION_OPEN", 1);
const SYSLOG_ACTION_READ: Const = uncommon("SYSLOG_ACTION_READ", 2);
const SYSLOG_ACTION_READ_ALL: Const = uncommon("SYSLOG_ACTION_READ_ALL", 3);
const SYSLOG_ACTION_READ_CLEAR: Const = uncommon("SYSLOG_ACTION_READ_CLEAR", 4);
const SYSLOG_ACTION_CLEAR: Const = uncommon("SYSLOG_ACTION_CLEAR", 5);
const SYSLOG_ACTION_CONSOLE_OFF: Const = uncommon("SYSLOG_ACTION_CONSOLE_OFF", 6);
const SYSLOG_ACTION_CONSOLE_ON: Const = uncommon("SYSLOG_ACTION_CONSOLE_ON", 7);
const SYSLOG_ACTION_CONSOLE_LEVEL: Const = uncommon("SYSLOG_ACTION_CONSOLE_LEVEL", 8);
const SYSLOG_ACTION_SIZE_UNREAD: Const = uncommon("SYSLOG_ACTION_SIZE_UNREAD", 9);
const SYSLOG_ACTION_SIZE_BUFFER: Const = uncommon("SYSLOG_ACTION_SIZE_BUFFER", 10);

/// The kernel's log levels (`include/linux/kern_levels.h`).
static LOG_LEVELS: Names = names(
    "LOGLEVEL_???",
    &[
        uncommon("LOGLEVEL_EMERG", 0),
        uncommon("LOGLEVEL_ALERT", 1),
        uncommon("LOGLEVEL_CRIT", 2),
        uncommon("LOGLEVEL_ERR", 3),
        uncommon("LOGLEVEL_WARNING", 4),
        uncommon("LOGLEVEL_NOTICE", 5),
        uncommon("LOGLEVEL_INFO", 6),
        uncommon("LOGLEVEL_DEBUG", 7),
    ],
);

/// Shows a console log level.
fn show_level(cx: &mut Plain<'_>, v: u64) {
    // What lets every message through: one more than the last level.
    if v == LOG_LEVELS.entries.len() as u64 {
        cx.out.uint(v);
        return cx.out.note("LOGLEVEL_DEBUG+1");
    }
    show_remarked(cx, &LOG_LEVELS, v);
}

/// Shows a number with its name always as a remark: the number is what programs and manuals write.
fn show_remarked(cx: &mut Plain<'_>, table: &Names, v: u64) {
    cx.out.int(i64::from(v as i32));
    let name = table.find(v, u64::from(u32::MAX), cx.abi);
    cx.out.note(name.unwrap_or(table.unknown));
}

const LOG_BUFFER: Arg = arg("bufp", At(Out, &Bytes(Len::Ret)));
const LOG_LEN: Arg = arg("len", INT);

static GETRANDOM_FLAGS: Names = names("GRND_???", &[GRND_NONBLOCK, GRND_RANDOM, GRND_INSECURE]);

static REBOOT_MAGIC1: Names = names("LINUX_REBOOT_MAGIC1???", &[LINUX_REBOOT_MAGIC1]);
static REBOOT_MAGIC2: Names = names(
    "LINUX_REBOOT_MAGIC2???",
    &[LINUX_REBOOT_MAGIC2, LINUX_REBOOT_MAGIC2A, LINUX_REBOOT_MAGIC2B, LINUX_REBOOT_MAGIC2C],
);
static REBOOT_COMMANDS: Names = names(
    "LINUX_REBOOT_CMD_???",
    &[
        LINUX_REBOOT_CMD_CAD_OFF,
        LINUX_REBOOT_CMD_RESTART,
        LINUX_REBOOT_CMD_HALT,
        LINUX_REBOOT_CMD_POWER_OFF,
        LINUX_REBOOT_CMD_CAD_ON,
        LINUX_REBOOT_CMD_RESTART2,
        LINUX_REBOOT_CMD_SW_SUSPEND,
        LINUX_REBOOT_CMD_KEXEC,
    ],
);

static MEMBARRIER_COMMANDS: Names = names(
    "MEMBARRIER_CMD_???",
    &[
        MEMBARRIER_CMD_QUERY,
        MEMBARRIER_CMD_GLOBAL,
        MEMBARRIER_CMD_GLOBAL_EXPEDITED,
        MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED,
        MEMBARRIER_CMD_PRIVATE_EXPEDITED,
        MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
        MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE,
        MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE,
        MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ,
        MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ,
        MEMBARRIER_CMD_GET_REGISTRATIONS,
    ],
);
static MEMBARRIER_FLAGS: Names = names("MEMBARRIER_CMD_FLAG_???", &[MEMBARRIER_CMD_FLAG_CPU]);

/// What a query gives is the set of commands.
fn explain_membarrier(cx: &mut Plain<'_>) {
    let v = cx.ret() as u64;
    if v == 0 {
        return;
    }
    cx.aux(|cx| {
        cx.out.aux_part("");
        cx.flags(W8, &MEMBARRIER_COMMANDS, v);
    });
}

static SWAP_FLAGS: Names = names(
    "SWAP_FLAG_???",
    &[SWAP_FLAG_PREFER, SWAP_FLAG_DISCARD, SWAP_FLAG_DISCARD_ONCE, SWAP_FLAG_DISCARD_PAGES],
);

/// A swap area's priority stands below its flags.
fn show_swap_flags(cx: &mut Plain<'_>, v: u64) {
    let priority = v & SWAP_FLAG_PRIO_MASK.v();
    let flags = v & !priority;
    if flags == 0 {
        return cx.out.uint(priority);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.flags(W4, &SWAP_FLAGS, flags);
    cx.out.item();
    cx.out.uint(priority);
    cx.out.close(Kind::Terms);
}

/// What the firmware is told: the kernel reads no more of it.
static RESTART_ARGUMENT: decode::Hook = decode::Hook {
    dir: In,
    show: |cx, addr| cx.c_string(addr, RESTART_ARGUMENT_SIZE as usize),
    reads: &[decode::Stretch::here(RESTART_ARGUMENT_SIZE)],
};
const RESTART_ARGUMENT_SIZE: u32 = 255;

pub(crate) static ROWS: &[Syscall] = &[
    syscall("uname", NONE, Ret::Dec, &[arg("buf", At(Out, &Struct(&UTSNAME)))]),
    syscall("sethostname", NONE, Ret::Dec, SET_NAME),
    syscall("setdomainname", NONE, Ret::Dec, SET_NAME),
    syscall("sysinfo", NONE, Ret::Dec, &[arg("info", At(Out, &Struct(&SYSINFO)))]),
    syscall(
        "syslog",
        NONE,
        Ret::Dec,
        &[arg("type", Scalar(W4, |cx, v| show_remarked(cx, &SYSLOG_ACTIONS, v)))],
    )
    .switch(
        0,
        &[
            case(
                &[SYSLOG_ACTION_READ, SYSLOG_ACTION_READ_ALL, SYSLOG_ACTION_READ_CLEAR],
                &[LOG_BUFFER, LOG_LEN],
                Ret::Dec,
            ),
            case(
                &[SYSLOG_ACTION_CONSOLE_LEVEL],
                &[arg("bufp", Addr), arg("len", Scalar(W4, show_level))],
                Ret::Dec,
            ),
            case(
                &[
                    SYSLOG_ACTION_CLOSE,
                    SYSLOG_ACTION_OPEN,
                    SYSLOG_ACTION_CLEAR,
                    SYSLOG_ACTION_CONSOLE_OFF,
                    SYSLOG_ACTION_CONSOLE_ON,
                    SYSLOG_ACTION_SIZE_UNREAD,
                    SYSLOG_ACTION_SIZE_BUFFER,
                ],
                &[],
                Ret::Dec,
            ),
        ],
        &[arg("bufp", Addr), LOG_LEN],
    ),
    syscall(
        "getrandom",
        NONE,
        Ret::Dec,
        &[
            arg("buf", At(Out, &Binary(Len::Ret))),
            arg("buflen", ULONG),
            arg("flags", Flags(W4, &GETRANDOM_FLAGS)),
        ],
    ),
    syscall(
        "reboot",
        NONE,
        Ret::Dec,
        &[
            arg("magic", Enum(W4, &REBOOT_MAGIC1)),
            arg("magic2", Enum(W4, &REBOOT_MAGIC2)),
            arg("op", Enum(W4, &REBOOT_COMMANDS)),
            arg("arg", Hook(&RESTART_ARGUMENT)).when(|c| c.is(c.arg(2), LINUX_REBOOT_CMD_RESTART2)),
        ],
    ),
    syscall(
        "getcpu",
        NONE,
        Ret::Dec,
        &[arg("cpu", At(Out, &UINT)), arg("node", At(Out, &UINT)), arg("tcache", Addr)],
    ),
    syscall(
        "membarrier",
        NONE,
        Ret::Dec,
        &[
            arg("cmd", Enum(W4, &MEMBARRIER_COMMANDS)),
            arg("flags", Flags(W4, &MEMBARRIER_FLAGS)),
            arg("cpu_id", INT).when(|c| c.has(c.arg(1), MEMBARRIER_CMD_FLAG_CPU)),
        ],
    )
    .switch(0, &[case(&[MEMBARRIER_CMD_QUERY], &[], Ret::Aux(&Ret::Hex, explain_membarrier))], &[]),
    syscall("acct", FILE, Ret::Dec, &[arg("path", Path)]),
    syscall("swapon", FILE, Ret::Dec, &[arg("path", Path), arg("swapflags", Scalar(W4, show_swap_flags))]),
    syscall("swapoff", FILE, Ret::Dec, &[arg("path", Path)]),
    syscall("uselib", FILE, Ret::Dec, &[arg("path", Path)]),
    syscall("vhangup", NONE, Ret::Dec, &[]),
];
