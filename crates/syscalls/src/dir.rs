//! Directories: reading them, and where a process stands among them.

mod entries;

use decode::class::{DESC, FILE};
use decode::prelude::*;
use decode::{Hook as HookFn, PATH_MAX, Stretch};

/// The path that `getcwd` has put into the buffer: as many bytes as it returned, with the NUL.
static WORKING_DIRECTORY: HookFn = HookFn {
    dir: Out,
    show: |cx, at| {
        if at == 0 || !cx.read(at, &mut []) {
            return cx.out.addr(at);
        }
        let len = cx.ret().clamp(0, PATH_MAX as i64) as usize;
        let mut lent = cx.lend(len);
        let buf = &mut lent[..len];
        let got = cx.read_some(at, buf);
        match buf[..got].iter().position(|&b| b == 0) {
            Some(end) => cx.out.bytes(&buf[..end], Text::Plain, false),
            None if got == buf.len() => cx.out.bytes(&buf[..got.saturating_sub(1)], Text::Plain, true),
            None => cx.out.addr(at),
        }
        cx.give_back(lent);
    },
    reads: &[Stretch::arg(0, PATH_MAX as u32)],
};

const FD: Arg = arg("fd", Fd);
const PATH: Arg = arg("path", Path);
const COUNT: Arg = arg("count", UINT);

pub(crate) static ROWS: &[Syscall] = &[
    syscall("getdents", DESC, Ret::Dec, &[FD, arg("dirp", Hook(&entries::DIRENTS)), COUNT]),
    syscall("getdents64", DESC, Ret::Dec, &[FD, arg("dirp", Hook(&entries::DIRENTS64)), COUNT]),
    // The count is not looked at by the kernel, which gives one entry.
    syscall(
        "readdir",
        DESC,
        Ret::Dec,
        &[FD, arg("dirp", Hook(&entries::OLD_DIRENT)), COUNT.when(|cx| cx.arg_int(2) != 1)],
    ),
    syscall("getcwd", FILE, Ret::Dec, &[arg("buf", Hook(&WORKING_DIRECTORY)), arg("size", KULONG)]),
    syscall("chdir", FILE, Ret::Dec, &[PATH]),
    syscall("fchdir", DESC, Ret::Dec, &[FD]),
    syscall("chroot", FILE, Ret::Dec, &[PATH]),
    syscall("pivot_root", FILE, Ret::Dec, &[arg("oldpath", Path), arg("newpath", Path)]),
];
