//! A call of any row with arbitrary registers and memory, made of numbers from anywhere, and what must hold of what
//! is said about it.

use decode::{Answer, FdInfo, Options, Outcome, Pending, Question, Scratch, Syscall, Target};
use render::tell::{self, Call, Means};
use render::{Escape, Head, Json, Render, Style, Symbols, Tail, Text};
use uapi::Abi;

/// The ABIs whose rows are walked.
pub(crate) const ABIS: [Abi; 3] = [Abi::X86_64, Abi::I386, Abi::X32];

/// Where numbers come from: a generator, or the bytes that a fuzzer gives.
pub(crate) trait Numbers {
    /// Any number.
    fn next(&mut self) -> u64;

    /// A number below `n`.
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A number as programs use them: small, all ones, an address, or anything.
    fn word(&mut self) -> u64 {
        match self.below(8) {
            0 => 0,
            1 => self.below(16),
            2 => self.below(4096),
            3 => u64::MAX - self.below(3),
            4 | 5 => Hostile::BASE + self.below(Hostile::SIZE),
            6 => 1 << self.below(64),
            _ => self.next(),
        }
    }
}

/// Memory of which one stretch can be read, in which anything may stand.
pub(crate) struct Hostile {
    bytes: Vec<u8>,
}

impl Hostile {
    /// Addresses have 32 bits, so that 32-bit programs can have them too.
    const BASE: u64 = 0x1000_0000;
    const SIZE: u64 = 1 << 14;

    pub(crate) fn new(numbers: &mut dyn Numbers) -> Hostile {
        let mut bytes = Vec::new();
        while bytes.len() < Hostile::SIZE as usize {
            let word = numbers.word().to_le_bytes();
            let len = 1 << numbers.below(4);
            bytes.extend_from_slice(&word[..len]);
        }
        bytes.truncate(Hostile::SIZE as usize);
        Hostile { bytes }
    }
}

impl Target for Hostile {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        let Some(from) = addr.checked_sub(Hostile::BASE).filter(|&from| from < Hostile::SIZE) else {
            return 0;
        };
        let rest = &self.bytes[from as usize..];
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        n
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        let pick = |names: &[&'static str], fd: i32| names[fd.unsigned_abs() as usize % names.len()];
        let name = |name: &'static str| Some(Answer::Name(name.as_bytes().into()));
        match *question {
            Question::Fd(fd) if fd % 2 == 0 => {
                Some(Answer::Fd(FdInfo::Path { path: b"/some/file".into(), deleted: fd % 4 == 0 }))
            }
            Question::StackPointer => Some(Answer::Number(Hostile::BASE + 64)),
            Question::SocketProtocol(fd) => {
                name(pick(&["TCP", "NETLINK", "NETLINK:ROUTE", "NETLINK:SOCK_DIAG"], fd))
            }
            Question::NetlinkProtocol(fd) => Some(Answer::Number(u64::from(fd.unsigned_abs()) % 24)),
            Question::AnonymousInode(fd) => name(pick(&["bpf-map", "bpf-prog", "btf"], fd)),
            Question::BootTime => Some(Answer::Time(std::time::Duration::MAX)),
            Question::IsTerminal(fd) if fd % 3 == 0 => Some(Answer::Yes),
            _ => None,
        }
    }
}

/// A call.
pub(crate) struct Case {
    pub(crate) row: &'static Syscall,
    pub(crate) abi: Abi,
    pub(crate) registers: [u64; 6],
    pub(crate) outcome: Outcome,
    pub(crate) options: Options,
}

impl Case {
    /// A call of `row` with this command, if it has any, and every other argument an address.
    #[allow(dead_code, reason = "fuzzing takes any call")]
    pub(crate) fn pointing(
        row: &'static Syscall,
        abi: Abi,
        command: Option<u64>,
        numbers: &mut dyn Numbers,
    ) -> Case {
        let mut case = Case::new(row, abi, numbers);
        for register in &mut case.registers {
            if numbers.below(2) == 0 {
                *register = Hostile::BASE + numbers.below(Hostile::SIZE);
            }
        }
        if let (Some(switch), Some(command)) = (&row.switch, command) {
            case.registers[usize::from(switch.on)] = command;
        }
        case
    }

    /// A call of `row` with registers and an outcome from `numbers`.
    pub(crate) fn new(row: &'static Syscall, abi: Abi, numbers: &mut dyn Numbers) -> Case {
        let mut registers = [0; 6].map(|_: u64| numbers.word());
        if let Some(switch) = &row.switch {
            // A command that is known, most of the time.
            let keys = commands(row, abi);
            if let Some(key) = keys.get(numbers.below(keys.len() as u64 + 1) as usize) {
                registers[usize::from(switch.on)] = *key;
            }
        }
        let outcome = match numbers.below(4) {
            0 => Outcome::Error(numbers.below(140) as u32 + 1),
            _ => Outcome::Value(numbers.word() as i64),
        };
        let options = Options { abbrev: numbers.below(2) == 0, ..Options::default() };
        Case { row, abi, registers, outcome, options }
    }
}

/// The commands of a call that goes on by one.
pub(crate) fn commands(row: &'static Syscall, abi: Abi) -> Vec<u64> {
    let cases = row.switch.iter().flat_map(|switch| switch.cases).flat_map(|case| case.keys);
    let keys =
        cases.copied().chain(strax_syscalls::requests().filter(|_| row.name == "ioctl").map(|r| r.code));
    keys.filter_map(|key| key.on(abi)).collect()
}

/// Outputs of several styles.
pub(crate) fn outputs() -> [Text; 3] {
    let style = |symbols, escape| Style { symbols, escape, arg_names: true, ..Style::default() };
    [
        Text::new(style(Symbols::Abbrev, Escape::Octal)),
        Text::new(style(Symbols::Verbose, Escape::NonAscii)),
        Text::new(style(Symbols::Raw, Escape::All)),
    ]
}

/// A call's line with these options: `before` is there when it begins, `after` when it has returned.
pub(crate) fn show(
    case: &Case,
    options: &Options,
    before: &mut dyn Target,
    after: &mut dyn Target,
    out: &mut dyn Render,
) -> Vec<u8> {
    let (mut pending, mut scratch) = (Pending::default(), Scratch::default());
    let Case { row, abi, outcome, registers, .. } = *case;
    let call = Call::of(row, 0, abi, registers, options);
    let mut means = Means { target: before, pending: &mut pending, scratch: &mut scratch };
    tell::enter(out, &Head::default(), &call, &mut means);
    let kept = out.call_pause();
    out.call_resume(&Head::default(), &call.name, kept, false);
    let mut means = Means { target: after, pending: &mut pending, scratch: &mut scratch };
    tell::exit(out, &call, outcome, &mut means);
    out.call_end(&Tail::default());
    let text = out.buffer().to_vec();
    out.taken();
    text
}

/// The most bytes that a call's line may have: with strings and arrays cut short as they are by default, and with
/// arrays in full.
const MOST: [usize; 2] = [1 << 20, 1 << 26];

/// Walks a call in memory from `numbers`, other memory when it returns than when it began.
///
/// # Panics
///
/// Where a decoder does, a line is too long or has what a terminal would act on, or JSON is none.
pub(crate) fn check(case: &Case, numbers: &mut dyn Numbers, texts: &mut [Text]) {
    let (mut before, mut after) = (Hostile::new(numbers), Hostile::new(numbers));
    let name = case.row.name;
    let most = MOST[usize::from(!case.options.abbrev)];
    for text in texts {
        let line = show(case, &case.options, &mut before, &mut after, text);
        assert!(line.len() < most, "{name}: {} bytes", line.len());
        let (last, rest) = line.split_last().expect("a line");
        assert!(
            *last == b'\n' && rest.iter().all(|b| (0x20..0x7f).contains(b)),
            "{name}: {}",
            line.escape_ascii()
        );
    }
    let line = show(case, &case.options, &mut before, &mut after, &mut Json::new());
    assert!(line.len() < most, "{name}: {} bytes of JSON", line.len());
    if let Err(e) = serde_json::from_slice::<serde_json::Value>(&line) {
        panic!("{name}: {e}: {}", String::from_utf8_lossy(&line));
    }
}
