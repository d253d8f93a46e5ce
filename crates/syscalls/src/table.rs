//! From a syscall's number to its row.

use decode::Syscall;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;
use uapi::{Abi, X32_SYSCALL_BIT};

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
    static TABLES: [LazyLock<Vec<Option<&'static Syscall>>>; 5] = [
        LazyLock::new(|| link(Abi::X86_64)),
        LazyLock::new(|| link(Abi::I386)),
        LazyLock::new(|| link(Abi::X32)),
        LazyLock::new(|| link(Abi::Aarch64)),
        LazyLock::new(|| link(Abi::Riscv64)),
    ];
    // An x32 number without its bit is no x32 call, nor is another ABI's number with it.
    if (nr & X32_SYSCALL_BIT != 0) != (abi == Abi::X32) {
        return None;
    }
    TABLES[abi as usize].get((nr & !X32_SYSCALL_BIT) as usize).copied().flatten()
}

/// Finds the row of each entry of the kernel's table by its name; a row for this very ABI comes first.
fn link(abi: Abi) -> Vec<Option<&'static Syscall>> {
    let mut by_name: HashMap<&str, &'static Syscall, BuildHasherDefault<NameHasher>> =
        HashMap::with_capacity_and_hasher(1024, BuildHasherDefault::default());
    for row in all_rows().filter(|r| r.holds_on(abi)) {
        let known = by_name.entry(row.name).or_insert(row);
        if known.abis.is_empty() && !row.abis.is_empty() {
            *known = row;
        }
    }
    let entries = abi.syscalls();
    let index = |nr: u32| (u64::from(nr) & !X32_SYSCALL_BIT) as usize;
    let size = entries.iter().map(|e| index(e.nr) + 1).max().unwrap_or(0);
    let mut table = vec![None; size];
    for entry in entries {
        table[index(entry.nr)] = by_name.get(entry.name).copied();
    }
    table
}

/// A quick hash: the tables are made anew in each run, from names that nobody chooses in order to slow it down.
#[derive(Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            // Fibonacci hashing: the odd number next to 2^64 divided by the golden ratio.
            self.0 = (self.0.rotate_left(29) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn finish(&self) -> u64 {
        // The map picks a bucket by the low bits, which a product mixes least.
        self.0 ^ self.0 >> 32
    }
}
