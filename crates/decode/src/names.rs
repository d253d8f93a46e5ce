//! Tables that turn numbers into the kernel's names for them.

use uapi::{Abi, Const};

/// A table of named values: an enumeration, or the bits of a flag word.
///
/// Entries stand in the order in which they are tried, which for flag words is the order in which they
/// are printed. An entry that an ABI lacks is skipped there.
#[derive(Debug)]
pub struct Names {
    /// The named values.
    pub entries: &'static [Const],
    /// What a value without a name is called in a comment, such as `O_???`. Empty: no comment.
    pub unknown: &'static str,
    /// Whether a word of 32 bits or more that is zero may have a name.
    names_zero: bool,
}

/// Makes a table; see [`Names`].
pub const fn names(unknown: &'static str, entries: &'static [Const]) -> Names {
    Names { entries, unknown, names_zero: names_zero(entries) }
}

/// Whether a constant has no bit among the low 32 on some ABI.
const fn names_zero(entries: &[Const]) -> bool {
    let mut i = 0;
    while i < entries.len() {
        if entries[i].value as u32 == 0 {
            return true;
        }
        if let Some(values) = entries[i].per_abi {
            let mut abi = 0;
            while abi < values.len() {
                if let Some(value) = values[abi]
                    && value as u32 == 0
                {
                    return true;
                }
                abi += 1;
            }
        }
        i += 1;
    }
    false
}

impl Names {
    /// The name of `value`, where `mask` covers the bits that the value's type has.
    pub fn find(&self, value: u64, mask: u64, abi: Abi) -> Option<&'static str> {
        let hit = |c: &&Const| c.on(abi).is_some_and(|v| v & mask == value & mask);
        self.entries.iter().find(hit).map(|c| c.name)
    }

    /// The numeric value behind `name` on `abi`.
    pub fn value_of(&self, name: &str, abi: Abi) -> Option<u64> {
        self.entries.iter().find(|c| c.name == name).and_then(|c| c.on(abi))
    }
}

/// One term of a symbolic value: `O_RDWR|0x40` has two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A name of the kernel's.
    Name(&'static str),
    /// Bits without a name.
    Hex(u64),
    /// A number printed in decimal.
    Dec(u64),
    /// Permission bits and the like, printed in octal (three digits at least).
    Oct(u64),
    /// A member of a set: its number and its name.
    Member(u64, &'static str),
    /// The number of the system call of this name: `__NR_write`.
    Call(&'static str),
    /// `value<<NAME`.
    Shifted(u64, &'static str),
    /// As [`Part::Shifted`], with a hexadecimal value: `0x3<<PR_MTE_TAG_SHIFT`.
    HexShifted(u64, &'static str),
    /// A name made of two: `__NR_` and `execve`.
    Joined(&'static str, &'static str),
    /// One bit, named by the number after it: `1<<(INET_DIAG_CONG-1)`.
    BitBefore(&'static str),
    /// A name and what is added to it: `8*RIP+4`.
    Plus(&'static str, u64),
    /// As [`Part::Member`], for a set whose numbers are hexadecimal.
    HexMember(u64, &'static str),
    /// A number, its name, and what is added to it: `L2CAP_CID_DYN_START+2`.
    NamedPlus(u64, &'static str, u64),
    /// A named number's negative: `-ENOENT`.
    Negative(&'static str),
    /// A multiple of a unit: `8192*1024`.
    Times(u64, u64),
    /// Bits without a name, and how one would begin: `0x20 /* MFD_??? */`. For the first of several tables that
    /// share a word; the last one's is the `unknown` of [`Cx::flags_rest`](crate::Cx::flags_rest).
    Unknown(u64, &'static str),
    /// A macro of two hexadecimal numbers: `makedev(0x8, 0x1)`.
    Macro(&'static str, u64, u64),
    /// A macro of two numbers that have names, or should: `QCMD(Q_SYNC, 0x7 /* ???QUOTA */)`.
    MacroOf(&'static str, Named, Named),
}

/// A number, its name if it has one, and what one would begin with if not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The number.
    pub value: u64,
    /// Its name.
    pub name: Option<&'static str>,
    /// The comment on a number without a name.
    pub unknown: &'static str,
}

impl Named {
    /// A number and what a table calls it.
    pub fn of(table: &Names, value: u64, abi: Abi) -> Named {
        Named { value, name: table.find(value, u64::MAX, abi), unknown: table.unknown }
    }
}

/// The terms of a symbolic value. A few stand on the stack; only a value with more than those allocates.
#[derive(Clone, Debug)]
pub struct Parts {
    few: [Part; Parts::FEW],
    /// How many of `few` there are, unless there are `many`.
    len: usize,
    /// All of them, once they are more than a few.
    many: Vec<Part>,
}

impl Default for Parts {
    fn default() -> Self {
        Parts { few: [Part::Hex(0); Parts::FEW], len: 0, many: Vec::new() }
    }
}

impl Parts {
    /// Few flag words have more bits set than a terminal's. A term has some hundred bytes, so that more would cost all
    /// words.
    const FEW: usize = 8;

    /// No terms.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a term.
    #[inline]
    pub fn push(&mut self, part: Part) {
        match self.few.get_mut(self.len) {
            Some(slot) => {
                *slot = part;
                self.len += 1;
            }
            None => self.push_many(part),
        }
    }

    /// Adds a term to more than a few.
    #[cold]
    fn push_many(&mut self, part: Part) {
        if self.many.is_empty() {
            self.many.extend_from_slice(&self.few);
        }
        self.many.push(part);
    }

    /// The terms in order.
    pub fn as_slice(&self) -> &[Part] {
        if self.many.is_empty() { &self.few[..self.len] } else { &self.many }
    }

    /// Whether there is no term.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds the names of the bits in `value` and returns the bits that have none.
    ///
    /// A zero-valued entry names only a value that is zero as a whole.
    pub fn push_flags(&mut self, value: u64, mask: u64, table: &Names, abi: Abi) -> u64 {
        let mut rest = value & mask;
        if rest == 0 {
            self.push_zero(mask, table, abi);
            return 0;
        }
        for entry in table.entries {
            let Some(bits) = entry.on(abi).map(|v| v & mask) else { continue };
            // Most have a bit that the word has not.
            if bits & !rest == 0 && bits != 0 {
                self.push(Part::Name(entry.name));
                rest &= !bits;
                if rest == 0 {
                    break;
                }
            }
        }
        rest
    }

    /// Adds the name of a word without bits, if it has one and nothing stands before it.
    fn push_zero(&mut self, mask: u64, table: &Names, abi: Abi) {
        const LOW: u64 = u32::MAX as u64;
        if !self.is_empty() || !table.names_zero && mask & LOW == LOW {
            return;
        }
        if let Some(name) = table.find(0, mask, abi) {
            self.push(Part::Name(name));
        }
    }
}
