//! The ABIs as the generator sees them: where their headers are and how to compile for them.

/// One ABI of `uapi::Abi`, in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Abi {
    X86_64,
    I386,
    X32,
    Aarch64,
    Riscv64,
}

impl Abi {
    pub(super) const ALL: [Self; 5] = [Self::X86_64, Self::I386, Self::X32, Self::Aarch64, Self::Riscv64];

    /// Name of the generated module.
    pub(super) const fn module(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::I386 => "i386",
            Self::X32 => "x32",
            Self::Aarch64 => "aarch64",
            Self::Riscv64 => "riscv64",
        }
    }

    /// The kernel's name of the architecture, as in `arch/…`.
    pub(super) const fn arch(self) -> &'static str {
        match self {
            Self::X86_64 | Self::I386 | Self::X32 => "x86",
            Self::Aarch64 => "arm64",
            Self::Riscv64 => "riscv",
        }
    }

    /// Flags that make an x86-64 gcc compile declarations as a compiler for the ABI would. Nothing is ever run or
    /// linked, and 64-bit x86, ARM and RISC-V agree on sizes and alignment (LP64), so that the ABI's own headers and
    /// predefined macros are all it takes.
    pub(super) const fn compiler_flags(self) -> &'static [&'static str] {
        match self {
            Self::X86_64 => &["-m64"],
            Self::I386 => &["-m32"],
            Self::X32 => &["-mx32"],
            Self::Aarch64 => &[
                "-m64",
                "-U__x86_64__",
                "-U__amd64__",
                "-D__aarch64__",
                "-D__ARM_64BIT_STATE",
                "-funsigned-char",
            ],
            Self::Riscv64 => {
                &["-m64", "-U__x86_64__", "-U__amd64__", "-D__riscv", "-D__riscv_xlen=64", "-funsigned-char"]
            }
        }
    }
}
