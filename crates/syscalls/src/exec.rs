//! Executing programs.

use decode::Extent;
use decode::class::{DESC, FILE, PROCESS};
use decode::prelude::*;
use uapi::consts::*;

static EXECVEAT_FLAGS: Names = names("AT_???", &[AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, AT_EXECVE_CHECK]);

/// Arguments that are ever looked at: the kernel allows more, but a tracee's table may also have no end.
const MAX_STRINGS: u64 = 1 << 16;

/// A table of strings with a null pointer at its end, at an address as yet unread.
struct Table {
    addr: u64,
    word: u64,
}

impl Table {
    fn new(cx: &Plain<'_>, addr: u64) -> Table {
        Table { addr, word: cx.word() as u64 }
    }

    /// Where entry `i` is.
    fn at(&self, i: u64) -> u64 {
        self.addr.wrapping_add(i * self.word)
    }

    /// Entry `i`; `None` if it can't be read.
    fn get(&self, cx: &mut Cx<'_>, i: u64) -> Option<u64> {
        cx.read_word(self.at(i))
    }
}

/// Shows a table of strings: its first ones unless everything is wanted.
fn show_strings(cx: &mut Cx<'_>, addr: u64) {
    let table = Table::new(cx, addr);
    let first = if addr == 0 || !cx.options.verbose { None } else { table.get(cx, 0) };
    let Some(mut entry) = first else { return cx.out.addr(addr) };
    let limit = if cx.abbrev() { cx.options.strings as u64 } else { MAX_STRINGS };
    cx.out.open(Kind::Array);
    let mut i = 0;
    while entry != 0 {
        if i >= limit {
            cx.out.more();
            break;
        }
        cx.out.item();
        cx.string(entry);
        i += 1;
        entry = match table.get(cx, i) {
            Some(next) => next,
            None => {
                cx.out.more_at(table.at(i));
                break;
            }
        };
    }
    cx.out.close(Kind::Array);
}

/// Shows the environment: mostly only how much of it there is.
fn show_environment(cx: &mut Cx<'_>, addr: u64) {
    if !cx.abbrev() || addr == 0 || !cx.options.verbose {
        return show_strings(cx, addr);
    }
    let table = Table::new(cx, addr);
    let mut count = 0;
    let mut extent = Extent::All;
    while count < MAX_STRINGS {
        match table.get(cx, count) {
            Some(0) => break,
            Some(_) => count += 1,
            None if count == 0 => return cx.out.addr(addr),
            None => {
                extent = Extent::Unterminated;
                break;
            }
        }
    }
    cx.out.addr(addr);
    let noun = if count == 1 { "var" } else { "vars" };
    cx.out.remark(Remark::Count { count, noun, extent });
}

static STRING: Ty = Str;
/// Pointers to strings up to a null pointer, of which there is no most.
const STRINGS: &[Stretch] = &[Stretch::to(Start::Here, Array(&STRING, Len::Const(u32::MAX)))];

const ARGV: Arg = arg("argv", Hook(&decode::Hook { dir: In, show: show_strings, reads: STRINGS }));
const ENVP: Arg = arg("envp", Hook(&decode::Hook { dir: In, show: show_environment, reads: STRINGS }));

pub(crate) static ROWS: &[Syscall] = &[
    syscall("execve", FILE | PROCESS, Ret::Dec, &[arg("pathname", Path), ARGV, ENVP]),
    syscall(
        "execveat",
        FILE | DESC | PROCESS,
        Ret::Dec,
        &[arg("dirfd", DirFd), arg("pathname", Path), ARGV, ENVP, arg("flags", Flags(W4, &EXECVEAT_FLAGS))],
    ),
];
