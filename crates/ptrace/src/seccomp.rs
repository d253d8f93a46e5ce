//! A seccomp filter that picks the system calls a tracer wants to hear of.
//!
//! Without one, every system call costs two stops. With one, calls that are not picked run at full speed, and those
//! that are stop once, at [`crate::Stop::Seccomp`]. It can only be given to a program at its start
//! ([`crate::Command::seccomp`]), is inherited by its children, and cannot be taken back.

use std::io;

use crate::{Abi, Arch, arch::X32_BIT};

/// One instruction of classic BPF (`struct sock_filter` of `linux/filter.h`).
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// What to do.
    pub code: u16,
    /// How many instructions to skip if true.
    pub jt: u8,
    /// How many instructions to skip if false.
    pub jf: u8,
    /// The operand.
    pub k: u32,
}

/// A seccomp filter (`seccomp(2)`): a program over the number and the architecture of a call.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    instructions: Vec<Instruction>,
}

const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
const JUMP_EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const RETURN: u16 = 0x06; // BPF_RET | BPF_K

/// Offsets in `struct seccomp_data`.
const NR: u32 = 0;
const ARCH: u32 = 4;

const RET_TRACE: u32 = 0x7ff0_0000;
const RET_ALLOW: u32 = 0x7fff_0000;

const fn statement(code: u16, k: u32) -> Instruction {
    Instruction { code, jt: 0, jf: 0, k }
}

/// Goes on if equal; else skips one instruction.
const fn skip_unless(k: u32) -> Instruction {
    Instruction { code: JUMP_EQUAL, jt: 0, jf: 1, k }
}

impl Filter {
    /// A filter that picks the calls `numbers` of each ABI, and lets all others of these ABIs run. Of an ABI that is
    /// not named, it picks every call, so that none is missed.
    ///
    /// ```
    /// use strax_ptrace::{Abi, Filter};
    ///
    /// let openat = Filter::trace(&[(Abi::X86_64, &[257]), (Abi::I386, &[295])]);
    /// ```
    pub fn trace(picked: &[(Abi, &[u32])]) -> Filter {
        let mut instructions = Vec::new();
        for (abi, numbers) in picked {
            instructions.push(statement(LOAD, ARCH));
            let block = Filter::numbers_of(*abi, numbers);
            Filter::push_skip(&mut instructions, abi.arch(), block.len());
            instructions.extend(block);
        }
        instructions.push(statement(RETURN, RET_TRACE));
        Filter { instructions }
    }

    /// A filter of the caller's own making.
    pub fn from_instructions(instructions: Vec<Instruction>) -> Filter {
        Filter { instructions }
    }

    /// Its program.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// Goes on if the loaded word is `arch`, else skips `count` instructions. Only the unconditional jump reaches far.
    fn push_skip(instructions: &mut Vec<Instruction>, arch: Arch, count: usize) {
        const JUMP: u16 = 0x05; // BPF_JMP | BPF_JA
        instructions.push(Instruction { code: JUMP_EQUAL, jt: 1, jf: 0, k: arch.0 });
        instructions.push(statement(JUMP, count as u32));
    }

    /// For calls of the right architecture: the picked ones are traced, the others allowed. x86-64 and x32 calls are
    /// of one architecture, and the numbers of the one leave those of the other to what follows.
    fn numbers_of(abi: Abi, numbers: &[u32]) -> Vec<Instruction> {
        const JUMP_SET: u16 = 0x45; // BPF_JMP | BPF_JSET | BPF_K
        let bit = if abi == Abi::X32 { X32_BIT } else { 0 };
        let calls = numbers.iter().flat_map(|nr| [skip_unless(nr | bit), statement(RETURN, RET_TRACE)]);
        let mut block = vec![statement(LOAD, NR)];
        block.extend(calls);
        if abi.arch() == Arch::X86_64 {
            // The last instruction of the block allows; skip it for the sister ABI.
            let (jt, jf) = if bit == 0 { (1, 0) } else { (0, 1) };
            block.push(Instruction { code: JUMP_SET, jt, jf, k: X32_BIT });
        }
        block.push(statement(RETURN, RET_ALLOW));
        block
    }

    /// Puts the calling thread under the filter, and under `no_new_privs`, without which only root may.
    /// Async-signal-safe.
    pub(crate) fn install(&self) -> io::Result<()> {
        const SET_MODE_FILTER: libc::c_ulong = 1;
        let program = libc::sock_fprog {
            len: self.instructions.len() as libc::c_ushort,
            filter: self.instructions.as_ptr().cast_mut().cast(),
        };
        // SAFETY: `prctl` touches no memory here; `seccomp` reads the program, which is `len` instructions long.
        let done = unsafe {
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                && libc::syscall(libc::SYS_seccomp, SET_MODE_FILTER, 0 as libc::c_ulong, &raw const program)
                    == 0
        };
        if done { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the program answers, by running it here.
    fn run(filter: &Filter, arch: Arch, nr: u32) -> u32 {
        let (mut at, mut loaded) = (0, 0);
        loop {
            let Instruction { code, jt, jf, k } = filter.instructions()[at];
            at += 1;
            match code {
                LOAD => loaded = if k == NR { nr } else { arch.0 },
                JUMP_EQUAL => at += usize::from(if loaded == k { jt } else { jf }),
                0x45 => at += usize::from(if loaded & k != 0 { jt } else { jf }),
                0x05 => at += k as usize,
                RETURN => return k,
                other => panic!("unknown instruction {other:#x}"),
            }
        }
    }

    #[test]
    fn picks_what_was_picked_and_all_of_foreign_abis() {
        let filter = Filter::trace(&[(Abi::X86_64, &[1, 257]), (Abi::I386, &[4])]);
        assert_eq!(run(&filter, Arch::X86_64, 257), RET_TRACE);
        assert_eq!(run(&filter, Arch::X86_64, 4), RET_ALLOW);
        assert_eq!(run(&filter, Arch::I386, 4), RET_TRACE);
        assert_eq!(run(&filter, Arch::I386, 1), RET_ALLOW);
        assert_eq!(run(&filter, Arch::X86_64, 4 | X32_BIT), RET_TRACE);
        assert_eq!(run(&filter, Arch::AARCH64, 0), RET_TRACE);
    }

    #[test]
    fn tells_x32_from_x86_64() {
        for order in
            [[(Abi::X32, &[0][..]), (Abi::X86_64, &[1])], [(Abi::X86_64, &[1]), (Abi::X32, &[0][..])]]
        {
            let filter = Filter::trace(&order);
            assert_eq!(run(&filter, Arch::X86_64, 0), RET_ALLOW);
            assert_eq!(run(&filter, Arch::X86_64, 1), RET_TRACE);
            assert_eq!(run(&filter, Arch::X86_64, X32_BIT), RET_TRACE);
            assert_eq!(run(&filter, Arch::X86_64, 1 | X32_BIT), RET_ALLOW);
        }
    }

    #[test]
    fn far_jumps_reach() {
        let many: Vec<u32> = (0..400).collect();
        let filter = Filter::trace(&[(Abi::X86_64, &many), (Abi::I386, &[7])]);
        assert_eq!(run(&filter, Arch::I386, 7), RET_TRACE);
        assert_eq!(run(&filter, Arch::X86_64, 399), RET_TRACE);
        assert_eq!(run(&filter, Arch::X86_64, 400), RET_ALLOW);
    }
}
