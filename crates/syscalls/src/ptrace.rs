//! `ptrace`: one process controlling another, request by request.

use crate::bpf_filter::show_filter;
use crate::common::{show_signal, uncommon};
use crate::ptrace_info::{METADATA, SYSCALL_INFO_GOT, SYSCALL_INFO_SET};
use crate::ptrace_regs::{
    show_floating, show_floating_part, show_general, show_general_part, show_user_offset,
};
use crate::seccomp::show_operand;
use crate::siginfo::{self, SIGINFO, show_siginfo_at};
use decode::Stretch;
use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

/// Requests that have another name in the headers than in the manual page, or are there for some ABIs only.
const PTRACE_PEEKUSER: Const = uncommon("PTRACE_PEEKUSER", 3);
const PTRACE_POKEUSER: Const = uncommon("PTRACE_POKEUSER", 6);

/// What debuggers call `NT_PRFPREG`.
const NT_FPREGSET: Const = uncommon("NT_FPREGSET", 2);

static REQUESTS: Names = names(
    "PTRACE_???",
    &[
        PTRACE_TRACEME,
        PTRACE_PEEKTEXT,
        PTRACE_PEEKDATA,
        PTRACE_PEEKUSER,
        PTRACE_POKETEXT,
        PTRACE_POKEDATA,
        PTRACE_POKEUSER,
        PTRACE_CONT,
        PTRACE_KILL,
        PTRACE_SINGLESTEP,
        PTRACE_GETREGS,
        PTRACE_SETREGS,
        PTRACE_GETFPREGS,
        PTRACE_SETFPREGS,
        PTRACE_ATTACH,
        PTRACE_DETACH,
        PTRACE_GETFPXREGS,
        PTRACE_SETFPXREGS,
        PTRACE_OLDSETOPTIONS,
        PTRACE_SYSCALL,
        PTRACE_GET_THREAD_AREA,
        PTRACE_SET_THREAD_AREA,
        PTRACE_ARCH_PRCTL,
        PTRACE_SYSEMU,
        PTRACE_SYSEMU_SINGLESTEP,
        PTRACE_SINGLEBLOCK,
        PTRACE_SETOPTIONS,
        PTRACE_GETEVENTMSG,
        PTRACE_GETSIGINFO,
        PTRACE_SETSIGINFO,
        PTRACE_GETREGSET,
        PTRACE_SETREGSET,
        PTRACE_SEIZE,
        PTRACE_INTERRUPT,
        PTRACE_LISTEN,
        PTRACE_PEEKSIGINFO,
        PTRACE_GETSIGMASK,
        PTRACE_SETSIGMASK,
        PTRACE_SECCOMP_GET_FILTER,
        PTRACE_SECCOMP_GET_METADATA,
        PTRACE_GET_SYSCALL_INFO,
        PTRACE_GET_RSEQ_CONFIGURATION,
        PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG,
        PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG,
        PTRACE_SET_SYSCALL_INFO,
    ],
);
static OPTIONS: Names = names(
    "PTRACE_O_???",
    &[
        PTRACE_O_TRACESYSGOOD,
        PTRACE_O_TRACEFORK,
        PTRACE_O_TRACEVFORK,
        PTRACE_O_TRACECLONE,
        PTRACE_O_TRACEEXEC,
        PTRACE_O_TRACEVFORKDONE,
        PTRACE_O_TRACEEXIT,
        PTRACE_O_TRACESECCOMP,
        PTRACE_O_EXITKILL,
        PTRACE_O_SUSPEND_SECCOMP,
    ],
);
static NOTES: Names = names(
    "NT_???",
    &[
        NT_PRSTATUS,
        NT_FPREGSET,
        NT_PRPSINFO,
        uncommon("NT_PRXREG", 0x4),
        uncommon("NT_PLATFORM", 0x5),
        NT_AUXV,
        uncommon("NT_GWINDOWS", 0x7),
        uncommon("NT_ASRS", 0x8),
        uncommon("NT_PSTATUS", 0xa),
        uncommon("NT_PSINFO", 0xd),
        uncommon("NT_PRCRED", 0xe),
        uncommon("NT_UTSNAME", 0xf),
        uncommon("NT_LWPSTATUS", 0x10),
        uncommon("NT_LWPSINFO", 0x11),
        uncommon("NT_PRFPXREG", 0x14),
        NT_PPC_VMX,
        NT_PPC_SPE,
        NT_PPC_VSX,
        NT_PPC_TAR,
        NT_PPC_PPR,
        NT_PPC_DSCR,
        NT_PPC_EBB,
        NT_PPC_PMU,
        NT_PPC_TM_CGPR,
        NT_PPC_TM_CFPR,
        NT_PPC_TM_CVMX,
        NT_PPC_TM_CVSX,
        NT_PPC_TM_SPR,
        NT_PPC_TM_CTAR,
        NT_PPC_TM_CPPR,
        NT_PPC_TM_CDSCR,
        NT_PPC_PKEY,
        NT_PPC_DEXCR,
        NT_PPC_HASHKEYR,
        NT_386_TLS,
        NT_386_IOPERM,
        NT_X86_XSTATE,
        NT_X86_SHSTK,
        NT_X86_XSAVE_LAYOUT,
        NT_S390_HIGH_GPRS,
        NT_S390_TIMER,
        NT_S390_TODCMP,
        NT_S390_TODPREG,
        NT_S390_CTRS,
        NT_S390_PREFIX,
        NT_S390_LAST_BREAK,
        NT_S390_SYSTEM_CALL,
        NT_S390_TDB,
        NT_S390_VXRS_LOW,
        NT_S390_VXRS_HIGH,
        NT_S390_GS_CB,
        NT_S390_GS_BC,
        NT_S390_RI_CB,
        NT_S390_PV_CPU_DATA,
        NT_ARM_VFP,
        NT_ARM_TLS,
        NT_ARM_HW_BREAK,
        NT_ARM_HW_WATCH,
        NT_ARM_SYSTEM_CALL,
        NT_ARM_SVE,
        NT_ARM_PAC_MASK,
        NT_ARM_PACA_KEYS,
        NT_ARM_PACG_KEYS,
        NT_ARM_TAGGED_ADDR_CTRL,
        NT_ARM_PAC_ENABLED_KEYS,
        NT_ARM_SSVE,
        NT_ARM_ZA,
        NT_ARM_ZT,
        NT_ARM_FPMR,
        NT_ARM_POE,
        NT_ARM_GCS,
        uncommon("NT_METAG_CBUF", 0x500),
        uncommon("NT_METAG_RPIPE", 0x501),
        uncommon("NT_METAG_TLS", 0x502),
        NT_ARC_V2,
        NT_VMCOREDD,
        NT_MIPS_DSP,
        NT_MIPS_FP_MODE,
        NT_MIPS_MSA,
        NT_RISCV_CSR,
        NT_RISCV_VECTOR,
        NT_RISCV_TAGGED_ADDR_CTRL,
        NT_RISCV_USER_CFI,
        NT_LOONGARCH_CPUCFG,
        NT_LOONGARCH_CSR,
        NT_LOONGARCH_LSX,
        NT_LOONGARCH_LASX,
        NT_LOONGARCH_LBT,
        NT_PRXFPREG,
        NT_FILE,
        NT_SIGINFO,
    ],
);
static PEEK_FLAGS: Names = names("PTRACE_PEEKSIGINFO_???", &[PTRACE_PEEKSIGINFO_SHARED]);

/// `struct ptrace_peeksiginfo_args`.
static PEEK_ARGS: Record = record(
    "ptrace_peeksiginfo_args",
    &[arg("off", U64), arg("flags", Flags(W4, &PEEK_FLAGS)), arg("nr", UINT)],
);

/// Which set of registers an `iovec` is of.
fn is_note(cx: &Plain<'_>, note: Const) -> bool {
    cx.is(cx.arg(2), note)
}

/// `PTRACE_GETREGSET` and its kin take an `iovec`, and say by its length how much there is.
fn show_regset(cx: &mut Cx<'_>, addr: u64) {
    let word = cx.word();
    if !cx.exiting() {
        let len = cx.read_uint(addr.wrapping_add(word as u64), word);
        if addr != 0
            && cx.options.verbose
            && let Some(len) = len.filter(|_| cx.read(addr, &mut [0; 1]))
        {
            cx.save(len);
        }
        return if cx.saved_here().is_some() { begin_regset(cx, addr) } else { cx.out.addr(addr) };
    }
    let Some(asked) = cx.saved_here() else { return };
    end_regset(cx, addr, asked);
}

fn iov_base(cx: &mut Cx<'_>, addr: u64) -> u64 {
    cx.read_word(addr).unwrap_or(0)
}

fn show_registers(cx: &mut Cx<'_>, base: u64, len: u64) {
    if is_note(cx, NT_PRSTATUS) {
        show_general_part(cx, base, len);
    } else if is_note(cx, NT_FPREGSET) {
        show_floating_part(cx, base, len);
    } else {
        cx.out.addr(base);
    }
}

/// What is set is known on entering, what is got only on exiting; the length may change.
fn begin_regset(cx: &mut Cx<'_>, addr: u64) {
    cx.out.open(Kind::Struct);
    cx.out.field("iov_base");
    if cx.is(cx.arg(0), PTRACE_SETREGSET) {
        let (base, len) = (iov_base(cx, addr), cx.saved_here().unwrap_or(0));
        show_registers(cx, base, len);
        cx.out.field("iov_len");
        cx.out.change_begin();
        cx.out.uint(len);
    }
}

fn end_regset(cx: &mut Cx<'_>, addr: u64, asked: u64) {
    let word = cx.word();
    let len = cx.read_uint(addr.wrapping_add(word as u64), word).unwrap_or(asked);
    if cx.is(cx.arg(0), PTRACE_GETREGSET) {
        let base = iov_base(cx, addr);
        if cx.failed() {
            cx.out.addr(base)
        } else {
            show_registers(cx, base, len)
        }
        cx.out.field("iov_len");
        cx.out.change_begin();
        cx.out.uint(asked);
    }
    if len != asked {
        cx.out.changed();
        cx.out.uint(len);
    }
    cx.out.change_end();
    cx.out.close(Kind::Struct);
}

/// Shows the `siginfo_t`s that were waiting: as many as the call says.
fn show_peeked(cx: &mut Cx<'_>, addr: u64) {
    let count = cx.ret().max(0) as u64;
    cx.array_with(addr, count, siginfo::SIZE, |cx, _, _, at| show_siginfo_at(cx, at));
}

fn show_get_filter(cx: &mut Cx<'_>, addr: u64) {
    let len = cx.ret().max(0) as u64;
    show_filter(cx, addr, len, show_operand);
}

/// What the last argument of these requests points to has no more than a page.
const MOST: Len = Len::Const(4096);
static REGSET: decode::Hook = decode::Hook {
    dir: InOut,
    show: show_regset,
    reads: &[Stretch::to(Start::Here, Struct(&REGSET_VECTOR))],
};
static REGSET_VECTOR: Record =
    record("iovec", &[arg("iov_base", At(In, &Bytes(MOST))), arg("iov_len", ULONG)]);
/// Room for as many signals as anybody waits for.
const MOST_PEEKED: u32 = 4096 * siginfo::SIZE as u32;
static PEEKED: Ty = Form(Len::Const(MOST_PEEKED), |cx, addr, _| show_peeked(cx, addr));
/// A signal mask is only looked at where its size is right.
static MASK: Ty = Form(Len::Arg(2), crate::common::show_sigset_at);
static FILTER: Ty = Form(Len::Const(8 * 4096), |cx, addr, _| show_get_filter(cx, addr));
static GENERAL: Ty = Form(MOST, |cx, addr, _| show_general(cx, addr));
static FLOATING: Ty = Form(MOST, |cx, addr, _| show_floating(cx, addr));
/// A word of the tracee's memory, which may be an address.
static WORD: Ty = Scalar(Long, |cx, v| cx.out.symbolic(v, Base::Addr, &[], ""));
const ADDR: Arg = arg("addr", Addr);
const DATA: Arg = arg("data", Addr);
const USER: Arg = arg("addr", Scalar(Long, show_user_offset));
const NOTE: Arg = arg("addr", Enum(W4, &NOTES));
const SIZE: Arg = arg("addr", ULONG);
/// The general registers stand in the last argument, and the one before it is not shown.
const UNSHOWN: Arg = arg("addr", Addr).when(|_| false);
const SIGNAL_TO: Arg = arg("data", Scalar(W4, show_signal));

/// A request's number: the whole word counts.
fn show_request(cx: &mut Plain<'_>, v: u64) {
    cx.enumerated(KLong, &REQUESTS, v);
}

pub(crate) static ROWS: &[Syscall] =
    &[syscall("ptrace", NONE, Ret::Dec, &[arg("op", Scalar(Long, show_request))]).switch(
        0,
        &[
            case(&[PTRACE_TRACEME], &[], Ret::Dec),
            case(&[PTRACE_KILL, PTRACE_ATTACH, PTRACE_INTERRUPT, PTRACE_LISTEN], &[PID], Ret::Dec),
            case(&[PTRACE_PEEKTEXT, PTRACE_PEEKDATA], &[PID, ADDR, arg("data", At(Out, &WORD))], Ret::Dec),
            case(&[PTRACE_PEEKUSER], &[PID, USER, arg("data", At(Out, &WORD))], Ret::Dec),
            case(&[PTRACE_POKEUSER], &[PID, USER, DATA], Ret::Dec),
            case(
                &[
                    PTRACE_CONT,
                    PTRACE_SINGLESTEP,
                    PTRACE_DETACH,
                    PTRACE_SYSCALL,
                    PTRACE_SYSEMU,
                    PTRACE_SYSEMU_SINGLESTEP,
                    PTRACE_SINGLEBLOCK,
                ],
                &[PID, ADDR, SIGNAL_TO],
                Ret::Dec,
            ),
            case(&[PTRACE_GETREGS], &[PID, UNSHOWN, arg("addr", At(Out, &GENERAL))], Ret::Dec),
            case(&[PTRACE_SETREGS], &[PID, UNSHOWN, arg("addr", At(In, &GENERAL))], Ret::Dec),
            case(&[PTRACE_GETFPREGS], &[PID, UNSHOWN, arg("addr", At(Out, &FLOATING))], Ret::Dec),
            case(&[PTRACE_SETFPREGS], &[PID, UNSHOWN, arg("addr", At(In, &FLOATING))], Ret::Dec),
            case(
                &[PTRACE_SETOPTIONS, PTRACE_OLDSETOPTIONS, PTRACE_SEIZE],
                &[PID, ADDR, arg("data", Flags(Long, &OPTIONS))],
                Ret::Dec,
            ),
            case(&[PTRACE_GETEVENTMSG], &[PID, ADDR, arg("data", At(Out, &ULONG))], Ret::Dec),
            case(&[PTRACE_GETSIGINFO], &[PID, ADDR, arg("data", At(Out, &SIGINFO))], Ret::Dec),
            case(&[PTRACE_SETSIGINFO], &[PID, ADDR, arg("data", At(In, &SIGINFO))], Ret::Dec),
            case(&[PTRACE_GETREGSET, PTRACE_SETREGSET], &[PID, NOTE, arg("data", Hook(&REGSET))], Ret::Dec),
            case(
                &[PTRACE_PEEKSIGINFO],
                &[PID, arg("addr", At(In, &Struct(&PEEK_ARGS))), arg("data", At(Out, &PEEKED))],
                Ret::Dec,
            ),
            case(&[PTRACE_GETSIGMASK], &[PID, SIZE, arg("data", At(Out, &MASK))], Ret::Dec),
            case(&[PTRACE_SETSIGMASK], &[PID, SIZE, arg("data", At(In, &MASK))], Ret::Dec),
            case(&[PTRACE_SECCOMP_GET_FILTER], &[PID, SIZE, arg("data", At(Out, &FILTER))], Ret::Dec),
            case(&[PTRACE_SECCOMP_GET_METADATA], &[PID, SIZE, arg("data", Hook(&METADATA))], Ret::Dec),
            case(&[PTRACE_GET_SYSCALL_INFO], &[PID, SIZE, arg("data", At(Out, &SYSCALL_INFO_GOT))], Ret::Dec),
            case(&[PTRACE_SET_SYSCALL_INFO], &[PID, SIZE, arg("data", At(In, &SYSCALL_INFO_SET))], Ret::Dec),
        ],
        &[PID, ADDR, DATA],
    )];

const PID: Arg = arg("pid", TGID);
