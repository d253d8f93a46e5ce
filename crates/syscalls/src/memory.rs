//! Mapping memory, and what may be said about mappings.

use decode::Stretch;
use decode::class::{DESC, MEMORY, NONE};
use decode::prelude::*;
use uapi::consts::*;

/// `MAP_FILE`, the absence of any type, is C libraries' name.
const MAP_FILE: Const = crate::common::uncommon("MAP_FILE", 0);

pub(crate) static PROTECTIONS: Names =
    names("PROT_???", &[PROT_NONE, PROT_READ, PROT_WRITE, PROT_EXEC, PROT_SEM, PROT_GROWSDOWN, PROT_GROWSUP]);

/// What the low four bits of a mapping's flags may be, `MAP_TYPE`.
static MAP_TYPES: Names =
    names("MAP_???", &[MAP_FILE, MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE, MAP_DROPPABLE]);
static MAP_FLAGS: Names = names(
    "MAP_???",
    &[
        MAP_FIXED,
        MAP_ANONYMOUS,
        MAP_32BIT,
        MAP_ABOVE4G,
        MAP_NORESERVE,
        MAP_POPULATE,
        MAP_NONBLOCK,
        MAP_GROWSDOWN,
        MAP_DENYWRITE,
        MAP_EXECUTABLE,
        MAP_LOCKED,
        MAP_STACK,
        MAP_HUGETLB,
        MAP_SYNC,
        MAP_FIXED_NOREPLACE,
    ],
);
static MREMAP_FLAGS: Names = names("MREMAP_???", &[MREMAP_MAYMOVE, MREMAP_FIXED, MREMAP_DONTUNMAP]);
static MSYNC_FLAGS: Names = names("MS_???", &[MS_SYNC, MS_ASYNC, MS_INVALIDATE]);
static MLOCKALL_FLAGS: Names = names("MCL_???", &[MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT]);
static MLOCK_FLAGS: Names = names("MLOCK_???", &[MLOCK_ONFAULT]);
/// x86 has no such right, but strace knows it everywhere.
const NO_EXECUTE: Const = crate::common::uncommon("PKEY_DISABLE_EXECUTE", 4);
static PKEY_RIGHTS: Names =
    names("PKEY_???", &[PKEY_UNRESTRICTED, PKEY_DISABLE_ACCESS, PKEY_DISABLE_WRITE, NO_EXECUTE]);
static SHADOW_STACK_FLAGS: Names = names("SHADOW_STACK_???", &[SHADOW_STACK_SET_TOKEN]);
static USERFAULTFD_FLAGS: Names = names("UFFD_???", &[UFFD_USER_MODE_ONLY, O_NONBLOCK, O_CLOEXEC]);
static MEMFD_SECRET_FLAGS: Names = names("", &[O_CLOEXEC]);

pub(crate) static ADVICE: Names = names(
    "MADV_???",
    &[
        MADV_NORMAL,
        MADV_RANDOM,
        MADV_SEQUENTIAL,
        MADV_WILLNEED,
        MADV_DONTNEED,
        MADV_FREE,
        MADV_REMOVE,
        MADV_DONTFORK,
        MADV_DOFORK,
        MADV_MERGEABLE,
        MADV_UNMERGEABLE,
        MADV_HUGEPAGE,
        MADV_NOHUGEPAGE,
        MADV_DONTDUMP,
        MADV_DODUMP,
        MADV_WIPEONFORK,
        MADV_KEEPONFORK,
        MADV_COLD,
        MADV_PAGEOUT,
        MADV_POPULATE_READ,
        MADV_POPULATE_WRITE,
        MADV_DONTNEED_LOCKED,
        MADV_COLLAPSE,
        MADV_HWPOISON,
        MADV_SOFT_OFFLINE,
        MADV_GUARD_INSTALL,
        MADV_GUARD_REMOVE,
    ],
);

/// Advice on the memory of other processes, of which some makes no sense.
static REMOTE_ADVICE: Names = names(
    "MADV_???",
    &[
        MADV_NORMAL,
        MADV_RANDOM,
        MADV_SEQUENTIAL,
        MADV_WILLNEED,
        MADV_DONTNEED,
        MADV_FREE,
        MADV_REMOVE,
        MADV_DONTFORK,
        MADV_DOFORK,
        MADV_COLD,
        MADV_PAGEOUT,
        MADV_POPULATE_READ,
        MADV_POPULATE_WRITE,
        MADV_DONTNEED_LOCKED,
        MADV_HWPOISON,
        MADV_SOFT_OFFLINE,
        MADV_GUARD_INSTALL,
        MADV_GUARD_REMOVE,
    ],
);

/// A page on the ABIs whose `mmap2` and `mincore` count in pages of this size.
const PAGE: u64 = 4096;

/// The flags of a mapping: a type, flags, and the logarithm of a huge page's size, `MAP_HUGE_SHIFT` bits up.
fn show_map_flags(cx: &mut Plain<'_>, word: u64) {
    // Only half of the register is taken apart.
    let v = word & u64::from(u32::MAX);
    let kind = v & MAP_TYPE.v();
    let huge = v >> MAP_HUGE_SHIFT.v() & MAP_HUGE_MASK.v();
    let mut parts = Parts::new();
    let kind_name = MAP_TYPES.find(kind, u64::MAX, cx.abi);
    parts.push(match kind_name {
        Some(name) => Part::Name(name),
        None => Part::Unknown(kind, MAP_TYPES.unknown),
    });
    let flags = v & !MAP_TYPE.v() & !(MAP_HUGE_MASK.v() << MAP_HUGE_SHIFT.v());
    let rest = parts.push_flags(flags, u64::MAX, &MAP_FLAGS, cx.abi);
    if rest != 0 {
        parts.push(Part::Hex(rest));
    }
    if huge != 0 {
        parts.push(Part::Shifted(huge, MAP_HUGE_SHIFT.name));
    }
    cx.out.symbolic(word, Base::Hex, parts.as_slice(), "");
}

const ADDR: Arg = arg("addr", Addr);
const LENGTH: Arg = arg("length", ULONG);
const PROT: Arg = arg("prot", Flags(Long, &PROTECTIONS));
const MAP_FLAG_WORD: Arg = arg("flags", Scalar(Long, show_map_flags));

/// i386's first `mmap` gets its arguments in a struct, `struct mmap_arg_struct`, and is told as if it did not.
static OLD_MMAP: decode::Hook = decode::Hook { dir: In, show: show_old_mmap, reads: &[Stretch::arg(0, 24)] };

fn show_old_mmap(cx: &mut Cx<'_>, addr: u64) {
    let mut raw = [0; 24];
    if addr == 0 || !cx.read(addr, &mut raw) {
        return cx.out.addr(addr);
    }
    let word = |i: usize| {
        raw.get(4 * i..4 * i + 4).map_or(0, |b| u64::from(u32::from_le_bytes([b[0], b[1], b[2], b[3]])))
    };
    cx.out.addr(word(0));
    let next = |cx: &mut Cx<'_>, name| {
        cx.out.arg_name(name);
    };
    next(cx, "length");
    cx.out.uint(word(1));
    next(cx, "prot");
    cx.flags(W4, &PROTECTIONS, word(2));
    next(cx, "flags");
    show_map_flags(cx, word(3));
    next(cx, "fd");
    cx.fd(word(4) as i32);
    next(cx, "offset");
    cx.out.hex(word(5));
}

/// The bytes of `mincore`, one for each page.
fn show_residency(cx: &mut Cx<'_>, addr: u64) {
    let length = cx.arg(1);
    // That there are none is known even if the call fails.
    if cx.failed() && length != 0 {
        return cx.out.addr(addr);
    }
    cx.array(&U8_BIT, addr, length.div_ceil(PAGE));
}

/// Only the lowest bit of a page's byte means anything.
static U8_BIT: Ty = Scalar(W1, |cx, v| cx.out.uint(v & 1));

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "mmap",
        DESC | MEMORY,
        Ret::Addr,
        &[ADDR, LENGTH, PROT, MAP_FLAG_WORD, arg("fd", Fd), arg("offset", XLONG)],
    ),
    syscall("mmap", DESC | MEMORY, Ret::Addr, &[arg("addr", Hook(&OLD_MMAP))]).only(&[Abi::I386]),
    syscall(
        "mmap2",
        DESC | MEMORY,
        Ret::Addr,
        &[
            ADDR,
            LENGTH,
            PROT,
            MAP_FLAG_WORD,
            arg("fd", Fd),
            arg("offset", Scalar(Long, |cx, pages| cx.out.hex(pages.wrapping_mul(PAGE)))),
        ],
    ),
    syscall("munmap", MEMORY, Ret::Dec, &[ADDR, LENGTH]),
    syscall("mprotect", MEMORY, Ret::Dec, &[ADDR, LENGTH, PROT]),
    syscall("pkey_mprotect", MEMORY, Ret::Dec, &[ADDR, LENGTH, PROT, arg("pkey", INT)]),
    syscall(
        "pkey_alloc",
        NONE,
        Ret::Dec,
        &[arg("flags", XLONG), arg("access_rights", Flags(Long, &PKEY_RIGHTS))],
    ),
    syscall("pkey_free", NONE, Ret::Dec, &[arg("pkey", INT)]),
    syscall("brk", MEMORY, Ret::Addr, &[ADDR]),
    syscall("break", MEMORY, Ret::Dec, &[]),
    syscall(
        "mremap",
        MEMORY,
        Ret::Addr,
        &[
            arg("old_address", Addr),
            arg("old_size", ULONG),
            arg("new_size", ULONG),
            arg("flags", Flags(Long, &MREMAP_FLAGS)),
            arg("new_address", Addr).when(|c| {
                c.has(c.arg(3), MREMAP_MAYMOVE)
                    && (c.has(c.arg(3), MREMAP_FIXED) || c.has(c.arg(3), MREMAP_DONTUNMAP))
            }),
        ],
    ),
    syscall("madvise", MEMORY, Ret::Dec, &[ADDR, LENGTH, arg("advice", Enum(W4, &ADVICE))]),
    syscall("mlock", MEMORY, Ret::Dec, &[ADDR, LENGTH]),
    syscall("mlock2", MEMORY, Ret::Dec, &[ADDR, LENGTH, arg("flags", Flags(W4, &MLOCK_FLAGS))]),
    syscall("munlock", MEMORY, Ret::Dec, &[ADDR, LENGTH]),
    syscall("mlockall", MEMORY, Ret::Dec, &[arg("flags", Flags(W4, &MLOCKALL_FLAGS))]),
    syscall("munlockall", MEMORY, Ret::Dec, &[]),
    syscall("msync", MEMORY, Ret::Dec, &[ADDR, LENGTH, arg("flags", Flags(W4, &MSYNC_FLAGS))]),
    syscall(
        "mincore",
        MEMORY,
        Ret::Dec,
        &[
            ADDR,
            LENGTH,
            arg(
                "vec",
                Hook(&decode::Hook {
                    dir: Late,
                    show: show_residency,
                    reads: &[Stretch::to(Start::Arg(2), Bytes(Len::Arg(1)))],
                }),
            ),
        ],
    ),
    syscall(
        "remap_file_pages",
        MEMORY,
        Ret::Dec,
        &[ADDR, arg("size", ULONG), PROT, arg("pgoff", ULONG), MAP_FLAG_WORD],
    ),
    syscall("mseal", MEMORY, Ret::Dec, &[ADDR, LENGTH, arg("flags", XLONG)]),
    syscall(
        "map_shadow_stack",
        MEMORY,
        Ret::Dec,
        &[ADDR, arg("len", ULONG), arg("flags", Flags(W4, &SHADOW_STACK_FLAGS))],
    ),
    syscall("memfd_secret", DESC, Ret::Fd, &[arg("flags", Flags(W4, &MEMFD_SECRET_FLAGS))]),
    syscall("userfaultfd", DESC, Ret::Fd, &[arg("flags", Flags(W4, &USERFAULTFD_FLAGS))]),
    syscall(
        "process_madvise",
        DESC,
        Ret::Dec,
        &[
            arg("pidfd", Fd),
            arg("iovec", At(In, &Array(&Struct(&REMOTE_IOVEC), Len::Arg(2)))),
            arg("n", ULONG),
            arg("advice", Enum(W4, &REMOTE_ADVICE)),
            arg("flags", X32),
        ],
    ),
    syscall("process_mrelease", DESC, Ret::Dec, &[arg("pidfd", Fd), arg("flags", X32)]),
];

/// `struct iovec` of another process, whose memory is not looked at.
static REMOTE_IOVEC: Record = record("iovec", &[arg("iov_base", Addr), arg("iov_len", ULONG)]);
