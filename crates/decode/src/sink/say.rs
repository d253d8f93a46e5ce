//! What decoders say to an output, in short words.

use super::{Aux, Base, Change, Index, More, Remark, Role, Scalar, Sink, Text};
use crate::names::{Part, Parts};
use crate::question::FdInfo;
use std::net::{IpAddr, Ipv4Addr};

impl dyn Sink + '_ {
    /// Starts an argument; `name` is shown if names of arguments are wanted.
    #[inline]
    pub fn arg_name(&mut self, name: &str) {
        self.arg(name, false);
    }

    /// A signed decimal number.
    #[inline]
    pub fn int(&mut self, v: i64) {
        self.scalar(Scalar::Int(v));
    }

    /// An unsigned decimal number.
    #[inline]
    pub fn uint(&mut self, v: u64) {
        self.scalar(Scalar::Uint(v));
    }

    /// A hexadecimal number (`0` for zero).
    #[inline]
    pub fn hex(&mut self, v: u64) {
        self.scalar(Scalar::Hex(v));
    }

    /// A hexadecimal number with leading zeroes up to `digits` digits, as `printf("%#0*x")` has it: a zero has no `0x`,
    /// and two more digits.
    #[inline]
    pub fn hex_wide(&mut self, v: u64, digits: u8) {
        self.scalar(Scalar::Padded(v, digits));
    }

    /// An octal number (`0` for zero).
    #[inline]
    pub fn oct(&mut self, v: u64) {
        self.scalar(Scalar::Oct(v));
    }

    /// A file mode without type: octal, three digits at least.
    #[inline]
    pub fn mode(&mut self, v: u64) {
        self.scalar(Scalar::Mode(v));
    }

    /// An address: `NULL` or hexadecimal.
    #[inline]
    pub fn addr(&mut self, v: u64) {
        self.scalar(Scalar::Addr(v));
    }

    /// The address of text or other bytes that can't or needn't be read.
    #[inline]
    pub fn unread(&mut self, v: u64) {
        self.scalar(Scalar::Unread(v));
    }

    /// A boolean or other word that has no number behind it.
    #[inline]
    pub fn word(&mut self, w: &str) {
        self.scalar(Scalar::Word(w));
    }

    /// A descriptor and what it stands for, if known.
    #[inline]
    pub fn fd(&mut self, v: i32, about: Option<&FdInfo<'_>>) {
        self.scalar(Scalar::Fd(v, about));
    }

    /// The working directory in place of a descriptor ([`AT_FDCWD`](crate::AT_FDCWD)), and its path, if known.
    #[inline]
    pub fn cwd(&mut self, path: Option<&[u8]>) {
        self.scalar(Scalar::Cwd(path));
    }

    /// A process or thread id and its command name, if known.
    #[inline]
    pub fn pid(&mut self, v: i32, command: Option<&[u8]>) {
        self.scalar(Scalar::Pid(v, command));
    }

    /// A number with its names: `parts` joined, or the bare number with `unknown` as its comment where `parts` is empty.
    /// `base` is the number's own form.
    #[inline]
    pub fn symbolic(&mut self, value: u64, base: Base, parts: &[Part], unknown: &str) {
        self.scalar(Scalar::Named { value, base, parts, unknown, role: Role::Instead });
    }

    /// As [`symbolic`](Self::symbolic), for a number that says more than its names do: they are a remark on it.
    #[inline]
    pub fn remarked(&mut self, value: u64, base: Base, parts: &[Part], unknown: &str) {
        self.scalar(Scalar::Named { value, base, parts, unknown, role: Role::Beside });
    }

    /// A number with its name, spelled out by code: for names that have numbers in them, and the like.
    #[inline]
    pub fn spelled(&mut self, value: u64, base: Base, name: &str) {
        self.scalar(Scalar::Spelled { value, base, name });
    }

    /// A byte string; `more`: it goes on beyond what is given.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8], text: Text, more: bool) {
        self.scalar(Scalar::Bytes { bytes, text, more });
    }

    /// A set of names or numbers, or all but those.
    pub fn set(&mut self, inverted: bool, items: &mut dyn Iterator<Item = Part>) {
        let mut members = Parts::new();
        items.for_each(|item| members.push(item));
        self.scalar(Scalar::Set { inverted, members: members.as_slice() });
    }

    /// An IP address as a member called `name` of a socket address, or alone where that is empty.
    pub fn ip(&mut self, name: &str, ip: IpAddr) {
        self.scalar(Scalar::Ip { member: name, ip, bytes: None });
    }

    /// An IPv4 address at the beginning of `bytes`, which belong all to what it is shown for.
    pub fn wide_ip(&mut self, ip: Ipv4Addr, bytes: &[u8]) {
        self.scalar(Scalar::Ip { member: "", ip: ip.into(), bytes: Some(bytes) });
    }

    /// A number in network byte order: the function that makes it (`htons`), its bytes, and its value.
    pub fn network(&mut self, function: &str, bytes: &[u8], value: u64) {
        self.scalar(Scalar::Network { function, bytes, value });
    }

    /// A value of which the bytes are its number, and the text that stands for it.
    pub fn encoded(&mut self, bytes: &[u8], text: &str) {
        self.scalar(Scalar::Encoded(bytes, text));
    }

    /// A hardware address: `01:02:03:04:05:06`.
    pub fn hardware_address(&mut self, bytes: &[u8]) {
        self.scalar(Scalar::Hardware(bytes));
    }

    /// The index of a network interface, and its name if it is known.
    pub fn interface(&mut self, index: u32, name: Option<&[u8]>) {
        self.scalar(Scalar::Interface(index, name));
    }

    /// A value that is not known.
    pub fn unknown(&mut self) {
        self.scalar(Scalar::Unknown);
    }

    /// A result that says that the call failed, though not in the way that the C library would take for it.
    pub fn failure(&mut self, v: u64, errno: u32) {
        self.scalar(Scalar::Failure(v, errno));
    }

    /// Starts a struct's member.
    #[inline]
    pub fn field(&mut self, name: &str) {
        self.member(name, true);
    }

    /// Starts a struct's member that is shown without its name.
    #[inline]
    pub fn unnamed(&mut self, name: &str) {
        self.member(name, false);
    }

    /// Starts an array's element or a macro's argument.
    #[inline]
    pub fn item(&mut self) {
        self.element(Index::Next);
    }

    /// Starts an array's element with the name of its index: `[VINTR]=0x3`.
    pub fn index(&mut self, name: &str) {
        self.element(Index::Name(name));
    }

    /// Starts an array's element with its index, a number that has these names: `[SK_MEMINFO_RCVBUF]=0`.
    pub fn index_named(&mut self, index: u64, parts: &[Part], unknown: &str) {
        self.element(Index::Number(index, parts, unknown));
    }

    /// Says, in place of a next member, that a group has more members than are shown.
    pub fn more(&mut self) {
        self.rest(More::Hidden);
    }

    /// Says, in place of a next element, that the elements from `addr` on can't be read.
    pub fn more_at(&mut self, addr: u64) {
        self.rest(More::Unreadable(addr));
    }

    /// A struct's last member: bytes `from..to` of it, beyond what is known of it; `None` if they can't be read.
    /// `more`: there are more than are given.
    pub fn beyond(&mut self, from: u64, to: u64, bytes: Option<&[u8]>, more: bool) {
        self.rest(More::Beyond { from, to, bytes, more });
    }

    /// Starts a value that the call may change.
    pub fn change_begin(&mut self) {
        self.change(Change::Begin);
    }

    /// Goes on with the value after the call.
    pub fn changed(&mut self) {
        self.change(Change::After);
    }

    /// Ends a value that the call may have changed.
    pub fn change_end(&mut self) {
        self.change(Change::End);
    }

    /// A remark on the value before it.
    pub fn note(&mut self, text: &str) {
        self.remark(Remark::Note(text));
    }

    /// As [`note`](Self::note), for a remark that is but what a number means: left out where names are not wanted.
    pub fn meaning(&mut self, text: &str) {
        self.remark(Remark::Meaning(text));
    }

    /// The value or group before it is shifted left by this many bits.
    pub fn shifted(&mut self, bits: u32) {
        self.remark(Remark::Shifted(bits));
    }

    /// A remark on the value before it: the point in time that it is, since the epoch.
    pub fn time(&mut self, sec: i64, nsec: u32) {
        self.remark(Remark::Time { sec, nsec, digits: 9 });
    }

    /// As [`time`](Self::time), for a time to microseconds.
    pub fn time_micros(&mut self, sec: i64, usec: u32) {
        if let Some(nsec) = usec.checked_mul(1000) {
            self.remark(Remark::Time { sec, nsec, digits: 6 });
        }
    }

    /// A remark on the value before it: the length of time that it is, `value` units of which `10^digits` are a second.
    pub fn seconds(&mut self, value: u64, digits: u32) {
        self.remark(Remark::Seconds { value, digits });
    }

    /// Goes on with another part of what the return value means, named: `in [3], left {...}`.
    pub fn aux_part(&mut self, name: &str) {
        self.aux(Aux::Part(name));
    }

    /// What the return value means, where that is but its names: they are left out where names are not wanted.
    pub fn aux_names(&mut self, value: u64, parts: &[Part]) {
        if self.names() {
            self.aux(Aux::Begin);
            self.aux(Aux::Part(""));
            self.scalar(Scalar::Named { value, base: Base::Hex, parts, unknown: "", role: Role::Alone });
            self.aux(Aux::End);
        }
    }
}
