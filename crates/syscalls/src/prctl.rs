//! `prctl`: what a process may say about itself, option by option.

use crate::common::{SIGNAL, uncommon};
use crate::creds::CAPABILITIES;
use crate::prctl_arch::{self, show_sve, show_tagged, show_vector};
use decode::class::CREDS;
use decode::prelude::*;
use uapi::consts::*;

static OPTIONS: Names = names(
    "PR_???",
    &[
        PR_SET_PDEATHSIG,
        PR_GET_PDEATHSIG,
        PR_GET_DUMPABLE,
        PR_SET_DUMPABLE,
        PR_GET_UNALIGN,
        PR_SET_UNALIGN,
        PR_GET_KEEPCAPS,
        PR_SET_KEEPCAPS,
        PR_GET_FPEMU,
        PR_SET_FPEMU,
        PR_GET_FPEXC,
        PR_SET_FPEXC,
        PR_GET_TIMING,
        PR_SET_TIMING,
        PR_SET_NAME,
        PR_GET_NAME,
        PR_GET_ENDIAN,
        PR_SET_ENDIAN,
        PR_GET_SECCOMP,
        PR_SET_SECCOMP,
        PR_CAPBSET_READ,
        PR_CAPBSET_DROP,
        PR_GET_TSC,
        PR_SET_TSC,
        PR_GET_SECUREBITS,
        PR_SET_SECUREBITS,
        PR_SET_TIMERSLACK,
        PR_GET_TIMERSLACK,
        PR_TASK_PERF_EVENTS_DISABLE,
        PR_TASK_PERF_EVENTS_ENABLE,
        PR_MCE_KILL,
        PR_MCE_KILL_GET,
        PR_SET_MM,
        PR_SET_CHILD_SUBREAPER,
        PR_GET_CHILD_SUBREAPER,
        PR_SET_NO_NEW_PRIVS,
        PR_GET_NO_NEW_PRIVS,
        PR_GET_TID_ADDRESS,
        PR_SET_THP_DISABLE,
        PR_GET_THP_DISABLE,
        PR_MPX_ENABLE_MANAGEMENT,
        PR_MPX_DISABLE_MANAGEMENT,
        PR_SET_FP_MODE,
        PR_GET_FP_MODE,
        PR_CAP_AMBIENT,
        PR_SVE_SET_VL,
        PR_SVE_GET_VL,
        PR_GET_SPECULATION_CTRL,
        PR_SET_SPECULATION_CTRL,
        PR_PAC_RESET_KEYS,
        PR_SET_TAGGED_ADDR_CTRL,
        PR_GET_TAGGED_ADDR_CTRL,
        PR_SET_IO_FLUSHER,
        PR_GET_IO_FLUSHER,
        PR_SET_SYSCALL_USER_DISPATCH,
        PR_PAC_SET_ENABLED_KEYS,
        PR_PAC_GET_ENABLED_KEYS,
        PR_SCHED_CORE,
        PR_SME_SET_VL,
        PR_SME_GET_VL,
        PR_SET_MDWE,
        PR_GET_MDWE,
        PR_SET_MEMORY_MERGE,
        PR_GET_MEMORY_MERGE,
        PR_RISCV_V_SET_CONTROL,
        PR_RISCV_V_GET_CONTROL,
        PR_RISCV_SET_ICACHE_FLUSH_CTX,
        PR_PPC_GET_DEXCR,
        PR_PPC_SET_DEXCR,
        PR_GET_SHADOW_STACK_STATUS,
        PR_SET_SHADOW_STACK_STATUS,
        PR_LOCK_SHADOW_STACK_STATUS,
        PR_TIMER_CREATE_RESTORE_IDS,
        PR_FUTEX_HASH,
        PR_RSEQ_SLICE_EXTENSION,
        PR_GET_CFI,
        PR_SET_CFI,
        PR_SET_PTRACER,
        PR_SET_VMA,
        PR_GET_AUXV,
    ],
);

static DUMPABLE: Names = names(
    "SUID_DUMP_???",
    &[uncommon("SUID_DUMP_DISABLE", 0), uncommon("SUID_DUMP_USER", 1), uncommon("SUID_DUMP_ROOT", 2)],
);
static UNALIGN: Names = names("PR_UNALIGN_???", &[PR_UNALIGN_NOPRINT, PR_UNALIGN_SIGBUS]);
static FP_MODES: Names = names("PR_FP_MODE_???", &[PR_FP_MODE_FR, PR_FP_MODE_FRE]);
static SECCOMP_MODES: Names =
    names("SECCOMP_MODE_???", &[SECCOMP_MODE_DISABLED, SECCOMP_MODE_STRICT, SECCOMP_MODE_FILTER]);
static TSC: Names = names("PR_TSC_???", &[PR_TSC_ENABLE, PR_TSC_SIGSEGV]);
static SECUREBITS: Names = names(
    "SECBIT_???",
    &[
        SECBIT_NOROOT,
        SECBIT_NOROOT_LOCKED,
        SECBIT_NO_SETUID_FIXUP,
        SECBIT_NO_SETUID_FIXUP_LOCKED,
        SECBIT_KEEP_CAPS,
        SECBIT_KEEP_CAPS_LOCKED,
        SECBIT_NO_CAP_AMBIENT_RAISE,
        SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
        SECBIT_EXEC_RESTRICT_FILE,
        SECBIT_EXEC_RESTRICT_FILE_LOCKED,
        SECBIT_EXEC_DENY_INTERACTIVE,
        SECBIT_EXEC_DENY_INTERACTIVE_LOCKED,
    ],
);
static MCE_KILL: Names = names("PR_MCE_KILL_???", &[PR_MCE_KILL_CLEAR, PR_MCE_KILL_SET]);
static MCE_POLICIES: Names =
    names("PR_MCE_KILL_???", &[PR_MCE_KILL_LATE, PR_MCE_KILL_EARLY, PR_MCE_KILL_DEFAULT]);
static SET_MM: Names = names(
    "PR_SET_MM_???",
    &[
        PR_SET_MM_START_CODE,
        PR_SET_MM_END_CODE,
        PR_SET_MM_START_DATA,
        PR_SET_MM_END_DATA,
        PR_SET_MM_START_STACK,
        PR_SET_MM_START_BRK,
        PR_SET_MM_BRK,
        PR_SET_MM_ARG_START,
        PR_SET_MM_ARG_END,
        PR_SET_MM_ENV_START,
        PR_SET_MM_ENV_END,
        PR_SET_MM_AUXV,
        PR_SET_MM_EXE_FILE,
        PR_SET_MM_MAP,
        PR_SET_MM_MAP_SIZE,
    ],
);
static CAP_AMBIENT: Names = names(
    "PR_CAP_AMBIENT_???",
    &[PR_CAP_AMBIENT_IS_SET, PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_LOWER, PR_CAP_AMBIENT_CLEAR_ALL],
);
static SPECULATION: Names =
    names("PR_SPEC_???", &[PR_SPEC_STORE_BYPASS, PR_SPEC_INDIRECT_BRANCH, PR_SPEC_L1D_FLUSH]);
static SPECULATION_SET: Names =
    names("PR_SPEC_???", &[PR_SPEC_ENABLE, PR_SPEC_DISABLE, PR_SPEC_FORCE_DISABLE, PR_SPEC_DISABLE_NOEXEC]);
static SPECULATION_GET: Names = names(
    "PR_SPEC_???",
    &[
        PR_SPEC_NOT_AFFECTED,
        PR_SPEC_PRCTL,
        PR_SPEC_ENABLE,
        PR_SPEC_DISABLE,
        PR_SPEC_FORCE_DISABLE,
        PR_SPEC_DISABLE_NOEXEC,
    ],
);
static USER_DISPATCH: Names = names(
    "PR_SYS_DISPATCH_???",
    &[PR_SYS_DISPATCH_OFF, PR_SYS_DISPATCH_EXCLUSIVE_ON, PR_SYS_DISPATCH_INCLUSIVE_ON],
);
static SCHED_CORE: Names = names(
    "PR_SCHED_CORE_???",
    &[PR_SCHED_CORE_GET, PR_SCHED_CORE_CREATE, PR_SCHED_CORE_SHARE_TO, PR_SCHED_CORE_SHARE_FROM],
);
/// The kernel's `enum pid_type` (`include/linux/pid_types.h`).
static PID_TYPES: [(&str, PidKind); 4] = [
    ("PIDTYPE_PID", PidKind::Tid),
    ("PIDTYPE_TGID", PidKind::Tgid),
    ("PIDTYPE_PGID", PidKind::Pgid),
    ("PIDTYPE_SID", PidKind::Sid),
];
static MDWE: Names = names("PR_MDWE_???", &[PR_MDWE_REFUSE_EXEC_GAIN, PR_MDWE_NO_INHERIT]);
static VMA_ATTRIBUTES: Names = names("PR_SET_VMA_???", &[PR_SET_VMA_ANON_NAME]);
static PTRACERS: Names = names("", &[PR_SET_PTRACER_ANY]);

/// The size of a thread's name with its NUL, `TASK_COMM_LEN`.
const COMM_LEN: usize = 16;

/// Shows a name of which `size` bytes count: the kernel cuts it off.
fn show_comm(cx: &mut Cx<'_>, addr: u64, size: u64) {
    let mut name = [0; COMM_LEN];
    let size = (size as usize).min(COMM_LEN);
    let got = if addr == 0 { 0 } else { cx.read_some(addr, &mut name[..size]) };
    let name = &name[..got];
    let limit = cx.options.strings;
    match name.iter().position(|&b| b == 0) {
        Some(end) => cx.out.bytes(&name[..end.min(limit)], Text::Plain, end > limit),
        None if got == size => cx.out.bytes(&name[..got.min(limit)], Text::Plain, true),
        None => cx.out.addr(addr),
    }
}

/// Tells the flags that the call returned, if it knows any.
fn explain_flags(cx: &mut Plain<'_>, table: &Names) {
    let v = cx.ret() as u64;
    let mut parts = Parts::new();
    let rest = parts.push_flags(v, u64::MAX, table, cx.abi);
    if parts.is_empty() {
        return;
    }
    if rest != 0 {
        parts.push(Part::Hex(rest));
    }
    cx.out.aux_names(v, parts.as_slice());
}

/// Tells the value that the call returned, if it has a name.
fn explain_value(cx: &mut Plain<'_>, table: &Names) {
    let v = cx.ret() as u64;
    if let Some(name) = table.find(v, u64::MAX, cx.abi) {
        cx.aux(|cx| {
            cx.out.aux_part("");
            cx.out.word(name);
        });
    }
}

/// Shows an id of the kind that the argument after it says.
fn show_pid_of_type(cx: &mut Plain<'_>, v: u64) {
    match PID_TYPES.get(cx.arg(3) as u32 as usize) {
        Some((_, kind)) => cx.pid(*kind, v as i32),
        None => cx.out.int(v as i32 as i64),
    }
}

fn show_pid_type(cx: &mut Plain<'_>, v: u64) {
    let name = PID_TYPES.get(v as usize).map(|(name, _)| Part::Name(name));
    cx.out.remarked(v, Base::Hex, name.as_slice(), "PIDTYPE_???");
}

fn show_ptracer(cx: &mut Plain<'_>, v: u64) {
    // The kernel tells any process by -1 in a word; a half of it does as well.
    let v = v as i32 as u64;
    match PTRACERS.find(v, u64::from(u32::MAX), cx.abi) {
        Some(name) => cx.named(v, Base::Dec, name),
        None => cx.pid(PidKind::Tgid, v as i32),
    }
}

/// A signal in a whole word.
const LONG_SIGNAL: Ty = Scalar(Long, |cx, v| match crate::common::signal_name(v) {
    Some(_) => crate::common::show_signal(cx, v),
    None => cx.out.uint(v),
});
const LONG_FLAG: Ty = ULONG;
const ARG2: Arg = arg("arg2", XLONG);
const ARG3: Arg = arg("arg3", XLONG);
const ARG4: Arg = arg("arg4", XLONG);
const ARG5: Arg = arg("arg5", XLONG);
const ALL: &[Arg] = &[ARG2, ARG3, ARG4, ARG5];
/// Shown with a sign where a register has 64 bits.
const SLACK: Ty = Scalar(KLong, |cx, v| cx.out.int(v as i64));
const CAP: Arg = arg("cap", Enum(Long, &CAPABILITIES));

/// Whether argument 1 is none of the two.
fn is_neither(c: &Plain<'_>, a: Const, b: Const) -> bool {
    !c.is(c.arg(1), a) && !c.is(c.arg(1), b)
}

pub(crate) static ROWS: &[Syscall] = &[syscall("prctl", CREDS, Ret::Dec, &[arg("op", Enum(W4, &OPTIONS))])
    .switch(
        0,
        &[
            case(&[PR_SET_PDEATHSIG], &[arg("sig", LONG_SIGNAL)], Ret::Dec),
            case(&[PR_GET_PDEATHSIG], &[arg("sig", At(Out, &SIGNAL))], Ret::Dec),
            case(&[PR_GET_DUMPABLE], &[], Ret::Aux(&Ret::Dec, |cx| explain_value(cx, &DUMPABLE))),
            case(&[PR_SET_DUMPABLE], &[arg("dumpable", Enum(Long, &DUMPABLE))], Ret::Dec),
            case(&[PR_GET_UNALIGN], &[arg("flags", At(Out, &Flags(W4, &UNALIGN)))], Ret::Dec),
            case(&[PR_SET_UNALIGN], &[arg("flags", Flags(W4, &UNALIGN))], Ret::Dec),
            case(
                &[
                    PR_GET_KEEPCAPS,
                    PR_GET_TIMING,
                    PR_GET_SECCOMP,
                    PR_GET_TIMERSLACK,
                    PR_TASK_PERF_EVENTS_DISABLE,
                    PR_TASK_PERF_EVENTS_ENABLE,
                ],
                &[],
                Ret::Dec,
            ),
            case(&[PR_SET_KEEPCAPS], &[arg("state", LONG_FLAG)], Ret::Dec),
            case(&[PR_SET_FPEMU], &[arg("fpemu", LONG_FLAG)], Ret::Dec),
            case(&[PR_SET_FPEXC], &[arg("mode", LONG_FLAG)], Ret::Dec),
            case(&[PR_SET_TIMING], &[arg("mode", LONG_FLAG)], Ret::Dec),
            case(&[PR_SET_ENDIAN], &[arg("endianness", LONG_FLAG)], Ret::Dec),
            case(&[PR_SET_CHILD_SUBREAPER], &[arg("set", LONG_FLAG)], Ret::Dec),
            case(&[PR_GET_FPEMU], &[arg("fpemu", At(Out, &UINT))], Ret::Dec),
            case(&[PR_GET_FPEXC], &[arg("mode", At(Out, &UINT))], Ret::Dec),
            case(&[PR_GET_ENDIAN], &[arg("endianness", At(Out, &UINT))], Ret::Dec),
            case(&[PR_GET_CHILD_SUBREAPER], &[arg("isset", At(Out, &UINT))], Ret::Dec),
            case(
                &[PR_SET_NAME],
                &[arg("name", At(In, &Form(Len::Const(COMM_LEN as u32 - 1), show_comm)))],
                Ret::Dec,
            ),
            case(
                &[PR_GET_NAME],
                &[arg("name", At(Out, &Form(Len::Const(COMM_LEN as u32), show_comm)))],
                Ret::Dec,
            ),
            case(
                &[PR_SET_SECCOMP],
                &[
                    arg("mode", Enum(Long, &SECCOMP_MODES)),
                    arg(
                        "arg3",
                        Hook(&decode::Hook {
                            dir: In,
                            show: |cx, v| match cx.is(cx.arg(1), SECCOMP_MODE_FILTER) {
                                true => cx.show(&crate::seccomp::FILTER_TY, v),
                                false => cx.out.hex(v),
                            },
                            reads: &[decode::Stretch::here(16)],
                        }),
                    )
                    .when(|c| !c.is(c.arg(1), SECCOMP_MODE_STRICT)),
                    ARG4.when(|c| is_neither(c, SECCOMP_MODE_STRICT, SECCOMP_MODE_FILTER)),
                    ARG5.when(|c| is_neither(c, SECCOMP_MODE_STRICT, SECCOMP_MODE_FILTER)),
                ],
                Ret::Dec,
            ),
            case(&[PR_CAPBSET_READ, PR_CAPBSET_DROP], &[CAP], Ret::Dec),
            case(&[PR_GET_TSC], &[arg("flag", At(Out, &Enum(W4, &TSC)))], Ret::Dec),
            case(&[PR_SET_TSC], &[arg("flag", Enum(W4, &TSC))], Ret::Dec),
            case(&[PR_GET_SECUREBITS], &[], Ret::Aux(&HEX_OR_ZERO, |cx| explain_flags(cx, &SECUREBITS))),
            case(&[PR_SET_SECUREBITS], &[arg("flags", Flags(Long, &SECUREBITS))], Ret::Dec),
            case(&[PR_SET_TIMERSLACK], &[arg("slack", SLACK)], Ret::Dec),
            case(
                &[PR_MCE_KILL],
                &[
                    arg("operation", Enum(Long, &MCE_KILL)),
                    arg(
                        "arg3",
                        Scalar(Long, |cx, v| match cx.is(cx.arg(1), PR_MCE_KILL_SET) {
                            true => cx.enumerated(KLong, &MCE_POLICIES, v),
                            false => cx.out.hex(v),
                        }),
                    ),
                    ARG4,
                    ARG5,
                ],
                Ret::Dec,
            ),
            case(&[PR_MCE_KILL_GET], ALL, Ret::Aux(&Ret::Dec, |cx| explain_value(cx, &MCE_POLICIES))),
            case(&[PR_SET_MM], &[arg("operation", Enum(W4, &SET_MM)), ARG3, ARG4, ARG5], Ret::Dec),
            case(&[PR_SET_NO_NEW_PRIVS], &[arg("set", ULONG), ARG3, ARG4, ARG5], Ret::Dec),
            case(&[PR_SET_IO_FLUSHER], &[arg("state", ULONG), ARG3, ARG4, ARG5], Ret::Dec),
            case(&[PR_SET_THP_DISABLE], &[arg("flag", ULONG), ARG3, ARG4, ARG5], Ret::Dec),
            case(
                &[PR_GET_TID_ADDRESS],
                &[arg("addr", At(Out, &Scalar(KLong, |cx, v| cx.out.addr(v))))],
                Ret::Dec,
            ),
            case(&[PR_SET_FP_MODE], &[arg("mode", Flags(W4, &FP_MODES))], Ret::Dec),
            case(&[PR_GET_FP_MODE], &[], Ret::Aux(&HEX_OR_ZERO, |cx| explain_flags(cx, &FP_MODES))),
            case(
                &[PR_CAP_AMBIENT],
                &[
                    arg("operation", Enum(Long, &CAP_AMBIENT)),
                    arg(
                        "arg3",
                        Scalar(Long, |cx, v| {
                            let takes_cap =
                                [PR_CAP_AMBIENT_IS_SET, PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_LOWER]
                                    .into_iter()
                                    .any(|op| cx.is(cx.arg(1), op));
                            if takes_cap { cx.enumerated(KLong, &CAPABILITIES, v) } else { cx.out.hex(v) }
                        }),
                    ),
                    ARG4,
                    ARG5,
                ],
                Ret::Dec,
            ),
            case(
                &[PR_GET_SPECULATION_CTRL],
                &[arg("misfeature", Enum(Long, &SPECULATION))],
                Ret::Pick(|cx| match SPECULATION.find(cx.arg(1), u64::MAX, cx.abi) {
                    Some(_) => Ret::Aux(&HEX_OR_ZERO, |cx| explain_flags(cx, &SPECULATION_GET)),
                    None => Ret::Dec,
                }),
            ),
            case(
                &[PR_SET_SPECULATION_CTRL],
                &[
                    arg("misfeature", Enum(Long, &SPECULATION)),
                    arg(
                        "value",
                        Scalar(Long, |cx, v| {
                            let known = SPECULATION.find(cx.arg(1), u64::MAX, cx.abi).is_some();
                            if known { cx.enumerated(KLong, &SPECULATION_SET, v) } else { cx.out.hex(v) }
                        }),
                    ),
                ],
                Ret::Dec,
            ),
            case(
                &[PR_SET_SYSCALL_USER_DISPATCH],
                &[
                    arg("operation", Enum(Long, &USER_DISPATCH)),
                    arg("off", XLONG),
                    arg("size", XLONG),
                    arg("switch", Addr),
                ],
                Ret::Dec,
            ),
            case(
                &[PR_SCHED_CORE],
                &[
                    arg("operation", Enum(W4, &SCHED_CORE)),
                    arg("pid", Scalar(W4, show_pid_of_type)),
                    arg("pid_type", Scalar(W4, show_pid_type)),
                    arg(
                        "cookie",
                        Hook(&decode::Hook {
                            dir: Late,
                            show: |cx, addr| match cx.is(cx.arg(1), PR_SCHED_CORE_GET) {
                                true => cx.at(Out, &COOKIE, addr),
                                false => cx.out.hex(addr),
                            },
                            reads: &[decode::Stretch::here(8)],
                        }),
                    ),
                ],
                Ret::Dec,
            ),
            case(&[PR_SET_MDWE], &[arg("mask", Flags(W4, &MDWE)), ARG3, ARG4, ARG5], Ret::Dec),
            case(&[PR_GET_MDWE], ALL, Ret::Aux(&HEX_OR_ZERO, |cx| explain_flags(cx, &MDWE))),
            case(&[PR_SET_PTRACER], &[arg("pid", Scalar(Long, show_ptracer))], Ret::Dec),
            case(
                &[PR_SET_VMA],
                &[
                    arg("attr", Enum(Long, &VMA_ATTRIBUTES)),
                    arg(
                        "addr",
                        Scalar(Long, |cx, v| if names_vma(cx) { cx.out.addr(v) } else { cx.out.hex(v) }),
                    ),
                    arg(
                        "size",
                        Scalar(Long, |cx, v| if names_vma(cx) { cx.out.uint(v) } else { cx.out.hex(v) }),
                    ),
                    arg(
                        "name",
                        Hook(&decode::Hook {
                            dir: In,
                            show: |cx, v| if names_vma(cx) { cx.string(v) } else { cx.out.hex(v) },
                            reads: &[Stretch::to(Start::Here, CharArray(u32::MAX))],
                        }),
                    ),
                ],
                Ret::Dec,
            ),
            // Of other architectures.
            case(&[PR_SVE_SET_VL], &[arg("value", Scalar(Long, show_sve))], prctl_arch::SVE_RET),
            case(&[PR_SME_SET_VL], &[arg("arg", Scalar(Long, prctl_arch::show_sme))], prctl_arch::SME_RET),
            case(&[PR_SVE_GET_VL], &[], prctl_arch::SVE_RET),
            case(&[PR_SME_GET_VL], &[], prctl_arch::SME_RET),
            case(
                &[PR_PAC_RESET_KEYS],
                &[arg("keys", Flags(Long, &prctl_arch::PAC_KEYS)), ARG3, ARG4, ARG5],
                Ret::Dec,
            ),
            case(
                &[PR_PAC_SET_ENABLED_KEYS],
                &[
                    arg("bitmask_affected", Flags(Long, &prctl_arch::PAC_ENABLED_KEYS)),
                    arg("bitmask_set", Flags(Long, &prctl_arch::PAC_ENABLED_KEYS)),
                    ARG4,
                    ARG5,
                ],
                Ret::Dec,
            ),
            case(
                &[PR_PAC_GET_ENABLED_KEYS],
                ALL,
                Ret::Aux(&HEX_OR_ZERO, |cx| {
                    explain_flags(cx, &prctl_arch::PAC_ENABLED_KEYS);
                }),
            ),
            case(
                &[PR_SET_TAGGED_ADDR_CTRL],
                &[arg("mode", Scalar(Long, show_tagged)), ARG3, ARG4, ARG5],
                Ret::Dec,
            ),
            case(&[PR_GET_TAGGED_ADDR_CTRL], ALL, Ret::Aux(&HEX_OR_ZERO, prctl_arch::explain_tagged)),
            case(&[PR_RISCV_V_SET_CONTROL], &[arg("arg", Scalar(Long, show_vector))], Ret::Dec),
            case(&[PR_RISCV_V_GET_CONTROL], &[], Ret::Aux(&HEX_OR_ZERO, prctl_arch::explain_vector)),
            case(
                &[PR_RISCV_SET_ICACHE_FLUSH_CTX],
                &[
                    arg("ctx", Enum(Long, &prctl_arch::FLUSH_CONTEXTS)),
                    arg("scope", Enum(Long, &prctl_arch::FLUSH_SCOPES)),
                ],
                Ret::Dec,
            ),
            case(
                &[PR_PPC_GET_DEXCR],
                &[arg("which", Enum(Long, &prctl_arch::DEXCR_ASPECTS)), ARG3, ARG4, ARG5],
                Ret::Aux(&HEX_OR_ZERO, |cx| explain_flags(cx, &prctl_arch::DEXCR_CONTROLS)),
            ),
            case(
                &[PR_PPC_SET_DEXCR],
                &[
                    arg("which", Enum(Long, &prctl_arch::DEXCR_ASPECTS)),
                    arg("ctrl", Flags(Long, &prctl_arch::DEXCR_CONTROLS)),
                    ARG4,
                    ARG5,
                ],
                Ret::Dec,
            ),
        ],
        ALL,
    )];

static COOKIE: Ty = X64;
/// A flag word: zero is the same in any base.
pub(crate) static HEX_OR_ZERO: Ret = Ret::Hex;

fn names_vma(c: &Plain<'_>) -> bool {
    c.arg(1) == PR_SET_VMA_ANON_NAME.v()
}
