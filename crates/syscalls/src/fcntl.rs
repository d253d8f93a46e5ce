//! `fcntl` and `flock`.

use crate::common::{SIGNAL, signal_name, uncommon};
use crate::desc::SEEK_FROM;
use crate::file::{open_flags, show_open_flags};
use decode::class::DESC;
use decode::prelude::*;
use uapi::consts::*;

static COMMANDS: Names = names(
    "F_???",
    &[
        F_DUPFD,
        F_GETFD,
        F_SETFD,
        F_GETFL,
        F_SETFL,
        F_GETLK,
        F_SETLK,
        F_SETLKW,
        F_SETOWN,
        F_GETOWN,
        F_SETSIG,
        F_GETSIG,
        GETLK64,
        SETLK64,
        SETLKW64,
        F_SETOWN_EX,
        F_GETOWN_EX,
        F_GETOWNER_UIDS,
        F_OFD_GETLK,
        F_OFD_SETLK,
        F_OFD_SETLKW,
        F_SETLEASE,
        F_GETLEASE,
        F_NOTIFY,
        F_DUPFD_QUERY,
        F_CREATED_QUERY,
        F_CANCELLK,
        F_DUPFD_CLOEXEC,
        F_SETPIPE_SZ,
        F_GETPIPE_SZ,
        F_ADD_SEALS,
        F_GET_SEALS,
        F_GET_RW_HINT,
        F_SET_RW_HINT,
        F_GET_FILE_RW_HINT,
        F_SET_FILE_RW_HINT,
        F_GETDELEG,
        F_SETDELEG,
    ],
);
// The headers give these to 32-bit ABIs alone; the others know them by name only.
const GETLK64: Const = uncommon("F_GETLK64", 12);
const SETLK64: Const = uncommon("F_SETLK64", 13);
const SETLKW64: Const = uncommon("F_SETLKW64", 14);

static FD_FLAGS: Names = names("FD_???", &[FD_CLOEXEC]);
static LOCK_TYPES: Names = names("F_???", &[F_RDLCK, F_WRLCK, F_UNLCK, F_EXLCK, F_SHLCK]);
static OWNER_TYPES: Names = names("F_OWNER_???", &[F_OWNER_TID, F_OWNER_PID, F_OWNER_PGRP]);
static NOTIFY_FLAGS: Names =
    names("DN_???", &[DN_ACCESS, DN_MODIFY, DN_CREATE, DN_DELETE, DN_RENAME, DN_ATTRIB, DN_MULTISHOT]);
static SEALS: Names = names(
    "F_SEAL_???",
    &[F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_FUTURE_WRITE, F_SEAL_EXEC],
);
static LIFETIMES: Names = names(
    "RWH_WRITE_LIFE_???",
    &[
        RWH_WRITE_LIFE_NOT_SET,
        RWH_WRITE_LIFE_NONE,
        RWH_WRITE_LIFE_SHORT,
        RWH_WRITE_LIFE_MEDIUM,
        RWH_WRITE_LIFE_LONG,
        RWH_WRITE_LIFE_EXTREME,
    ],
);
static FLOCK_OPS: Names =
    names("LOCK_???", &[LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN, LOCK_MAND, LOCK_RW, LOCK_READ, LOCK_WRITE]);

const LOCK_TYPE: Arg = arg("l_type", Enum(W2, &LOCK_TYPES));
const LOCK_WHENCE: Arg = arg("l_whence", Enum(W2, &SEEK_FROM));

/// `struct flock`, of a lock that the kernel tells of.
static FLOCK: Record = record(
    "flock",
    &[LOCK_TYPE, LOCK_WHENCE, arg("l_start", KLONG), arg("l_len", KLONG), arg("l_pid", TGID)],
);
/// `struct flock`, of a lock that is asked for.
static FLOCK_SET: Record =
    record("flock", &[LOCK_TYPE, LOCK_WHENCE, arg("l_start", KLONG), arg("l_len", KLONG), pad(4)]);
/// `struct flock64`: offsets of 64 bits on every ABI.
static FLOCK64: Record =
    record("flock64", &[LOCK_TYPE, LOCK_WHENCE, arg("l_start", S64), arg("l_len", S64), arg("l_pid", TGID)]);
static FLOCK64_SET: Record =
    record("flock64", &[LOCK_TYPE, LOCK_WHENCE, arg("l_start", S64), arg("l_len", S64), pad(4)]);
/// Whom signals go to, by the type before it.
const OWNER: Ty = Scalar(W4, |cx, id| {
    let kind = match cx.field("type") {
        t if cx.is(t, F_OWNER_TID) => PidKind::Tid,
        t if cx.is(t, F_OWNER_PID) => PidKind::Tgid,
        t if cx.is(t, F_OWNER_PGRP) => PidKind::Pgid,
        _ => return cx.out.int(i64::from(id as i32)),
    };
    cx.pid(kind, id as i32);
});
/// Whom signals go to: a process, or a process group as a negative number.
const SIGNED_OWNER: Ty = Scalar(W4, |cx, id| match id as i32 {
    id @ 1.. => cx.pid(PidKind::Tgid, id),
    id => cx.out.int(i64::from(id)),
});
/// `struct f_owner_ex` (fcntl(2)).
static OWNER_EX: Record = record("f_owner_ex", &[arg("type", Enum(W4, &OWNER_TYPES)), arg("pid", OWNER)]);
/// `struct delegation`.
static DELEGATION: Record =
    record("delegation", &[arg("d_flags", X32), arg("d_type", Enum(W2, &LOCK_TYPES)), arg("__pad", X16)]);

static HINT: Ty = Enum(W8, &LIFETIMES);

/// A small number in a whole register, which 32-bit ABIs don't extend.
const NUMBER: Ty = Scalar(KLong, |cx, v| cx.out.int(v as i64));

/// Says in words what flags a call returned, if it returned any.
fn returned_flags(cx: &mut Plain<'_>, word: &'static str, table: &'static Names) {
    let value = cx.ret() as u64;
    if value != 0 {
        cx.aux(|cx| {
            cx.out.aux_part(word);
            let mut parts = Parts::new();
            let rest = parts.push_flags(value, u64::MAX, table, cx.abi);
            cx.flags_rest(value, parts, rest, "");
        });
    }
}

/// Says in a word what a call returned.
fn aux_word(cx: &mut Plain<'_>, word: &'static str) {
    cx.aux(|cx| {
        cx.out.aux_part("");
        cx.out.word(word);
    });
}

/// What `F_GETFL` returned: in words, however numbers with names are shown.
const OPEN_FLAGS_RET: Ret = Ret::Aux(&Ret::Hex, |cx| {
    let (parts, rest) = open_flags(cx.abi, cx.ret() as u64);
    cx.aux(|cx| {
        cx.out.aux_part("flags");
        cx.out.open(Kind::Terms);
        for part in parts.as_slice() {
            if let Part::Name(name) = part {
                cx.out.item();
                cx.out.word(name);
            }
        }
        if rest != 0 {
            cx.out.item();
            cx.out.hex(rest);
        }
        cx.out.close(Kind::Terms);
    });
});
const FD_FLAGS_RET: Ret = Ret::Aux(&Ret::Hex, |cx| returned_flags(cx, "flags", &FD_FLAGS));
const SEALS_RET: Ret = Ret::Aux(&Ret::Hex, |cx| returned_flags(cx, "seals", &SEALS));
/// What `F_GETLEASE` returned.
const LEASE_RET: Ret = Ret::Aux(&Ret::Hex, |cx| {
    if let Some(name) = LOCK_TYPES.find(cx.ret() as u64, u64::MAX, cx.abi) {
        aux_word(cx, name);
    }
});
/// What `F_GETSIG` returned.
const SIGNAL_RET: Ret = Ret::Aux(&Ret::Dec, |cx| {
    if let Some(name) = signal_name(cx.ret() as u64) {
        aux_word(cx, name);
    }
});

static CASES: &[Case] = &[
    case(&[F_DUPFD, F_DUPFD_CLOEXEC], &[arg("arg", NUMBER)], Ret::Fd),
    case(&[F_DUPFD_QUERY], &[arg("arg", Fd)], Ret::Dec),
    case(&[F_GETFD], &[], FD_FLAGS_RET),
    case(&[F_SETFD], &[arg("arg", Flags(W4, &FD_FLAGS))], Ret::Dec),
    case(&[F_GETFL], &[], OPEN_FLAGS_RET),
    case(&[F_SETFL], &[arg("arg", Scalar(W4, show_open_flags))], Ret::Dec),
    case(&[F_GETLK], &[arg("arg", At(Out, &Struct(&FLOCK)))], Ret::Dec),
    case(&[F_SETLK, F_SETLKW], &[arg("arg", At(In, &Struct(&FLOCK_SET)))], Ret::Dec),
    case(&[F_OFD_GETLK], &[arg("arg", At(Out, &Struct(&FLOCK64)))], Ret::Dec),
    case(&[F_OFD_SETLK, F_OFD_SETLKW], &[arg("arg", At(In, &Struct(&FLOCK64_SET)))], Ret::Dec),
    case(&[F_SETOWN], &[arg("arg", SIGNED_OWNER)], Ret::Dec),
    case(&[F_SETPIPE_SZ], &[arg("arg", NUMBER)], Ret::Dec),
    case(&[F_GETOWN], &[], Ret::Pid(PidKind::Tgid)),
    case(&[F_GETPIPE_SZ], &[], Ret::Dec),
    case(&[F_SETSIG], &[arg("arg", SIGNAL)], Ret::Dec),
    case(&[F_GETSIG], &[], SIGNAL_RET),
    case(&[F_GETOWN_EX], &[arg("arg", At(Out, &Struct(&OWNER_EX)))], Ret::Dec),
    case(&[F_SETOWN_EX], &[arg("arg", At(In, &Struct(&OWNER_EX)))], Ret::Dec),
    case(&[F_SETLEASE], &[arg("arg", Enum(KLong, &LOCK_TYPES))], Ret::Dec),
    case(&[F_GETLEASE], &[], LEASE_RET),
    case(&[F_NOTIFY], &[arg("arg", Flags(KLong, &NOTIFY_FLAGS))], Ret::Dec),
    case(&[F_ADD_SEALS], &[arg("arg", Flags(KLong, &SEALS))], Ret::Dec),
    case(&[F_GET_SEALS], &[], SEALS_RET),
    case(&[F_GET_RW_HINT, F_GET_FILE_RW_HINT], &[arg("arg", At(Out, &HINT))], Ret::Dec),
    case(&[F_SET_RW_HINT, F_SET_FILE_RW_HINT], &[arg("arg", At(In, &HINT))], Ret::Dec),
    case(&[F_GETDELEG], &[arg("arg", At(Out, &Struct(&DELEGATION)))], Ret::Dec),
    case(&[F_SETDELEG], &[arg("arg", At(In, &Struct(&DELEGATION)))], Ret::Dec),
    // Of `fcntl64` alone, from here on.
    case(&[GETLK64], &[arg("arg", At(Out, &Struct(&FLOCK64)))], Ret::Dec),
    case(&[SETLK64, SETLKW64], &[arg("arg", At(In, &Struct(&FLOCK64_SET)))], Ret::Dec),
];

/// The commands of `fcntl`, which on 32-bit ABIs doesn't know `struct flock64` but for open file descriptions' locks.
static PLAIN_CASES: &[Case] = CASES.split_at(CASES.len() - 2).0;

static HEAD: &[Arg] = &[arg("fd", Fd), arg("op", Enum(W4, &COMMANDS))];
static OTHER: &[Arg] = &[arg("arg", Int(KLong, Hex))];

pub(crate) static ROWS: &[Syscall] = &[
    syscall("fcntl", DESC, Ret::Dec, HEAD).switch(1, PLAIN_CASES, OTHER),
    syscall("fcntl64", DESC, Ret::Dec, HEAD).switch(1, CASES, OTHER),
    syscall("flock", DESC, Ret::Dec, &[arg("fd", Fd), arg("op", Flags(W4, &FLOCK_OPS))]),
];
