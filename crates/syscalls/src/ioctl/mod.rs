//! `ioctl`: one call, thousands of requests, by driver.
//!
//! [`names`] knows the requests; the other files say what the argument of those is whose argument is decoded, one
//! [`Request`] for each.

mod block;
mod btrfs;
mod console;
mod counter;
mod dm;
mod dump;
mod evdev;
mod exchange;
mod families;
mod fs;
mod gpio;
mod hdio;
mod index;
mod kvm;
mod lirc;
mod mtd;
mod names;
mod nbd;
mod notify;
mod pidfd;
mod ptp;
mod random;
mod rtc;
mod scsi;
mod shape;
mod socket;
mod tee;
mod tty;
mod ubi;
mod udmabuf;
mod userfault;
mod v4l2;
mod watchdog;

pub use kvm::vcpu_exit_reason;

use decode::Found;
use decode::class::DESC;
use decode::prelude::*;
use index::{Index, count};

/// A request and its argument.
#[derive(Debug)]
pub struct Request {
    /// Its number and its name.
    pub code: Const,
    /// Its argument, if it takes any.
    pub argument: Option<Arg>,
    /// What it returns.
    pub ret: Ret,
}

/// A request with an argument.
pub(crate) const fn req(code: Const, ty: Ty) -> Request {
    Request { code, argument: Some(arg("argp", ty)), ret: Ret::Dec }
}

/// A request without an argument.
pub(crate) const fn bare(code: Const) -> Request {
    Request { code, argument: None, ret: Ret::Dec }
}

impl Request {
    /// Returns something other than a number.
    pub(crate) const fn returning(mut self, ret: Ret) -> Self {
        self.ret = ret;
        self
    }
}

/// The requests of every driver. A new file of requests is listed here.
static DRIVERS: &[&[Request]] = &[
    tty::REQUESTS,
    socket::REQUESTS,
    block::REQUESTS,
    btrfs::REQUESTS,
    fs::REQUESTS,
    random::REQUESTS,
    udmabuf::REQUESTS,
    notify::REQUESTS,
    pidfd::REQUESTS,
    rtc::REQUESTS,
    userfault::REQUESTS,
    evdev::REQUESTS,
    hdio::REQUESTS,
    gpio::REQUESTS[0],
    gpio::REQUESTS[1],
    console::REQUESTS[0],
    console::REQUESTS[1],
    ptp::REQUESTS,
    mtd::REQUESTS,
    ubi::REQUESTS,
    lirc::REQUESTS,
    counter::REQUESTS,
    nbd::REQUESTS,
    watchdog::REQUESTS,
    kvm::REQUESTS,
    tee::REQUESTS,
    scsi::REQUESTS,
    v4l2::REQUESTS[0],
    v4l2::REQUESTS[1],
    v4l2::REQUESTS[2],
    v4l2::REQUESTS[3],
    v4l2::REQUESTS[4],
    dm::REQUESTS,
];

/// All requests whose arguments are known, but for those whose numbers have a size or an index in them.
pub fn requests() -> impl Iterator<Item = &'static Request> {
    DRIVERS.iter().flat_map(|requests| requests.iter())
}

/// The structs within the data of requests.
pub(crate) fn records() -> impl Iterator<Item = &'static Record> {
    dm::records().chain([&ubi::RENAME_HEAD])
}

/// What is known of a request.
fn find(abi: Abi, code: u32) -> Option<Found> {
    match INDEXES[abi as usize].find(DRIVERS, code).next() {
        Some(request) => Some(Found { tail: request.argument.as_slice(), ret: request.ret }),
        None => pidfd::find(code)
            .or_else(|| notify::find(code))
            .or_else(|| evdev::find(code))
            .or_else(|| hdio::find(abi, code))
            .or_else(|| dump::find(code)),
    }
}

/// By ABI; each one is a computation of its own to the compiler.
static INDEXES: [Index<COUNT>; Abi::ALL.len()] = [
    const { index(Abi::ALL[0]) },
    const { index(Abi::ALL[1]) },
    const { index(Abi::ALL[2]) },
    const { index(Abi::ALL[3]) },
    const { index(Abi::ALL[4]) },
];

/// How many requests there are.
const COUNT: usize = count(DRIVERS);

/// The requests of an ABI; of two with the same number the first counts.
const fn index(abi: Abi) -> Index<COUNT> {
    let (mut numbers, mut at, mut driver) = ([None; COUNT], 0, 0);
    while driver < DRIVERS.len() {
        let mut i = 0;
        while i < DRIVERS[driver].len() {
            if let Some(number) = DRIVERS[driver][i].code.on(abi) {
                numbers[at] = Some(number as u32);
            }
            at += 1;
            i += 1;
        }
        driver += 1;
    }
    Index::new(&numbers)
}

/// Where a request's number has its parts (`include/uapi/asm-generic/ioctl.h`).
mod bits {
    pub(super) const TYPE: u32 = 8;
    pub(super) const SIZE: u32 = 16;
    pub(super) const DIR: u32 = 30;
    pub(super) const SIZE_MASK: u32 = 0x3fff;
}

/// Shows a request by name, or else by its parts: `_IOC(_IOC_READ, 0x54, 0x1, 0x4)`.
fn show_request(cx: &mut Plain<'_>, v: u64) {
    let code = v as u32;
    let family = families::name(code);
    // The timers of sound cards have the numbers of terminals' settings.
    let is_other = |name: &&str| name.starts_with("SNDCTL_TMR_");
    let is_terminal =
        names::of(cx.abi, code).nth(1).is_some() && names::of(cx.abi, code).any(|name| is_other(&name)) && {
            let fd = cx.arg_int(0);
            cx.is_terminal(fd)
        };
    let of = |code| names::of(cx.abi, code).filter(move |name| !(is_terminal && is_other(name)));
    let mut found = of(code);
    if let (None, Some(name), None) = (&family, found.next(), found.next()) {
        return cx.out.spelled(v, Base::Hex, name);
    }
    let mut names: Vec<_> = of(code).collect();
    names.sort_unstable();
    let all: Vec<_> = family.into_iter().chain(names.into_iter().map(str::to_owned)).collect();
    let text = if all.is_empty() { parts(code) } else { all.join(" or ") };
    cx.out.spelled(v, Base::Hex, &text);
}

/// A request's number as the macro that makes it.
fn parts(code: u32) -> String {
    let dir = ["_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"][(code >> bits::DIR) as usize];
    let [ty, nr] = [(code >> bits::TYPE) & 0xff, code & 0xff].map(number);
    let size = number(code >> bits::SIZE & bits::SIZE_MASK);
    format!("_IOC({dir}, {ty}, {nr}, {size})")
}

/// A number in hexadecimal, zero without a prefix.
fn number(v: u32) -> String {
    if v == 0 { "0".to_owned() } else { format!("{v:#x}") }
}

pub(crate) static ROWS: &[Syscall] =
    &[syscall("ioctl", DESC, Ret::Dec, &[arg("fd", Fd), arg("op", Scalar(W4, show_request))]).lookup(
        1,
        find,
        &[arg("argp", XLONG)],
    )];
