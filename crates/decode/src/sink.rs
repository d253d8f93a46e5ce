//! What an output receives: meaning, never punctuation.

use crate::names::Part;

/// A group of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A struct: [`Sink::field`] starts each member.
    Struct,
    /// An array: [`Sink::item`] starts each element.
    Array,
    /// What a pointer to a single value points to; one value, no [`Sink::item`].
    Deref,
    /// A macro of several arguments, as in `makedev(0x8, 0x1)`; [`Sink::item`] starts each.
    Macro(&'static str),
    /// As [`Kind::Macro`], of a number that is made of the arguments; for where [`Sink::names`] says true.
    Composed(&'static str, u64, Base),
    /// Terms of one value, each of which has a form of its own: `CLONE_VM|SIGCHLD`; [`Sink::item`] starts each.
    Terms,
    /// A number and by how much it is shifted left: `21<<26`; [`Sink::item`] starts each.
    Shift,
    /// A base and what is added to it: `SKF_LL_OFF+4`; [`Sink::item`] starts each.
    Sum,
    /// Members of a struct that stand where a value is expected, without its braces: `features=0 => features=0x1`.
    Members,
    /// A set whose members are no bare names: `[3</dev/null> 4]`; [`Sink::item`] starts each.
    Set,
    /// A macro around one value that adds nothing to its meaning, as in `htons(80)`.
    Wrap(&'static str),
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

/// An output for decoded values.
///
/// Between [`Sink::args_begin`] and [`Sink::args_end`] each argument is `arg_next` (from the second on),
/// `arg_name`, and one value. A value is a scalar call, or `open`, members, `close` of the same kind; a
/// [`Sink::note`] may follow it.
pub trait Sink {
    /// Passes on what is shown so far, if it can be shown in parts.
    fn pass_on(&mut self, to: &mut dyn FnMut(&[u8])) {
        let _ = to;
    }

    /// Starts the argument after the first.
    fn arg_next(&mut self);
    /// Names the argument whose value follows.
    fn arg_name(&mut self, name: &str);
    /// As [`Sink::arg_name`], for a name that is wanted in any case.
    fn arg_label(&mut self, name: &str) {
        self.arg_name(name);
    }

    /// A signed decimal number.
    fn int(&mut self, v: i64);
    /// An unsigned decimal number.
    fn uint(&mut self, v: u64);
    /// A hexadecimal number (`0` for zero).
    fn hex(&mut self, v: u64);
    /// A hexadecimal number with leading zeroes up to `digits` digits.
    fn hex_wide(&mut self, v: u64, digits: u8);
    /// An octal number (`0` for zero).
    fn oct(&mut self, v: u64);
    /// A file mode without type: octal, three digits at least.
    fn mode(&mut self, v: u64);
    /// An address: `NULL` or hexadecimal.
    fn addr(&mut self, v: u64);
    /// A boolean or other word that has no number behind it.
    fn word(&mut self, w: &str);
    /// A descriptor and what it stands for, if known.
    fn fd(&mut self, v: i32, about: Option<&[u8]>);
    /// The working directory in place of a descriptor ([`AT_FDCWD`](crate::AT_FDCWD)), and where it is, if known.
    fn cwd(&mut self, about: Option<&[u8]>);
    /// A process or thread id and what is known of it.
    fn pid(&mut self, v: i32, about: Option<&[u8]>);
    /// A number with its names: `parts` joined, or the bare number with `unknown` as its comment where
    /// `parts` is empty. `base` is the number's own form.
    fn symbolic(&mut self, v: u64, base: Base, parts: &[Part], unknown: &str);
    /// A number with its name, spelled out by code: for names that have numbers in them, and the like.
    fn spelled(&mut self, v: u64, base: Base, name: &str);
    /// As [`Sink::symbolic`], for a number that says more than its names do: they are a remark on it.
    fn remarked(&mut self, v: u64, base: Base, parts: &[Part], unknown: &str) {
        self.symbolic(v, base, parts, unknown);
    }
    /// A byte string; `more`: it goes on beyond what is given.
    fn bytes(&mut self, b: &[u8], text: Text, more: bool);
    /// A set of names or numbers, or all but those.
    fn set(&mut self, inverted: bool, items: &mut dyn Iterator<Item = Part>);
    /// An IP address as a member called `name` of a socket address, or alone where that is empty.
    fn ip(&mut self, name: &str, ip: std::net::IpAddr);
    /// An IPv4 address at the beginning of `bytes`, which belong all to what it is shown for.
    fn wide_ip(&mut self, ip: std::net::Ipv4Addr, bytes: &[u8]);
    /// A number in network byte order: the function that makes it (`htons`), its bytes, and its value.
    fn network(&mut self, function: &str, bytes: &[u8], v: u64);
    /// A value of which the bytes are its number, and the text that stands for it: `htons(ETH_P_IP)` is `"\x08\x00"`.
    fn encoded(&mut self, bytes: &[u8], text: &str);
    /// A hardware address: `01:02:03:04:05:06`.
    fn hardware_address(&mut self, bytes: &[u8]);
    /// The index of a network interface, and its name if it is known.
    fn interface(&mut self, index: u32, name: Option<&[u8]>);
    /// A hexadecimal number in a field of `width` characters, filled up with zeroes; zero has no `0x`.
    fn hex_field(&mut self, v: u64, width: u8);
    /// The value or group before it is shifted left by this many bits.
    fn shifted(&mut self, bits: u32);
    /// A value that is not known.
    fn unknown(&mut self);
    /// A result that says that the call failed, though not in the way that the C library would take for it.
    fn failure(&mut self, v: u64, errno: u32);

    /// Starts a group.
    fn open(&mut self, kind: Kind);
    /// Starts a struct's member.
    fn field(&mut self, name: &str);
    /// Starts a struct's member that is shown without its name.
    fn unnamed(&mut self, name: &str);
    /// Starts an array's element or a macro's argument.
    fn item(&mut self);
    /// Starts an array's element with the name of its index: `[VINTR]=0x3`.
    fn index(&mut self, name: &str);
    /// Starts an array's element with its index, a number that has this name: `[SK_MEMINFO_RCVBUF]=0`.
    fn index_named(&mut self, index: u64, parts: &[Part], unknown: &str);
    /// Says, in place of a next member, that a group has more members than are shown.
    fn more(&mut self);
    /// Shows a group that has a name as a whole, as `UTIME_NOW` is one for a `timespec`: `group` shows it in full.
    fn named_group(&mut self, name: &str, group: &dyn Fn(&mut dyn Sink));
    /// Shows a descriptor or path that has this security context: `value` shows it.
    fn labelled(&mut self, context: &[u8], value: &dyn Fn(&mut dyn Sink));
    /// Shows a number that has several parts, each with a form of its own: `parts` shows them. Where names are not
    /// wanted it is shown as the number that it is.
    fn composed(&mut self, v: u64, base: Base, parts: &dyn Fn(&mut dyn Sink));
    /// A set of bits in an array of words: `set` shows its members. Where names are not wanted the words are shown, and
    /// where they are but a remark, both.
    fn bit_map(&mut self, words: &[u64], set: &dyn Fn(&mut dyn Sink));
    /// Says, in place of a next element, that the elements from `addr` on can't be read.
    fn more_at(&mut self, addr: u64);
    /// A struct's last member: bytes `from..to` of it, beyond what is known of it; `None` if they can't be read.
    /// `more`: there are more than are given.
    fn beyond(&mut self, from: u64, to: u64, bytes: Option<&[u8]>, more: bool);
    /// Ends a group.
    fn close(&mut self, kind: Kind);

    /// Starts a value that the call may change.
    fn change_begin(&mut self);
    /// Goes on with the value after the call.
    fn changed(&mut self);
    /// Ends a value that the call may have changed.
    fn change_end(&mut self);

    /// Whether names are wanted at all, be it besides the numbers that they stand for.
    fn names(&self) -> bool {
        true
    }
    /// A remark on the value before it.
    fn note(&mut self, text: &str);
    /// As [`Sink::note`], for a remark that is but what a number means: left out where names are not wanted.
    fn meaning(&mut self, text: &str) {
        self.note(text);
    }

    /// A remark on the value before it: the point in time that it is, since the epoch.
    fn time(&mut self, sec: i64, nsec: u32);
    /// As [`Sink::time`], for a time to microseconds.
    fn time_micros(&mut self, sec: i64, usec: u32) {
        self.time(sec, usec.saturating_mul(1000));
    }

    /// Starts what the return value means, behind it: `= 1 (in [3])`.
    fn aux_begin(&mut self);
    /// Goes on with another part of what the return value means, named: `in [3], left {...}`.
    fn aux_part(&mut self, name: &str);
    /// Ends what the return value means.
    fn aux_end(&mut self);
    /// What the return value means, where that is but its names: they are left out where names are not wanted.
    fn aux_names(&mut self, v: u64, parts: &[Part]) {
        self.aux_begin();
        self.aux_part("");
        self.symbolic(v, Base::Hex, parts, "");
        self.aux_end();
    }
}
