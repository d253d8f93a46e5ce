//! ABIs, in the words of `ptrace` and in those of `uapi`.

use ptrace::SyscallEntry;
use uapi::Abi;

/// The ABI of a call, in the words of `uapi`; `None` for one that strax has no tables of.
pub(super) fn abi_of(entry: &SyscallEntry) -> Option<Abi> {
    Some(match entry.abi() {
        ptrace::Abi::X86_64 => Abi::X86_64,
        ptrace::Abi::X32 => Abi::X32,
        ptrace::Abi::I386 => Abi::I386,
        ptrace::Abi::Aarch64 => Abi::Aarch64,
        ptrace::Abi::Riscv64 => Abi::Riscv64,
        _ => return None,
    })
}

/// An ABI in the words of `ptrace`.
pub(super) fn kernel_abi(abi: Abi) -> ptrace::Abi {
    match abi {
        Abi::X86_64 => ptrace::Abi::X86_64,
        Abi::I386 => ptrace::Abi::I386,
        Abi::X32 => ptrace::Abi::X32,
        Abi::Aarch64 => ptrace::Abi::Aarch64,
        Abi::Riscv64 => ptrace::Abi::Riscv64,
    }
}
