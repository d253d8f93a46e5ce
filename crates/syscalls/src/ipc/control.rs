//! `msgctl`, `semctl`, `shmctl`: one call with many commands each.

use crate::common::ID;
use decode::class::IPC;
use decode::prelude::*;
use uapi::consts::*;

/// Asks for structs with 32-bit ids, which is all that is left on most ABIs (`include/linux/ipc.h`, not for users).
const IPC_64: Const = crate::common::uncommon("IPC_64", 0x100);
const COMMAND: u32 = !0x100;

static MSG_COMMANDS: Names =
    names("MSG_???", &[IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO, MSG_STAT, MSG_INFO, MSG_STAT_ANY]);
static SEM_COMMANDS: Names = names(
    "SEM_???",
    &[
        IPC_RMID,
        IPC_SET,
        IPC_STAT,
        IPC_INFO,
        GETPID,
        GETVAL,
        GETALL,
        GETNCNT,
        GETZCNT,
        SETVAL,
        SETALL,
        SEM_STAT,
        SEM_INFO,
        SEM_STAT_ANY,
    ],
);
static SHM_COMMANDS: Names = names(
    "SHM_???",
    &[IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO, SHM_LOCK, SHM_UNLOCK, SHM_STAT, SHM_INFO, SHM_STAT_ANY],
);

/// Shows a command, and whether it has [`IPC_64`].
fn show_command(cx: &mut Cx<'_>, table: &'static Names, v: u64) {
    cx.out.open(Kind::Terms);
    if v & IPC_64.v() != 0 {
        cx.out.item();
        cx.named(IPC_64.v(), Base::Hex, IPC_64.name);
    }
    cx.out.item();
    cx.enumerated(W4, table, v & u64::from(COMMAND));
    cx.out.close(Kind::Terms);
}

/// How a member is shown.
#[derive(Clone, Copy)]
enum As {
    /// A user or group id.
    Id,
    /// Permissions: 16 bits on i386, 32 elsewhere.
    Mode,
    /// An `int`, a process id, or an unsigned number of 32 bits or of a `__kernel_long_t`.
    Int,
    Pid,
    Uint,
    Ulong,
    /// A `size_t`, which is shorter on x32, and has room for one all the same.
    Size,
    /// An `unsigned short`.
    Seg,
}

/// A member of a struct: its name, where it is on ABIs with a 64-bit `__kernel_long_t` on x86 and elsewhere, and on
/// i386, and how it is shown. The kernel's order is not the order of showing.
struct Member(&'static str, u16, u16, u16, As);

/// A struct whose first part may be permissions.
pub(super) struct Control {
    /// What the permissions are called; empty if there are none.
    perm: &'static str,
    /// Whether only those members are shown that a caller may set.
    set: bool,
    /// How many bytes it has, where [`Member`]s have their places.
    size: [u16; 3],
    members: &'static [Member],
}

/// `struct ipc64_perm`.
static PERM_SET: &[Member] =
    &[Member("uid", 4, 4, 4, As::Id), Member("gid", 8, 8, 8, As::Id), Member("mode", 20, 20, 20, As::Mode)];
static PERM_REST: &[Member] = &[
    Member("key", 0, 0, 0, As::Uint),
    Member("cuid", 12, 12, 12, As::Id),
    Member("cgid", 16, 16, 16, As::Id),
];

/// `struct msqid64_ds`.
pub(super) static MSG_STAT_DS: Control = Control {
    perm: "msg_perm",
    set: false,
    size: [120, 120, 88],
    members: &[
        Member("msg_stime", 48, 48, 36, As::Ulong),
        Member("msg_rtime", 56, 56, 44, As::Ulong),
        Member("msg_ctime", 64, 64, 52, As::Ulong),
        Member("msg_qnum", 80, 80, 64, As::Ulong),
        Member("msg_qbytes", 88, 88, 68, As::Ulong),
        Member("msg_lspid", 96, 96, 72, As::Pid),
        Member("msg_lrpid", 100, 100, 76, As::Pid),
    ],
};
pub(super) static MSG_SET_DS: Control = Control {
    perm: "msg_perm",
    set: true,
    size: [120, 120, 88],
    members: &[Member("msg_qbytes", 88, 88, 68, As::Ulong)],
};
/// `struct msginfo`.
pub(super) static MSG_INFO_DS: Control = Control {
    perm: "",
    set: false,
    size: [32, 32, 32],
    members: &[
        Member("msgpool", 0, 0, 0, As::Int),
        Member("msgmap", 4, 4, 4, As::Int),
        Member("msgmax", 8, 8, 8, As::Int),
        Member("msgmnb", 12, 12, 12, As::Int),
        Member("msgmni", 16, 16, 16, As::Int),
        Member("msgssz", 20, 20, 20, As::Int),
        Member("msgtql", 24, 24, 24, As::Int),
        Member("msgseg", 28, 28, 28, As::Seg),
    ],
};
/// `struct semid64_ds`: x86 has a spare word behind each time.
pub(super) static SEM_STAT_DS: Control = Control {
    perm: "sem_perm",
    set: false,
    size: [104, 88, 64],
    members: &[
        Member("sem_otime", 48, 48, 36, As::Ulong),
        Member("sem_ctime", 64, 56, 44, As::Ulong),
        Member("sem_nsems", 80, 64, 52, As::Ulong),
    ],
};
pub(super) static SEM_SET_DS: Control =
    Control { perm: "sem_perm", set: true, size: [104, 88, 64], members: &[] };
/// `struct seminfo`.
pub(super) static SEM_INFO_DS: Control = Control {
    perm: "",
    set: false,
    size: [40, 40, 40],
    members: &[
        Member("semmap", 0, 0, 0, As::Int),
        Member("semmni", 4, 4, 4, As::Int),
        Member("semmns", 8, 8, 8, As::Int),
        Member("semmnu", 12, 12, 12, As::Int),
        Member("semmsl", 16, 16, 16, As::Int),
        Member("semopm", 20, 20, 20, As::Int),
        Member("semume", 24, 24, 24, As::Int),
        Member("semusz", 28, 28, 28, As::Int),
        Member("semvmx", 32, 32, 32, As::Int),
        Member("semaem", 36, 36, 36, As::Int),
    ],
};
/// `struct shmid64_ds`.
pub(super) static SHM_STAT_DS: Control = Control {
    perm: "shm_perm",
    set: false,
    size: [112, 112, 84],
    members: &[
        Member("shm_segsz", 48, 48, 36, As::Size),
        Member("shm_cpid", 80, 80, 64, As::Pid),
        Member("shm_lpid", 84, 84, 68, As::Pid),
        Member("shm_nattch", 88, 88, 72, As::Ulong),
        Member("shm_atime", 56, 56, 40, As::Ulong),
        Member("shm_dtime", 64, 64, 48, As::Ulong),
        Member("shm_ctime", 72, 72, 56, As::Ulong),
    ],
};
pub(super) static SHM_SET_DS: Control =
    Control { perm: "shm_perm", set: true, size: [112, 112, 84], members: &[] };
/// `struct shminfo64`.
pub(super) static SHM_LIMITS: Control = Control {
    perm: "",
    set: false,
    size: [72, 72, 36],
    members: &[
        Member("shmmax", 0, 0, 0, As::Ulong),
        Member("shmmin", 8, 8, 4, As::Ulong),
        Member("shmmni", 16, 16, 8, As::Ulong),
        Member("shmseg", 24, 24, 12, As::Ulong),
        Member("shmall", 32, 32, 16, As::Ulong),
    ],
};
/// `struct shm_info`.
pub(super) static SHM_USE: Control = Control {
    perm: "",
    set: false,
    size: [48, 48, 24],
    members: &[
        Member("used_ids", 0, 0, 0, As::Int),
        Member("shm_tot", 8, 8, 4, As::Ulong),
        Member("shm_rss", 16, 16, 8, As::Ulong),
        Member("shm_swp", 24, 24, 12, As::Ulong),
        Member("swap_attempts", 32, 32, 16, As::Ulong),
        Member("swap_successes", 40, 40, 20, As::Ulong),
    ],
};

/// The most bytes of any of these structs that are looked at.
const MOST: usize = 120;

impl Control {
    /// How many bytes must be there.
    fn size(&self, abi: Abi) -> usize {
        usize::from(by_layout(abi, self.size))
    }

    /// Shows the struct at `addr`; false, and nothing shown, if it can't be read.
    pub(super) fn show_at(&self, cx: &mut Cx<'_>, addr: u64) -> bool {
        let mut raw = [0; MOST];
        let size = self.size(cx.abi).min(MOST);
        if addr == 0 || !cx.options.verbose || !cx.read(addr, &mut raw[..size]) {
            return false;
        }
        cx.out.open(Kind::Struct);
        if !self.perm.is_empty() {
            cx.out.field(self.perm);
            cx.out.open(Kind::Struct);
            show_members(cx, PERM_SET, &raw);
            if !self.set {
                show_members(cx, PERM_REST, &raw);
            }
            cx.out.close(Kind::Struct);
        }
        show_members(cx, self.members, &raw);
        cx.out.close(Kind::Struct);
        true
    }
}

/// The one of an x86 ABI with a 64-bit `__kernel_long_t`, of another with one, or of i386.
fn by_layout(abi: Abi, [x86, other, i386]: [u16; 3]) -> u16 {
    match abi {
        Abi::X86_64 | Abi::X32 => x86,
        Abi::Aarch64 | Abi::Riscv64 => other,
        Abi::I386 => i386,
    }
}

impl Member {
    fn offset(&self, abi: Abi) -> usize {
        usize::from(by_layout(abi, [self.1, self.2, self.3]))
    }

    fn width(&self, abi: Abi) -> usize {
        match self.4 {
            As::Ulong => abi.klong(),
            As::Size => abi.word(),
            As::Mode if abi == Abi::I386 => 2,
            As::Seg => 2,
            _ => 4,
        }
    }
}

fn show_members(cx: &mut Cx<'_>, members: &[Member], raw: &[u8; MOST]) {
    for member in members {
        let mut bytes = [0; 8];
        let from = raw.iter().skip(member.offset(cx.abi)).take(member.width(cx.abi));
        bytes.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        let v = u64::from_le_bytes(bytes);
        cx.out.field(member.0);
        match member.4 {
            As::Id => cx.show(&ID, v),
            As::Mode => cx.out.mode(v),
            As::Int => cx.out.int(i64::from(v as i32)),
            As::Pid => cx.pid(PidKind::Tgid, v as i32),
            As::Uint | As::Ulong | As::Size | As::Seg => cx.out.uint(v),
        }
    }
}

/// Hooks that show a struct that goes in or comes out.
macro_rules! control {
    ($dir:ident, $of:ident) => {
        Hook(&decode::Hook {
            dir: $dir,
            show: |cx, addr| {
                if !$of.show_at(cx, addr) {
                    cx.out.addr(addr);
                }
            },
            reads: &[decode::Stretch::here(256)],
        })
    };
}

/// As `control!`, for an argument of which the tracee gives the address.
macro_rules! indirect {
    ($dir:ident, $of:ident, $bare:literal) => {
        Hook(&decode::Hook {
            dir: $dir,
            show: |cx, addr| show_indirect(cx, &$of, addr, $bare),
            reads: &[decode::Stretch::here(256)],
        })
    };
}

/// Shows the struct whose address is at `addr`; `bare`: an address of nothing is shown without its brackets.
fn show_indirect(cx: &mut Cx<'_>, of: &Control, addr: u64, bare: bool) {
    let target = if addr == 0 { None } else { cx.read_u32(addr).map(u64::from) };
    let Some(target) = target else { return cx.out.addr(addr) };
    if of.show_at(cx, target) {
        return;
    }
    if bare {
        return cx.out.addr(target);
    }
    cx.out.open(Kind::Deref);
    cx.out.addr(target);
    cx.out.close(Kind::Deref);
}

static ADDR: Ty = Addr;
const POINTED_TY: Ty = At(In, &ADDR);

pub(super) const MSGCTL: Syscall = syscall(
    "msgctl",
    IPC,
    Ret::Dec,
    &[arg("msqid", INT), arg("op", Scalar(W4, |cx, v| show_command(cx, &MSG_COMMANDS, v)))],
)
.switch_masked(
    1,
    COMMAND,
    &[
        case(&[IPC_STAT, MSG_STAT, MSG_STAT_ANY], &[arg("buf", control!(Out, MSG_STAT_DS))], Ret::Dec),
        case(&[IPC_SET], &[arg("buf", control!(In, MSG_SET_DS))], Ret::Dec),
        case(&[IPC_INFO, MSG_INFO], &[arg("buf", control!(Out, MSG_INFO_DS))], Ret::Dec),
    ],
    &[arg("buf", Addr)],
);

pub(super) const SEMCTL: Syscall = syscall(
    "semctl",
    IPC,
    Ret::Dec,
    &[
        arg("semid", INT),
        arg("semnum", INT),
        arg("op", Scalar(W4, |cx, v| show_command(cx, &SEM_COMMANDS, v))),
    ],
)
.switch_masked(
    2,
    COMMAND,
    &[
        case(&[IPC_STAT, SEM_STAT, SEM_STAT_ANY], &[arg("arg", control!(Out, SEM_STAT_DS))], Ret::Dec),
        case(&[IPC_SET], &[arg("arg", control!(In, SEM_SET_DS))], Ret::Dec),
        case(&[IPC_INFO, SEM_INFO], &[arg("arg", control!(Out, SEM_INFO_DS))], Ret::Dec),
    ],
    &[arg("arg", Addr)],
);

pub(super) const SHMCTL: Syscall = syscall(
    "shmctl",
    IPC,
    Ret::Dec,
    &[arg("shmid", INT), arg("op", Scalar(W4, |cx, v| show_command(cx, &SHM_COMMANDS, v)))],
)
.switch_masked(
    1,
    COMMAND,
    &[
        case(&[IPC_STAT, SHM_STAT, SHM_STAT_ANY], &[arg("buf", control!(Out, SHM_STAT_DS))], Ret::Dec),
        case(&[IPC_SET], &[arg("buf", control!(In, SHM_SET_DS))], Ret::Dec),
        case(&[IPC_INFO], &[arg("buf", control!(Out, SHM_LIMITS))], Ret::Dec),
        case(&[SHM_INFO], &[arg("buf", control!(Out, SHM_USE))], Ret::Dec),
    ],
    &[arg("buf", Addr)],
);

/// What `semctl` has by way of `ipc`: the address of its last argument.
pub(super) const SEMCTL_BY_IPC: Syscall = syscall(
    "semctl",
    IPC,
    Ret::Dec,
    &[
        arg("semid", INT),
        arg("semnum", INT),
        arg("op", Scalar(W4, |cx, v| show_command(cx, &SEM_COMMANDS, v))),
    ],
)
.switch_masked(
    2,
    COMMAND,
    &[
        case(
            &[IPC_STAT, SEM_STAT, SEM_STAT_ANY],
            &[arg("arg", indirect!(Out, SEM_STAT_DS, false))],
            Ret::Dec,
        ),
        case(&[IPC_SET], &[arg("arg", indirect!(In, SEM_SET_DS, false))], Ret::Dec),
        case(&[IPC_INFO, SEM_INFO], &[arg("arg", indirect!(Out, SEM_INFO_DS, true))], Ret::Dec),
    ],
    &[arg("arg", POINTED_TY)],
);
