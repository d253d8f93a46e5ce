//! x86: the 64-bit and the i386 layout.

use super::{Buffer, Layout, NO_CALL};
use crate::{Arch, Result, SyscallEntry, Tid, arch::X32_BIT, request::Request};

/// The registers of a thread in 64-bit mode (`struct user_regs_struct` of `sys/user.h`).
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs, reason = "the names are the processor's")]
pub struct X86_64Registers {
    pub r15: u64,
    pub r14: u64,
    pub r13: u64,
    pub r12: u64,
    pub rbp: u64,
    pub rbx: u64,
    pub r11: u64,
    pub r10: u64,
    pub r9: u64,
    pub r8: u64,
    pub rax: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rsi: u64,
    pub rdi: u64,
    /// The syscall number; all ones outside of a call, or to skip it.
    pub orig_rax: u64,
    pub rip: u64,
    pub cs: u64,
    pub eflags: u64,
    pub rsp: u64,
    pub ss: u64,
    pub fs_base: u64,
    pub gs_base: u64,
    pub ds: u64,
    pub es: u64,
    pub fs: u64,
    pub gs: u64,
}

/// The registers of a thread in 32-bit mode (the i386 `struct user_regs_struct`).
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs, reason = "the names are the processor's")]
pub struct I386Registers {
    pub ebx: u32,
    pub ecx: u32,
    pub edx: u32,
    pub esi: u32,
    pub edi: u32,
    pub ebp: u32,
    pub eax: u32,
    pub ds: u32,
    pub es: u32,
    pub fs: u32,
    pub gs: u32,
    /// The syscall number; all ones outside of a call, or to skip it.
    pub orig_eax: u32,
    pub eip: u32,
    pub cs: u32,
    pub eflags: u32,
    pub esp: u32,
    pub ss: u32,
}

// SAFETY: 27 u64 in a repr(C) struct, without padding.
unsafe impl Layout for X86_64Registers {}
// SAFETY: 17 u32 in a repr(C) struct, without padding.
unsafe impl Layout for I386Registers {}

/// The general registers of a stopped thread, in the layout of the mode it runs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Registers {
    /// 64-bit mode: x86-64 and x32 programs.
    X86_64(X86_64Registers),
    /// 32-bit mode: i386 programs.
    I386(I386Registers),
}

/// `TRAP`: the instruction a software breakpoint is made of (`int3`).
pub(crate) const BREAKPOINT: [u8; 1] = [0xcc];
/// How far behind a breakpoint's address the instruction pointer is once it was hit.
pub(crate) const AFTER_BREAKPOINT: u64 = 1;

/// `syscall`, `sysenter` as the vDSO has it, and `int $0x80` are two bytes long.
const SYSCALL_INSTRUCTION: u64 = 2;

/// On x86 the number is a register like the others.
pub(super) fn commit_syscall_number(_: Tid, _: u64) -> Result<()> {
    Ok(())
}

/// `PTRACE_GETREGS`, which has the layout of the tracer: which mode the thread is in, its code segment says.
pub(super) fn read_by_old_request(tid: Tid) -> Result<Option<Registers>> {
    Ok(Some(Registers::from_tracers_layout(read_all(tid)?.get())))
}

/// `PTRACE_SETREGS`.
pub(super) fn write_by_old_request(tid: Tid, registers: &Registers) -> Result<()> {
    write_all(tid, registers.to_tracers_layout(read_all(tid)?.get()).bytes())
}

fn read_all(tid: Tid) -> Result<Buffer> {
    let mut buffer = Buffer([0; 512]);
    // SAFETY: the kernel writes the tracer's layout to `data`, which is larger.
    unsafe { Request::GETREGS.make(tid, 0, buffer.0.as_mut_ptr() as usize) }?;
    Ok(buffer)
}

fn write_all(tid: Tid, bytes: &[u8]) -> Result<()> {
    assert_eq!(bytes.len(), size_of::<Tracers>());
    // SAFETY: the kernel reads the tracer's layout from `data`, which is as large.
    unsafe { Request::SETREGS.make(tid, 0, bytes.as_ptr() as usize) }.map(drop)
}

/// The layout of the registers of the process that asks for them.
#[cfg(not(target_arch = "x86"))]
type Tracers = X86_64Registers;
#[cfg(target_arch = "x86")]
type Tracers = I386Registers;

#[cfg(not(target_arch = "x86"))]
impl Registers {
    /// `__USER32_CS` of `asm/segment.h`.
    const CODE_32: u64 = 0x23;

    fn from_tracers_layout(r: Tracers) -> Registers {
        if r.cs != Registers::CODE_32 {
            return Registers::X86_64(r);
        }
        Registers::I386(I386Registers {
            ebx: r.rbx as u32,
            ecx: r.rcx as u32,
            edx: r.rdx as u32,
            esi: r.rsi as u32,
            edi: r.rdi as u32,
            ebp: r.rbp as u32,
            eax: r.rax as u32,
            ds: r.ds as u32,
            es: r.es as u32,
            fs: r.fs as u32,
            gs: r.gs as u32,
            orig_eax: r.orig_rax as u32,
            eip: r.rip as u32,
            cs: r.cs as u32,
            eflags: r.eflags as u32,
            esp: r.rsp as u32,
            ss: r.ss as u32,
        })
    }

    /// What is not in the narrow layout stays as it was `before`.
    fn to_tracers_layout(self, before: Tracers) -> Tracers {
        let r = match self {
            Registers::X86_64(registers) => return registers,
            Registers::I386(registers) => registers,
        };
        X86_64Registers {
            rbx: r.ebx.into(),
            rcx: r.ecx.into(),
            rdx: r.edx.into(),
            rsi: r.esi.into(),
            rdi: r.edi.into(),
            rbp: r.ebp.into(),
            // The kernel looks for an error in the whole register.
            rax: r.eax as i32 as i64 as u64,
            orig_rax: r.orig_eax as i32 as i64 as u64,
            rip: r.eip.into(),
            eflags: r.eflags.into(),
            rsp: r.esp.into(),
            ..before
        }
    }
}

#[cfg(target_arch = "x86")]
impl Registers {
    fn from_tracers_layout(registers: Tracers) -> Registers {
        Registers::I386(registers)
    }

    fn to_tracers_layout(self, before: Tracers) -> Tracers {
        if let Registers::I386(registers) = self { registers } else { before }
    }
}

impl Registers {
    pub(super) fn from_layout(buffer: &Buffer, length: usize) -> Option<Registers> {
        match length {
            216 => Some(Registers::X86_64(buffer.get())),
            68 => Some(Registers::I386(buffer.get())),
            _ => None,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Registers::X86_64(registers) => registers.bytes(),
            Registers::I386(registers) => registers.bytes(),
        }
    }

    /// The architecture of the mode the thread runs in. A call by `int $0x80` from 64-bit mode is of
    /// [`Arch::I386`] all the same, which registers do not tell: see [`crate::Stopped::syscall_info`].
    pub const fn arch(&self) -> Arch {
        match self {
            Registers::X86_64(_) => Arch::X86_64,
            Registers::I386(_) => Arch::I386,
        }
    }

    /// The address of the next instruction.
    pub const fn instruction_pointer(&self) -> u64 {
        match self {
            Registers::X86_64(registers) => registers.rip,
            Registers::I386(registers) => registers.eip as u64,
        }
    }

    /// Makes the thread go on at `address` (cut to 32 bits in 32-bit mode).
    pub const fn set_instruction_pointer(&mut self, address: u64) {
        match self {
            Registers::X86_64(registers) => registers.rip = address,
            Registers::I386(registers) => registers.eip = address as u32,
        }
    }

    /// The stack pointer.
    pub const fn stack_pointer(&self) -> u64 {
        match self {
            Registers::X86_64(registers) => registers.rsp,
            Registers::I386(registers) => registers.esp as u64,
        }
    }

    /// Sets the stack pointer (cut to 32 bits in 32-bit mode).
    pub const fn set_stack_pointer(&mut self, address: u64) {
        match self {
            Registers::X86_64(registers) => registers.rsp = address,
            Registers::I386(registers) => registers.esp = address as u32,
        }
    }

    /// The number of the system call the thread is in, x32 bit included; all ones (sign-extended −1) if none.
    pub const fn syscall_number(&self) -> u64 {
        match self {
            Registers::X86_64(registers) => registers.orig_rax as i32 as i64 as u64,
            Registers::I386(registers) => registers.orig_eax as i32 as i64 as u64,
        }
    }

    /// Sets the number of the call about to be made; `u64::MAX` makes it none.
    pub const fn set_syscall_number(&mut self, nr: u64) {
        match self {
            Registers::X86_64(registers) => registers.orig_rax = nr as i32 as i64 as u64,
            Registers::I386(registers) => registers.orig_eax = nr as u32,
        }
    }

    /// The argument registers of a call made by the instruction of `arch`.
    pub const fn syscall_args(&self, arch: Arch) -> [u64; 6] {
        const LOW: u64 = u32::MAX as u64;
        match self {
            Registers::X86_64(r) => match arch {
                Arch::I386 => [r.rbx & LOW, r.rcx & LOW, r.rdx & LOW, r.rsi & LOW, r.rdi & LOW, r.rbp & LOW],
                _ => [r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9],
            },
            Registers::I386(r) => {
                [r.ebx as u64, r.ecx as u64, r.edx as u64, r.esi as u64, r.edi as u64, r.ebp as u64]
            }
        }
    }

    /// Sets the argument registers of a call made by the instruction of `arch`.
    pub const fn set_syscall_args(&mut self, arch: Arch, args: [u64; 6]) {
        let [a, b, c, d, e, f] = args;
        match self {
            Registers::X86_64(r) => match arch {
                Arch::I386 => (r.rbx, r.rcx, r.rdx, r.rsi, r.rdi, r.rbp) = (a, b, c, d, e, f),
                _ => (r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9) = (a, b, c, d, e, f),
            },
            Registers::I386(r) => {
                (r.ebx, r.ecx, r.edx) = (a as u32, b as u32, c as u32);
                (r.esi, r.edi, r.ebp) = (d as u32, e as u32, f as u32);
            }
        }
    }

    /// Whether a call's result takes the place of its first argument. Here it has a register of its own, and arguments
    /// are in their registers afterwards as they were before.
    pub const RESULT_REPLACES_ARGUMENT: bool = false;

    /// Takes the thread, which was about to make `call` when it had these registers, back to before it: the number moves
    /// back to where results are left, and the thread is in no call.
    pub const fn rewind_syscall(&mut self, call: &SyscallEntry) {
        self.set_instruction_pointer(self.instruction_pointer().wrapping_sub(SYSCALL_INSTRUCTION));
        self.set_return_value(call.nr as i64);
        self.set_syscall_number(NO_CALL);
    }

    /// The register in which system calls and functions leave their result, sign-extended.
    pub const fn return_value(&self) -> i64 {
        match self {
            Registers::X86_64(registers) => registers.rax as i64,
            Registers::I386(registers) => registers.eax as i32 as i64,
        }
    }

    /// Sets the register of [`Self::return_value`].
    pub const fn set_return_value(&mut self, value: i64) {
        match self {
            Registers::X86_64(registers) => registers.rax = value as u64,
            Registers::I386(registers) => registers.eax = value as u32,
        }
    }

    /// Whether the thread is in an x32 call: the same registers as x86-64, told by a bit of the number.
    pub const fn is_x32_call(&self) -> bool {
        let nr = self.syscall_number() as i32;
        matches!(self, Registers::X86_64(_)) && nr >= 0 && nr as u32 & X32_BIT != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layouts_have_the_kernels_sizes() {
        assert_eq!(size_of::<X86_64Registers>(), 216);
        assert_eq!(size_of::<I386Registers>(), 68);
    }

    #[test]
    fn arguments_come_back_as_set_and_in_their_registers() {
        let args = [1, 2, 3, 4, 5, 6];
        let mut wide = Registers::X86_64(X86_64Registers::default());
        wide.set_syscall_args(Arch::X86_64, args);
        assert_eq!(wide.syscall_args(Arch::X86_64), args);
        assert!(matches!(wide, Registers::X86_64(X86_64Registers { rdi: 1, r10: 4, .. })));
        wide.set_syscall_args(Arch::I386, args);
        assert!(matches!(wide, Registers::X86_64(X86_64Registers { rbx: 1, rbp: 6, .. })));
        let mut narrow = Registers::I386(I386Registers::default());
        narrow.set_syscall_args(Arch::I386, args);
        assert_eq!(narrow.syscall_args(Arch::I386), args);
        narrow.set_return_value(-2);
        assert_eq!(narrow.return_value(), -2);
    }

    #[test]
    fn a_rewound_call_is_made_again() {
        let call =
            |arch, nr| SyscallEntry { arch, instruction_pointer: 0, stack_pointer: 0, nr, args: [7; 6] };
        let inside = X86_64Registers {
            rax: -38_i64 as u64,
            orig_rax: 0x4000_0003,
            rdi: 7,
            rip: 0x40_1002,
            ..X86_64Registers::default()
        };
        let mut wide = Registers::X86_64(inside);
        wide.rewind_syscall(&call(Arch::X86_64, 0x4000_0003));
        let before = X86_64Registers { rax: 0x4000_0003, orig_rax: u64::MAX, rip: 0x40_1000, ..inside };
        assert_eq!(wide, Registers::X86_64(before));

        let inside = I386Registers { eax: u32::MAX, orig_eax: 6, eip: 0x1002, ebx: 7, ..Default::default() };
        let mut narrow = Registers::I386(inside);
        narrow.rewind_syscall(&call(Arch::I386, 6));
        let before = I386Registers { eax: 6, orig_eax: u32::MAX, eip: 0x1000, ..inside };
        assert_eq!(narrow, Registers::I386(before));
    }

    #[test]
    #[cfg(not(target_arch = "x86"))]
    fn the_older_request_shows_32_bit_threads_in_the_wide_layout() {
        let wide =
            X86_64Registers { rax: 5, orig_rax: 5, rip: 0x1000, cs: 0x33, r15: 9, ..Default::default() };
        assert_eq!(Registers::from_tracers_layout(wide), Registers::X86_64(wide));
        assert_eq!(Registers::X86_64(wide).to_tracers_layout(X86_64Registers::default()), wide);

        let before = X86_64Registers { cs: 0x23, fs_base: 77, ..wide };
        let mut narrow = Registers::from_tracers_layout(before);
        assert_eq!((narrow.arch(), narrow.syscall_number()), (Arch::I386, 5));
        assert_eq!(narrow.to_tracers_layout(before), before);
        narrow.set_return_value(-2);
        assert_eq!(narrow.to_tracers_layout(before), X86_64Registers { rax: -2_i64 as u64, ..before });
    }
}
