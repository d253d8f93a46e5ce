//! Structs of `ptrace` that come in as many bytes as there are: the system call a tracee is in, and what is known
//! of a seccomp filter.

use crate::common::{ADDR64, show_negative_errno};
use crate::seccomp::FILTER_FLAGS;
use crate::siginfo::ARCHES;
use decode::Stretch;
use decode::prelude::*;
use uapi::consts::*;

static OPS: Names = names(
    "PTRACE_SYSCALL_INFO_???",
    &[
        PTRACE_SYSCALL_INFO_NONE,
        PTRACE_SYSCALL_INFO_ENTRY,
        PTRACE_SYSCALL_INFO_EXIT,
        PTRACE_SYSCALL_INFO_SECCOMP,
    ],
);

/// The head that every `struct ptrace_syscall_info` has.
static HEAD: Record = record(
    "ptrace_syscall_info",
    &[
        arg("op", Enum(W1, &OPS)),
        arg("reserved", X8).nonzero(),
        arg("flags", X16).nonzero(),
        arg("arch", Enum(W4, &ARCHES)),
        arg("instruction_pointer", ADDR64),
        arg("stack_pointer", ADDR64),
    ],
);
/// Where `flags` ends.
const FLAGS_END: usize = 4;
/// Where the part begins that depends on `op`.
const BODY: usize = 24;
/// All of the struct, with what `PTRACE_SYSCALL_INFO_SECCOMP` has.
const SIZE: usize = 88;

/// A `struct ptrace_syscall_info` that the kernel has filled in.
pub(crate) static SYSCALL_INFO_GOT: Ty = Form(Len::Min(&Len::Ret, &Len::Arg(2)), show_info);
/// One that the tracer hands over.
pub(crate) static SYSCALL_INFO_SET: Ty = Form(Len::Arg(2), show_info);

fn show_info(cx: &mut Cx<'_>, addr: u64, size: u64) {
    let mut raw = [0; SIZE];
    let given = size.min(SIZE as u64) as usize;
    let info = &mut raw[..given];
    if given == 0 || addr == 0 || !cx.options.verbose || !cx.read(addr, info) {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Struct);
    // Half of the flags is enough.
    let head = if given == FLAGS_END - 1 { FLAGS_END } else { given.min(BODY) };
    cx.members_from(&HEAD, &raw[..head], addr);
    let info = &raw[..given];
    if given >= BODY + 8 {
        show_body(cx, info);
    }
    cx.out.close(Kind::Struct);
}

fn word(info: &[u8], at: usize) -> Option<u64> {
    let bytes = info.get(at..at + 8)?;
    bytes.try_into().ok().map(u64::from_le_bytes)
}

/// Shows the part that depends on what the tracee was stopped by, as far as it is there.
fn show_body(cx: &mut Cx<'_>, info: &[u8]) {
    let op = info.first().map_or(0, |&op| u64::from(op));
    let Some(first) = word(info, BODY) else { return };
    let name = if op == PTRACE_SYSCALL_INFO_ENTRY.v() {
        "entry"
    } else if op == PTRACE_SYSCALL_INFO_EXIT.v() {
        "exit"
    } else if op == PTRACE_SYSCALL_INFO_SECCOMP.v() {
        "seccomp"
    } else {
        return;
    };
    cx.out.field(name);
    cx.out.open(Kind::Struct);
    if name == "exit" {
        show_exit(cx, info, first);
    } else {
        show_entry(cx, info, first);
        let ret_data = info.get(SIZE - 8..SIZE - 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        if let Some(data) = ret_data.filter(|_| name == "seccomp") {
            cx.out.field("ret_data");
            cx.out.uint(u64::from(data));
        }
    }
    cx.out.close(Kind::Struct);
}

fn show_entry(cx: &mut Cx<'_>, info: &[u8], nr: u64) {
    cx.out.field("nr");
    let arch = word(info, 0).map_or(0, |w| w >> 32);
    show_number(cx, arch, nr);
    if word(info, BODY + 8).is_none() {
        return;
    }
    cx.out.field("args");
    cx.out.open(Kind::Array);
    let limit = if cx.abbrev() { cx.options.strings } else { usize::MAX };
    for (i, v) in (0..6).map_while(|i| word(info, BODY + 8 + 8 * i)).enumerate() {
        if i == limit {
            cx.out.more();
            break;
        }
        cx.out.item();
        cx.out.hex(v);
    }
    cx.out.close(Kind::Array);
}

fn show_exit(cx: &mut Cx<'_>, info: &[u8], rval: u64) {
    let is_error = info.get(BODY + 8);
    cx.out.field("rval");
    match is_error {
        Some(&e) if e != 0 => show_negative_errno(cx, rval as i64),
        _ => cx.out.int(rval as i64),
    }
    if let Some(&is_error) = is_error {
        cx.out.field("is_error");
        cx.out.uint(u64::from(is_error));
    }
}

/// Shows a system call's number: by the name that programs of the tracer's own ABI give it, or with a remark.
fn show_number(cx: &mut Cx<'_>, arch: u64, nr: u64) {
    let abi = if arch == AUDIT_ARCH_X86_64.v() {
        let x32 = nr & uapi::X32_SYSCALL_BIT != 0;
        if x32 { Abi::X32 } else { Abi::X86_64 }
    } else if arch == AUDIT_ARCH_I386.v() {
        Abi::I386
    } else {
        return cx.out.uint(nr);
    };
    match abi.syscall(nr) {
        Some(entry) if abi == cx.abi => {
            cx.out.symbolic(nr, Base::Udec, &[Part::Joined("__NR_", entry.name)], "");
        }
        Some(entry) => cx.out.remarked(nr, Base::Udec, &[Part::Name(entry.name)], ""),
        None => cx.out.uint(nr),
    }
}

/// A pointer to a `struct seccomp_metadata`.
pub(crate) static METADATA: decode::Hook =
    decode::Hook { dir: InOut, show: show_metadata, reads: &[Stretch::arg(3, 16)] };

fn show_metadata(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.arg(2);
    if !cx.exiting() {
        let offset = if size < 8 || addr == 0 || !cx.options.verbose { None } else { cx.read_uint(addr, 8) };
        let Some(offset) = offset else { return cx.out.addr(addr) };
        cx.save(offset);
        cx.out.open(Kind::Struct);
        cx.out.field("filter_off");
        return cx.out.uint(offset);
    }
    if cx.saved_here().is_none() {
        return;
    }
    let given = cx.ret().max(0) as u64;
    if !cx.failed() && given > 8 {
        if given < 16 {
            cx.out.beyond(8, given, None, false);
        } else if let Some(flags) = cx.read_uint(addr.wrapping_add(8), 8) {
            cx.out.field("flags");
            cx.flags(W8, &FILTER_FLAGS, flags);
        }
        if given > 16 {
            cx.out.more();
        }
    }
    cx.out.close(Kind::Struct);
}
