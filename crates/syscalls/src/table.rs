//! From a syscall's number to its row.
//!
//! Rows are found by name once, by the compiler: to look through all of them at each start would take every page that
//! they stand in into memory, and most runs need a few.

use decode::Syscall;
use uapi::{Abi, SyscallEntry, X32_SYSCALL_BIT};

/// The rows of every subsystem. A new file of rows is listed here.
static SUBSYSTEMS: &[&[Syscall]] = &[
    crate::aio::ROWS,
    crate::bpf::ROWS,
    crate::clone3::ROWS,
    crate::creds::ROWS,
    crate::desc::ROWS,
    crate::dir::ROWS,
    crate::exec::ROWS,
    crate::fcntl::ROWS,
    crate::file::ROWS,
    crate::futex::ROWS,
    crate::ioctl::ROWS,
    crate::iov::ROWS,
    crate::ipc::ROWS,
    crate::ipc::mq::ROWS,
    crate::keys::ROWS,
    crate::landlock::ROWS,
    crate::legacy::ROWS,
    crate::lsm::ROWS,
    crate::memory::ROWS,
    crate::module::ROWS,
    crate::mount::ROWS,
    crate::multiplex::ROWS,
    crate::net::ROWS,
    crate::notify::ROWS,
    crate::numa::ROWS,
    crate::perf::ROWS,
    crate::personality::ROWS,
    crate::poll::ROWS,
    crate::prctl::ROWS,
    crate::process::ROWS,
    crate::ptrace::ROWS,
    crate::quota::ROWS,
    crate::resource::ROWS,
    crate::rseq::ROWS,
    crate::sched::ROWS,
    crate::seccomp::ROWS,
    crate::signal::ROWS,
    crate::stat::ROWS,
    crate::system::ROWS,
    crate::time::ROWS,
    crate::wait::ROWS,
    crate::x86::ROWS,
    crate::xattr::ROWS,
];

/// All rows, for those who check or list them.
pub fn all_rows() -> impl Iterator<Item = &'static Syscall> {
    SUBSYSTEMS.iter().flat_map(|rows| rows.iter())
}

/// The row of syscall `nr` (with the x32 bit, if it is x32's), or `None` if it has no row.
pub fn row(abi: Abi, nr: u64) -> Option<&'static Syscall> {
    // An x32 number without its bit is no x32 call, nor is another ABI's number with it.
    if (nr & X32_SYSCALL_BIT != 0) != (abi == Abi::X32) {
        return None;
    }
    of(abi).get((nr & !X32_SYSCALL_BIT) as usize).copied().flatten()
}

/// The rows of an ABI by number, without the x32 bit.
fn of(abi: Abi) -> &'static [Option<&'static Syscall>] {
    static X86_64: [Option<&Syscall>; size(Abi::X86_64)] = link(Abi::X86_64);
    static I386: [Option<&Syscall>; size(Abi::I386)] = link(Abi::I386);
    static X32: [Option<&Syscall>; size(Abi::X32)] = link(Abi::X32);
    static AARCH64: [Option<&Syscall>; size(Abi::Aarch64)] = link(Abi::Aarch64);
    static RISCV64: [Option<&Syscall>; size(Abi::Riscv64)] = link(Abi::Riscv64);
    match abi {
        Abi::X86_64 => &X86_64,
        Abi::I386 => &I386,
        Abi::X32 => &X32,
        Abi::Aarch64 => &AARCH64,
        Abi::Riscv64 => &RISCV64,
    }
}

/// A table has a place for each number up to the last.
const fn size(abi: Abi) -> usize {
    let entries = abi.syscalls();
    index(&entries[entries.len() - 1]) + 1
}

const fn index(entry: &SyscallEntry) -> usize {
    (entry.nr as u64 & !X32_SYSCALL_BIT) as usize
}

/// How many rows there are.
const ROWS: usize = {
    let (mut count, mut i) = (0, 0);
    while i < SUBSYSTEMS.len() {
        count += SUBSYSTEMS[i].len();
        i += 1;
    }
    count
};

/// All rows, each with a hash of its name: to compare numbers is what makes linking quick.
static HASHED: [(u32, &Syscall); ROWS] = {
    let mut rows = [(0, &SUBSYSTEMS[0][0]); ROWS];
    let (mut at, mut i) = (0, 0);
    while i < SUBSYSTEMS.len() {
        let mut j = 0;
        while j < SUBSYSTEMS[i].len() {
            let row = &SUBSYSTEMS[i][j];
            rows[at] = (hash(row.name), row);
            at += 1;
            j += 1;
        }
        i += 1;
    }
    rows
};

/// FNV-1a.
const fn hash(name: &str) -> u32 {
    let (mut hash, mut i) = (0x811c_9dc5_u32, 0);
    while i < name.len() {
        hash = (hash ^ name.as_bytes()[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    hash
}

/// Finds the row of each entry of the kernel's table by its name.
const fn link<const SIZE: usize>(abi: Abi) -> [Option<&'static Syscall>; SIZE] {
    let mut table = [None; SIZE];
    let (entries, mut i) = (abi.syscalls(), 0);
    while i < entries.len() {
        table[index(&entries[i])] = find(abi, entries[i].name);
        i += 1;
    }
    table
}

/// The first row of this name that holds on an ABI; one for this very ABI comes before one for all.
const fn find(abi: Abi, name: &str) -> Option<&'static Syscall> {
    let (wanted, mut found, mut i) = (hash(name), None, 0);
    while i < ROWS {
        let (hash, row) = HASHED[i];
        if hash == wanted && decode::same_name(row.name, name) && row.holds_on(abi) {
            if !row.abis.is_empty() {
                return Some(row);
            }
            if found.is_none() {
                found = Some(row);
            }
        }
        i += 1;
    }
    found
}
