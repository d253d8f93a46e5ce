//! The sockets that calls find open: of netlink's protocols, by which messages are understood.

use super::sketch::Page;
use uapi::consts::*;

/// Their protocols: those of which something is known, and of which much is known more than once.
const PROTOCOLS: [u64; 15] = [0, 0, 0, 0, 4, 4, 4, 6, 7, 9, 12, 15, 16, 16, 21];
/// The first of their descriptors, and how many there are.
const FIRST: u64 = 3;
const COUNT: u64 = PROTOCOLS.len() as u64;
/// The calls beside `socket` that set them up, and how often each is made.
const SETUP_CALLS: [(&str, u64); 2] = [("close", 2 * COUNT), ("bind", COUNT)];
/// The calls that go over them.
pub(super) const CALLS: [&str; 4] = ["sendto", "recvfrom", "sendmsg", "recvmsg"];
/// The generic family that tells of the others (`GENL_ID_CTRL`).
pub(super) const CONTROL: u16 = 16;

/// Their descriptors.
pub(super) fn descriptors() -> impl Iterator<Item = u64> {
    FIRST..FIRST + COUNT
}

/// The protocol of a descriptor's socket.
pub(super) fn protocol(fd: i32) -> Option<u64> {
    let i = u64::try_from(fd).ok()?.checked_sub(FIRST)?;
    PROTOCOLS.get(usize::try_from(i).ok()?).copied()
}

/// The calls that open a socket for each protocol, and bind it: tracers learn a socket's protocol from the kernel's
/// list of bound ones. A protocol that the kernel doesn't have gets a socket of `NETLINK_ROUTE`, so that descriptors
/// are the same everywhere.
pub(super) fn setup() -> Vec<(&'static str, [u64; 6])> {
    let socket = |protocol| ("socket", [AF_NETLINK.v(), SOCK_RAW.v(), protocol, 0, 0, 0]);
    let close = |fd| ("close", [fd, 0, 0, 0, 0, 0]);
    let mut calls: Vec<_> = PROTOCOLS.iter().map(|_| socket(0)).collect();
    for (fd, protocol) in descriptors().zip(PROTOCOLS) {
        // If the second has no descriptor to fill, it opens one behind the last.
        calls.extend([close(fd), socket(protocol), socket(0), close(FIRST + COUNT)]);
    }
    calls.extend(descriptors().map(|fd| ("bind", [fd, Page::BASE, 12, 0, 0, 0])));
    calls
}

/// The memory of those calls: a `struct sockaddr_nl`.
pub(super) fn memory() -> Page {
    Page::new(&[AF_NETLINK.v() as u8, 0])
}

/// What makes `outcome` the result of all calls but of those by which the sockets come to be.
pub(super) fn injections(outcome: &str) -> Vec<String> {
    let counted = SETUP_CALLS.map(|(name, times)| format!("inject={name}:{outcome}:when={}+", times + 1));
    let names = SETUP_CALLS.map(|(name, _)| name).join(",");
    [vec![format!("inject=!socket,{names}:{outcome}")], counted.to_vec()].concat()
}
