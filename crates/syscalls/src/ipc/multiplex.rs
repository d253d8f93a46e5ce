//! i386's `ipc`: one call for all of System V's.

use super::control::SEMCTL_BY_IPC;
use super::show_message;
use decode::class::{IPC, MEMORY};
use decode::prelude::*;
use uapi::consts::*;

/// Shows which call is meant, and in which version of its interface.
fn show_call(cx: &mut Plain<'_>, v: u64) {
    let (version, call) = (v >> 16, v & 0xffff);
    if version == 0 {
        return cx.out.uint(call);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.out.uint(version);
    cx.out.shifted(16);
    cx.out.item();
    cx.out.uint(call);
    cx.out.close(Kind::Terms);
}

/// The call itself, where it does not do what another call does.
pub(super) const IPC_ROW: Syscall = syscall(
    "ipc",
    IPC,
    Ret::Dec,
    &[
        arg("call", Scalar(W4, show_call)),
        arg("first", XLONG),
        arg("second", XLONG),
        arg("third", XLONG),
        arg("ptr", XLONG),
        arg("fifth", XLONG),
    ],
);

/// A `msgrcv` whose message and type are behind one pointer, of the first version of the interface: the size, which
/// stands between them, is behind the arguments that are shown.
static OLD_MSGRCV: Syscall = syscall(
    "msgrcv",
    IPC,
    Ret::Dec,
    &[
        arg("msqid", INT),
        arg(
            "msgp",
            Hook(&decode::Hook { dir: Late, show: show_kludge, reads: &[decode::Stretch::here(16)] }),
        ),
        arg("msgflg", Flags(W4, &super::MSG_FLAGS)),
    ],
);

/// `struct ipc_kludge`: the message's address and the wanted type, which are two arguments.
fn show_kludge(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.arg(3);
    let kludge = if addr == 0 { None } else { cx.read_uint(addr, 8) };
    match kludge {
        Some(kludge) if cx.failed() => cx.out.addr(kludge & 0xffff_ffff),
        Some(kludge) => show_message(cx, kludge & 0xffff_ffff, size),
        None => cx.out.addr(addr),
    }
    cx.out.arg_name("msgsz");
    cx.out.uint(size);
    if let Some(kludge) = kludge {
        cx.out.arg_name("msgtyp");
        cx.out.int(i64::from((kludge >> 32) as i32));
    }
}

/// A `shmat` that stores where it has attached the memory; what it returns says only that it has.
static SHMAT_BY_IPC: Syscall = syscall(
    "shmat",
    IPC | MEMORY,
    Ret::Shown(&[decode::Stretch::arg(3, 4)], show_attached),
    &[arg("shmid", INT), arg("shmaddr", Addr), arg("shmflg", Flags(W4, &super::SHMAT_FLAGS))],
);

fn show_attached(cx: &mut Cx<'_>) {
    match cx.read_word(cx.arg(3)) {
        Some(addr) => cx.out.hex(addr),
        None => cx.out.word("?"),
    }
}

/// What an `ipc` call with these registers does: the row of the call that it stands for, under whose name it is
/// shown, and its arguments in that row's order. `None` if it stands for no other.
pub(crate) fn ipc_call(registers: [u64; 6]) -> Option<(&'static Syscall, [u64; 6])> {
    let [call, first, second, third, ptr, fifth] = registers;
    let version = call as u32 >> 16;
    let number = Some(call & 0xffff);
    let row = |name| super::ROWS.iter().find(|row| row.name == name);
    let is = |c: Const| c.on(Abi::I386) == number;
    let (row, args) = if is(SEMOP) {
        (row("semop"), [first, ptr, second, 0, 0, 0])
    } else if is(SEMGET) {
        (row("semget"), [first, second, third, 0, 0, 0])
    } else if is(SEMCTL) {
        (Some(&BY_IPC), [first, second, third, ptr, 0, 0])
    } else if is(SEMTIMEDOP) {
        (row("semtimedop"), [first, ptr, second, fifth, 0, 0])
    } else if is(MSGSND) {
        (row("msgsnd"), [first, ptr, second, third, 0, 0])
    } else if is(MSGRCV) && version == 0 {
        (Some(&OLD_MSGRCV), [first, ptr, third, second, 0, 0])
    } else if is(MSGRCV) {
        (row("msgrcv"), [first, ptr, second, fifth, third, 0])
    } else if is(MSGGET) {
        (row("msgget"), [first, second, 0, 0, 0, 0])
    } else if is(MSGCTL) {
        (row("msgctl"), [first, second, ptr, 0, 0, 0])
    } else if is(SHMAT) {
        (Some(&SHMAT_BY_IPC), [first, ptr, second, third, 0, 0])
    } else if is(SHMDT) {
        (row("shmdt"), [ptr, 0, 0, 0, 0, 0])
    } else if is(SHMGET) {
        (row("shmget"), [first, second, third, 0, 0, 0])
    } else if is(SHMCTL) {
        (row("shmctl"), [first, second, ptr, 0, 0, 0])
    } else {
        return None;
    };
    Some((row?, args))
}

static BY_IPC: Syscall = SEMCTL_BY_IPC;
