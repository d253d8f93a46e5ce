//! What only x86 has: segment descriptors, `arch_prctl`, I/O ports, `vm86`.

use crate::common::{ID, uncommon};
use decode::Stretch;
use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

/// `struct user_desc`, whose flags are bit fields in one word.
static USER_DESC: Record = record(
    "user_desc",
    &[
        arg("entry_number", ID),
        arg("base_addr", Scalar(W4, show_wide)),
        arg("limit", Scalar(W4, show_wide)),
        arg("seg_32bit", Inline([4; 3], 4, show_bits)),
    ],
);

static USER_DESC_STRUCT: Ty = Struct(&USER_DESC);

/// An entry of a descriptor table; -1 lets the kernel choose.
static ENTRY: Ty = ID;

fn show_wide(cx: &mut Plain<'_>, v: u64) {
    cx.out.hex_wide(v, 6);
}

/// Shows the word of bit fields at `offset`, the first of which has been named.
fn show_bits(cx: &mut Plain<'_>, offset: u64) {
    let word = cx.load(offset as usize, 4);
    let bits = |from: u32, count: u32| word >> from & ((1 << count) - 1);
    cx.out.uint(bits(0, 1));
    let mut next = |name, value| {
        cx.out.field(name);
        cx.out.uint(value);
    };
    next("contents", bits(1, 2));
    next("read_exec_only", bits(3, 1));
    next("limit_in_pages", bits(4, 1));
    next("seg_not_present", bits(5, 1));
    next("useable", bits(6, 1));
    if cx.abi != Abi::I386 {
        cx.out.field("lm");
        cx.out.uint(bits(7, 1));
    }
}

/// Shows the segment descriptor at `addr`.
pub(crate) fn show_user_desc(cx: &mut Cx<'_>, addr: u64) {
    cx.at(In, &USER_DESC_STRUCT, addr);
}

/// `get_thread_area` takes the entry's number, and gives the rest.
fn show_thread_area(cx: &mut Cx<'_>, addr: u64) {
    if !cx.failed() && cx.read(addr, &mut [0; 16]) {
        return show_user_desc(cx, addr);
    }
    match if addr == 0 || !cx.options.verbose { None } else { cx.read_u32(addr) } {
        Some(entry) => {
            cx.out.open(Kind::Struct);
            cx.out.field("entry_number");
            cx.show(&ENTRY, u64::from(entry));
            cx.out.more();
            cx.out.close(Kind::Struct);
        }
        None => cx.out.addr(addr),
    }
}

/// Tells which entry the kernel has chosen.
fn explain_entry(cx: &mut Cx<'_>) {
    let addr = cx.arg(0);
    if !cx.options.verbose || !cx.read(addr, &mut [0; 16]) {
        return;
    }
    let Some(entry) = cx.read_u32(addr) else { return };
    cx.aux(|cx| {
        cx.out.aux_part("");
        cx.out.word(&format!("entry_number={entry}"));
    });
}

/// The descriptor is only looked at where its size is right.
/// The kernel makes this call's error numbers `unsigned`, so that no 64-bit program sees one.
fn show_ldt_result(cx: &mut Plain<'_>) {
    let v = cx.ret() as u64;
    let errno = (v as i32).unsigned_abs();
    if u32::try_from(v).is_ok() && (v as i32) < 0 && errno < 4096 {
        cx.out.failure(v, errno);
    } else {
        cx.out.uint(v);
    }
}

fn show_ldt(cx: &mut Cx<'_>, addr: u64) {
    match cx.arg(2) {
        16 => show_user_desc(cx, addr),
        _ => cx.out.addr(addr),
    }
}

static ARCH_CODES: Names = names(
    "ARCH_???",
    &[
        ARCH_SET_GS,
        ARCH_SET_FS,
        ARCH_GET_FS,
        ARCH_GET_GS,
        ARCH_GET_CPUID,
        ARCH_SET_CPUID,
        ARCH_GET_XCOMP_SUPP,
        ARCH_GET_XCOMP_PERM,
        ARCH_REQ_XCOMP_PERM,
        ARCH_GET_XCOMP_GUEST_PERM,
        ARCH_REQ_XCOMP_GUEST_PERM,
        ARCH_MAP_VDSO_X32,
        ARCH_MAP_VDSO_32,
        ARCH_MAP_VDSO_64,
        ARCH_GET_UNTAG_MASK,
        ARCH_ENABLE_TAGGED_ADDR,
        ARCH_GET_MAX_TAG_BITS,
        ARCH_FORCE_TAGGED_SVA,
        ARCH_SHSTK_ENABLE,
        ARCH_SHSTK_DISABLE,
        ARCH_SHSTK_LOCK,
        ARCH_SHSTK_UNLOCK,
        ARCH_SHSTK_STATUS,
    ],
);

/// The parts of the extended state (`enum xfeature` of the kernel).
static XFEATURES: Names = names(
    "XFEATURE_???",
    &[
        uncommon("XFEATURE_FP", 0),
        uncommon("XFEATURE_SSE", 1),
        uncommon("XFEATURE_YMM", 2),
        uncommon("XFEATURE_BNDREGS", 3),
        uncommon("XFEATURE_BNDCSR", 4),
        uncommon("XFEATURE_OPMASK", 5),
        uncommon("XFEATURE_ZMM_Hi256", 6),
        uncommon("XFEATURE_Hi16_ZMM", 7),
        uncommon("XFEATURE_PT_UNIMPLEMENTED_SO_FAR", 8),
        uncommon("XFEATURE_PKRU", 9),
        uncommon("XFEATURE_PASID", 10),
        uncommon("XFEATURE_LBR", 15),
        uncommon("XFEATURE_XTILE_CFG", 17),
        uncommon("XFEATURE_XTILE_DATA", 18),
    ],
);
static XFEATURE_MASKS: Names = names(
    "XFEATURE_MASK_???",
    &[
        uncommon("XFEATURE_MASK_FPSSE", 0x3),
        uncommon("XFEATURE_MASK_FP", 0x1),
        uncommon("XFEATURE_MASK_SSE", 0x2),
        uncommon("XFEATURE_MASK_YMM", 0x4),
        uncommon("XFEATURE_MASK_BNDREGS", 0x8),
        uncommon("XFEATURE_MASK_BNDCSR", 0x10),
        uncommon("XFEATURE_MASK_AVX512", 0xe0),
        uncommon("XFEATURE_MASK_OPMASK", 0x20),
        uncommon("XFEATURE_MASK_ZMM_Hi256", 0x40),
        uncommon("XFEATURE_MASK_Hi16_ZMM", 0x80),
        uncommon("XFEATURE_MASK_PT", 0x100),
        uncommon("XFEATURE_MASK_PKRU", 0x200),
        uncommon("XFEATURE_MASK_PASID", 0x400),
        uncommon("XFEATURE_MASK_LBR", 0x8000),
        uncommon("XFEATURE_MASK_XTILE", 0x60000),
        uncommon("XFEATURE_MASK_XTILE_CFG", 0x20000),
        uncommon("XFEATURE_MASK_XTILE_DATA", 0x40000),
    ],
);

fn show_xfeatures(cx: &mut Plain<'_>, mask: u64) {
    if mask == 0 {
        return cx.out.hex(mask);
    }
    let mut parts = Parts::new();
    let rest = parts.push_flags(mask, u64::MAX, &XFEATURE_MASKS, cx.abi);
    if rest != 0 && !parts.is_empty() {
        parts.push(Part::Hex(rest));
    }
    cx.out.remarked(mask, Base::Hex, parts.as_slice(), XFEATURE_MASKS.unknown);
}

fn show_xfeature(cx: &mut Plain<'_>, v: u64) {
    let name = XFEATURES.find(v, u64::MAX, cx.abi).map(Part::Name);
    cx.out.remarked(v, Base::Hex, name.as_slice(), XFEATURES.unknown);
}

const ADDRESS: Arg = arg("addr", XLONG);
const MASK: Arg = arg("addr", At(Out, &Scalar(W8, show_xfeatures)));
const FEATURE: Arg = arg("addr", Scalar(Long, show_xfeature));

pub(crate) static ROWS: &[Syscall] = &[
    syscall("arch_prctl", NONE, Ret::Dec, &[arg("op", Enum(W4, &ARCH_CODES))]).switch(
        0,
        &[
            case(
                &[ARCH_GET_FS, ARCH_GET_GS],
                &[arg("addr", At(Out, &Scalar(KLong, |cx, v| cx.out.addr(v))))],
                Ret::Dec,
            ),
            case(&[ARCH_GET_CPUID], &[], Ret::Dec),
            case(&[ARCH_GET_XCOMP_SUPP, ARCH_GET_XCOMP_PERM, ARCH_GET_XCOMP_GUEST_PERM], &[MASK], Ret::Dec),
            case(
                &[ARCH_REQ_XCOMP_PERM, ARCH_REQ_XCOMP_GUEST_PERM],
                &[FEATURE],
                Ret::Aux(&Ret::Hex, |cx| {
                    let mask = cx.ret() as u64;
                    let mut parts = Parts::new();
                    let rest = parts.push_flags(mask, u64::MAX, &XFEATURE_MASKS, cx.abi);
                    if rest != 0 && !parts.is_empty() {
                        parts.push(Part::Hex(rest));
                    }
                    if !parts.is_empty() {
                        cx.out.aux_names(mask, parts.as_slice());
                    }
                }),
            ),
        ],
        &[ADDRESS],
    ),
    syscall(
        "set_thread_area",
        NONE,
        Ret::AuxHook(&Ret::Dec, &[Stretch::arg(0, 16)], explain_entry),
        &[arg("u_info", At(In, &Struct(&USER_DESC)))],
    ),
    syscall(
        "get_thread_area",
        NONE,
        Ret::Dec,
        &[arg(
            "u_info",
            Hook(&decode::Hook { dir: Late, show: show_thread_area, reads: &[Stretch::arg(0, 16)] }),
        )],
    ),
    syscall(
        "modify_ldt",
        NONE,
        Ret::Shown(&[], |cx| show_ldt_result(cx)),
        &[
            arg("func", INT),
            arg("ptr", Hook(&decode::Hook { dir: In, show: show_ldt, reads: &[Stretch::arg(1, 16)] })),
            arg("bytecount", ULONG),
        ],
    ),
    syscall("iopl", NONE, Ret::Dec, &[arg("level", INT)]),
    syscall("ioperm", NONE, Ret::Dec, &[arg("from", XLONG), arg("num", XLONG), arg("turn_on", INT)]),
    syscall("uretprobe", NONE, Ret::Dec, &[]),
    syscall("uprobe", NONE, Ret::Dec, &[]),
];
