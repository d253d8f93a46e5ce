//! Security modules: their attributes of a process.

use decode::Stretch;
use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

static ATTRIBUTES: Names = names(
    "LSM_ATTR_???",
    &[
        LSM_ATTR_UNDEF,
        LSM_ATTR_CURRENT,
        LSM_ATTR_EXEC,
        LSM_ATTR_FSCREATE,
        LSM_ATTR_KEYCREATE,
        LSM_ATTR_PREV,
        LSM_ATTR_SOCKCREATE,
    ],
);
static MODULES: Names = names(
    "LSM_ID_???",
    &[
        LSM_ID_UNDEF,
        LSM_ID_CAPABILITY,
        LSM_ID_SELINUX,
        LSM_ID_SMACK,
        LSM_ID_TOMOYO,
        LSM_ID_APPARMOR,
        LSM_ID_YAMA,
        LSM_ID_LOADPIN,
        LSM_ID_SAFESETID,
        LSM_ID_LOCKDOWN,
        LSM_ID_BPF,
        LSM_ID_LANDLOCK,
        LSM_ID_IMA,
        LSM_ID_EVM,
        LSM_ID_IPE,
    ],
);
/// In a context, an id that is no module's is just a number.
static CONTEXT_MODULES: Names = names("", MODULES.entries);
static GET_FLAGS: Names = names("LSM_FLAG_???", &[LSM_FLAG_SINGLE]);

/// The fixed part of `struct lsm_ctx`; `ctx_len` bytes follow.
pub(crate) static LSM_CTX: Record = record(
    "lsm_ctx",
    &[arg("id", Enum(W8, &CONTEXT_MODULES)), arg("flags", X64), arg("len", U64), arg("ctx_len", U64)],
);
const CTX_SIZE: u64 = LSM_CTX.common_size();
/// The most contexts that are shown: there are not that many modules.
const MAX_CONTEXTS: u64 = 64;

/// Shows a context in at most `room` bytes at `addr`; returns its length. `None`, and nothing shown, where it can't
/// be read.
fn show_context(cx: &mut Cx<'_>, addr: u64, room: u64) -> Option<u64> {
    let mut head = [0; CTX_SIZE as usize];
    if room < CTX_SIZE || !cx.read(addr, &mut head) {
        return None;
    }
    let [len, ctx_len] = ["len", "ctx_len"].map(|field| LSM_CTX.number(field, &head, cx.abi));
    cx.out.open(Kind::Struct);
    cx.members_from(&LSM_CTX, &head, addr);
    let shown = ctx_len.min(room - CTX_SIZE).min(len.saturating_sub(CTX_SIZE));
    if shown > 0 {
        cx.out.field("ctx");
        cx.buffer(addr.wrapping_add(CTX_SIZE), shown, Text::Binary);
    }
    cx.out.close(Kind::Struct);
    Some(len)
}

/// One context may be asked for by its module's id; what comes back is an array of `struct lsm_ctx`, each as long as
/// it says.
fn show_get(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        return show_wanted(cx, addr);
    }
    if cx.saved_here() == Some(WANTED) {
        cx.out.changed();
        if cx.failed() {
            cx.out.addr(addr)
        } else {
            show_contexts(cx, addr)
        }
        cx.out.change_end();
    } else if cx.failed() {
        cx.out.addr(addr);
    } else {
        show_contexts(cx, addr);
    }
}

/// Marks that a module's id was shown on entering.
const WANTED: u64 = 1;

/// What the tracee asks for: by `LSM_FLAG_SINGLE` it says which module it means.
fn show_wanted(cx: &mut Cx<'_>, addr: u64) {
    if !cx.has(cx.arg(3), LSM_FLAG_SINGLE) || addr == 0 || !cx.options.verbose {
        return;
    }
    let mut head = [0; CTX_SIZE as usize];
    let size = cx.arg(2);
    if size == 0 || cx.read_u32(size).is_none() || !cx.read(addr, &mut head) {
        return;
    }
    cx.save(WANTED);
    cx.out.change_begin();
    cx.out.open(Kind::Struct);
    cx.members_from(&LSM_CTX, &head[..8], addr);
    cx.out.close(Kind::Struct);
}

/// Shows the contexts that the kernel has given, in as many bytes as it says.
fn show_contexts(cx: &mut Cx<'_>, addr: u64) {
    let size_addr = cx.arg(2);
    let size = if size_addr == 0 { None } else { cx.read_u32(size_addr) };
    let (Some(size), true) = (size, cx.options.verbose && addr != 0) else { return cx.out.addr(addr) };
    let limit = if cx.abbrev() { cx.options.strings as u64 } else { u64::MAX };
    let (mut at, mut left, mut shown) = (addr, u64::from(size), 0);
    while left >= CTX_SIZE && shown < MAX_CONTEXTS {
        if !cx.read(at, &mut [0; CTX_SIZE as usize]) {
            break;
        }
        if shown == limit {
            return show_cut(cx, shown);
        }
        if shown == 0 {
            cx.out.open(Kind::Array);
        }
        cx.out.item();
        let len = show_context(cx, at, left).unwrap_or(0);
        shown += 1;
        if len < CTX_SIZE || len > left {
            left = 0;
        } else {
            at = at.wrapping_add(len);
            left -= len;
        }
    }
    if shown == 0 {
        return cx.out.addr(addr);
    }
    if left > 0 && shown < MAX_CONTEXTS {
        cx.out.more_at(at);
    }
    cx.out.close(Kind::Array);
}

/// Says that there are more contexts than those that have been shown, and ends their list.
fn show_cut(cx: &mut Cx<'_>, shown: u64) {
    if shown == 0 {
        return cx.out.word("...");
    }
    cx.out.more();
    cx.out.close(Kind::Array);
}

fn show_set(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.arg(2) & u64::from(u32::MAX);
    let readable = addr != 0 && cx.options.verbose && size >= CTX_SIZE;
    if !readable || !cx.read(addr, &mut [0; CTX_SIZE as usize]) {
        return cx.out.addr(addr);
    }
    show_context(cx, addr, size);
}

/// Modules' ids, as many as the call returns; what it is to be told of their size must be there.
static IDS: decode::Hook = decode::Hook {
    dir: Out,
    show: |cx, addr| {
        let size = cx.arg(1);
        if size == 0 || !cx.options.verbose || cx.read_u32(size).is_none() {
            return cx.out.addr(addr);
        }
        let count = cx.ret().max(0) as u64;
        cx.array(&MODULE, addr, count);
    },
    reads: &[Stretch::to(Start::Here, Array(&MODULE, Len::Ret)), Stretch::arg(1, 4)],
};
static MODULE: Ty = Enum(W8, &MODULES);

/// Before the call one context's head and the number of bytes, and after it so many of them.
const CONTEXTS: &[Stretch] = &[
    Stretch::here(CTX_SIZE as u32),
    Stretch::arg(2, 4),
    Stretch::to(Start::Here, Bytes(Len::AtArg(2))).exiting().beyond(),
];

const ATTR: Arg = arg("attr", Enum(W4, &ATTRIBUTES));
const SIZE: Arg = arg("size", At(InOutLate, &UINT));

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "lsm_get_self_attr",
        NONE,
        Ret::Dec,
        &[
            ATTR,
            arg("ctx", Hook(&decode::Hook { dir: InOut, show: show_get, reads: CONTEXTS })),
            SIZE,
            arg("flags", Flags(W4, &GET_FLAGS)),
        ],
    ),
    syscall(
        "lsm_set_self_attr",
        NONE,
        Ret::Dec,
        &[
            ATTR,
            arg(
                "ctx",
                Hook(&decode::Hook {
                    dir: In,
                    show: show_set,
                    reads: &[Stretch::to(Start::Here, Bytes(Len::ArgInt(2))).beyond()],
                }),
            ),
            arg("size", UINT),
            arg("flags", X32),
        ],
    ),
    syscall("lsm_list_modules", NONE, Ret::Dec, &[arg("ids", Hook(&IDS)), SIZE, arg("flags", X32)]),
];
