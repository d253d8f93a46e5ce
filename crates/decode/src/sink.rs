//! What an output receives: meaning, never punctuation.
//!
//! An output implements [`Sink`], which has few methods: what there is to say is in [`Scalar`], [`Remark`] and [`Kind`].
//! Decoders say it in shorter words, the methods of `dyn Sink` in `say.rs`.

mod say;

use crate::names::Part;
use crate::question::{Context, FdInfo};
use std::net::IpAddr;

/// A group of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A struct: [`Sink::member`] starts each member.
    Struct,
    /// An array: [`Sink::element`] starts each element.
    Array,
    /// What a pointer to a single value points to; one value, no [`Sink::element`].
    Deref,
    /// A macro of several arguments, as in `makedev(0x8, 0x1)`; [`Sink::element`] starts each.
    Macro(&'a str),
    /// As [`Kind::Macro`], of a number that is made of the arguments; for where [`Sink::names`] says true.
    Composed(&'a str, u64, Base),
    /// Terms of one value, each of which has a form of its own: `CLONE_VM|SIGCHLD`; [`Sink::element`] starts each.
    Terms,
    /// A number and by how much it is shifted left: `21<<26`; [`Sink::element`] starts each.
    Shift,
    /// A base and what is added to it: `SKF_LL_OFF+4`; [`Sink::element`] starts each.
    Sum,
    /// Members of a struct that stand where a value is expected, without its braces: `features=0 => features=0x1`.
    Members,
    /// A set whose members are no bare names: `[3</dev/null> 4]`; [`Sink::element`] starts each.
    Set,
    /// A macro around one value that adds nothing to its meaning, as in `htons(80)`.
    Wrap(&'a str),
    /// A value that has a name as a whole, as `UTIME_NOW` is one for a `timespec`; one value in full, no
    /// [`Sink::element`].
    Named(&'a str),
    /// A number that is shown as what it is made of; one value, no [`Sink::element`]. Where names are not wanted it is
    /// shown as the number that it is.
    Parts(u64, Base),
    /// The set of the bits of these words; one value, no [`Sink::element`]. Where names are not wanted the words are shown,
    /// and where they are but a remark, both.
    BitMap(&'a [u64]),
}

/// How a byte string is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// Characters, escaped as the user's `-x` says.
    Plain,
    /// As [`Text::Plain`], with a NUL behind them that ends them.
    Ended,
    /// Bytes that are hardly ever text (a hardware address): always in hexadecimal.
    Binary,
    /// A name in the abstract namespace of sockets, without its leading zero: `@"name"`.
    Abstract,
}

/// How a number that stands for a name is shown where names are not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Signed decimal.
    Dec,
    /// Unsigned decimal.
    Udec,
    /// Hexadecimal.
    Hex,
    /// Hexadecimal, behind a minus sign if it is negative; names are those of the number without its sign.
    SignedHex,
    /// As an address is shown: hexadecimal, but for a null pointer.
    Addr,
    /// Octal, with three digits at least.
    Oct,
}

/// How a name stands to the number that it is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// In its place.
    Instead,
    /// As a remark on it: the number says more.
    Beside,
    /// Alone: the number is known from elsewhere.
    Alone,
}

/// A single value.
#[derive(Clone, Copy, Debug)]
pub enum Scalar<'a> {
    /// A signed decimal number.
    Int(i64),
    /// An unsigned decimal number.
    Uint(u64),
    /// A hexadecimal number (`0` for zero).
    Hex(u64),
    /// A hexadecimal number with leading zeroes up to so many digits.
    Padded(u64, u8),
    /// An octal number (`0` for zero).
    Oct(u64),
    /// A file mode without type: octal, three digits at least.
    Mode(u64),
    /// An address: `NULL` or hexadecimal.
    Addr(u64),
    /// An address as a result, whose zero is a number: `0`.
    ResultAddr(u64),
    /// The address of text or other bytes that can't or needn't be read.
    Unread(u64),
    /// A boolean or other word that has no number behind it.
    Word(&'a str),
    /// A descriptor and what it stands for, if known.
    Fd(i32, Option<&'a FdInfo<'a>>),
    /// The working directory in place of a descriptor ([`AT_FDCWD`](crate::AT_FDCWD)), and its path, if known.
    Cwd(Option<&'a [u8]>),
    /// A process or thread id and its command name, if known.
    Pid(i32, Option<&'a [u8]>),
    /// A number with its names.
    Named {
        /// The number.
        value: u64,
        /// Its own form.
        base: Base,
        /// Its names, joined; empty if it has none.
        parts: &'a [Part],
        /// What a number without a name is called in a comment.
        unknown: &'a str,
        /// Where the names stand.
        role: Role,
    },
    /// A number with its name, spelled out by code: for names that have numbers in them, and the like.
    Spelled {
        /// The number.
        value: u64,
        /// Its own form.
        base: Base,
        /// Its name.
        name: &'a str,
    },
    /// A byte string.
    Bytes {
        /// What is given of it.
        bytes: &'a [u8],
        /// How it is to be understood.
        text: Text,
        /// It goes on beyond what is given.
        more: bool,
    },
    /// A set of names or numbers.
    Set {
        /// All but those.
        inverted: bool,
        /// The names or numbers.
        members: &'a [Part],
    },
    /// An IP address.
    Ip {
        /// The member of a socket address that it is, which has not been started; empty for an address alone.
        member: &'a str,
        /// The address.
        ip: IpAddr,
        /// All bytes of what it is shown for, if there are more than the address has.
        bytes: Option<&'a [u8]>,
    },
    /// A number in network byte order.
    Network {
        /// The function that makes it (`htons`).
        function: &'a str,
        /// Its bytes.
        bytes: &'a [u8],
        /// Its value.
        value: u64,
    },
    /// A value of which the bytes are its number, and the text that stands for it: `htons(ETH_P_IP)` is `"\x08\x00"`.
    Encoded(&'a [u8], &'a str),
    /// A hardware address: `01:02:03:04:05:06`.
    Hardware(&'a [u8]),
    /// The index of a network interface, and its name if it is known.
    Interface(u32, Option<&'a [u8]>),
    /// A value that is not known.
    Unknown,
    /// The errno of a call that failed (also the kernel's internal ones for restarts, for which nothing is returned to
    /// the tracee).
    Errno(u32),
    /// A result that says that the call failed, by this errno, though not in the way that the C library would take for
    /// it.
    Failure(u64, u32),
    /// The result of a call that did not return.
    Missing,
}

/// Whether a list that has been counted has been counted to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// It has.
    All,
    /// There are more: `/* 12+ entries */`.
    AtLeast,
    /// Its end can't be read: `/* 12 vars, unterminated */`.
    Unterminated,
}

/// What is said of the value or group before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark<'a> {
    /// Something that the value itself does not say.
    Note(&'a str),
    /// What the value means: left out where names are not wanted.
    Meaning(&'a str),
    /// So many things are there, of which the value says nothing else: `/* 12 vars */`.
    Count {
        /// How many.
        count: u64,
        /// What they are, in the right number.
        noun: &'a str,
        /// Whether those are all.
        extent: Extent,
    },
    /// The value is the size of so many structs: `/* 2 * sizeof(struct ifreq) */`.
    Times(u64, &'a str),
    /// The id that the process, thread, group or session has for the tracer.
    Elsewhere(i32),
    /// The security context of a descriptor or path.
    Context(&'a Context<'a>),
    /// The point in time that it is, since the epoch.
    Time {
        /// Seconds.
        sec: i64,
        /// Nanoseconds of the second.
        nsec: u32,
        /// How many digits of the fraction count: 9, or 6.
        digits: u32,
    },
    /// The length of time that it is: the value in units of which a power of ten, with so many digits, is a second.
    Seconds {
        /// The number of units.
        value: u64,
        /// The digits of the fraction.
        digits: u32,
    },
    /// The address that the value was read from.
    From(u64),
    /// Which bytes of a struct it is, from the first to the last.
    Bytes(u64, u64),
    /// The value is shifted left by so many bits.
    Shifted(u32),
}

/// The index of an array's element, where it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index<'a> {
    /// None.
    Next,
    /// A name: `[VINTR]=0x3`.
    Name(&'a str),
    /// A number that has these names, or would begin like this: `[SK_MEMINFO_RCVBUF]=0`.
    Number(u64, &'a [Part], &'a str),
}

/// What stands in the place of a group's further members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More<'a> {
    /// There are some, which are not shown.
    Hidden,
    /// From this address on they can't be read.
    Unreadable(u64),
    /// Bytes of a struct beyond what is known of it.
    Beyond {
        /// The first.
        from: u64,
        /// The one behind the last.
        to: u64,
        /// The bytes; `None` if they can't be read.
        bytes: Option<&'a [u8]>,
        /// There are more than are given.
        more: bool,
    },
}

/// How far a value that the call may change has been shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It begins: the value before the call follows.
    Begin,
    /// It goes on with the value after the call.
    After,
    /// It ends.
    End,
}

/// How far what the return value means has been shown: it stands behind it, `= 1 (in [3], left {...})`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aux<'a> {
    /// It begins.
    Begin,
    /// Another part of it follows, named.
    Part(&'a str),
    /// It ends.
    End,
}

/// An output for decoded values.
///
/// Each argument is [`Sink::arg`] and one value. A value is [`Sink::scalar`], or [`Sink::open`], members, [`Sink::close`]
/// of the same kind; a [`Sink::remark`] may follow it.
pub trait Sink {
    /// Names the argument whose value follows; `labelled`: the name is wanted in any case.
    fn arg(&mut self, name: &str, labelled: bool);
    /// A single value.
    fn scalar(&mut self, value: Scalar<'_>);
    /// A remark on the value before it.
    fn remark(&mut self, remark: Remark<'_>);
    /// Starts a group.
    fn open(&mut self, kind: Kind<'_>);
    /// Ends a group.
    fn close(&mut self, kind: Kind<'_>);
    /// Starts a struct's member; `named`: its name is shown.
    fn member(&mut self, name: &str, named: bool);
    /// Starts an array's element or a macro's argument.
    fn element(&mut self, index: Index<'_>);
    /// Says, in place of a next member, that a group has more than are shown.
    fn rest(&mut self, more: More<'_>);
    /// A value that the call may change.
    fn change(&mut self, change: Change);
    /// What the return value means.
    fn aux(&mut self, aux: Aux<'_>);

    /// Whether names are wanted at all, be it besides the numbers that they stand for.
    fn names(&self) -> bool {
        true
    }

    /// Passes on what is shown so far, if it can be shown in parts.
    fn pass_on(&mut self, to: &mut dyn FnMut(&[u8])) {
        let _ = to;
    }
}
