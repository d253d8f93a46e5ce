//! A seccomp filter that picks the system calls a tracer wants to hear of.
//!
//! Without one, every system call costs two stops. With one, calls that are not picked run at full speed, and those
//! that are stop once, at [`crate::Stop::Seccomp`]. It is given to a program at its start
//! ([`crate::Command::seccomp`]), is inherited by its children, and cannot be taken back: a picked call of a process
//! that has no tracer any more fails with `ENOSYS`.
//!
//! The kernel (5.11 and later) runs the program once for every number as it is installed, and remembers those that
//! are always allowed: they cost a look into a bitmap. It follows programs of plain loads, jumps and returns only
//! (`seccomp_is_const_allow` in `kernel/seccomp.c`), of which these are made.

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
const JUMP: u16 = 0x05; // BPF_JMP | BPF_JA
const JUMP_EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const JUMP_NOT_BELOW: u16 = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const RETURN: u16 = 0x06; // BPF_RET | BPF_K

/// Offsets in `struct seccomp_data`.
const NR: u32 = 0;
const ARCH: u32 = 4;

const RET_TRACE: u32 = 0x7ff0_0000 | Filter::MARK;
const RET_ALLOW: u32 = 0x7fff_0000;

const fn statement(code: u16, k: u32) -> Instruction {
    Instruction { code, jt: 0, jf: 0, k }
}

/// What is to happen to the calls of one architecture, from each number on, ascending from 0.
type Spans = Vec<(u32, u32)>;

impl Filter {
    /// The most instructions that the kernel takes (`BPF_MAXINSNS` of `linux/bpf_common.h`).
    pub const MAX_LEN: usize = 4096;

    /// The `data` of stops ([`crate::SyscallInfo::Seccomp`]) that these filters ask for, by which they are told from
    /// those that a tracee's own filter asks for.
    pub const MARK: u32 = 0x5354;

    /// What `seccomp(2)` is told beside the program: `SECCOMP_FILTER_FLAG_SPEC_ALLOW`, for a filter that only watches is
    /// no reason to slow the processor down.
    pub const FLAGS: u32 = 4;

    /// A filter that picks the calls `numbers` of each ABI, and lets all others of these ABIs run. Of an ABI that is
    /// not named, it picks every call, so that none is missed.
    ///
    /// ```
    /// use strax_ptrace::{Abi, Filter};
    ///
    /// let openat = Filter::trace(&[(Abi::X86_64, &[257]), (Abi::I386, &[295])]);
    /// ```
    pub fn trace(picked: &[(Abi, &[u32])]) -> Filter {
        Filter::build(picked, RET_ALLOW, RET_TRACE)
    }

    /// A filter that lets the calls `numbers` of each ABI run, and picks all others: those of these ABIs, numbers
    /// that no kernel knows included, and all of ABIs that are not named.
    ///
    /// ```
    /// use strax_ptrace::{Abi, Filter};
    ///
    /// let all_but_read_and_write = Filter::allow(&[(Abi::X86_64, &[0, 1]), (Abi::I386, &[3, 4])]);
    /// ```
    pub fn allow(allowed: &[(Abi, &[u32])]) -> Filter {
        Filter::build(allowed, RET_TRACE, RET_ALLOW)
    }

    /// A filter of the caller's own making.
    pub fn from_instructions(instructions: Vec<Instruction>) -> Filter {
        Filter { instructions }
    }

    /// Its program.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// Its program as it lies in memory: an array of `struct sock_filter`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = |i: &Instruction| {
            let [a, b] = i.code.to_ne_bytes();
            let [k0, k1, k2, k3] = i.k.to_ne_bytes();
            [a, b, i.jt, i.jf, k0, k1, k2, k3]
        };
        self.instructions.iter().flat_map(bytes).collect()
    }

    /// One block for each architecture, each a binary search for the number; what falls through is traced. The
    /// architecture of the first ABI is compared first.
    fn build(named: &[(Abi, &[u32])], others: u32, these: u32) -> Filter {
        let mut instructions = vec![statement(LOAD, ARCH)];
        let mut done = Vec::new();
        for arch in named.iter().map(|(abi, _)| abi.arch()) {
            if done.contains(&arch) {
                continue;
            }
            done.push(arch);
            let mut block = vec![statement(LOAD, NR)];
            block.extend(search(&spans(arch, named, others, these)));
            match u8::try_from(block.len()) {
                Ok(jf) => instructions.push(Instruction { code: JUMP_EQUAL, jt: 0, jf, k: arch.0 }),
                Err(_) => {
                    instructions.push(Instruction { code: JUMP_EQUAL, jt: 1, jf: 0, k: arch.0 });
                    instructions.push(statement(JUMP, block.len() as u32));
                }
            }
            instructions.extend(block);
        }
        instructions.push(statement(RETURN, RET_TRACE));
        Filter { instructions }
    }

    /// Puts the calling thread under the filter; under `no_new_privs` as well if it may not otherwise.
    /// Async-signal-safe.
    pub(crate) fn install(&self) -> io::Result<()> {
        match self.set() {
            Err(error) if error.raw_os_error() == Some(libc::EACCES) => {
                // SAFETY: no memory is involved.
                if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } == -1 {
                    return Err(io::Error::last_os_error());
                }
                self.set()
            }
            done => done,
        }
    }

    fn set(&self) -> io::Result<()> {
        const SET_MODE_FILTER: libc::c_ulong = 1;
        let len =
            self.instructions.len().try_into().map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
        let program = libc::sock_fprog { len, filter: self.instructions.as_ptr().cast_mut().cast() };
        // SAFETY: the kernel reads the program, which is `len` instructions long.
        let done = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                SET_MODE_FILTER,
                libc::c_ulong::from(Filter::FLAGS),
                &raw const program,
            )
        };
        if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}

/// The spans of an architecture's numbers. x86-64 and x32 share an architecture: x32's numbers have a bit, so that
/// they stand behind.
fn spans(arch: Arch, named: &[(Abi, &[u32])], others: u32, these: u32) -> Spans {
    let sections: &[(Abi, u32)] =
        if arch == Arch::X86_64 { &[(Abi::X86_64, 0), (Abi::X32, X32_BIT)] } else { &[(arch.abi(0), 0)] };
    let mut spans = Spans::new();
    let mut push = |from: u32, verdict: u32| {
        // A span without a number gives way to the next one.
        spans.pop_if(|(last, _)| *last == from);
        if spans.last().is_none_or(|(_, last)| *last != verdict) {
            spans.push((from, verdict));
        }
    };
    for (abi, base) in sections {
        let lists = named.iter().filter(|(of, _)| of == abi).map(|(_, numbers)| *numbers);
        let mut numbers: Vec<u32> = lists.clone().flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        push(*base, if lists.count() == 0 { RET_TRACE } else { others });
        for number in numbers {
            push(base + number, these);
            push(base + number + 1, others);
        }
    }
    if arch == Arch::X86_64 {
        // A negative number is of no ABI.
        push(1 << 31, RET_TRACE);
    }
    spans
}

/// A program that finds the span of the loaded word and returns its verdict. Only the unconditional jump reaches far.
fn search(spans: &[(u32, u32)]) -> Vec<Instruction> {
    let (low, high) = spans.split_at(spans.len() / 2);
    let Some((from, verdict)) = high.first() else { return Vec::new() };
    if low.is_empty() {
        return vec![statement(RETURN, *verdict)];
    }
    let below = search(low);
    let mut program = Vec::new();
    match u8::try_from(below.len()) {
        Ok(jt) => program.push(Instruction { code: JUMP_NOT_BELOW, jt, jf: 0, k: *from }),
        Err(_) => {
            program.push(Instruction { code: JUMP_NOT_BELOW, jt: 0, jf: 1, k: *from });
            program.push(statement(JUMP, below.len() as u32));
        }
    }
    program.extend(below);
    program.extend(search(high));
    program
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the program answers, by running it here. Its jumps stay inside, as the kernel demands.
    fn run(filter: &Filter, arch: Arch, nr: u32) -> u32 {
        let (mut at, mut loaded) = (0, 0);
        loop {
            let Instruction { code, jt, jf, k } = filter.instructions()[at];
            at += 1;
            match code {
                LOAD => loaded = if k == NR { nr } else { arch.0 },
                JUMP_EQUAL => at += usize::from(if loaded == k { jt } else { jf }),
                JUMP_NOT_BELOW => at += usize::from(if loaded >= k { jt } else { jf }),
                JUMP => at += k as usize,
                RETURN => return k,
                other => panic!("unknown instruction {other:#x}"),
            }
        }
    }

    /// Every number that an ABI may have, and those at the edges of what a register holds.
    fn numbers() -> impl Iterator<Item = u32> {
        let edges = [0x3fff_ffff, X32_BIT - 1, 0x4000_ffff, 0x7fff_ffff, 0x8000_0000, 0xc000_0000, u32::MAX];
        (0..2048).chain((0..2048).map(|nr| nr | X32_BIT)).chain(edges)
    }

    const ARCHES: [Arch; 6] =
        [Arch::X86_64, Arch::I386, Arch::AARCH64, Arch::ARM, Arch::RISCV64, Arch(0xdead_beef)];

    /// Asks about all numbers of all ABIs; gives the length of the longest way through the program's jumps.
    fn check(named: &[(Abi, &[u32])], allow: bool) {
        let filter = if allow { Filter::allow(named) } else { Filter::trace(named) };
        assert!(filter.instructions().len() <= Filter::MAX_LEN, "{}", filter.instructions().len());
        for arch in ARCHES {
            for nr in numbers() {
                let abi = arch.abi(nr.into());
                let bare = if abi == Abi::X32 { nr & !X32_BIT } else { nr };
                let negative = arch == Arch::X86_64 && nr >= 1 << 31;
                let known = !negative && named.iter().any(|(of, _)| *of == abi);
                let listed = named.iter().any(|(of, numbers)| *of == abi && numbers.contains(&bare));
                let expected = if known && listed == allow { RET_ALLOW } else { RET_TRACE };
                assert_eq!(run(&filter, arch, nr), expected, "{arch:?} {nr:#x}");
            }
        }
    }

    #[test]
    fn all_numbers_of_all_abis_get_what_they_shall() {
        let few = [0, 1, 2, 257, 435];
        let odd: Vec<u32> = (0..480).filter(|nr| nr % 2 == 1).collect();
        let all: Vec<u32> = (0..480).collect();
        let lists: [&[u32]; 4] = [&[], &few, &odd, &all];
        for list in lists {
            for other in lists {
                for allow in [false, true] {
                    check(&[(Abi::X86_64, list), (Abi::I386, other), (Abi::X32, list)], allow);
                    check(&[(Abi::X32, other), (Abi::X86_64, list)], allow);
                    check(&[(Abi::I386, list)], allow);
                    check(&[], allow);
                }
            }
        }
    }

    #[test]
    fn a_list_may_come_in_parts_and_unsorted() {
        let filter = Filter::trace(&[(Abi::X86_64, &[9, 3, 3]), (Abi::X86_64, &[4])]);
        let traced: Vec<u32> = (0..20).filter(|nr| run(&filter, Arch::X86_64, *nr) == RET_TRACE).collect();
        assert_eq!(traced, [3, 4, 9]);
    }

    #[test]
    fn the_search_halves_what_is_left() {
        let odd: Vec<u32> = (0..480).filter(|nr| nr % 2 == 1).collect();
        let filter = Filter::trace(&[(Abi::X86_64, &odd), (Abi::I386, &odd), (Abi::X32, &odd)]);
        let steps = |arch: Arch, nr: u32| {
            let (mut at, mut count) = (0, 0);
            loop {
                let Instruction { code, jt, jf, k } = filter.instructions()[at];
                (at, count) = (at + 1, count + 1);
                match code {
                    JUMP_EQUAL => at += usize::from(if arch.0 == k { jt } else { jf }),
                    JUMP_NOT_BELOW => at += usize::from(if nr >= k { jt } else { jf }),
                    JUMP => at += k as usize,
                    RETURN => return count,
                    _ => {}
                }
            }
        };
        let most = numbers().flat_map(|nr| ARCHES.map(|arch| steps(arch, nr))).max();
        assert!(most.is_some_and(|most| most < 24), "{most:?}");
    }

    #[test]
    fn it_lies_in_memory_as_the_kernel_reads_it() {
        let program =
            Filter::from_instructions(vec![Instruction { code: 0x15, jt: 1, jf: 2, k: 0x0403_0201 }]);
        assert_eq!(program.to_bytes(), [0x15, 0, 1, 2, 1, 2, 3, 4]);
    }
}
