//! Which instruction set, and which convention for making system calls.

use std::fmt;

/// An architecture as audit and seccomp name it (`AUDIT_ARCH_*` of `linux/audit.h`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arch(pub u32);

const LITTLE_ENDIAN: u32 = 0x4000_0000;
const BITS_64: u32 = 0x8000_0000;

impl Arch {
    /// x86-64, which includes x32: the two differ by a bit in the syscall number.
    pub const X86_64: Arch = Arch(62 | BITS_64 | LITTLE_ENDIAN);
    /// 32-bit x86, in a 32-bit program or through `int $0x80` from a 64-bit one.
    pub const I386: Arch = Arch(3 | LITTLE_ENDIAN);
    /// 64-bit ARM.
    pub const AARCH64: Arch = Arch(183 | BITS_64 | LITTLE_ENDIAN);
    /// 32-bit ARM.
    pub const ARM: Arch = Arch(40 | LITTLE_ENDIAN);
    /// 64-bit RISC-V.
    pub const RISCV64: Arch = Arch(243 | BITS_64 | LITTLE_ENDIAN);
    /// 32-bit RISC-V.
    pub const RISCV32: Arch = Arch(243 | LITTLE_ENDIAN);

    /// Whether its registers are 64 bits wide.
    pub const fn is_64_bit(self) -> bool {
        self.0 & BITS_64 != 0
    }

    /// The ABI of a call by this architecture's instruction, given the syscall number.
    pub const fn abi(self, nr: u64) -> Abi {
        match self {
            // A negative number (a skipped call) has the bit set too, and is no x32 call.
            Arch::X86_64 if nr as u32 & X32_BIT != 0 && nr as i32 >= 0 => Abi::X32,
            Arch::X86_64 => Abi::X86_64,
            Arch::I386 => Abi::I386,
            Arch::AARCH64 => Abi::Aarch64,
            Arch::ARM => Abi::Arm,
            Arch::RISCV64 => Abi::Riscv64,
            Arch::RISCV32 => Abi::Riscv32,
            other => Abi::Other(other),
        }
    }
}

impl fmt::Debug for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Arch::X86_64 => f.write_str("X86_64"),
            Arch::I386 => f.write_str("I386"),
            Arch::AARCH64 => f.write_str("AARCH64"),
            Arch::ARM => f.write_str("ARM"),
            Arch::RISCV64 => f.write_str("RISCV64"),
            Arch::RISCV32 => f.write_str("RISCV32"),
            Arch(other) => write!(f, "Arch({other:#x})"),
        }
    }
}

/// `__X32_SYSCALL_BIT` of `asm/unistd.h`.
pub(crate) const X32_BIT: u32 = 0x4000_0000;

/// A convention for system calls: which numbers mean what, and how wide a `long` and a pointer are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Abi {
    /// 64-bit x86.
    X86_64,
    /// x86-64 instructions with 32-bit pointers.
    X32,
    /// 32-bit x86.
    I386,
    /// 64-bit ARM.
    Aarch64,
    /// 32-bit ARM (EABI).
    Arm,
    /// 64-bit RISC-V.
    Riscv64,
    /// 32-bit RISC-V.
    Riscv32,
    /// One this crate has no name for.
    Other(Arch),
}

impl Abi {
    /// The architecture whose instruction makes calls of this ABI.
    pub const fn arch(self) -> Arch {
        match self {
            Abi::X86_64 | Abi::X32 => Arch::X86_64,
            Abi::I386 => Arch::I386,
            Abi::Aarch64 => Arch::AARCH64,
            Abi::Arm => Arch::ARM,
            Abi::Riscv64 => Arch::RISCV64,
            Abi::Riscv32 => Arch::RISCV32,
            Abi::Other(arch) => arch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x32_is_told_by_the_bit_and_a_skipped_call_is_not_x32() {
        assert_eq!(Arch::X86_64.abi(1), Abi::X86_64);
        assert_eq!(Arch::X86_64.abi(0x4000_0001), Abi::X32);
        assert_eq!(Arch::X86_64.abi(u64::MAX), Abi::X86_64);
        assert_eq!(Arch::X86_64.abi(0xffff_ffff), Abi::X86_64);
        assert_eq!(Arch::I386.abi(0x4000_0001), Abi::I386);
    }
}
