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
fn show_command(cx: &mut Plain<'_>, table: &'static Names, v: u64) {
    cx.out.open(Kind::Terms);
    if v & IPC_64.v() != 0 {
        cx.out.item();
        cx.named(IPC_64.v(), Base::Hex, IPC_64.name);
    }
    cx.out.item();
    cx.enumerated(W4, table, v & u64::from(COMMAND));
    cx.out.close(Kind::Terms);
}

/// `struct ipc64_perm` with a mode of this type; behind one of 16 bits there are as many that mean nothing.
const fn perm(mode: Ty, gap: u32) -> [Arg; 11] {
    [
        arg("key", UINT),
        arg("uid", ID),
        arg("gid", ID),
        arg("cuid", ID),
        arg("cgid", ID),
        arg("mode", mode),
        pad(gap),
        arg("seq", U16),
        pad(2),
        arg("__unused1", KULONG),
        arg("__unused2", KULONG),
    ]
}
static PERM: Record = record("ipc64_perm", &const { perm(Int(W4, Mode), 0) });
static PERM_I386: Record = record("ipc64_perm", &const { perm(Int(W2, Mode), 2) });

/// Permissions as a caller may set them, and as the kernel tells them.
const SET: &[&str] = &["uid", "gid", "mode"];
const TOLD: &[&str] = &["uid", "gid", "mode", "key", "cuid", "cgid"];

/// `struct msqid64_ds` where a `long` has room for a time.
const fn msqid(perm: Ty) -> [Arg; 10] {
    [
        arg("msg_perm", perm),
        arg("msg_stime", KULONG),
        arg("msg_rtime", KULONG),
        arg("msg_ctime", KULONG),
        arg("msg_cbytes", KULONG),
        arg("msg_qnum", KULONG),
        arg("msg_qbytes", KULONG),
        arg("msg_lspid", TGID),
        arg("msg_lrpid", TGID),
        arg("__unused4", Array(&KULONG, Len::Const(2))),
    ]
}
/// The same where times are in two parts.
const fn msqid_i386(perm: Ty) -> [Arg; 13] {
    [
        arg("msg_perm", perm),
        arg("msg_stime", ULONG),
        arg("msg_stime_high", ULONG),
        arg("msg_rtime", ULONG),
        arg("msg_rtime_high", ULONG),
        arg("msg_ctime", ULONG),
        arg("msg_ctime_high", ULONG),
        arg("msg_cbytes", ULONG),
        arg("msg_qnum", ULONG),
        arg("msg_qbytes", ULONG),
        arg("msg_lspid", TGID),
        arg("msg_lrpid", TGID),
        arg("__unused4", Array(&ULONG, Len::Const(2))),
    ]
}
static MSQID: Record = record("msqid64_ds", &const { msqid(Members(&PERM, TOLD)) });
static MSQID_SET: Record = record("msqid64_ds", &const { msqid(Members(&PERM, SET)) });
static MSQID_I386: Record = record("msqid64_ds", &const { msqid_i386(Members(&PERM_I386, TOLD)) });
static MSQID_I386_SET: Record = record("msqid64_ds", &const { msqid_i386(Members(&PERM_I386, SET)) });

const MSG_TOLD: &[&str] =
    &["msg_perm", "msg_stime", "msg_rtime", "msg_ctime", "msg_qnum", "msg_qbytes", "msg_lspid", "msg_lrpid"];
static MSG_STAT_DS: Ty = ByAbi(|abi| match abi {
    Abi::I386 => &const { Members(&MSQID_I386, MSG_TOLD) },
    _ => &const { Members(&MSQID, MSG_TOLD) },
});
static MSG_SET_DS: Ty = ByAbi(|abi| match abi {
    Abi::I386 => &const { Members(&MSQID_I386_SET, &["msg_perm", "msg_qbytes"]) },
    _ => &const { Members(&MSQID_SET, &["msg_perm", "msg_qbytes"]) },
});
static MSG_INFO_DS: Record = record(
    "msginfo",
    &[
        arg("msgpool", INT),
        arg("msgmap", INT),
        arg("msgmax", INT),
        arg("msgmnb", INT),
        arg("msgmni", INT),
        arg("msgssz", INT),
        arg("msgtql", INT),
        arg("msgseg", U16),
    ],
);

/// `struct semid64_ds`: x86 has a spare word behind each time.
const fn semid_x86(perm: Ty) -> [Arg; 7] {
    [
        arg("sem_perm", perm),
        arg("sem_otime", KULONG),
        arg("__unused1", KULONG),
        arg("sem_ctime", KULONG),
        arg("__unused2", KULONG),
        arg("sem_nsems", KULONG),
        arg("__unused3", Array(&KULONG, Len::Const(2))),
    ]
}
const fn semid(perm: Ty) -> [Arg; 5] {
    [
        arg("sem_perm", perm),
        arg("sem_otime", KULONG),
        arg("sem_ctime", KULONG),
        arg("sem_nsems", KULONG),
        arg("__unused3", Array(&KULONG, Len::Const(2))),
    ]
}
const fn semid_i386(perm: Ty) -> [Arg; 7] {
    [
        arg("sem_perm", perm),
        arg("sem_otime", ULONG),
        arg("sem_otime_high", ULONG),
        arg("sem_ctime", ULONG),
        arg("sem_ctime_high", ULONG),
        arg("sem_nsems", ULONG),
        arg("__unused3", Array(&ULONG, Len::Const(2))),
    ]
}
static SEMID_X86: Record = record("semid64_ds", &const { semid_x86(Members(&PERM, TOLD)) });
static SEMID_X86_SET: Record = record("semid64_ds", &const { semid_x86(Members(&PERM, SET)) });
static SEMID: Record = record("semid64_ds", &const { semid(Members(&PERM, TOLD)) });
static SEMID_SET: Record = record("semid64_ds", &const { semid(Members(&PERM, SET)) });
static SEMID_I386: Record = record("semid64_ds", &const { semid_i386(Members(&PERM_I386, TOLD)) });
static SEMID_I386_SET: Record = record("semid64_ds", &const { semid_i386(Members(&PERM_I386, SET)) });

const SEM_TOLD: &[&str] = &["sem_perm", "sem_otime", "sem_ctime", "sem_nsems"];
static SEM_STAT_DS: Ty = ByAbi(|abi| match abi {
    Abi::I386 => &const { Members(&SEMID_I386, SEM_TOLD) },
    Abi::X86_64 | Abi::X32 => &const { Members(&SEMID_X86, SEM_TOLD) },
    Abi::Aarch64 | Abi::Riscv64 => &const { Members(&SEMID, SEM_TOLD) },
});
static SEM_SET_DS: Ty = ByAbi(|abi| match abi {
    Abi::I386 => &const { Members(&SEMID_I386_SET, &["sem_perm"]) },
    Abi::X86_64 | Abi::X32 => &const { Members(&SEMID_X86_SET, &["sem_perm"]) },
    Abi::Aarch64 | Abi::Riscv64 => &const { Members(&SEMID_SET, &["sem_perm"]) },
});
static SEM_INFO_DS: Record = record(
    "seminfo",
    &[
        arg("semmap", INT),
        arg("semmni", INT),
        arg("semmns", INT),
        arg("semmnu", INT),
        arg("semmsl", INT),
        arg("semopm", INT),
        arg("semume", INT),
        arg("semusz", INT),
        arg("semvmx", INT),
        arg("semaem", INT),
    ],
);
static SEM_INFO_DATA: Ty = Struct(&SEM_INFO_DS);

/// `struct shmid64_ds`: x32 has room for a longer size than its own.
const fn shmid(perm: Ty) -> [Arg; 9] {
    [
        arg("shm_perm", perm),
        arg("shm_segsz", ULONG),
        arg("shm_atime", KULONG),
        arg("shm_dtime", KULONG),
        arg("shm_ctime", KULONG),
        arg("shm_cpid", TGID),
        arg("shm_lpid", TGID),
        arg("shm_nattch", KULONG),
        arg("__unused4", Array(&KULONG, Len::Const(2))),
    ]
}
const fn shmid_i386(perm: Ty) -> [Arg; 12] {
    [
        arg("shm_perm", perm),
        arg("shm_segsz", ULONG),
        arg("shm_atime", ULONG),
        arg("shm_atime_high", ULONG),
        arg("shm_dtime", ULONG),
        arg("shm_dtime_high", ULONG),
        arg("shm_ctime", ULONG),
        arg("shm_ctime_high", ULONG),
        arg("shm_cpid", TGID),
        arg("shm_lpid", TGID),
        arg("shm_nattch", ULONG),
        arg("__unused4", Array(&ULONG, Len::Const(2))),
    ]
}
static SHMID: Record = record("shmid64_ds", &const { shmid(Members(&PERM, TOLD)) });
static SHMID_SET: Record = record("shmid64_ds", &const { shmid(Members(&PERM, SET)) });
static SHMID_I386: Record = record("shmid64_ds", &const { shmid_i386(Members(&PERM_I386, TOLD)) });
static SHMID_I386_SET: Record = record("shmid64_ds", &const { shmid_i386(Members(&PERM_I386, SET)) });

const SHM_TOLD: &[&str] =
    &["shm_perm", "shm_segsz", "shm_cpid", "shm_lpid", "shm_nattch", "shm_atime", "shm_dtime", "shm_ctime"];
static SHM_STAT_DS: Ty = ByAbi(|abi| match abi {
    Abi::I386 => &const { Members(&SHMID_I386, SHM_TOLD) },
    _ => &const { Members(&SHMID, SHM_TOLD) },
});
static SHM_SET_DS: Ty = ByAbi(|abi| match abi {
    Abi::I386 => &const { Members(&SHMID_I386_SET, &["shm_perm"]) },
    _ => &const { Members(&SHMID_SET, &["shm_perm"]) },
});
static SHM_LIMITS: Record = record(
    "shminfo64",
    &[
        arg("shmmax", KULONG),
        arg("shmmin", KULONG),
        arg("shmmni", KULONG),
        arg("shmseg", KULONG),
        arg("shmall", KULONG),
        arg("__unused1", Array(&KULONG, Len::Const(4))).when(|_| false),
    ],
);
static SHM_USE: Record = record(
    "shm_info",
    &[
        arg("used_ids", INT),
        arg("shm_tot", KULONG),
        arg("shm_rss", KULONG),
        arg("shm_swp", KULONG),
        arg("swap_attempts", KULONG),
        arg("swap_successes", KULONG),
    ],
);

// What goes in or comes out.
const MSG_STAT_TY: Ty = At(Out, &MSG_STAT_DS);
const MSG_SET_TY: Ty = At(In, &MSG_SET_DS);
const MSG_INFO_TY: Ty = At(Out, &Struct(&MSG_INFO_DS));
const SEM_STAT_TY: Ty = At(Out, &SEM_STAT_DS);
const SEM_SET_TY: Ty = At(In, &SEM_SET_DS);
const SEM_INFO_TY: Ty = At(Out, &SEM_INFO_DATA);
const SHM_STAT_TY: Ty = At(Out, &SHM_STAT_DS);
const SHM_SET_TY: Ty = At(In, &SHM_SET_DS);
const SHM_LIMITS_TY: Ty = At(Out, &Struct(&SHM_LIMITS));
const SHM_USE_TY: Ty = At(Out, &Struct(&SHM_USE));

/// Hooks for an argument of which the tracee gives the address.
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
fn show_indirect(cx: &mut Cx<'_>, of: &'static Ty, addr: u64, bare: bool) {
    let target = if addr == 0 { None } else { cx.read_u32(addr).map(u64::from) };
    let Some(target) = target else { return cx.out.addr(addr) };
    let of = if let ByAbi(choose) = of { choose(cx.abi) } else { of };
    let record = of.record().filter(|_| target != 0 && cx.options.verbose);
    if bare || record.is_some_and(|record| cx.with_record(record, target, |_| ())) {
        return cx.deref(of, target);
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
        case(&[IPC_STAT, MSG_STAT, MSG_STAT_ANY], &[arg("buf", MSG_STAT_TY)], Ret::Dec),
        case(&[IPC_SET], &[arg("buf", MSG_SET_TY)], Ret::Dec),
        case(&[IPC_INFO, MSG_INFO], &[arg("buf", MSG_INFO_TY)], Ret::Dec),
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
        case(&[IPC_STAT, SEM_STAT, SEM_STAT_ANY], &[arg("arg", SEM_STAT_TY)], Ret::Dec),
        case(&[IPC_SET], &[arg("arg", SEM_SET_TY)], Ret::Dec),
        case(&[IPC_INFO, SEM_INFO], &[arg("arg", SEM_INFO_TY)], Ret::Dec),
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
        case(&[IPC_STAT, SHM_STAT, SHM_STAT_ANY], &[arg("buf", SHM_STAT_TY)], Ret::Dec),
        case(&[IPC_SET], &[arg("buf", SHM_SET_TY)], Ret::Dec),
        case(&[IPC_INFO], &[arg("buf", SHM_LIMITS_TY)], Ret::Dec),
        case(&[SHM_INFO], &[arg("buf", SHM_USE_TY)], Ret::Dec),
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
        case(&[IPC_INFO, SEM_INFO], &[arg("arg", indirect!(Out, SEM_INFO_DATA, true))], Ret::Dec),
    ],
    &[arg("arg", POINTED_TY)],
);
