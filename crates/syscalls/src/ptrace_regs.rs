//! A tracee's registers as `ptrace` moves them, and `struct user`, in which debuggers address them.

use decode::prelude::*;

/// `struct user_regs_struct` of x86-64.
static REGS_64: Record = record(
    "user_regs_struct",
    &[
        arg("r15", X64),
        arg("r14", X64),
        arg("r13", X64),
        arg("r12", X64),
        arg("rbp", X64),
        arg("rbx", X64),
        arg("r11", X64),
        arg("r10", X64),
        arg("r9", X64),
        arg("r8", X64),
        arg("rax", X64),
        arg("rcx", X64),
        arg("rdx", X64),
        arg("rsi", X64),
        arg("rdi", X64),
        arg("orig_rax", X64),
        arg("rip", X64),
        arg("cs", X64),
        arg("eflags", X64),
        arg("rsp", X64),
        arg("ss", X64),
        arg("fs_base", X64),
        arg("gs_base", X64),
        arg("ds", X64),
        arg("es", X64),
        arg("fs", X64),
        arg("gs", X64),
    ],
);

/// `struct user_regs_struct32`, that of i386.
static REGS_32: Record = record(
    "user_regs_struct32",
    &[
        arg("ebx", X32),
        arg("ecx", X32),
        arg("edx", X32),
        arg("esi", X32),
        arg("edi", X32),
        arg("ebp", X32),
        arg("eax", X32),
        arg("xds", X32),
        arg("xes", X32),
        arg("xfs", X32),
        arg("xgs", X32),
        arg("orig_eax", X32),
        arg("eip", X32),
        arg("xcs", X32),
        arg("eflags", X32),
        arg("esp", X32),
        arg("xss", X32),
    ],
);

/// `struct user_i387_struct` of x86-64: what FXSAVE stores. Its arrays may be cut off, so code shows them.
static FPREGS_64: Record = record(
    "user_i387_struct",
    &[
        arg("cwd", X16),
        arg("swd", X16),
        arg("ftw", X16),
        arg("fop", X16),
        arg("rip", X64),
        arg("rdp", X64),
        arg("mxcsr", X32),
        arg("mxcr_mask", X32),
        arg("st_space", Array(&X32, Len::Const(32))),
        arg("xmm_space", Array(&X32, Len::Const(64))),
        arg("padding", Array(&X32, Len::Const(24))),
    ],
);

/// `struct user_i387_ia32_struct`: what FSAVE stores.
static FPREGS_32: Record = record(
    "user_i387_ia32_struct",
    &[
        arg("cwd", X32),
        arg("swd", X32),
        arg("twd", X32),
        arg("fip", X32),
        arg("fcs", X32),
        arg("foo", X32),
        arg("fos", X32),
        arg("st_space", Array(&X32, Len::Const(20))),
    ],
);

/// A set of registers, and of what its parts' sizes are multiples.
struct Set {
    record: &'static Record,
    unit: u64,
}

fn general(abi: Abi) -> Option<Set> {
    match abi {
        Abi::X86_64 | Abi::X32 => Some(Set { record: &REGS_64, unit: 8 }),
        Abi::I386 => Some(Set { record: &REGS_32, unit: 4 }),
        _ => None,
    }
}

fn floating(abi: Abi) -> Option<Set> {
    match abi {
        Abi::X86_64 | Abi::X32 => Some(Set { record: &FPREGS_64, unit: 8 }),
        Abi::I386 => Some(Set { record: &FPREGS_32, unit: 4 }),
        _ => None,
    }
}

/// Shows all general registers at `addr`.
pub(crate) fn show_general(cx: &mut Cx<'_>, addr: u64) {
    show_all(cx, addr, general(cx.abi));
}

/// Shows all floating-point registers at `addr`.
pub(crate) fn show_floating(cx: &mut Cx<'_>, addr: u64) {
    show_all(cx, addr, floating(cx.abi));
}

fn show_all(cx: &mut Cx<'_>, addr: u64, set: Option<Set>) {
    match set {
        Some(set) if addr != 0 && cx.options.verbose => {
            let size = set.record.size(cx.abi);
            cx.record_at(set.record, addr, size);
        }
        _ => cx.out.addr(addr),
    }
}

/// Shows as many of the general registers as `size` bytes at `addr` hold.
pub(crate) fn show_general_part(cx: &mut Cx<'_>, addr: u64, size: u64) {
    show_part(cx, addr, size, general(cx.abi));
}

/// Shows as many of the floating-point registers as `size` bytes at `addr` hold.
pub(crate) fn show_floating_part(cx: &mut Cx<'_>, addr: u64, size: u64) {
    show_part(cx, addr, size, floating(cx.abi));
}

fn show_part(cx: &mut Cx<'_>, addr: u64, size: u64, set: Option<Set>) {
    let Some(Set { record, unit }) = set else { return cx.out.addr(addr) };
    let known = record.size(cx.abi) as u64;
    let given = size.min(known) as usize;
    let mut bytes = [0; 512];
    let readable = size > 0 && size.is_multiple_of(unit) && addr != 0 && cx.options.verbose;
    if !readable || !cx.read(addr, &mut bytes[..given]) {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Struct);
    cx.members_from(record, &bytes[..given], addr);
    if let Some((name, at, count)) = cut_array(record, cx.abi, given) {
        cx.out.field(name);
        cx.array(&WORD, addr.wrapping_add(at as u64), count as u64);
    }
    if size > known {
        cx.out.more();
    }
    cx.out.close(Kind::Struct);
}

static WORD: Ty = X32;

/// The array of a record that `given` bytes cut in two: its name, where it is, and how many elements are left.
fn cut_array(record: &'static Record, abi: Abi, given: usize) -> Option<(&'static str, usize, usize)> {
    let layout = record.layout(abi);
    record.fields.iter().zip(&layout.offsets).find_map(|(field, &at)| {
        let at = usize::from(at);
        match field.ty {
            Array(_, Len::Const(n)) if at < given && at + 4 * n as usize > given => {
                Some((field.name, at, (given - at) / 4)).filter(|&(_, _, count)| count > 0)
            }
            _ => None,
        }
    })
}

/// The members of `struct user`, by their offsets; a debugger's view of the process.
static USER: &[(u64, &str)] = &[
    (0, "8*R15"),
    (8, "8*R14"),
    (16, "8*R13"),
    (24, "8*R12"),
    (32, "8*RBP"),
    (40, "8*RBX"),
    (48, "8*R11"),
    (56, "8*R10"),
    (64, "8*R9"),
    (72, "8*R8"),
    (80, "8*RAX"),
    (88, "8*RCX"),
    (96, "8*RDX"),
    (104, "8*RSI"),
    (112, "8*RDI"),
    (120, "8*ORIG_RAX"),
    (128, "8*RIP"),
    (136, "8*CS"),
    (144, "8*EFL"),
    (152, "8*RSP"),
    (160, "8*SS"),
    (216, "offsetof(struct user, u_fpvalid)"),
    (224, "offsetof(struct user, i387)"),
    (736, "offsetof(struct user, u_tsize)"),
    (744, "offsetof(struct user, u_dsize)"),
    (752, "offsetof(struct user, u_ssize)"),
    (760, "offsetof(struct user, start_code)"),
    (768, "offsetof(struct user, start_stack)"),
    (776, "offsetof(struct user, signal)"),
    (784, "offsetof(struct user, reserved)"),
    (792, "offsetof(struct user, u_ar0)"),
    (800, "offsetof(struct user, u_fpstate)"),
    (808, "offsetof(struct user, magic)"),
    (816, "offsetof(struct user, u_comm)"),
    (848, "offsetof(struct user, u_debugreg)"),
    (912, "sizeof(struct user)"),
];

/// Shows an offset in `struct user` as the member it is in, and how far.
pub(crate) fn show_user_offset(cx: &mut Plain<'_>, offset: u64) {
    let end = USER.last().map_or(0, |&(end, _)| end);
    let i = USER.partition_point(|&(at, _)| at <= offset);
    let member = i.checked_sub(1).and_then(|i| USER.get(i));
    match member {
        Some(&(at, name)) if at == offset => cx.named(offset, Base::Addr, name),
        Some(&(at, name)) if offset < end => {
            cx.out.symbolic(offset, Base::Addr, &[Part::Plus(name, offset - at)], "");
        }
        _ => cx.out.addr(offset),
    }
}
