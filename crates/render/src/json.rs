//! JSON Lines: an object for each call, signal, end and message. The schema is `docs/strax.schema.json`.
//!
//! Objects are written straight into the buffer. What comes next is told by the byte that stands last: behind an opening
//! bracket there is no comma, and behind a colon there must be a value.

mod descriptor;
mod line;
mod number;
mod stack;
mod value;
mod write;

use crate::{CallName, Head, Partial, about};

/// The version of the schema, which stands in the first line of a trace.
pub const JSON_VERSION: u32 = 2;

/// Renders JSON Lines.
#[derive(Debug, Default)]
pub struct Json {
    out: Vec<u8>,
    /// Where the object at hand begins.
    object: usize,
    /// The groups of it that are open, innermost last.
    groups: Vec<Group>,
    /// The value that has been written last.
    last: Last,
    /// Memory to keep the objects of calls in that are paused.
    spare: Vec<Vec<u8>>,
}

/// A group that is open.
#[derive(Clone, Copy, Debug)]
struct Group {
    kind: Bracket,
    /// Where it begins, from the beginning of the object.
    start: u32,
}

/// What a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    Object,
    Array,
    /// An object with keys of the renderer's own: a remark on it is one more of them.
    Own,
    /// As [`Bracket::Own`], around an array's element, whose end closes it.
    Element,
}

impl Bracket {
    const ALL: [Bracket; 4] = [Bracket::Object, Bracket::Array, Bracket::Own, Bracket::Element];

    fn closing(self) -> u8 {
        if self == Bracket::Array { b']' } else { b'}' }
    }
}

/// The value that has been written last.
#[derive(Clone, Copy, Debug, Default)]
struct Last {
    /// Where it begins in the buffer.
    start: usize,
    /// It is an object with keys of the renderer's own.
    is_own: bool,
}

impl Json {
    /// An empty output.
    pub fn new() -> Json {
        Json::default()
    }

    /// Starts an object.
    fn begin(&mut self, kind: &str, head: &Head<'_>) {
        self.object = self.out.len();
        self.groups.clear();
        self.open_group(Bracket::Own);
        self.put(b"\"type\":\"");
        self.put(kind.as_bytes());
        self.put(b"\",\"pid\":");
        self.signed(head.pid.into());
        if let Some(context) = head.context {
            self.context(context);
        }
        if let Some(comm) = head.comm {
            self.raw_text("comm", &about::name(comm));
        }
        if let Some(time) = head.time {
            self.time("time", time);
        }
        if let Some(since) = head.since {
            self.time("since", since);
        }
        if let Some((Some(ip), _)) = head.ip {
            self.put(b",\"ip\":");
            self.address(ip);
        }
    }

    /// Starts an object that is about no tracee.
    fn begin_own(&mut self, kind: &str) {
        self.object = self.out.len();
        self.groups.clear();
        self.open_group(Bracket::Own);
        self.text("type", kind);
    }

    /// Ends the object at hand.
    fn end(&mut self) {
        self.close_to(0);
        self.out.push(b'\n');
        self.object = self.out.len();
    }

    /// Sets the object at hand aside.
    fn keep(&mut self) -> Partial {
        let mut held = self.spare.pop().unwrap_or_default();
        held.extend_from_slice(&self.out[self.object..]);
        self.out.truncate(self.object);
        for group in &self.groups {
            held.push(group.kind as u8);
            held.extend_from_slice(&group.start.to_le_bytes());
        }
        let last = self.last.start.saturating_sub(self.object) as u64;
        Partial { word: last << 9 | u64::from(self.last.is_own) << 8 | self.groups.len() as u64 & 0xff, held }
    }

    /// Takes an object up again.
    fn take_up(&mut self, kept: Partial) {
        const SIZE: usize = 5;
        let mut held = kept.held;
        self.object = self.out.len();
        self.groups.clear();
        let text = held.len().saturating_sub(SIZE * (kept.word & 0xff) as usize);
        let last = self.object + ((kept.word >> 9) as usize).min(text);
        self.last = Last { start: last, is_own: kept.word >> 8 & 1 != 0 };
        self.out.extend_from_slice(&held[..text]);
        for group in held[text..].as_chunks::<SIZE>().0 {
            let [kind, start @ ..] = *group;
            let kind = Bracket::ALL[usize::from(kind) % Bracket::ALL.len()];
            self.groups.push(Group { kind, start: u32::from_le_bytes(start) });
        }
        held.clear();
        self.spare.push(held);
    }

    fn begin_call(&mut self, head: &Head<'_>, call: &CallName<'_>) {
        self.begin("syscall", head);
        self.put(b",\"name\":");
        self.string(call.name);
        self.put(b",\"number\":");
        self.signed(call.number as i64);
        self.put(b",\"abi\":\"");
        self.put(abi_name(call.abi).as_bytes());
        self.put(b"\",\"args\":");
        self.open_group(Bracket::Object);
    }
}

fn abi_name(abi: uapi::Abi) -> &'static str {
    match abi {
        uapi::Abi::X86_64 => "x86_64",
        uapi::Abi::I386 => "i386",
        uapi::Abi::X32 => "x32",
        uapi::Abi::Aarch64 => "aarch64",
        uapi::Abi::Riscv64 => "riscv64",
    }
}
