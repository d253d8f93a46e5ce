//! Where memory lies: NUMA policies and the moving of pages.

use crate::common::show_negative_errno;
use decode::class::MEMORY;
use decode::prelude::*;
use uapi::consts::*;

static MODES: Names = names(
    "MPOL_???",
    &[
        MPOL_DEFAULT,
        MPOL_PREFERRED,
        MPOL_BIND,
        MPOL_INTERLEAVE,
        MPOL_LOCAL,
        MPOL_PREFERRED_MANY,
        MPOL_WEIGHTED_INTERLEAVE,
    ],
);
static MODE_FLAGS: Names =
    names("MPOL_???", &[MPOL_F_STATIC_NODES, MPOL_F_RELATIVE_NODES, MPOL_F_NUMA_BALANCING]);
static MBIND_FLAGS: Names = names("MPOL_MF_???", &[MPOL_MF_STRICT, MPOL_MF_MOVE, MPOL_MF_MOVE_ALL]);
static MOVE_FLAGS: Names = names("MPOL_MF_???", &[MPOL_MF_MOVE, MPOL_MF_MOVE_ALL]);
static GET_FLAGS: Names = names("MPOL_F_???", &[MPOL_F_NODE, MPOL_F_ADDR, MPOL_F_MEMS_ALLOWED]);

/// A mode with flags.
fn show_mode(cx: &mut Plain<'_>, v: u64) {
    let all = u64::MAX;
    let mut parts = Parts::new();
    let flag_bits = MODE_FLAGS.entries.iter().filter_map(|c| c.on(cx.abi)).fold(0, |bits, v| bits | v);
    let mode = v & !flag_bits;
    if let Some(name) = MODES.find(mode, all, cx.abi) {
        parts.push(Part::Name(name));
    }
    let rest = parts.push_flags(v & flag_bits, all, &MODE_FLAGS, cx.abi);
    let rest = if MODES.find(mode, all, cx.abi).is_some() { rest } else { rest | mode };
    cx.flags_rest(v, parts, rest, MODES.unknown);
}

/// Shows a set of nodes as words, of which the tracee says one bit more than there are.
fn show_nodes(cx: &mut Cx<'_>, addr: u64, bits: u64) {
    let per_word = cx.word() as u64 * 8;
    // Rounding up may overflow, as one bit less than one does.
    match bits.saturating_sub(1).checked_next_multiple_of(per_word) {
        Some(0) if bits == 0 => cx.array(&NODE_WORD, addr, 0),
        Some(0) | None => cx.out.addr(addr),
        Some(rounded) => cx.array(&NODE_WORD, addr, rounded / per_word),
    }
}

static NODE_WORD: Ty = Scalar(Long, |cx, v| {
    let digits = cx.word() as u8 * 2 - 2;
    cx.out.hex_wide(v, digits);
});

/// As many words as the argument `maxnode` of the row says, by its index; those of some ABIs are half as long.
const fn words(maxnode: &'static Len) -> Stretch {
    Stretch::to(Start::Here, Array(&U64, Len::DivUp(maxnode, 64)))
}

const fn nodes(dir: decode::Dir, show: decode::HookFn, reads: &'static [Stretch]) -> decode::Hook {
    decode::Hook { dir, show, reads }
}
static NODES_BY_4: decode::Hook = nodes(
    In,
    |cx, addr| {
        let bits = cx.arg(4);
        show_nodes(cx, addr, bits);
    },
    &[words(&Len::Arg(4))],
);
static NODES_BY_2: decode::Hook = nodes(
    In,
    |cx, addr| {
        let bits = cx.arg(2);
        show_nodes(cx, addr, bits);
    },
    &[words(&Len::Arg(2))],
);
/// That there are none is known even if the call fails.
static NODES_BY_2_OUT: decode::Hook = nodes(
    Late,
    |cx, addr| match cx.arg(2) {
        bits if bits != 0 && cx.failed() => cx.out.addr(addr),
        bits => show_nodes(cx, addr, bits),
    },
    &[words(&Len::Arg(2))],
);
static NODES_BY_1: decode::Hook = nodes(
    In,
    |cx, addr| {
        let bits = cx.arg(1);
        show_nodes(cx, addr, bits);
    },
    &[words(&Len::Arg(1))],
);

/// Where a page is now, or why it was not moved: an errno.
static PAGE_STATUS: Ty = Scalar(W4, |cx, v| show_negative_errno(cx, i64::from(v as i32)));

/// Shows where the pages are now. If there are none, that is known even if the call fails.
fn show_page_states(cx: &mut Cx<'_>, addr: u64) {
    if cx.failed() && (addr == 0 || cx.arg(1) != 0) {
        return cx.out.addr(addr);
    }
    cx.array(&PAGE_STATUS, addr, cx.arg(1));
}

const MAXNODE: Arg = arg("maxnode", ULONG);

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "mbind",
        MEMORY,
        Ret::Dec,
        &[
            arg("addr", Addr),
            arg("len", ULONG),
            arg("mode", Scalar(Long, show_mode)),
            arg("nodemask", Hook(&NODES_BY_4)),
            MAXNODE,
            arg("flags", Flags(W4, &MBIND_FLAGS)),
        ],
    ),
    syscall(
        "set_mempolicy",
        MEMORY,
        Ret::Dec,
        &[arg("mode", Scalar(W4, show_mode)), arg("nodemask", Hook(&NODES_BY_2)), MAXNODE],
    ),
    syscall(
        "get_mempolicy",
        MEMORY,
        Ret::Dec,
        &[
            arg("mode", At(Out, &Enum(W4, &MODES))),
            arg("nodemask", Hook(&NODES_BY_2_OUT)),
            MAXNODE,
            arg("addr", Addr),
            arg("flags", Flags(Long, &GET_FLAGS)),
        ],
    ),
    syscall(
        "set_mempolicy_home_node",
        MEMORY,
        Ret::Dec,
        &[arg("start", Addr), arg("len", ULONG), arg("home_node", ULONG), arg("flags", XLONG)],
    ),
    syscall(
        "migrate_pages",
        MEMORY,
        Ret::Dec,
        &[
            arg("pid", TGID),
            MAXNODE,
            arg("old_nodes", Hook(&NODES_BY_1)),
            arg("new_nodes", Hook(&NODES_BY_1)),
        ],
    ),
    syscall(
        "move_pages",
        MEMORY,
        Ret::Dec,
        &[
            arg("pid", TGID),
            arg("count", ULONG),
            arg("pages", At(In, &Array(&Addr, Len::Arg(1)))),
            arg("nodes", At(In, &Array(&INT, Len::Arg(1)))),
            arg(
                "status",
                Hook(&decode::Hook {
                    dir: Late,
                    show: show_page_states,
                    reads: &[Stretch::to(Start::Here, Array(&INT, Len::Arg(1)))],
                }),
            ),
            arg("flags", Flags(W4, &MOVE_FLAGS)),
        ],
    ),
];
