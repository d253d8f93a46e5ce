//! Signals: their actions, masks, sending, waiting and returning from them.

use crate::common::{SIGNAL, TIMESPEC, TIMESPEC64, show_signal_bits, show_sigset_at, show_sigset_from};
use crate::siginfo::SIGINFO;
use decode::class::{DESC, NONE, PROCESS, SIGNAL as CLASS};
use decode::prelude::*;
use uapi::consts::*;

static SA_FLAGS: Names = names(
    "SA_???",
    &[
        SA_RESTORER,
        SA_ONSTACK,
        SA_RESTART,
        SA_INTERRUPT,
        SA_NODEFER,
        SA_RESETHAND,
        SA_SIGINFO,
        SA_NOCLDSTOP,
        SA_NOCLDWAIT,
    ],
);
/// Linux never used it; the name is the C libraries'.
const SA_INTERRUPT: Const = crate::common::uncommon("SA_INTERRUPT", 0x2000_0000);
static HOW: Names = names("SIG_???", &[SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK]);
static SS_FLAGS: Names = names("SS_???", &[SS_ONSTACK, SS_DISABLE, SS_AUTODISARM]);
static SFD_FLAGS: Names = names("SFD_???", &[SFD_CLOEXEC, SFD_NONBLOCK]);

/// Shows the address of a handler, or the name of what stands in its place.
fn show_handler(cx: &mut Plain<'_>, v: u64) {
    match v {
        0 => cx.named(v, Base::Hex, "SIG_DFL"),
        1 => cx.named(v, Base::Hex, "SIG_IGN"),
        u64::MAX => cx.named(v, Base::Hex, "SIG_ERR"),
        _ => cx.out.hex(v),
    }
}

const HANDLER: Ty = Scalar(Long, show_handler);
const FLAGS: Arg = arg("sa_flags", Flags(Long, &SA_FLAGS));
const RESTORER: Arg = arg("sa_restorer", Addr).when(|c| c.has(c.field("sa_flags"), SA_RESTORER));
/// A set of as many signals as a `long` has bits.
const OLD_MASK: Ty = Scalar(Long, |cx, bits| show_signal_bits(cx, bits, 8 * cx.word() as u32));

/// As many bytes of a mask must be there, though no kernel has used more than the first 8 or 16.
const MASK_SIZE: u32 = 64;

/// The kernel's `struct sigaction` (`include/linux/signal_types.h`) has its mask last; it is shown before the flags.
static SIGACTION: Record = record(
    "kernel_sigaction",
    &[
        arg("sa_handler", HANDLER),
        arg(
            "sa_mask",
            Inline([0, 0, 0], 1, |cx, _| {
                let bits = cx.load(3 * cx.word(), 8);
                show_signal_bits(cx, bits, 64);
            }),
        ),
        FLAGS,
        RESTORER,
        pad(MASK_SIZE),
    ],
);
/// The same without `sa_restorer`, as on RISC-V.
static SIGACTION_RISCV: Record = record(
    "kernel_sigaction",
    &[
        arg("sa_handler", HANDLER),
        arg(
            "sa_mask",
            Inline([0, 0, 0], 1, |cx, _| {
                let bits = cx.load(2 * cx.word(), 8);
                show_signal_bits(cx, bits, 64);
            }),
        ),
        FLAGS,
        pad(MASK_SIZE),
    ],
);
/// `struct old_sigaction`, of i386's `sigaction` call.
static OLD_SIGACTION: Record =
    record("old_sigaction", &[arg("sa_handler", HANDLER), arg("sa_mask", OLD_MASK), FLAGS, RESTORER]);
static SIGALTSTACK: Record = record(
    "sigaltstack",
    &[arg("ss_sp", Addr), arg("ss_flags", Flags(W4, &SS_FLAGS)), arg("ss_size", ULONG)],
);

/// A set whose size is the argument after it, or another.
static SIZED_BY_1: Ty = Form(Len::Arg(1), show_sigset_at);
static SIZED_BY_2: Ty = Form(Len::Arg(2), show_sigset_at);
static SIZED_BY_3: Ty = Form(Len::Arg(3), show_sigset_at);
/// The one call that takes sets shorter than a `long`.
static PENDING: Ty = Form(Len::Arg(1), |cx, addr, size| show_sigset_from(cx, addr, size, 1));

const OLD_SET: Ty = OLD_MASK;
const SIZE: Arg = arg("sigsetsize", ULONG);
const SIG: Arg = arg("signum", SIGNAL);

/// The signal that a waiting call took.
static TAKEN: Ret = Ret::Aux(&Ret::Dec, |cx| {
    if let Some(name) = crate::common::signal_name(cx.ret() as u64) {
        cx.aux(|cx| {
            cx.out.aux_part("");
            cx.out.word(name);
        });
    }
});
/// The handler that there was before.
static OLD_HANDLER: Ret = Ret::Aux(&Ret::Hex, |cx| {
    let name = match cx.ret() {
        0 => "SIG_DFL",
        1 => "SIG_IGN",
        _ => return,
    };
    cx.aux(|cx| {
        cx.out.aux_part("");
        cx.out.word(name);
    });
});

/// A result that is a set of signals.
fn aux_mask(cx: &mut Plain<'_>, what: &str) {
    let bits = cx.ret() as u32;
    cx.aux(|cx| {
        cx.out.aux_part(what);
        show_signal_bits(cx, u64::from(bits), 32);
    });
}

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "rt_sigaction",
        CLASS,
        Ret::Dec,
        &[SIG, arg("act", At(In, &Struct(&SIGACTION))), arg("oldact", At(Out, &Struct(&SIGACTION))), SIZE],
    ),
    syscall(
        "rt_sigaction",
        CLASS,
        Ret::Dec,
        &[
            SIG,
            arg("act", At(In, &Struct(&SIGACTION_RISCV))),
            arg("oldact", At(Out, &Struct(&SIGACTION_RISCV))),
            SIZE,
        ],
    )
    .only(&[Abi::Riscv64]),
    syscall(
        "sigaction",
        CLASS,
        Ret::Dec,
        &[SIG, arg("act", At(In, &Struct(&OLD_SIGACTION))), arg("oldact", At(Out, &Struct(&OLD_SIGACTION)))],
    ),
    syscall("signal", CLASS, OLD_HANDLER, &[SIG, arg("handler", HANDLER)]),
    syscall(
        "rt_sigprocmask",
        CLASS,
        Ret::Dec,
        &[
            arg("how", Enum(W4, &HOW)),
            arg("set", At(In, &SIZED_BY_3)),
            arg("oldset", At(Out, &SIZED_BY_3)),
            SIZE,
        ],
    ),
    syscall(
        "sigprocmask",
        CLASS,
        Ret::Dec,
        &[arg("how", Enum(W4, &HOW)), arg("set", At(In, &LONG_SET)), arg("oldset", At(Out, &LONG_SET))],
    ),
    syscall("rt_sigpending", CLASS, Ret::Dec, &[arg("set", At(Out, &PENDING)), SIZE]),
    syscall("sigpending", CLASS, Ret::Dec, &[arg("set", At(Out, &LONG_SET))]),
    syscall("rt_sigsuspend", CLASS, Ret::Dec, &[arg("set", At(In, &SIZED_BY_1)), SIZE]),
    // The set is the third argument; the others were never used.
    syscall(
        "sigsuspend",
        CLASS,
        Ret::Dec,
        &[arg("unused1", Addr).when(|_| false), arg("unused2", Addr).when(|_| false), arg("mask", OLD_SET)],
    ),
    syscall("sgetmask", CLASS, Ret::Aux(&Ret::Hex, |cx| aux_mask(cx, "mask")), &[]),
    syscall(
        "ssetmask",
        CLASS,
        Ret::Aux(&Ret::Hex, |cx| aux_mask(cx, "old mask")),
        &[arg("newmask", OLD_SET)],
    ),
    syscall(
        "rt_sigtimedwait",
        CLASS,
        TAKEN,
        &[
            arg("set", At(In, &SIZED_BY_3)),
            arg("info", At(Out, &SIGINFO)),
            arg("timeout", At(In, &Struct(&TIMESPEC))),
            SIZE,
        ],
    ),
    syscall(
        "rt_sigtimedwait_time64",
        CLASS,
        TAKEN,
        &[
            arg("set", At(In, &SIZED_BY_3)),
            arg("info", At(Out, &SIGINFO)),
            arg("timeout", At(In, &Struct(&TIMESPEC64))),
            SIZE,
        ],
    ),
    syscall(
        "rt_sigqueueinfo",
        CLASS | PROCESS,
        Ret::Dec,
        &[arg("tgid", TGID), SIG, arg("info", At(In, &SIGINFO))],
    ),
    syscall(
        "rt_tgsigqueueinfo",
        CLASS | PROCESS,
        Ret::Dec,
        &[arg("tgid", TGID), arg("tid", TID), SIG, arg("info", At(In, &SIGINFO))],
    ),
    syscall("rt_sigreturn", CLASS, Ret::Dec, &[arg("sigmask", Hook(FRAME)).implied()]),
    syscall("sigreturn", CLASS, Ret::Dec, &[arg("sigmask", Hook(OLD_FRAME)).implied()]),
    syscall("kill", CLASS | class::PROCESS, Ret::Dec, &[arg("pid", TGID), SIG]),
    syscall("tkill", CLASS | class::PROCESS, Ret::Dec, &[arg("tid", TID), SIG]),
    syscall("tgkill", CLASS | class::PROCESS, Ret::Dec, &[arg("tgid", TGID), arg("tid", TID), SIG]),
    syscall(
        "sigaltstack",
        CLASS,
        Ret::Dec,
        &[arg("ss", At(In, &Struct(&SIGALTSTACK))), arg("old_ss", At(Out, &Struct(&SIGALTSTACK)))],
    ),
    syscall("pause", CLASS, Ret::Dec, &[]),
    syscall("alarm", NONE, Ret::Udec, &[arg("seconds", UINT)]),
    syscall(
        "signalfd",
        DESC | CLASS,
        Ret::Fd,
        &[arg("fd", Fd), arg("mask", At(In, &SIZED_BY_2)), arg("sizemask", ULONG)],
    ),
    syscall(
        "signalfd4",
        DESC | CLASS,
        Ret::Fd,
        &[
            arg("fd", Fd),
            arg("mask", At(In, &SIZED_BY_2)),
            arg("sizemask", ULONG),
            arg("flags", Flags(W4, &SFD_FLAGS)),
        ],
    ),
    syscall("restart_syscall", NONE, Ret::Dec, &[arg("", Scalar(Width::Long, show_interrupted)).implied()]),
];

/// A set of a `long`, as old calls have it.
static LONG_SET: Ty = Form(Len::Const(8), |cx, addr, _| show_sigset_at(cx, addr, cx.word() as u64));

/// The mask that a signal handler's end restores, from the frame that the kernel put on the tracee's stack.
static FRAME: &decode::Hook = &decode::Hook {
    dir: In,
    show: |cx, _| {
        // Where `uc_sigmask` is from the stack pointer on: see `struct rt_sigframe` in the kernel's
        // `arch/*/kernel/signal*.c`. On x86 the return from the handler has taken the frame's first word.
        let offset = match cx.abi {
            Abi::X86_64 => 296,
            Abi::I386 => 248,
            Abi::X32 => 280,
            Abi::Aarch64 | Abi::Riscv64 => 168,
        };
        let bits = stack_at(cx, offset).and_then(|at| cx.read_uint(at, 8));
        show_frame(cx, bits, offset, 64);
    },
    reads: &[decode::Stretch::stack(1024)],
};

/// The same for i386's old frame: the mask is in two places of it.
static OLD_FRAME: &decode::Hook = &decode::Hook {
    dir: In,
    show: |cx, _| {
        /// `sc.oldmask` and `extramask` of `struct sigframe_ia32`, from `sc` on, where the stack pointer is.
        const OLD: u64 = 80;
        const EXTRA: u64 = 712;
        let low = stack_at(cx, OLD).and_then(|at| cx.read_u32(at));
        let high = stack_at(cx, EXTRA).and_then(|at| cx.read_u32(at));
        let bits = low.zip(high).map(|(low, high)| u64::from(low) | u64::from(high) << 32);
        match stack_at(cx, 0) {
            Some(frame) if bits.is_none() || !cx.options.verbose => cx.out.addr(frame),
            _ => show_frame(cx, bits, OLD, 64),
        }
    },
    reads: &[decode::Stretch::stack(1024)],
};

fn stack_at(cx: &mut Cx<'_>, offset: u64) -> Option<u64> {
    cx.stack_pointer().map(|sp| sp.wrapping_add(offset))
}

fn show_frame(cx: &mut Cx<'_>, mask: Option<u64>, offset: u64, count: u32) {
    match (mask, stack_at(cx, offset)) {
        (Some(bits), _) if cx.options.verbose => {
            cx.out.open(Kind::Struct);
            cx.out.field("mask");
            show_signal_bits(cx, bits, count);
            cx.out.close(Kind::Struct);
        }
        (_, Some(at)) => {
            cx.out.open(Kind::Struct);
            cx.out.field("mask");
            cx.out.addr(at);
            cx.out.close(Kind::Struct);
        }
        (_, None) => cx.out.unknown(),
    }
}

/// Which call a `restart_syscall` goes on with.
fn show_interrupted(cx: &mut Plain<'_>, _: u64) {
    let name = cx.interrupted_call().map_or("system call", |call| call.name);
    cx.out.word(&format!("<... resuming interrupted {name} ...>"));
}
