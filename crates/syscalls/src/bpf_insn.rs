//! Extended BPF instructions, as programs for the kernel are made of.

use crate::bpf_names::REGISTERS;
use decode::prelude::*;
use uapi::consts::*;

static CLASSES: Names =
    names("BPF_???", &[BPF_LD, BPF_LDX, BPF_ST, BPF_STX, BPF_ALU, BPF_JMP, BPF_JMP32, BPF_ALU64]);
static SIZES: Names = names("BPF_???", &[BPF_W, BPF_H, BPF_B, BPF_DW]);
static MODES: Names = names("BPF_???", &[BPF_IMM, BPF_ABS, BPF_IND, BPF_MEM, BPF_MEMSX, BPF_ATOMIC]);
static SOURCES: Names = names("BPF_???", &[BPF_K, BPF_X]);
static ALU_OPS: Names = names(
    "BPF_???",
    &[
        BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND, BPF_LSH, BPF_RSH, BPF_NEG, BPF_MOD, BPF_XOR,
        BPF_MOV, BPF_ARSH, BPF_END,
    ],
);
static JUMP_OPS: Names = names(
    "BPF_???",
    &[
        BPF_JA, BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET, BPF_JNE, BPF_JSGT, BPF_JSGE, BPF_CALL, BPF_EXIT,
        BPF_JLT, BPF_JLE, BPF_JSLT, BPF_JSLE, BPF_JCOND,
    ],
);
static UNKNOWN: Names = names("BPF_???", &[]);

/// The size of `struct bpf_insn`, in bytes.
const SIZE: usize = 8;

/// Shows `count` instructions at `addr`, or the address where things are shortened.
pub(crate) fn show_program(cx: &mut Cx<'_>, addr: u64, count: u64) {
    if cx.abbrev() {
        return cx.out.addr(addr);
    }
    cx.array_with(addr, count, SIZE, |cx, _, at, _| {
        let mut raw = [0; SIZE];
        raw.copy_from_slice(cx.element(at, SIZE));
        show_instruction(cx, raw);
    });
}

fn show_instruction(cx: &mut Cx<'_>, raw: [u8; SIZE]) {
    let [code, registers, o0, o1, i0, i1, i2, i3] = raw;
    cx.out.open(Kind::Struct);
    cx.out.field("code");
    show_code(cx, u64::from(code));
    cx.out.field("dst_reg");
    cx.enumerated(W1, &REGISTERS, u64::from(registers & 15));
    cx.out.field("src_reg");
    cx.enumerated(W1, &REGISTERS, u64::from(registers >> 4));
    cx.out.field("off");
    cx.out.int(i64::from(i16::from_le_bytes([o0, o1])));
    cx.out.field("imm");
    cx.out.hex(u64::from(u32::from_le_bytes([i0, i1, i2, i3])));
    cx.out.close(Kind::Struct);
}

/// Shows an operation's code as the terms that its class gives it.
fn show_code(cx: &mut Cx<'_>, code: u64) {
    let class = code & 7;
    cx.out.open(Kind::Terms);
    let mut term = |table: &Names, bits: u64| {
        cx.out.item();
        cx.enumerated(W1, table, bits);
    };
    term(&CLASSES, class);
    match class {
        0..=3 => {
            term(&SIZES, code & 0x18);
            term(&MODES, code & 0xe0);
        }
        4 | 7 => {
            term(&SOURCES, code & 8);
            term(&ALU_OPS, code & 0xf0);
        }
        5 => {
            term(&SOURCES, code & 8);
            term(&JUMP_OPS, code & 0xf0);
        }
        _ if code & !7 != 0 => term(&UNKNOWN, code & !7),
        _ => {}
    }
    cx.out.close(Kind::Terms);
}
