//! The options of `prctl` that belong to one architecture's registers.

use decode::prelude::*;
use uapi::consts::*;

pub(crate) static PAC_KEYS: Names =
    names("PR_PAC_???", &[PR_PAC_APIAKEY, PR_PAC_APIBKEY, PR_PAC_APDAKEY, PR_PAC_APDBKEY, PR_PAC_APGAKEY]);
pub(crate) static PAC_ENABLED_KEYS: Names =
    names("PR_PAC_???", &[PR_PAC_APIAKEY, PR_PAC_APIBKEY, PR_PAC_APDAKEY, PR_PAC_APDBKEY]);
pub(crate) static FLUSH_CONTEXTS: Names =
    names("PR_RISCV_CTX_???", &[PR_RISCV_CTX_SW_FENCEI_ON, PR_RISCV_CTX_SW_FENCEI_OFF]);
pub(crate) static FLUSH_SCOPES: Names =
    names("PR_RISCV_SCOPE_???", &[PR_RISCV_SCOPE_PER_PROCESS, PR_RISCV_SCOPE_PER_THREAD]);
pub(crate) static DEXCR_ASPECTS: Names = names(
    "PR_PPC_DEXCR_???",
    &[PR_PPC_DEXCR_SBHE, PR_PPC_DEXCR_IBRTPD, PR_PPC_DEXCR_SRAPD, PR_PPC_DEXCR_NPHIE],
);
pub(crate) static DEXCR_CONTROLS: Names = names(
    "PR_PPC_DEXCR_CTRL_???",
    &[
        PR_PPC_DEXCR_CTRL_EDITABLE,
        PR_PPC_DEXCR_CTRL_SET,
        PR_PPC_DEXCR_CTRL_CLEAR,
        PR_PPC_DEXCR_CTRL_SET_ONEXEC,
        PR_PPC_DEXCR_CTRL_CLEAR_ONEXEC,
    ],
);
static SVE_FLAGS: Names = names("", &[PR_SVE_SET_VL_ONEXEC, PR_SVE_VL_INHERIT]);
static SME_FLAGS: Names = names("", &[PR_SME_SET_VL_ONEXEC, PR_SME_VL_INHERIT]);
static TAG_CHECKS: Names = names("", &[PR_MTE_TCF_NONE, PR_MTE_TCF_SYNC, PR_MTE_TCF_ASYNC, PR_MTE_TCF_MASK]);

/// A vector length in the low 16 bits, and flags. No terms if it is a bare length.
fn vector_length(cx: &Plain<'_>, table: &Names, v: u64) -> Parts {
    let mut parts = Parts::new();
    let length = v & PR_SVE_VL_LEN_MASK.v();
    let flags = v & !length;
    if flags != 0 {
        let rest = parts.push_flags(flags, u64::MAX, table, cx.abi);
        if rest != 0 {
            parts.push(Part::Hex(rest));
        }
        parts.push(Part::Hex(length));
    }
    parts
}

pub(crate) fn show_sve(cx: &mut Plain<'_>, v: u64) {
    let parts = vector_length(cx, &SVE_FLAGS, v);
    cx.out.symbolic(v, Base::Hex, parts.as_slice(), "");
}

pub(crate) fn show_sme(cx: &mut Plain<'_>, v: u64) {
    let parts = vector_length(cx, &SME_FLAGS, v);
    cx.out.symbolic(v, Base::Hex, parts.as_slice(), "");
}

fn explain(cx: &mut Plain<'_>, parts: &Parts) {
    let v = cx.ret() as u64;
    if !parts.is_empty() {
        cx.out.aux_names(v, parts.as_slice());
    }
}

/// What a call about a vector length returns.
pub(crate) const SVE_RET: Ret = Ret::Aux(&Ret::Hex, |cx| {
    let parts = vector_length(cx, &SVE_FLAGS, cx.ret() as u64);
    explain(cx, &parts);
});
/// As [`SVE_RET`], for streaming vectors.
pub(crate) const SME_RET: Ret = Ret::Aux(&Ret::Hex, |cx| {
    let parts = vector_length(cx, &SME_FLAGS, cx.ret() as u64);
    explain(cx, &parts);
});

/// ARM's tagged addresses: whether they are taken, how tags are checked, and which tags may be made up.
fn tagged(cx: &Plain<'_>, v: u64) -> Parts {
    let mut parts = Parts::new();
    let enabled = v & PR_TAGGED_ADDR_ENABLE.v() != 0;
    parts.push(Part::Name(if enabled { "PR_TAGGED_ADDR_ENABLE" } else { "!PR_TAGGED_ADDR_ENABLE" }));
    let check = v & PR_MTE_TCF_MASK.v();
    parts.push(match TAG_CHECKS.find(check, u64::MAX, cx.abi) {
        Some(name) => Part::Name(name),
        None => Part::Hex(check),
    });
    let tags = (v & PR_MTE_TAG_MASK.v()) >> PR_MTE_TAG_SHIFT.v();
    if tags != 0 {
        parts.push(Part::HexShifted(tags, PR_MTE_TAG_SHIFT.name));
    }
    let rest = v & !(PR_TAGGED_ADDR_ENABLE.v() | PR_MTE_TCF_MASK.v() | PR_MTE_TAG_MASK.v());
    if rest != 0 {
        parts.push(Part::Hex(rest));
    }
    parts
}

pub(crate) fn show_tagged(cx: &mut Plain<'_>, v: u64) {
    let parts = tagged(cx, v);
    cx.out.symbolic(v, Base::Hex, parts.as_slice(), "");
}

pub(crate) fn explain_tagged(cx: &mut Plain<'_>) {
    let parts = tagged(cx, cx.ret() as u64);
    explain(cx, &parts);
}

/// The states of RISC-V's vector unit, now and after the next `execve`, by their two bits.
static VECTOR_NOW: [Part; 4] = [
    Part::Name("PR_RISCV_V_VSTATE_CTRL_DEFAULT"),
    Part::Name("PR_RISCV_V_VSTATE_CTRL_OFF"),
    Part::Name("PR_RISCV_V_VSTATE_CTRL_ON"),
    Part::Hex(3),
];
static VECTOR_NEXT: [Part; 4] = [
    Part::Name("PR_RISCV_V_VSTATE_CTRL_DEFAULT<<2"),
    Part::Name("PR_RISCV_V_VSTATE_CTRL_OFF<<2"),
    Part::Name("PR_RISCV_V_VSTATE_CTRL_ON<<2"),
    Part::Name("0x3<<2"),
];

fn vector(v: u64) -> Parts {
    let mut parts = Parts::new();
    parts.push(VECTOR_NOW[(v & 3) as usize]);
    parts.push(VECTOR_NEXT[(v >> 2 & 3) as usize]);
    let inherited = v & PR_RISCV_V_VSTATE_CTRL_INHERIT.v() != 0;
    parts.push(Part::Name(if inherited {
        "PR_RISCV_V_VSTATE_CTRL_INHERIT"
    } else {
        "!PR_RISCV_V_VSTATE_CTRL_INHERIT"
    }));
    let rest = v & !PR_RISCV_V_VSTATE_CTRL_MASK.v();
    if rest != 0 {
        parts.push(Part::Hex(rest));
    }
    parts
}

pub(crate) fn show_vector(cx: &mut Plain<'_>, v: u64) {
    cx.out.symbolic(v, Base::Hex, vector(v).as_slice(), "");
}

pub(crate) fn explain_vector(cx: &mut Plain<'_>) {
    let parts = vector(cx.ret() as u64);
    explain(cx, &parts);
}
