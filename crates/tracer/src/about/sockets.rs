//! What sockets are: protocol, addresses and peers.
//!
//! Internet and netlink sockets are looked up in the tracee's own `/proc/TID/net`, since it may live in another
//! network namespace; who a Unix socket's peer is, only the kernel's socket monitoring (`sock_diag(7)`) tells.

use super::attributes::attributes;
use super::{inet_diag, net_table};
use crate::sys;
use decode::{Ends, Socket, SocketProtocol};
use std::collections::HashMap;
use std::ffi::CString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The protocols that are told, as the kernel names them.
fn known_protocol(name: &[u8]) -> Option<SocketProtocol> {
    Some(match name {
        b"TCP" => SocketProtocol::Tcp,
        b"TCPv6" => SocketProtocol::TcpV6,
        b"UDP" => SocketProtocol::Udp,
        b"UDPv6" => SocketProtocol::UdpV6,
        b"RAW" => SocketProtocol::Raw,
        b"RAWv6" => SocketProtocol::RawV6,
        b"UDP-Lite" => SocketProtocol::UdpLite,
        b"UDPLITEv6" => SocketProtocol::UdpLiteV6,
        b"UNIX" => SocketProtocol::Unix,
        b"UNIX-STREAM" => SocketProtocol::UnixStream,
        b"NETLINK" => SocketProtocol::Netlink,
        _ => return None,
    })
}

/// Finds out about sockets, and remembers what it has found: a peer is still told once it has gone.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    /// What is known of a socket, by its inode.
    known: HashMap<u64, (SocketProtocol, Ends<'static>)>,
    /// The protocols of bound netlink sockets, by their inodes.
    netlink: HashMap<u64, u32>,
}

/// The most sockets that are remembered.
const REMEMBERED: usize = 1024;

impl Sockets {
    /// What the socket behind `link` (`/proc/TID/fd/FD`) is, as far as that can be known.
    pub(super) fn describe(&mut self, link: &str, inode: u64) -> Socket<'static> {
        if let Some((protocol, ends)) = self.known.get(&inode) {
            return Socket { inode, protocol: Some(*protocol), ends: Some(ends.clone()) };
        }
        let protocol = protocol(link).and_then(|name| known_protocol(&name));
        let Some(protocol) = protocol else { return Socket { inode, protocol: None, ends: None } };
        let ends = match protocol {
            SocketProtocol::Unix | SocketProtocol::UnixStream => unix(inode),
            SocketProtocol::Netlink => netlink(link, inode),
            protocol => internet(link, protocol, inode),
        };
        match &ends {
            Some(ends) => self.remember(inode, protocol, ends),
            // The kernel's name for it is none that strace knows, which finds it by its address only.
            None if protocol == SocketProtocol::UdpLite => return Socket { inode, protocol: None, ends },
            None => {}
        }
        Socket { inode, protocol: Some(protocol), ends }
    }

    /// The protocol of a bound netlink socket.
    pub(super) fn netlink_protocol(&mut self, link: &str, inode: u64) -> Option<u32> {
        if let Some(&known) = self.netlink.get(&inode) {
            return Some(known);
        }
        let (protocol, _) = bound_netlink(link, inode)?;
        if self.netlink.len() >= REMEMBERED {
            self.netlink.clear();
        }
        self.netlink.insert(inode, protocol);
        Some(protocol)
    }

    fn remember(&mut self, inode: u64, protocol: SocketProtocol, ends: &Ends<'static>) {
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(inode, (protocol, ends.clone()));
    }
}

/// The protocol of the socket behind `link`, such as `TCP`, from its attribute `system.sockprotoname`.
pub(super) fn protocol(link: &str) -> Option<Vec<u8>> {
    let path = CString::new(link).ok()?;
    let mut value = [0; 64];
    let len = sys::getxattr(&path, c"system.sockprotoname", &mut value)?;
    Some(value[..len].split(|&b| b == 0).next()?.to_vec())
}

fn internet(link: &str, protocol: SocketProtocol, inode: u64) -> Option<Ends<'static>> {
    let table = match protocol {
        SocketProtocol::Tcp => "tcp",
        SocketProtocol::TcpV6 => "tcp6",
        SocketProtocol::Udp => "udp",
        SocketProtocol::UdpV6 => "udp6",
        SocketProtocol::UdpLite => "udplite",
        SocketProtocol::UdpLiteV6 => "udplite6",
        _ => return None,
    };
    let listed = net_table::look_up(link, table, |table| find_address(table, inode));
    let (local, remote) = listed.or_else(|| bound(protocol, inode))?;
    let has_peer = remote.port() != 0 || !remote.ip().is_unspecified();
    Some(Ends::Internet { local, remote: has_peer.then_some(remote) })
}

/// The address of a socket that no table lists, and that of a peer that it does not have.
fn bound(protocol: SocketProtocol, inode: u64) -> Option<(SocketAddr, SocketAddr)> {
    let nobody = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    let is_v6 = match protocol {
        SocketProtocol::Tcp => false,
        SocketProtocol::TcpV6 => true,
        _ => return None,
    };
    Some((inet_diag::bound_address(inode, is_v6)?, nobody))
}

/// Finds a socket in a table of `proc(5)`: `sl local_address rem_address st queues timer retrnsmt uid timeout inode`.
fn find_address(table: &str, inode: u64) -> Option<(SocketAddr, SocketAddr)> {
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        let (local, remote) = (fields.nth(1)?, fields.next()?);
        let its: u64 = fields.nth(6)?.parse().ok()?;
        if its != inode {
            return None;
        }
        Some((address(local)?, address(remote)?))
    })
}

/// An address as `proc(5)` has it: words in the machine's byte order, and the port, in hexadecimal.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let mut bytes = [0; 16];
    let words = ip.len() / 8;
    for (i, word) in bytes.chunks_mut(4).take(words).enumerate() {
        let value = u32::from_str_radix(ip.get(8 * i..8 * i + 8)?, 16).ok()?;
        word.copy_from_slice(&value.to_ne_bytes());
    }
    let ip = match words {
        1 => IpAddr::V4(Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3])),
        4 => IpAddr::V6(Ipv6Addr::from(bytes)),
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

/// The protocol and the port of a bound netlink socket.
fn bound_netlink(link: &str, inode: u64) -> Option<(u32, u32)> {
    net_table::look_up(link, "netlink", |table| find_netlink(table, inode))
}

/// Finds a socket in the table `sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode`.
fn find_netlink(table: &str, inode: u64) -> Option<(u32, u32)> {
    let inode = inode.to_string();
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        (fields.get(9) == Some(&inode.as_str()))
            .then(|| Some((fields[1].parse().ok()?, fields[2].parse().ok()?)))?
    })
}

fn netlink(link: &str, inode: u64) -> Option<Ends<'static>> {
    let (protocol, port) = bound_netlink(link, inode)?;
    Some(Ends::Netlink { protocol, port })
}

/// `SOCK_DIAG_BY_FAMILY` of `linux/sock_diag.h`.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// `UDIAG_SHOW_NAME | UDIAG_SHOW_PEER` of `linux/unix_diag.h`.
const SHOW_NAME_AND_PEER: u32 = 1 | 4;
/// The attributes of the answer.
const UNIX_DIAG_NAME: u16 = 0;
const UNIX_DIAG_PEER: u16 = 2;
/// Sizes of `struct nlmsghdr` and of `struct unix_diag_msg`.
const HEADER: usize = 16;
const UNIX_DIAG_MSG: usize = 16;

fn unix(inode: u64) -> Option<Ends<'static>> {
    let mut answer = [0; 512];
    let request = unix_request(inode as u32);
    let len = sys::netlink(libc::NETLINK_SOCK_DIAG, &request, &mut answer)?;
    unix_ends(&answer[..len])
}

/// A `struct nlmsghdr` and a `struct unix_diag_req` for one socket.
fn unix_request(inode: u32) -> [u8; 40] {
    let mut request = [0; 40];
    request[0..4].copy_from_slice(&40u32.to_ne_bytes());
    request[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    request[6..8].copy_from_slice(&(libc::NLM_F_REQUEST as u16).to_ne_bytes());
    request[16] = libc::AF_UNIX as u8;
    request[20..24].copy_from_slice(&u32::MAX.to_ne_bytes());
    request[24..28].copy_from_slice(&inode.to_ne_bytes());
    request[28..32].copy_from_slice(&SHOW_NAME_AND_PEER.to_ne_bytes());
    request[32..40].copy_from_slice(&u64::MAX.to_ne_bytes());
    request
}

fn unix_ends(answer: &[u8]) -> Option<Ends<'static>> {
    let kind = answer.get(4..6).and_then(|b| b.try_into().ok()).map(u16::from_ne_bytes);
    if kind != Some(SOCK_DIAG_BY_FAMILY) {
        return None;
    }
    let (mut peer, mut name) = (None, None);
    for (kind, data) in attributes(answer.get(HEADER + UNIX_DIAG_MSG..).unwrap_or_default()) {
        match kind {
            UNIX_DIAG_NAME => name = Some(data),
            UNIX_DIAG_PEER => peer = data.try_into().ok().map(u32::from_ne_bytes),
            _ => {}
        }
    }
    // A peer that nobody has accepted yet has no number.
    let peer = peer.filter(|&peer| peer != 0);
    if peer.is_none() && name.is_none() {
        return None;
    }
    // A path has a zero behind it, a name in the abstract namespace before it.
    let name = name.map(|name| match name {
        [0, ..] => name,
        path => path.strip_suffix(b"\0").unwrap_or(path),
    });
    Some(Ends::Unix { peer, name: name.filter(|name| !name.is_empty()).map(|name| name.to_vec().into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCP: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:A641 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 635657 1 0000000000000000
   1: 0100007F:820E 0100007F:A641 01 00000000:00000000 00:00000000 00000000     0        0 635658 1 0000000000000000
";

    #[test]
    fn internet_addresses() {
        let (local, remote) = find_address(TCP, 635658).unwrap();
        assert_eq!((local.to_string().as_str(), remote.port()), ("127.0.0.1:33294", 42561));
        assert!(find_address(TCP, 1).is_none());
        let six = address("00000000000000000000000001000000:B959").unwrap();
        assert_eq!(six.to_string(), "[::1]:47449");
        assert_eq!(address("0:1"), None);
    }

    #[test]
    fn netlink_sockets() {
        let table = "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n\
                     0000000000000000 0   1207       00000000 0        0        0     2        0        7134\n\
                     0000000000000000 16  0          00000000 0        0        0     2        0        8\n";
        assert_eq!(find_netlink(table, 7134), Some((0, 1207)));
        assert_eq!(find_netlink(table, 8), Some((16, 0)));
        assert_eq!(find_netlink(table, 713), None);
        assert_eq!(find_netlink("", 8), None);
    }

    #[test]
    fn unix_answers() {
        let mut answer = vec![0; HEADER + UNIX_DIAG_MSG];
        answer[4] = SOCK_DIAG_BY_FAMILY as u8;
        let ends = |peer, name: Option<&'static [u8]>| Some(Ends::Unix { peer, name: name.map(Into::into) });
        assert_eq!(unix_ends(&answer), None);
        answer.extend_from_slice(&[8, 0, 2, 0, 9, 0, 0, 0]);
        assert_eq!(unix_ends(&answer), ends(Some(9), None));
        answer.extend_from_slice(&[6, 0, 0, 0, 0, b'x', 0, 0]);
        assert_eq!(unix_ends(&answer), ends(Some(9), Some(b"\0x")));
        answer.extend_from_slice(&[200, 0, 0, 0]);
        assert_eq!(unix_ends(&answer), ends(Some(9), Some(b"\0x")));
    }
}
