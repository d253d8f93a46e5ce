//! Types that many subsystems share.

use decode::prelude::*;
use uapi::consts::*;

/// A user or group id: -1 means "leave as it is".
pub(crate) const ID: Ty = Scalar(W4, |cx, v| match v as u32 {
    u32::MAX => cx.out.int(-1),
    id => cx.out.uint(u64::from(id)),
});

/// A 16-bit user or group id, as old calls have it.
pub(crate) const ID16: Ty = Scalar(W2, |cx, v| match v as u16 {
    u16::MAX => cx.out.int(-1),
    id => cx.out.uint(u64::from(id)),
});

/// A `size_t` or `loff_t`-sized file offset, signed.
pub(crate) const OFF: Ty = KLONG;

/// The type bits of a file mode.
static FILE_TYPES: Names = names("", &[S_IFREG, S_IFSOCK, S_IFIFO, S_IFLNK, S_IFDIR, S_IFBLK, S_IFCHR]);
/// The bits of a file mode that are neither type nor permission.
static MODE_BITS: Names = names("", &[S_ISUID, S_ISGID, S_ISVTX]);

/// Shows a mode with its file type: `S_IFREG|0644`. A mode of no known type is a number.
pub(crate) fn show_file_mode(cx: &mut Plain<'_>, mode: u64) {
    let mut parts = Parts::new();
    let file_type = mode & S_IFMT.v();
    match FILE_TYPES.find(file_type, S_IFMT.v(), cx.abi) {
        Some(name) => parts.push(Part::Name(name)),
        None if file_type == 0 => {}
        None => return cx.out.mode(mode),
    }
    let permissions = parts.push_flags(mode & !S_IFMT.v(), u64::MAX, &MODE_BITS, cx.abi);
    parts.push(Part::Oct(permissions));
    cx.out.symbolic(mode, Base::Oct, parts.as_slice(), "");
}

/// A mode with its file type in 16 bits.
pub(crate) const FILE_MODE16: Ty = Scalar(W2, show_file_mode);

/// Shows a device number as its major and minor: `makedev(0x8, 0x1)`. The layout is that of the kernel's
/// `new_encode_dev` and of the C library's wider one, which agree on what the kernel gives.
pub(crate) fn show_dev(cx: &mut Plain<'_>, dev: u64) {
    let major = (dev >> 8 & 0xfff) | (dev >> 32 & !0xfff);
    let minor = (dev & 0xff) | (dev >> 12 & !0xff & 0xffff_ffff);
    cx.out.symbolic(dev, Base::Hex, &[Part::Macro("makedev", major, minor)], "");
}

/// `struct timespec` as the ABI's plain calls have it.
pub(crate) static TIMESPEC: Record = record("timespec", &[arg("tv_sec", KLONG), arg("tv_nsec", KULONG)]);
/// `struct __kernel_timespec`: 64-bit times on every ABI.
pub(crate) static TIMESPEC64: Record =
    record("__kernel_timespec", &[arg("tv_sec", S64), arg("tv_nsec", U64)]);
/// `struct timeval` as the ABI's plain calls have it.
pub(crate) static TIMEVAL: Record = record("timeval", &[arg("tv_sec", KLONG), arg("tv_usec", KULONG)]);

/// Shows a signal's name.
pub(crate) fn show_signal(cx: &mut Plain<'_>, v: u64) {
    match signal_name(u64::from(v as u32)) {
        Some(name) => cx.named(u64::from(v as u32), Base::Dec, name),
        None => cx.out.int(i64::from(v as i32)),
    }
}

/// A signal's number.
pub(crate) const SIGNAL: Ty = Scalar(W4, show_signal);

/// A signal's name, real-time ones too; `None` for what is no signal.
pub(crate) fn signal_name(number: u64) -> Option<&'static str> {
    uapi::signal::spelled(u32::try_from(number).ok()?)
}

/// Shows a set of signals of `bits` (bit `n - 1` for signal `n`), of which the kernel knows `count`: as those
/// that are missing where those are fewer.
pub(crate) fn show_signal_bits(cx: &mut Plain<'_>, bits: u64, count: u32) {
    let known = if count >= 64 { u64::MAX } else { (1 << count) - 1 };
    let inverted = (bits & known).count_ones() >= count * 2 / 3;
    let mut left = if inverted { !bits & known } else { bits & known };
    let mut members = std::iter::from_fn(|| {
        let number = left.checked_ilog2().map(|_| left.trailing_zeros() + 1)?;
        left &= left - 1;
        Some(Part::Member(u64::from(number), short_name(number)))
    });
    cx.out.set(inverted, &mut members);
}

/// A signal's name without its `SIG`.
fn short_name(number: u32) -> &'static str {
    let name = uapi::signal::spelled(number);
    name.and_then(|n| n.strip_prefix("SIG")).unwrap_or("???")
}

/// Shows the set of signals at `addr`, of which the tracee gives `size` bytes: a `long` at least, as the kernel
/// takes no fewer, and no more than the kernel's set has.
pub(crate) fn show_sigset_at(cx: &mut Cx<'_>, addr: u64, size: u64) {
    let least = cx.word() as u64;
    show_sigset_from(cx, addr, size, least);
}

/// As [`show_sigset_at`], with another fewest number of bytes.
pub(crate) fn show_sigset_from(cx: &mut Cx<'_>, addr: u64, size: u64, least: u64) {
    const MOST: u64 = 8;
    if addr == 0 || !cx.options.verbose || !(least..=MOST).contains(&size) {
        return cx.out.addr(addr);
    }
    match cx.read_uint(addr, size as usize) {
        // The kernel's words of a set have 32 bits at least.
        Some(bits) => show_signal_bits(cx, bits, size.next_multiple_of(4) as u32 * 8),
        None => cx.out.addr(addr),
    }
}

/// Adds a local time as a remark on the seconds that were shown; nothing for the epoch itself.
pub(crate) fn note_time(cx: &mut Plain<'_>, sec: i64, nsec: u32) {
    if sec != 0 || nsec != 0 {
        cx.out.time(sec, nsec);
    }
}

/// A constant that the UAPI headers lack: a name that C libraries or manual pages give, or an older kernel's.
/// Its value is the same on all ABIs.
pub(crate) const fn uncommon(name: &'static str, value: u64) -> Const {
    Const { name, value, per_abi: None }
}

/// A pointer in 64 bits of a struct that is the same on every ABI.
pub(crate) const ADDR64: Ty = Scalar(W8, |cx, v| cx.out.addr(v));

/// Shows a number that is an errno's negative if it is one: `-ENOENT`.
pub(crate) fn show_negative_errno(cx: &mut Plain<'_>, v: i64) {
    let name = u32::try_from(v.unsigned_abs()).ok().filter(|_| v < 0).and_then(uapi::errno::name_of);
    match name {
        Some(name) => cx.out.symbolic(v as u64, Base::Dec, &[Part::Negative(name)], ""),
        None => cx.out.int(v),
    }
}

/// A short text on the stack, for what is made of numbers; what doesn't fit is left out.
pub(crate) struct Line {
    bytes: [u8; 96],
    len: usize,
}

impl Line {
    /// The text that `format_args!` gives.
    pub(crate) fn new(text: std::fmt::Arguments<'_>) -> Line {
        let mut line = Line { bytes: [0; 96], len: 0 };
        // It fails where the text is too long, and the line then has its beginning.
        let _ = std::fmt::Write::write_fmt(&mut line, text);
        line
    }

    /// Adds the text that `format_args!` gives, as far as there is room.
    pub(crate) fn push(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = std::fmt::Write::write_fmt(self, text);
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl std::fmt::Write for Line {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + s.len()).ok_or(std::fmt::Error)?;
        room.copy_from_slice(s.as_bytes());
        self.len += s.len();
        Ok(())
    }
}
