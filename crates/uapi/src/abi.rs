//! The ABIs, and their tables of system calls.

use crate::generated;

/// Set in the number of every system call made through the x32 ABI (`arch/x86/include/uapi/asm/unistd.h`).
pub const X32_SYSCALL_BIT: u64 = 0x4000_0000;

/// A convention by which a process talks to the kernel: syscall numbers, registers, sizes and layouts.
///
/// `abi as usize` is an index, in the order of [`Abi::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Abi {
    /// 64-bit x86.
    X86_64,
    /// 32-bit x86: a process of a 32-bit kernel, or one that calls a 64-bit kernel by `int $0x80` and the like.
    I386,
    /// 64-bit x86 with 32-bit pointers and `long`.
    X32,
    /// 64-bit ARM.
    Aarch64,
    /// 64-bit RISC-V.
    Riscv64,
}

/// One system call of one ABI, as the kernel's table has it.
#[derive(Debug, PartialEq, Eq)]
pub struct SyscallEntry {
    /// The number as the tracee passes it; with [`X32_SYSCALL_BIT`] on x32.
    pub nr: u32,
    /// The name as in the kernel's `syscall.tbl`, such as `newfstatat`.
    pub name: &'static str,
    /// The names of the arguments as in the kernel's `SYSCALL_DEFINE`, in order; empty where the call takes none,
    /// and where the kernel has no implementation of it (`afs_syscall`).
    pub args: &'static [&'static str],
}

impl Abi {
    /// Every ABI; the one at index `i` has `abi as usize == i`.
    pub const ALL: [Self; 5] = [Self::X86_64, Self::I386, Self::X32, Self::Aarch64, Self::Riscv64];

    /// Size in bytes of a pointer and of `long` in user space.
    #[must_use]
    pub const fn word(self) -> usize {
        match self {
            Self::X86_64 | Self::Aarch64 | Self::Riscv64 => 8,
            Self::I386 | Self::X32 => 4,
        }
    }

    /// Size in bytes of `__kernel_long_t`, which the kernel's structures use where they mean its own `long`.
    #[must_use]
    pub const fn klong(self) -> usize {
        match self {
            Self::X86_64 | Self::X32 | Self::Aarch64 | Self::Riscv64 => 8,
            Self::I386 => 4,
        }
    }

    /// Every system call of the ABI, in ascending order of numbers.
    #[must_use]
    pub const fn syscalls(self) -> &'static [SyscallEntry] {
        match self {
            Self::X86_64 => generated::x86_64::SYSCALLS,
            Self::I386 => generated::i386::SYSCALLS,
            Self::X32 => generated::x32::SYSCALLS,
            Self::Aarch64 => generated::aarch64::SYSCALLS,
            Self::Riscv64 => generated::riscv64::SYSCALLS,
        }
    }

    /// The system call that the tracee means by `nr`, the whole of the register. On x32 the number has
    /// [`X32_SYSCALL_BIT`].
    #[must_use]
    pub fn syscall(self, nr: u64) -> Option<&'static SyscallEntry> {
        let table = self.syscalls();
        let nr = u32::try_from(nr).ok()?;
        // The tables begin without gaps, so that the number mostly is the index.
        let first = table.first()?.nr;
        match table.get(nr.checked_sub(first)? as usize) {
            Some(entry) if entry.nr == nr => Some(entry),
            _ => table.binary_search_by_key(&nr, |entry| entry.nr).ok().map(|index| &table[index]),
        }
    }

    /// The number of the system call that the ABI's table calls `name`, as a tracee passes it.
    #[must_use]
    pub fn number(self, name: &str) -> Option<u64> {
        self.syscalls().iter().find(|entry| entry.name == name).map(|entry| u64::from(entry.nr))
    }
}
