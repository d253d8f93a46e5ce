//! `siginfo_t`, by signal and code.
//!
//! The layout is that of `include/uapi/asm-generic/siginfo.h`: three `int`s, and a union of what the different
//! sources of signals have to say.

use crate::common::{ID, SIGNAL};
use decode::prelude::*;
use uapi::consts::*;

/// The size of a `siginfo_t` on every ABI, in bytes.
pub(crate) const SIZE: usize = 128;

/// Shows the bytes of a `siginfo_t` as `PTRACE_GETSIGINFO` gives them to a 64-bit tracer, whatever the tracee's ABI.
pub fn show_siginfo(cx: &mut Cx<'_>, raw: &[u8]) {
    Info { raw, abi: Abi::X86_64 }.show(cx);
}

/// Shows the `siginfo_t` in the tracee's memory at `addr`, or the address if it can't be read.
pub(crate) fn show_siginfo_at(cx: &mut Cx<'_>, addr: u64) {
    let mut raw = [0; SIZE];
    if addr == 0 || !cx.options.verbose || !cx.read(addr, &mut raw) {
        return cx.out.addr(addr);
    }
    Info { raw: &raw, abi: cx.abi }.show(cx);
}

/// What a pointer to a `siginfo_t` points to.
pub(crate) static SIGINFO: Ty = Form(Len::Const(SIZE as u32), |cx, addr, _| show_siginfo_at(cx, addr));

/// Codes that say who sent a signal, the same for all signals.
static SENDERS: Names = names(
    "",
    &[
        SI_USER,
        SI_KERNEL,
        SI_QUEUE,
        SI_TIMER,
        SI_MESGQ,
        SI_ASYNCIO,
        SI_SIGIO,
        SI_TKILL,
        SI_DETHREAD,
        SI_ASYNCNL,
    ],
);
static ILL_CODES: Names = names(
    "",
    &[
        ILL_ILLOPC,
        ILL_ILLOPN,
        ILL_ILLADR,
        ILL_ILLTRP,
        ILL_PRVOPC,
        ILL_PRVREG,
        ILL_COPROC,
        ILL_BADSTK,
        ILL_BADIADDR,
    ],
);
static FPE_CODES: Names = names(
    "",
    &[
        FPE_INTDIV,
        FPE_INTOVF,
        FPE_FLTDIV,
        FPE_FLTOVF,
        FPE_FLTUND,
        FPE_FLTRES,
        FPE_FLTINV,
        FPE_FLTSUB,
        FPE_FLTUNK,
        FPE_CONDTRAP,
    ],
);
static TRAP_CODES: Names =
    names("", &[TRAP_BRKPT, TRAP_TRACE, TRAP_BRANCH, TRAP_HWBKPT, TRAP_UNK, TRAP_PERF]);
static CLD_CODES: Names =
    names("", &[CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED]);
static POLL_CODES: Names = names("", &[POLL_IN, POLL_OUT, POLL_MSG, POLL_ERR, POLL_PRI, POLL_HUP]);
static SEGV_CODES: Names = names(
    "",
    &[
        SEGV_MAPERR,
        SEGV_ACCERR,
        SEGV_BNDERR,
        SEGV_PKUERR,
        SEGV_ACCADI,
        SEGV_ADIDERR,
        SEGV_ADIPERR,
        SEGV_MTEAERR,
        SEGV_MTESERR,
        SEGV_CPERR,
    ],
);
static BUS_CODES: Names = names("", &[BUS_ADRALN, BUS_ADRERR, BUS_OBJERR, BUS_MCEERR_AR, BUS_MCEERR_AO]);
static SYS_CODES: Names = names("", &[SYS_SECCOMP, SYS_USER_DISPATCH]);
/// What `AUDIT_ARCH_*` there is, in alphabetical order.
pub(crate) static ARCHES: Names = names(
    "AUDIT_ARCH_???",
    &[
        AUDIT_ARCH_AARCH64,
        AUDIT_ARCH_ALPHA,
        AUDIT_ARCH_ARCOMPACT,
        AUDIT_ARCH_ARCOMPACTBE,
        AUDIT_ARCH_ARCV2,
        AUDIT_ARCH_ARCV2BE,
        AUDIT_ARCH_ARM,
        AUDIT_ARCH_ARMEB,
        AUDIT_ARCH_C6X,
        AUDIT_ARCH_C6XBE,
        AUDIT_ARCH_CRIS,
        AUDIT_ARCH_CSKY,
        AUDIT_ARCH_FRV,
        AUDIT_ARCH_H8300,
        AUDIT_ARCH_HEXAGON,
        AUDIT_ARCH_I386,
        AUDIT_ARCH_IA64,
        AUDIT_ARCH_LOONGARCH32,
        AUDIT_ARCH_LOONGARCH64,
        AUDIT_ARCH_M32R,
        AUDIT_ARCH_M68K,
        AUDIT_ARCH_MICROBLAZE,
        AUDIT_ARCH_MIPS,
        AUDIT_ARCH_MIPS64,
        AUDIT_ARCH_MIPS64N32,
        AUDIT_ARCH_MIPSEL,
        AUDIT_ARCH_MIPSEL64,
        AUDIT_ARCH_MIPSEL64N32,
        AUDIT_ARCH_NDS32,
        AUDIT_ARCH_NDS32BE,
        AUDIT_ARCH_NIOS2,
        AUDIT_ARCH_OPENRISC,
        AUDIT_ARCH_PARISC,
        AUDIT_ARCH_PARISC64,
        AUDIT_ARCH_PPC,
        AUDIT_ARCH_PPC64,
        AUDIT_ARCH_PPC64LE,
        AUDIT_ARCH_RISCV32,
        AUDIT_ARCH_RISCV64,
        AUDIT_ARCH_S390,
        AUDIT_ARCH_S390X,
        AUDIT_ARCH_SH,
        AUDIT_ARCH_SH64,
        AUDIT_ARCH_SHEL,
        AUDIT_ARCH_SHEL64,
        AUDIT_ARCH_SPARC,
        AUDIT_ARCH_SPARC64,
        AUDIT_ARCH_TILEGX,
        AUDIT_ARCH_TILEGX32,
        AUDIT_ARCH_TILEPRO,
        AUDIT_ARCH_UNICORE,
        AUDIT_ARCH_X86_64,
        AUDIT_ARCH_XTENSA,
    ],
);

/// The `int`s that every `siginfo_t` begins with, and where what depends on the signal begins: as aligned as a pointer.
const HEAD: [Arg; 4] = [
    arg("si_signo", INT),
    arg("si_errno", INT),
    arg("si_code", INT),
    arg("_sifields", Array(&ULONG, Len::Const(0))),
];
const PID: Arg = arg("si_pid", INT);
const UID: Arg = arg("si_uid", UINT);

/// What a process sent.
static SENT: Record =
    record("siginfo", &[HEAD[0], HEAD[1], HEAD[2], HEAD[3], PID, UID, arg("si_value", ULONG)]);
/// What a timer sent.
static TIMED: Record = record(
    "siginfo",
    &[
        HEAD[0],
        HEAD[1],
        HEAD[2],
        HEAD[3],
        arg("si_timerid", INT),
        arg("si_overrun", INT),
        arg("si_value", ULONG),
    ],
);
/// What has become of a child.
static CHILD: Record = record(
    "siginfo",
    &[
        HEAD[0],
        HEAD[1],
        HEAD[2],
        HEAD[3],
        PID,
        UID,
        arg("si_status", INT),
        arg("si_utime", KLONG),
        arg("si_stime", KLONG),
    ],
);
/// What was wrong with an address.
static FAULT: Record = record(
    "siginfo",
    &[
        HEAD[0],
        HEAD[1],
        HEAD[2],
        HEAD[3],
        arg("si_addr", ULONG),
        arg("si_addr_lsb", S16),
        arg("si_lower", ULONG),
        arg("si_upper", ULONG),
    ],
);
/// Which key did not fit: it is where bounds would be.
static KEY_FAULT: Record = record(
    "siginfo",
    &[
        HEAD[0],
        HEAD[1],
        HEAD[2],
        HEAD[3],
        arg("si_addr", ULONG),
        arg("si_addr_lsb", S16),
        arg("", Array(&ULONG, Len::Const(0))),
        arg("si_pkey", UINT),
    ],
);
/// What has come of a descriptor.
static POLLED: Record =
    record("siginfo", &[HEAD[0], HEAD[1], HEAD[2], HEAD[3], arg("si_band", LONG), arg("si_fd", INT)]);
/// Which call was refused.
static CALLED: Record = record(
    "siginfo",
    &[
        HEAD[0],
        HEAD[1],
        HEAD[2],
        HEAD[3],
        arg("si_call_addr", ULONG),
        arg("si_syscall", INT),
        arg("si_arch", UINT),
    ],
);

/// One `siginfo_t`.
struct Info<'a> {
    raw: &'a [u8],
    /// The ABI whose layout it has.
    abi: Abi,
}

impl Info<'_> {
    /// A member of it, zero-extended; bytes that are not there count as zero.
    fn get(&self, record: &Record, name: &str) -> u64 {
        let Some(i) = record.fields.iter().position(|field| field.name == name) else { return 0 };
        let size = decode::size_align(&record.fields[i].ty, decode::Class::of(self.abi)).0 as usize;
        let offset = usize::from(record.layout(self.abi).offsets[i]);
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(self.raw.iter().skip(offset).take(size)) {
            *to = *from;
        }
        u64::from_le_bytes(bytes)
    }

    fn signo(&self) -> u32 {
        self.get(&SENT, "si_signo") as u32
    }

    fn code(&self) -> i32 {
        self.get(&SENT, "si_code") as i32
    }

    fn show(&self, cx: &mut Cx<'_>) {
        cx.out.open(Kind::Struct);
        if self.signo() != 0 {
            cx.out.field("si_signo");
            cx.show(&SIGNAL, u64::from(self.signo()));
            cx.out.field("si_code");
            self.show_code(cx);
            self.show_errno(cx);
            self.show_rest(cx);
        }
        cx.out.close(Kind::Struct);
    }

    fn show_code(&self, cx: &mut Cx<'_>) {
        const MASK: u64 = 0xffff_ffff;
        let code = u64::from(self.code() as u32);
        let own = codes_of(self.signo());
        let name = SENDERS.find(code, MASK, cx.abi).or_else(|| own.and_then(|t| t.find(code, MASK, cx.abi)));
        match name {
            Some(name) => cx.named(code, Base::Hex, name),
            None => cx.out.hex(code),
        }
    }

    fn show_errno(&self, cx: &mut Cx<'_>) {
        let errno = self.get(&SENT, "si_errno");
        if errno == 0 {
            return;
        }
        cx.out.field("si_errno");
        match uapi::errno::name_of(errno as u32) {
            Some(name) => cx.named(errno, Base::Udec, name),
            None => cx.out.uint(errno),
        }
    }

    /// Shows the union.
    fn show_rest(&self, cx: &mut Cx<'_>) {
        let code = self.code();
        if code <= 0 {
            return self.show_sent(cx, code);
        }
        match self.signo() {
            SIGCHLD => self.show_child(cx, code),
            SIGILL | SIGFPE | SIGTRAP => self.show_fault(cx),
            SIGSEGV => self.show_segv(cx, code),
            SIGBUS => self.show_bus(cx, code),
            SIGIO => {
                if POLL_CODES.find(code as u64, u64::MAX, cx.abi).is_some() {
                    self.show_band(cx);
                }
            }
            SIGSYS => self.show_sys(cx),
            _ => {
                if self.get(&SENT, "si_pid") != 0 || self.get(&SENT, "si_uid") != 0 {
                    self.show_sender(cx);
                }
                self.show_value(cx);
            }
        }
    }

    /// What a process or a timer sent.
    fn show_sent(&self, cx: &mut Cx<'_>, code: i32) {
        match code as u32 {
            USER | TKILL => self.show_sender(cx),
            TIMER => {
                cx.out.field("si_timerid");
                cx.out.hex(self.get(&TIMED, "si_timerid"));
                cx.out.field("si_overrun");
                cx.out.int(i64::from(self.get(&TIMED, "si_overrun") as i32));
                self.show_value_fields(cx);
            }
            SIGIO_SENT => self.show_band(cx),
            _ => {
                self.show_sender(cx);
                self.show_value(cx);
            }
        }
    }

    fn show_sender(&self, cx: &mut Cx<'_>) {
        cx.out.field("si_pid");
        cx.pid(PidKind::Tgid, self.get(&SENT, "si_pid") as i32);
        cx.out.field("si_uid");
        cx.show(&ID, self.get(&SENT, "si_uid"));
    }

    /// A `union sigval` after two `int`s, if it holds anything.
    fn show_value(&self, cx: &mut Cx<'_>) {
        if self.get(&SENT, "si_value") != 0 {
            self.show_value_fields(cx);
        }
    }

    fn show_value_fields(&self, cx: &mut Cx<'_>) {
        cx.out.field("si_int");
        let value = self.get(&SENT, "si_value");
        cx.out.int(i64::from(value as i32));
        cx.out.field("si_ptr");
        cx.out.addr(value);
    }

    fn show_child(&self, cx: &mut Cx<'_>, code: i32) {
        self.show_sender(cx);
        cx.out.field("si_status");
        let status = self.get(&CHILD, "si_status");
        if code as u64 == CLD_EXITED.v() {
            cx.out.int(i64::from(status as i32));
        } else {
            cx.show(&SIGNAL, status);
        }
        let size = self.abi.klong();
        for name in ["si_utime", "si_stime"] {
            show_ticks(cx, name, self.get(&CHILD, name), size);
        }
    }

    fn show_fault(&self, cx: &mut Cx<'_>) {
        cx.out.field("si_addr");
        cx.out.addr(self.get(&FAULT, "si_addr"));
    }

    fn show_segv(&self, cx: &mut Cx<'_>, code: i32) {
        self.show_fault(cx);
        if code as u64 == SEGV_BNDERR.v() {
            cx.out.field("si_lower");
            cx.out.addr(self.get(&FAULT, "si_lower"));
            cx.out.field("si_upper");
            cx.out.addr(self.get(&FAULT, "si_upper"));
        } else if code as u64 == SEGV_PKUERR.v() {
            cx.out.field("si_pkey");
            cx.out.uint(self.get(&KEY_FAULT, "si_pkey"));
        }
    }

    fn show_bus(&self, cx: &mut Cx<'_>, code: i32) {
        self.show_fault(cx);
        if code as u64 == BUS_MCEERR_AR.v() || code as u64 == BUS_MCEERR_AO.v() {
            cx.out.field("si_addr_lsb");
            cx.out.hex(self.get(&FAULT, "si_addr_lsb"));
        }
    }

    fn show_band(&self, cx: &mut Cx<'_>) {
        cx.out.field("si_band");
        cx.out.int(sign_extend(self.get(&POLLED, "si_band"), self.abi.word() as u32));
        cx.out.field("si_fd");
        cx.fd(self.get(&POLLED, "si_fd") as i32);
    }

    fn show_sys(&self, cx: &mut Cx<'_>) {
        cx.out.field("si_call_addr");
        cx.out.addr(self.get(&CALLED, "si_call_addr"));
        let arch = self.get(&CALLED, "si_arch");
        cx.out.field("si_syscall");
        show_syscall(cx, self.get(&CALLED, "si_syscall"), arch);
        cx.out.field("si_arch");
        cx.enumerated(W4, &ARCHES, arch);
    }
}

const SIGILL: u32 = 4;
const SIGTRAP: u32 = 5;
const SIGBUS: u32 = 7;
const SIGFPE: u32 = 8;
const SIGSEGV: u32 = 11;
const SIGCHLD: u32 = 17;
const SIGIO: u32 = 29;
const SIGSYS: u32 = 31;

const USER: u32 = SI_USER.v() as u32;
const TKILL: u32 = SI_TKILL.v() as u32;
const TIMER: u32 = SI_TIMER.v() as u32;
const SIGIO_SENT: u32 = SI_SIGIO.v() as u32;

/// The codes that a signal has for itself.
fn codes_of(signal: u32) -> Option<&'static Names> {
    Some(match signal {
        SIGILL => &ILL_CODES,
        SIGTRAP => &TRAP_CODES,
        SIGBUS => &BUS_CODES,
        SIGFPE => &FPE_CODES,
        SIGSEGV => &SEGV_CODES,
        SIGCHLD => &CLD_CODES,
        SIGIO => &POLL_CODES,
        SIGSYS => &SYS_CODES,
        _ => return None,
    })
}

/// Shows a time in ticks of the user's clock, and in seconds unless it is zero.
fn show_ticks(cx: &mut Cx<'_>, name: &str, ticks: u64, size: usize) {
    let ticks = sign_extend(ticks, size as u32) as u64;
    cx.out.field(name);
    cx.out.uint(ticks);
    if ticks != 0 {
        cx.out.seconds(ticks, 2);
    }
}

/// Shows the number of a call of `arch`: by name where it is the ABI of the tracee.
pub(crate) fn show_syscall(cx: &mut Plain<'_>, nr: u64, arch: u64) {
    let x32 = nr & uapi::X32_SYSCALL_BIT != 0;
    let abi = match arch {
        a if a == AUDIT_ARCH_X86_64.v() && x32 => Abi::X32,
        a if a == AUDIT_ARCH_X86_64.v() => Abi::X86_64,
        a if a == AUDIT_ARCH_I386.v() => Abi::I386,
        a if a == AUDIT_ARCH_AARCH64.v() && cx.abi == Abi::Aarch64 => Abi::Aarch64,
        a if a == AUDIT_ARCH_RISCV64.v() && cx.abi == Abi::Riscv64 => Abi::Riscv64,
        _ => return cx.out.uint(nr),
    };
    match abi.syscall(nr) {
        Some(entry) if abi == cx.abi => cx.out.symbolic(nr, Base::Udec, &[Part::Call(entry.name)], ""),
        Some(entry) => {
            cx.out.uint(nr);
            cx.out.meaning(entry.name);
        }
        None => cx.out.uint(nr),
    }
}
