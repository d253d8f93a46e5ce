//! Inter-process communication: System V's queues, semaphores and shared memory.

mod control;
pub(crate) mod mq;
mod multiplex;

pub(crate) use multiplex::ipc_call;

use crate::common::{TIMESPEC, TIMESPEC64};
use control::{MSGCTL, SEMCTL, SHMCTL};
use decode::class::{IPC, MEMORY};
use decode::prelude::*;
use uapi::consts::*;

static GET_FLAGS: Names = names("", &[IPC_CREAT, IPC_EXCL, IPC_NOWAIT]);
static SHMGET_FLAGS: Names = names("", &[IPC_CREAT, IPC_EXCL, SHM_HUGETLB, SHM_NORESERVE]);
static SHMAT_FLAGS: Names = names("SHM_???", &[SHM_RDONLY, SHM_RND, SHM_REMAP, SHM_EXEC]);
static MSG_FLAGS: Names = names("MSG_???", &[MSG_NOERROR, MSG_EXCEPT, MSG_COPY, IPC_NOWAIT]);
static SEM_FLAGS: Names = names("SEM_???", &[SEM_UNDO, IPC_NOWAIT]);

/// The bits of a flag word that are permissions.
const PERMISSIONS: u64 = 0o777;

/// A key by which processes find what they share.
const KEY: Ty = Scalar(W4, |cx, v| {
    if cx.is(v, IPC_PRIVATE) {
        cx.named(v, Base::Hex, IPC_PRIVATE.name);
    } else {
        cx.out.hex(v);
    }
});

/// Shows flags, if there are any, and then permissions.
fn show_get_flags(cx: &mut Plain<'_>, v: u64) {
    cx.out.open(Kind::Terms);
    if v & !PERMISSIONS != 0 {
        cx.out.item();
        cx.flags(W4, &GET_FLAGS, v & !PERMISSIONS);
    }
    cx.out.item();
    cx.out.mode(v & PERMISSIONS);
    cx.out.close(Kind::Terms);
}

/// As [`show_get_flags`], with the size of huge pages as a power of two.
fn show_shmget_flags(cx: &mut Plain<'_>, v: u64) {
    let huge = v >> SHM_HUGE_SHIFT.v() & SHM_HUGE_MASK.v();
    let flags = v & !PERMISSIONS & !(SHM_HUGE_MASK.v() << SHM_HUGE_SHIFT.v());
    cx.out.open(Kind::Terms);
    if flags != 0 {
        cx.out.item();
        cx.flags(W4, &SHMGET_FLAGS, flags);
    }
    if huge != 0 {
        cx.out.item();
        cx.out.open(Kind::Shift);
        cx.out.item();
        cx.out.uint(huge);
        cx.out.item();
        cx.named(SHM_HUGE_SHIFT.v(), Base::Udec, SHM_HUGE_SHIFT.name);
        cx.out.close(Kind::Shift);
    }
    cx.out.item();
    cx.out.mode(v & PERMISSIONS);
    cx.out.close(Kind::Terms);
}

/// Shows a message: its type, a `long`, and `size` bytes of text behind it.
fn show_message(cx: &mut Cx<'_>, addr: u64, size: u64) {
    let word = cx.size_of(&KLONG);
    // `struct msgbuf` has room for a byte of text, and is as long as two words.
    let mut head = [0; 16];
    let head = &mut head[..2 * word];
    if addr == 0 || !cx.options.verbose || !cx.read(addr, head) {
        return cx.out.addr(addr);
    }
    let kind = head[..word].iter().rev().fold(0, |kind, &byte| kind << 8 | u64::from(byte));
    cx.out.open(Kind::Struct);
    cx.out.field("mtype");
    cx.out.int(sign_extend(kind, word as u32));
    cx.out.field("mtext");
    cx.buffer(addr.wrapping_add(word as u64), size, Text::Plain);
    cx.out.close(Kind::Struct);
}

fn show_message_arg(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.arg(2);
    show_message(cx, addr, size);
}

static SENT: decode::Hook =
    decode::Hook { dir: In, show: show_message_arg, reads: &[decode::Stretch::here(8200)] };
static RECEIVED: decode::Hook =
    decode::Hook { dir: Out, show: show_message_arg, reads: &[decode::Stretch::here(8200)] };

static SEMBUF: Record =
    record("sembuf", &[arg("sem_num", U16), arg("sem_op", S16), arg("sem_flg", Flags(W2, &SEM_FLAGS))]);

const MSQID: Arg = arg("msqid", INT);
const SEMID: Arg = arg("semid", INT);
const SHMID: Arg = arg("shmid", INT);
const MSGSZ: Arg = arg("msgsz", ULONG);
const MSGFLG: Arg = arg("msgflg", Flags(W4, &MSG_FLAGS));
static SOPS_TY: Ty = Array(&Struct(&SEMBUF), Len::ArgInt(2));
const SOPS: Arg = arg("sops", At(In, &SOPS_TY));
const NSOPS: Arg = arg("nsops", UINT);

pub(crate) static ROWS: &[Syscall] = &[
    syscall("msgget", IPC, Ret::Dec, &[arg("key", KEY), arg("msgflg", Scalar(W4, show_get_flags))]),
    syscall("msgsnd", IPC, Ret::Dec, &[MSQID, arg("msgp", Hook(&SENT)), MSGSZ, MSGFLG]),
    syscall(
        "msgrcv",
        IPC,
        Ret::Dec,
        &[MSQID, arg("msgp", Hook(&RECEIVED)), MSGSZ, arg("msgtyp", LONG), MSGFLG],
    ),
    MSGCTL,
    syscall(
        "semget",
        IPC,
        Ret::Dec,
        &[arg("key", KEY), arg("nsems", INT), arg("semflg", Scalar(W4, show_get_flags))],
    ),
    syscall("semop", IPC, Ret::Dec, &[SEMID, SOPS, NSOPS]),
    syscall("semtimedop", IPC, Ret::Dec, &[SEMID, SOPS, NSOPS, arg("timeout", At(In, &Struct(&TIMESPEC)))]),
    syscall(
        "semtimedop_time64",
        IPC,
        Ret::Dec,
        &[SEMID, SOPS, NSOPS, arg("timeout", At(In, &Struct(&TIMESPEC64)))],
    ),
    SEMCTL,
    syscall(
        "shmget",
        IPC,
        Ret::Dec,
        &[arg("key", KEY), arg("size", ULONG), arg("shmflg", Scalar(W4, show_shmget_flags))],
    ),
    syscall(
        "shmat",
        IPC | MEMORY,
        Ret::Addr,
        &[SHMID, arg("shmaddr", Addr), arg("shmflg", Flags(W4, &SHMAT_FLAGS))],
    ),
    syscall("shmdt", IPC | MEMORY, Ret::Dec, &[arg("shmaddr", Addr)]),
    SHMCTL,
    multiplex::IPC_ROW,
];
