//! Arguments of the calls about processes, signals and waiting that their rows don't tell of: what hooks read, and
//! structs that say how large they are.

use super::memory::{Arena, Random};
use uapi::Abi;

/// Sizes of structs that have grown, and more than a page.
const SIZES: [usize; 20] =
    [0, 8, 16, 24, 40, 48, 56, 63, 64, 65, 72, 80, 88, 96, 112, 128, 136, 144, 4096, 5000];
/// Sizes of sets of signals.
const SET_SIZES: [u64; 12] = [8, 8, 8, 8, 4, 0, 1, 5, 7, 9, 16, 128];
/// What a `siginfo_t` may say of where it comes from: by users, the kernel, timers, or of one signal.
const SIGNAL_CODES: [i32; 16] = [0, 1, 2, 3, 4, 5, 6, 9, 0x80, -1, -2, -3, -5, -6, -7, -60];
/// Kinds of register sets: `NT_PRSTATUS`, `NT_PRFPREG`, `NT_X86_XSTATE`, `NT_X86_SHSTK`, `NT_PRXFPREG`, and one of
/// another architecture.
const REGISTER_SETS: [u64; 6] = [1, 2, 0x202, 0x204, 0x46e6_2b7f, 0x404];
/// What a child may have come to.
const STATUSES: [u32; 14] = [
    0,
    0x100,
    0xff00,
    9,
    0x8b,
    0x7f,
    0x137f,
    0x857f,
    0x1_057f,
    0x8_057f,
    0xffff,
    0x1_ffff,
    0x80_137f,
    0xffff_ffff,
];

/// Structs by a call's name: the argument that points to one, and that which says how large it is.
const GROWING: [(&str, usize, usize); 5] = [
    ("clone3", 0, 1),
    ("landlock_create_ruleset", 0, 1),
    ("lsm_set_self_attr", 1, 2),
    ("rseq", 0, 1),
    ("sched_getattr", 1, 2),
];
/// Structs that say themselves how large they are: the argument that points to one, and where in it.
const SAYING: [(&str, usize, usize); 3] =
    [("sched_setattr", 1, 0), ("sched_getattr", 1, 0), ("perf_event_open", 0, 4)];
/// Sets of signals: the arguments that point to one, and that which says how large it is.
const SETS: [(&str, &[usize], usize); 11] = [
    ("rt_sigprocmask", &[1, 2], 3),
    ("rt_sigpending", &[0], 1),
    ("rt_sigsuspend", &[0], 1),
    ("rt_sigtimedwait", &[0], 3),
    ("rt_sigtimedwait_time64", &[0], 3),
    ("signalfd", &[1], 2),
    ("signalfd4", &[1], 2),
    ("ppoll", &[3], 4),
    ("ppoll_time64", &[3], 4),
    ("epoll_pwait", &[4], 5),
    ("epoll_pwait2", &[4], 5),
];
/// Arguments that point to a `siginfo_t`.
const SIGNALS: [(&str, usize); 6] = [
    ("rt_sigqueueinfo", 2),
    ("rt_tgsigqueueinfo", 3),
    ("pidfd_send_signal", 2),
    ("waitid", 2),
    ("rt_sigtimedwait", 1),
    ("rt_sigtimedwait_time64", 1),
];

/// The option of `prctl`, by its low half.
const PR_GET_SPECULATION_CTRL: u32 = 52;

/// Whether the oracle's tables have a call: they lack two of those that the kernel's have.
pub(super) fn is_known(abi: Abi, name: &str) -> bool {
    match name {
        "uprobe" => false,
        "uretprobe" => abi != Abi::X32,
        _ => true,
    }
}

/// Puts in place, half of the time, what the arguments of call `name` with command `key` would be.
pub(super) fn arrange(
    name: &str,
    key: Option<u64>,
    abi: Abi,
    arena: &mut Arena,
    values: &mut [u64],
    random: &mut Random,
) {
    let key = key.unwrap_or(values[0]);
    let mut make = Maker { abi, arena, random };
    make.keep_out_of_the_way(name, key, values);
    if make.random.once_in(2) {
        return;
    }
    for (_, at, size) in GROWING.iter().filter(|(of, ..)| *of == name) {
        values[*size] = make.size() as u64;
        values[*at] = make.growing(values[*size] as usize);
    }
    for (_, at, offset) in SAYING.iter().filter(|(of, ..)| *of == name) {
        values[*at] = make.saying(*offset);
    }
    for (_, sets, size) in SETS.iter().filter(|(of, ..)| *of == name) {
        values[*size] = make.random.of(&SET_SIZES);
        sets.iter().for_each(|at| values[*at] = make.signal_set());
    }
    for (_, at) in SIGNALS.iter().filter(|(of, _)| *of == name) {
        values[*at] = make.siginfo();
    }
    match name {
        "prctl" => make.prctl(key, values),
        "ptrace" => make.ptrace(key, values),
        "seccomp" => values[2] = make.program(),
        "select" | "_newselect" | "pselect6" | "pselect6_time64" if abi != Abi::I386 || name != "select" => {
            make.select(values);
        }
        "wait4" | "waitpid" => {
            let status = make.of(&STATUSES);
            values[1] = make.words(&[u64::from(status)]);
        }
        _ => {}
    }
}

struct Maker<'a> {
    abi: Abi,
    arena: &'a mut Arena,
    random: &'a mut Random,
}

impl Maker<'_> {
    /// Avoids what the oracle says of its own: it tells of an unknown speculation what it told before, and counts
    /// the characters of what a `poll` came to.
    fn keep_out_of_the_way(&mut self, name: &str, key: u64, values: &mut [u64]) {
        match name {
            "prctl" if key as u32 == PR_GET_SPECULATION_CTRL => values[1] = self.random.below(3) as u64,
            "poll" | "ppoll" | "ppoll_time64" => values[1] = self.random.below(5) as u64,
            // Of an empty set after others it shows the end.
            "select" | "_newselect" | "pselect6" | "pselect6_time64" => self.select(values),
            _ => {}
        }
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        self.random.of(all)
    }

    /// Writes bytes and gives their address.
    fn put(&mut self, bytes: &[u8]) -> u64 {
        let at = self.arena.room(bytes.len(), self.random);
        self.arena.put(at, bytes);
        Arena::BASE + at as u64
    }

    /// Writes 64-bit numbers.
    fn words(&mut self, words: &[u64]) -> u64 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.put(&bytes)
    }

    /// Bytes as they stand in structs: many of them zero.
    fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            let word = if self.random.once_in(2) { 0 } else { self.random.word() };
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.truncate(len);
        bytes
    }

    fn size(&mut self) -> usize {
        if self.random.once_in(3) { self.random.below(150) } else { self.of(&SIZES) }
    }

    /// A struct of so many bytes; one of a page is all of the memory.
    fn growing(&mut self, size: usize) -> u64 {
        let bytes = self.bytes(size.min(Arena::SIZE));
        if size < Arena::SIZE / 2 {
            return self.put(&bytes);
        }
        self.arena.put(0, &bytes);
        Arena::BASE
    }

    /// A struct with its size at `offset`.
    fn saying(&mut self, offset: usize) -> u64 {
        let size = self.size();
        let at = self.growing(size.max(offset + 4));
        self.arena.put((at - Arena::BASE) as usize + offset, &(size as u32).to_le_bytes());
        at
    }

    /// A set of a few signals: the oracle dies of many with `-X verbose`.
    fn signal_set(&mut self) -> u64 {
        let bits = self.random.next() & self.random.next() & self.random.next();
        self.words(&[bits, 0])
    }

    fn siginfo(&mut self) -> u64 {
        let mut info = self.bytes(128);
        let signal = self.random.below(67) as u32;
        let code = self.of(&SIGNAL_CODES);
        info[..4].copy_from_slice(&signal.to_le_bytes());
        info[4..8].copy_from_slice(&(self.random.below(134) as u32).to_le_bytes());
        info[8..12].copy_from_slice(&code.to_le_bytes());
        self.put(&info)
    }

    /// A `struct iovec`, or another pair of words with an address.
    fn pair(&mut self, first: u64, second: u64) -> u64 {
        if self.abi == Abi::X86_64 {
            return self.words(&[first, second]);
        }
        self.words(&[first & 0xffff_ffff | second << 32])
    }

    /// A `struct sock_fprog` with instructions that mostly are some.
    fn program(&mut self) -> u64 {
        let count = self.random.below(12);
        let mut filter = Vec::new();
        for _ in 0..count {
            let code = if self.random.once_in(8) {
                self.random.next() as u16
            } else {
                self.random.below(256) as u16
            };
            let jump = if self.random.once_in(2) { 0 } else { self.random.next() as u16 };
            let action = self.random.below(9) as u32;
            let operand =
                if self.random.once_in(2) { self.random.word() as u32 } else { action << 28 | action << 16 };
            filter.extend_from_slice(&code.to_le_bytes());
            filter.extend_from_slice(&jump.to_le_bytes());
            filter.extend_from_slice(&operand.to_le_bytes());
        }
        let at = self.put(&filter);
        self.pair(count as u64, at)
    }

    fn prctl(&mut self, key: u64, values: &mut [u64]) {
        const PR_SET_SECCOMP: u64 = 22;
        const SECCOMP_MODE_FILTER: u64 = 2;
        if key as u32 == PR_GET_SPECULATION_CTRL {
            return;
        }
        for value in &mut values[1..5] {
            *value = match self.random.below(6) {
                0 => 1 << self.random.below(34),
                1 => self.random.word(),
                2 => {
                    let text = self.bytes(24);
                    self.put(&text)
                }
                _ => self.random.below(8) as u64,
            };
        }
        if key == PR_SET_SECCOMP {
            values[1] = SECCOMP_MODE_FILTER;
            values[2] = self.program();
        }
    }

    fn ptrace(&mut self, request: u64, values: &mut [u64]) {
        const PTRACE_GETSIGINFO: u64 = 0x4202;
        const PTRACE_SETSIGINFO: u64 = 0x4203;
        const PTRACE_GETREGSET: u64 = 0x4204;
        const PTRACE_SETREGSET: u64 = 0x4205;
        const PTRACE_PEEKSIGINFO: u64 = 0x4209;
        const PTRACE_GETSIGMASK: u64 = 0x420a;
        const PTRACE_SETSIGMASK: u64 = 0x420b;
        const PTRACE_GET_SYSCALL_INFO: u64 = 0x420e;
        const PTRACE_SET_SYSCALL_INFO: u64 = 0x4212;
        match request {
            PTRACE_GETREGSET | PTRACE_SETREGSET => {
                let registers = self.bytes(400);
                let at = self.put(&registers);
                let len = self.of(&[0, 4, 8, 68, 100, 108, 216, 217, 300, 400, 512]);
                values[2] = self.of(&REGISTER_SETS);
                values[3] = self.pair(at, len);
            }
            PTRACE_GETSIGINFO | PTRACE_SETSIGINFO => values[3] = self.siginfo(),
            PTRACE_PEEKSIGINFO => {
                let (from, flags) = (self.random.below(9) as u64, self.random.below(3) as u64);
                values[2] = self.words(&[from, flags | 3 << 32]);
                values[3] = self.siginfo();
            }
            PTRACE_GETSIGMASK | PTRACE_SETSIGMASK => {
                values[2] = self.of(&SET_SIZES);
                values[3] = self.signal_set();
            }
            PTRACE_GET_SYSCALL_INFO | PTRACE_SET_SYSCALL_INFO => {
                values[2] = self.size() as u64;
                let (mut info, op) = (self.bytes(96), self.random.below(6) as u8);
                info[0] = op;
                let arch = self.of(&[0xc000_003e_u32, 0x4000_0003, 0]);
                info[4..8].copy_from_slice(&arch.to_le_bytes());
                values[3] = self.put(&info);
            }
            _ => {}
        }
    }

    /// Sets of descriptors, none of them empty.
    fn select(&mut self, values: &mut [u64]) {
        values[0] = self.of(&[0, 1, 7, 8, 31, 32, 33, 63, 64, 65, 100, 500, 1024, 5000, u64::MAX]);
        for value in &mut values[1..4] {
            *value = match self.random.below(4) {
                0 => 0,
                1 if self.random.once_in(3) => self.random.word() | 0xf000_0000,
                _ => {
                    let bits = self.random.next() & self.random.next() & self.random.next() | 1;
                    self.words(&[bits, 0, 0])
                }
            };
        }
    }
}
