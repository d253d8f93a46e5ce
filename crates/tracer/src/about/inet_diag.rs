//! Sockets that `/proc/net/tcp` does not list: those that are bound but neither listen nor are connected. The kernel's
//! socket monitoring (`sock_diag(7)`, `linux/inet_diag.h`) tells of them, since Linux 6.8, within the tracer's own
//! network namespace.

use crate::sys;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// `SOCK_DIAG_BY_FAMILY` of `linux/sock_diag.h`.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// `TCPF_BOUND_INACTIVE` of `net/tcp_states.h`: such sockets and no others.
const BOUND_INACTIVE: u32 = 1 << 13;
/// The size of `struct nlmsghdr`, and of it with a `struct inet_diag_req_v2` or `struct inet_diag_msg` behind it.
const HEADER: usize = 16;
const REQUEST: usize = HEADER + 56;
const MESSAGE: usize = HEADER + 72;

/// The address to which a TCP socket is bound that does nothing else; it is found by its inode.
pub(super) fn bound_address(inode: u64, is_ipv6: bool) -> Option<SocketAddr> {
    let family = if is_ipv6 { libc::AF_INET6 } else { libc::AF_INET };
    let mut found = None;
    sys::netlink_dump(libc::NETLINK_SOCK_DIAG, &request(family as u8), &mut |answer| {
        found = found.or_else(|| messages(answer).find_map(|message| address(message, inode)));
        found.is_none() && messages(answer).all(|message| kind(message) == Some(SOCK_DIAG_BY_FAMILY))
    });
    found
}

fn request(family: u8) -> [u8; REQUEST] {
    let mut request = [0; REQUEST];
    let flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    request[0..4].copy_from_slice(&(REQUEST as u32).to_ne_bytes());
    request[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    request[6..8].copy_from_slice(&flags.to_ne_bytes());
    request[16] = family;
    request[17] = libc::IPPROTO_TCP as u8;
    request[20..24].copy_from_slice(&BOUND_INACTIVE.to_ne_bytes());
    request
}

/// The messages in an answer, each with its header.
fn messages(mut answer: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let len = u32::from_ne_bytes(*answer.first_chunk()?) as usize;
        let message = answer.get(..len).filter(|message| message.len() >= HEADER)?;
        answer = answer.get(len.next_multiple_of(4)..).unwrap_or_default();
        Some(message)
    })
}

fn kind(message: &[u8]) -> Option<u16> {
    Some(u16::from_ne_bytes(*message.get(4..)?.first_chunk()?))
}

/// The local address in a message, if it is about the socket with this inode.
fn address(message: &[u8], inode: u64) -> Option<SocketAddr> {
    let message = message.get(..MESSAGE)?;
    let its = u32::from_ne_bytes(*message[84..].first_chunk()?);
    if u64::from(its) != inode {
        return None;
    }
    let port = u16::from_be_bytes(*message[20..].first_chunk()?);
    let ip = match i32::from(message[16]) {
        libc::AF_INET => IpAddr::V4(Ipv4Addr::from(*message[24..].first_chunk::<4>()?)),
        _ => IpAddr::V6(Ipv6Addr::from(*message[24..].first_chunk::<16>()?)),
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_messages() {
        let mut answer = vec![0; MESSAGE];
        answer[0] = MESSAGE as u8;
        answer[4] = SOCK_DIAG_BY_FAMILY as u8;
        answer[16] = libc::AF_INET as u8;
        answer[20..22].copy_from_slice(&[0x12, 0x34]);
        answer[24..28].copy_from_slice(&[127, 0, 0, 1]);
        answer[84] = 7;
        let found = |answer: &[u8], inode| messages(answer).find_map(|message| address(message, inode));
        assert_eq!(found(&answer, 7).map(|found| found.to_string()).as_deref(), Some("127.0.0.1:4660"));
        assert_eq!(found(&answer, 8), None);
        assert_eq!(found(&answer[..MESSAGE - 1], 7), None);
        answer[0] = 3;
        assert_eq!(found(&answer, 7), None);
    }
}
