//! Classic BPF programs, as sockets and seccomp take them.

use decode::prelude::*;
use uapi::consts::*;

static CLASSES: Names =
    names("BPF_???", &[BPF_LD, BPF_LDX, BPF_ST, BPF_STX, BPF_ALU, BPF_JMP, BPF_RET, BPF_MISC]);
static SIZES: Names = names("BPF_???", &[BPF_W, BPF_H, BPF_B, BPF_DW]);
static MODES: Names = names("BPF_???", &[BPF_IMM, BPF_ABS, BPF_IND, BPF_MEM, BPF_LEN, BPF_MSH, BPF_XADD]);
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
static SOURCES: Names = names("BPF_???", &[BPF_K, BPF_X]);
static RETURN_VALUES: Names = names("BPF_???", &[BPF_K, BPF_X, BPF_A]);
static MISC_OPS: Names = names("BPF_???", &[BPF_TAX, BPF_TXA]);
static UNKNOWN: Names = names("BPF_???", &[]);

/// The most instructions of a program, `BPF_MAXINSNS`.
const MAX_INSTRUCTIONS: u64 = 4096;
/// The size of `struct sock_filter`, in bytes.
const SIZE: usize = 8;

/// What may be read of a `struct sock_fprog`: also the instructions that it points to.
pub(crate) const PROGRAM: Ty = Struct(&SOCK_FPROG);
static SOCK_FPROG: Record =
    record("sock_fprog", &[arg("len", U16), arg("filter", At(In, &Array(&U64, Len::Field("len"))))]);

/// Shows the operand `k` of an instruction, of which it gets the operation's code.
pub(crate) type ShowOperand = fn(&mut Cx<'_>, code: u16, k: u32);

/// Shows an operand that is but a number.
pub(crate) fn show_plain_operand(cx: &mut Cx<'_>, _: u16, k: u32) {
    cx.out.hex(u64::from(k));
}

static OFFSETS: Names = names("", &[SKF_AD_OFF, SKF_NET_OFF, SKF_LL_OFF]);
static ANCILLARY: Names = names(
    "SKF_AD_???",
    &[
        SKF_AD_PROTOCOL,
        SKF_AD_PKTTYPE,
        SKF_AD_IFINDEX,
        SKF_AD_NLATTR,
        SKF_AD_NLATTR_NEST,
        SKF_AD_MARK,
        SKF_AD_QUEUE,
        SKF_AD_HATYPE,
        SKF_AD_RXHASH,
        SKF_AD_CPU,
        SKF_AD_ALU_XOR_X,
        SKF_AD_VLAN_TAG,
        SKF_AD_VLAN_TAG_PRESENT,
        SKF_AD_PAY_OFFSET,
        SKF_AD_RANDOM,
        SKF_AD_VLAN_TPID,
    ],
);

/// Shows an operand of a socket's filter: what it loads from a fixed place may be counted from one of the places
/// of `linux/filter.h` that have negative numbers.
pub(crate) fn show_socket_operand(cx: &mut Cx<'_>, code: u16, k: u32) {
    /// The bits of an operation's code that tell what it loads from where.
    const CLASS_AND_MODE: u64 = 0xe7;
    let is_load = cx.is(u64::from(code) & CLASS_AND_MODE, BPF_ABS);
    let is_below = |place: &&Const| place.on(cx.abi).is_some_and(|base| k >= base as u32);
    let Some(place) = OFFSETS.entries.iter().find(is_below).filter(|_| is_load) else {
        return show_plain_operand(cx, code, k);
    };
    let base = place.on(cx.abi).unwrap_or_default() as u32;
    let rest = u64::from(k - base);
    cx.out.open(Kind::Sum);
    cx.out.item();
    cx.enumerated(W4, &OFFSETS, u64::from(base));
    cx.out.item();
    if cx.is(u64::from(base), SKF_AD_OFF) {
        cx.enumerated(W4, &ANCILLARY, rest);
    } else {
        cx.out.uint(rest);
    }
    cx.out.close(Kind::Sum);
}

/// Shows the `struct sock_fprog` at `addr`: the program itself only where nothing is shortened.
pub(crate) fn show_program(cx: &mut Cx<'_>, addr: u64, operand: ShowOperand) {
    if addr == 0 || !cx.options.verbose {
        return cx.out.addr(addr);
    }
    let mut program = None;
    cx.with_record(&SOCK_FPROG, addr, |cx| program = Some((cx.field("len"), cx.field("filter"))));
    let Some((len, filter)) = program else { return cx.out.addr(addr) };
    cx.out.open(Kind::Struct);
    cx.out.field("len");
    cx.out.uint(len);
    cx.out.field("filter");
    show_filter(cx, filter, len, operand);
    cx.out.close(Kind::Struct);
}

/// Shows `len` instructions at `addr`, or the address where things are shortened.
pub(crate) fn show_filter(cx: &mut Cx<'_>, addr: u64, len: u64, operand: ShowOperand) {
    if cx.abbrev() {
        return cx.out.addr(addr);
    }
    // Beyond the most that there may be, one stands for all.
    cx.array_with(addr, len.min(MAX_INSTRUCTIONS + 1), SIZE, |cx, i, at, _| {
        if i == MAX_INSTRUCTIONS {
            return cx.out.word("...");
        }
        let mut raw = [0; SIZE];
        raw.copy_from_slice(cx.element(at, SIZE));
        show_instruction(cx, raw, operand);
    });
}

fn show_instruction(cx: &mut Cx<'_>, raw: [u8; SIZE], operand: ShowOperand) {
    let [c0, c1, jt, jf, k0, k1, k2, k3] = raw;
    let code = u16::from_le_bytes([c0, c1]);
    let k = u32::from_le_bytes([k0, k1, k2, k3]);
    let jumps = jt != 0 || jf != 0;
    let kind = Kind::Macro(if jumps { "BPF_JUMP" } else { "BPF_STMT" });
    cx.out.open(kind);
    cx.out.item();
    show_code(cx, code);
    cx.out.item();
    if jumps {
        cx.out.hex(u64::from(k));
        cx.out.item();
        cx.out.hex(u64::from(jt));
        cx.out.item();
        cx.out.hex(u64::from(jf));
    } else {
        operand(cx, code, k);
    }
    cx.out.close(kind);
}

/// Shows an operation's code as the terms that its class gives it, and what some classes have no term for.
fn show_code(cx: &mut Cx<'_>, code: u16) {
    let code = u64::from(code);
    cx.out.open(Kind::Terms);
    let mut term = |table: &Names, bits: u64| {
        cx.out.item();
        cx.enumerated(W4, table, bits);
    };
    let class = code & 7;
    term(&CLASSES, class);
    // The upper half of a code means nothing where its lower half has names for all of its bits.
    let named = match class {
        0 | 1 => {
            term(&SIZES, code & 0x18);
            term(&MODES, code & 0xe0);
            0xffff
        }
        4 => {
            term(&SOURCES, code & 8);
            term(&ALU_OPS, code & 0xf0);
            0xffff
        }
        5 => {
            term(&SOURCES, code & 8);
            term(&JUMP_OPS, code & 0xf0);
            0xffff
        }
        6 => {
            term(&RETURN_VALUES, code & 0x18);
            0x1f
        }
        7 => {
            term(&MISC_OPS, code & 0xf8);
            0xff
        }
        _ => 7,
    };
    if code & !named != 0 {
        term(&UNKNOWN, code & !named);
    }
    cx.out.close(Kind::Terms);
}
