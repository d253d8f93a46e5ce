//! Code that the kernel loads: modules, and another kernel.

use decode::Stretch;
use decode::class::{DESC, NONE};
use decode::prelude::*;
use uapi::consts::*;

static DELETE_FLAGS: Names = names("O_???", &[O_NONBLOCK, O_TRUNC]);
static INIT_FLAGS: Names = names(
    "MODULE_INIT_???",
    &[MODULE_INIT_IGNORE_MODVERSIONS, MODULE_INIT_IGNORE_VERMAGIC, MODULE_INIT_COMPRESSED_FILE],
);
static KEXEC_ARCHES: Names = names(
    "KEXEC_ARCH_???",
    &[
        KEXEC_ARCH_DEFAULT,
        KEXEC_ARCH_386,
        KEXEC_ARCH_68K,
        KEXEC_ARCH_MIPS,
        KEXEC_ARCH_MIPS_LE,
        KEXEC_ARCH_PARISC,
        KEXEC_ARCH_PPC,
        KEXEC_ARCH_PPC64,
        KEXEC_ARCH_S390,
        KEXEC_ARCH_ARM,
        KEXEC_ARCH_SH,
        KEXEC_ARCH_IA_64,
        KEXEC_ARCH_X86_64,
        KEXEC_ARCH_AARCH64,
        KEXEC_ARCH_RISCV,
        KEXEC_ARCH_LOONGARCH,
    ],
);
static KEXEC_FLAGS: Names = names(
    "KEXEC_???",
    &[KEXEC_ON_CRASH, KEXEC_PRESERVE_CONTEXT, KEXEC_UPDATE_ELFCOREHDR, KEXEC_CRASH_HOTPLUG_SUPPORT],
);
static KEXEC_FILE_FLAGS: Names = names(
    "KEXEC_FILE_???",
    &[
        KEXEC_FILE_UNLOAD,
        KEXEC_FILE_ON_CRASH,
        KEXEC_FILE_NO_INITRAMFS,
        KEXEC_FILE_DEBUG,
        KEXEC_FILE_NO_CMA,
        KEXEC_FILE_FORCE_DTB,
    ],
);

/// `struct kexec_segment`.
static KEXEC_SEGMENT: Record =
    record("kexec_segment", &[arg("buf", Addr), arg("bufsz", ULONG), arg("mem", Addr), arg("memsz", ULONG)]);
static SEGMENT: Ty = Struct(&KEXEC_SEGMENT);
/// `KEXEC_SEGMENT_MAX`.
const MAX_SEGMENTS: u64 = 16;

fn show_segments(cx: &mut Cx<'_>, addr: u64) {
    match cx.arg(1) {
        count if count > MAX_SEGMENTS => cx.out.addr(addr),
        count => cx.array(&SEGMENT, addr, count),
    }
}

/// The architecture of the new kernel is in the high half of the flags.
fn show_kexec_flags(cx: &mut Plain<'_>, v: u64) {
    let (arch, flags) = (v & KEXEC_ARCH_MASK.v(), v & !KEXEC_ARCH_MASK.v());
    if flags == 0 {
        return cx.enumerated(Long, &KEXEC_ARCHES, arch);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.enumerated(Long, &KEXEC_ARCHES, arch);
    cx.out.item();
    cx.flags(Long, &KEXEC_FLAGS, flags);
    cx.out.close(Kind::Terms);
}

/// `struct __sysctl_args`.
static SYSCTL_ARGS: Record = record(
    "__sysctl_args",
    &[
        arg("name", Addr),
        arg("nlen", INT),
        arg("oldval", Addr),
        arg("oldlenp", Addr),
        arg("newval", Addr),
        arg("newlen", ULONG),
        arg("__unused", Array(&ULONG, Len::Const(4))).when(|_| false),
    ],
);

const PARAM_VALUES: Arg = arg("param_values", Str);

pub(crate) static ROWS: &[Syscall] = &[
    syscall("init_module", NONE, Ret::Dec, &[arg("module_image", Addr), arg("len", ULONG), PARAM_VALUES]),
    syscall(
        "finit_module",
        DESC,
        Ret::Dec,
        &[arg("fd", Fd), PARAM_VALUES, arg("flags", Flags(W4, &INIT_FLAGS))],
    ),
    syscall("delete_module", NONE, Ret::Dec, &[arg("name", Str), arg("flags", Flags(W4, &DELETE_FLAGS))]),
    syscall(
        "kexec_load",
        NONE,
        Ret::Dec,
        &[
            arg("entry", Addr),
            arg("nr_segments", ULONG),
            arg(
                "segments",
                Hook(&decode::Hook { dir: In, show: show_segments, reads: &[Stretch::arg(2, 512)] }),
            ),
            arg("flags", Scalar(Long, show_kexec_flags)),
        ],
    ),
    syscall(
        "kexec_file_load",
        DESC,
        Ret::Dec,
        &[
            arg("kernel_fd", Fd),
            arg("initrd_fd", Fd),
            arg("cmdline_len", ULONG),
            arg("cmdline", At(In, &Bytes(Len::Arg(2)))),
            arg("flags", Flags(Long, &KEXEC_FILE_FLAGS)),
        ],
    ),
    syscall(
        "lookup_dcookie",
        NONE,
        Ret::Dec,
        &[arg("cookie", U64), arg("buffer", At(Out, &Bytes(Len::Ret))), arg("len", ULONG)],
    ),
    syscall("_sysctl", NONE, Ret::Dec, &[arg("args", At(In, &Struct(&SYSCTL_ARGS)))]),
];
