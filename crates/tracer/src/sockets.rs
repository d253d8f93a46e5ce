//! What sockets are: protocol, addresses and peers, as in `TCP:[127.0.0.1:80]` or `UNIX-STREAM:[12->13,"/run/x"]`.
//!
//! Internet and netlink sockets are looked up in the tracee's own `/proc/TID/net`, since it may live in another
//! network namespace; who a Unix socket's peer is, only the kernel's socket monitoring (`sock_diag(7)`) tells.

use crate::inet_diag;
use crate::net_table;
use crate::sys;
use render::{Escape, quote};
use std::collections::HashMap;
use std::ffi::CString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The protocols that are told; a socket of any other is shown as `/proc` has it.
const KNOWN: [&str; 11] = [
    "TCP",
    "TCPv6",
    "UDP",
    "UDPv6",
    "RAW",
    "RAWv6",
    "UDP-Lite",
    "UDPLITEv6",
    "UNIX",
    "UNIX-STREAM",
    "NETLINK",
];

/// Finds out about sockets, and remembers what it has found: a peer is still told once it has gone.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    /// What is known of a socket, by its inode.
    known: HashMap<u64, Vec<u8>>,
    /// The protocols of bound netlink sockets, by their inodes.
    netlink: HashMap<u64, u32>,
}

/// The most sockets that are remembered.
const REMEMBERED: usize = 1024;

impl Sockets {
    /// Appends what the socket behind `link` (`/proc/TID/fd/FD`) is; false if that can't be known.
    pub(crate) fn describe(&mut self, link: &str, inode: u64, escape: Escape, out: &mut Vec<u8>) -> bool {
        if let Some(known) = self.known.get(&inode) {
            out.extend_from_slice(known);
            return true;
        }
        let Some(protocol) = protocol(link).filter(|protocol| KNOWN.contains(&protocol.as_str())) else {
            return false;
        };
        let start = out.len();
        let is_lite = protocol == "UDP-Lite";
        out.extend_from_slice(if is_lite { b"UDPLITE" } else { protocol.as_bytes() });
        out.extend_from_slice(b":[");
        let details = out.len();
        let found = match protocol.as_str() {
            "UNIX" | "UNIX-STREAM" => unix(inode, escape, out),
            "NETLINK" => netlink(link, inode, out),
            protocol => internet(link, protocol, inode, out),
        };
        if !found && is_lite {
            // The kernel's name for it is none that strace knows, which finds it by its address only.
            out.truncate(start);
            return false;
        }
        if !found {
            out.truncate(details);
            out.extend_from_slice(inode.to_string().as_bytes());
        }
        out.push(b']');
        if found {
            self.remember(inode, &out[start..]);
        }
        true
    }

    /// The protocol of a bound netlink socket.
    pub(crate) fn netlink_protocol(&mut self, link: &str, inode: u64) -> Option<u32> {
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

    fn remember(&mut self, inode: u64, text: &[u8]) {
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(inode, text.to_vec());
    }
}

/// The protocol of the socket behind `link`, such as `TCP`, from its attribute `system.sockprotoname`.
pub(crate) fn protocol(link: &str) -> Option<String> {
    let path = CString::new(link).ok()?;
    let mut value = [0; 64];
    let len = sys::getxattr(&path, c"system.sockprotoname", &mut value)?;
    let name = value[..len].split(|&b| b == 0).next()?;
    String::from_utf8(name.to_vec()).ok()
}

fn internet(link: &str, protocol: &str, inode: u64, out: &mut Vec<u8>) -> bool {
    let name = match protocol {
        "TCP" | "UDP" => protocol.to_ascii_lowercase(),
        "TCPv6" => "tcp6".to_owned(),
        "UDPv6" => "udp6".to_owned(),
        "UDP-Lite" => "udplite".to_owned(),
        "UDPLITEv6" => "udplite6".to_owned(),
        _ => return false,
    };
    let listed = net_table::look_up(link, &name, |table| find_address(table, inode));
    let Some((local, remote)) = listed.or_else(|| bound(protocol, inode)) else { return false };
    out.extend_from_slice(local.to_string().as_bytes());
    if remote.port() != 0 || !remote.ip().is_unspecified() {
        out.extend_from_slice(format!("->{remote}").as_bytes());
    }
    true
}

/// The address of a socket that no table lists, and that of a peer that it does not have.
fn bound(protocol: &str, inode: u64) -> Option<(SocketAddr, SocketAddr)> {
    let nobody = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    let is_tcp = protocol.starts_with("TCP");
    let address = is_tcp.then(|| inet_diag::bound_address(inode, protocol == "TCPv6")).flatten()?;
    Some((address, nobody))
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

/// The netlink protocols by number (`linux/netlink.h`).
const NETLINK: [&str; 23] = [
    "ROUTE",
    "UNUSED",
    "USERSOCK",
    "FIREWALL",
    "SOCK_DIAG",
    "NFLOG",
    "XFRM",
    "SELINUX",
    "ISCSI",
    "AUDIT",
    "FIB_LOOKUP",
    "CONNECTOR",
    "NETFILTER",
    "IP6_FW",
    "DNRTMSG",
    "KOBJECT_UEVENT",
    "GENERIC",
    "",
    "SCSITRANSPORT",
    "ECRYPTFS",
    "RDMA",
    "CRYPTO",
    "SMC",
];

/// The protocol and the port of a bound netlink socket.
fn bound_netlink(link: &str, inode: u64) -> Option<(u32, String)> {
    net_table::look_up(link, "netlink", |table| find_netlink(table, inode))
}

/// Finds a socket in the table `sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode`.
fn find_netlink(table: &str, inode: u64) -> Option<(u32, String)> {
    let inode = inode.to_string();
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        (fields.get(9) == Some(&inode.as_str()))
            .then(|| Some((fields[1].parse().ok()?, fields[2].to_owned())))?
    })
}

fn netlink(link: &str, inode: u64, out: &mut Vec<u8>) -> bool {
    let Some((protocol, port)) = bound_netlink(link, inode) else { return false };
    let name = match NETLINK.get(protocol as usize) {
        Some(name) if !name.is_empty() => (*name).to_owned(),
        _ => protocol.to_string(),
    };
    out.extend_from_slice(format!("{name}:{port}").as_bytes());
    true
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

fn unix(inode: u64, escape: Escape, out: &mut Vec<u8>) -> bool {
    let mut answer = [0; 512];
    let request = unix_request(inode as u32);
    let Some(len) = sys::netlink(libc::NETLINK_SOCK_DIAG, &request, &mut answer) else { return false };
    describe_unix(&answer[..len], inode, escape, out)
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

fn describe_unix(answer: &[u8], inode: u64, escape: Escape, out: &mut Vec<u8>) -> bool {
    let kind = answer.get(4..6).and_then(|b| b.try_into().ok()).map(u16::from_ne_bytes);
    if kind != Some(SOCK_DIAG_BY_FAMILY) {
        return false;
    }
    let (mut peer, mut name) = (None, None);
    let mut rest = answer.get(HEADER + UNIX_DIAG_MSG..).unwrap_or_default();
    // Attributes: length with this header, kind, data padded to four bytes.
    while let Some(&[a, b, c, d]) = rest.get(..4) {
        let len = usize::from(u16::from_ne_bytes([a, b]));
        let Some(data) = rest.get(4..len) else { break };
        match u16::from_ne_bytes([c, d]) {
            UNIX_DIAG_NAME => name = Some(data),
            UNIX_DIAG_PEER => peer = data.try_into().ok().map(u32::from_ne_bytes),
            _ => {}
        }
        rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
    // A peer that nobody has accepted yet has no number.
    let peer = peer.filter(|&peer| peer != 0);
    if peer.is_none() && name.is_none() {
        return false;
    }
    out.extend_from_slice(inode.to_string().as_bytes());
    if let Some(peer) = peer {
        out.extend_from_slice(format!("->{peer}").as_bytes());
    }
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        out.push(b',');
        let (at, name) = match name {
            // A name in the abstract namespace may go on behind a zero; it is shown up to there.
            [0, name @ ..] => ("@", name.split(|&b| b == 0).next().unwrap_or_default()),
            name => ("", name.strip_suffix(b"\0").unwrap_or(name)),
        };
        out.extend_from_slice(at.as_bytes());
        quote(out, name, escape);
    }
    true
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
        assert_eq!(find_netlink(table, 7134), Some((0, "1207".to_owned())));
        assert_eq!(find_netlink(table, 8), Some((16, "0".to_owned())));
        assert_eq!(find_netlink(table, 713), None);
        assert_eq!(find_netlink("", 8), None);
    }

    #[test]
    fn unix_answers() {
        let mut answer = vec![0; HEADER + UNIX_DIAG_MSG];
        answer[4] = SOCK_DIAG_BY_FAMILY as u8;
        let text = |answer: &[u8]| {
            let mut out = Vec::new();
            describe_unix(answer, 7, Escape::Octal, &mut out).then(|| String::from_utf8(out).unwrap())
        };
        assert_eq!(text(&answer), None);
        answer.extend_from_slice(&[8, 0, 2, 0, 9, 0, 0, 0]);
        assert_eq!(text(&answer).as_deref(), Some("7->9"));
        answer.extend_from_slice(&[6, 0, 0, 0, 0, b'x', 0, 0]);
        assert_eq!(text(&answer).as_deref(), Some("7->9,@\"x\""));
        answer.extend_from_slice(&[200, 0, 0, 0]);
        assert_eq!(text(&answer).as_deref(), Some("7->9,@\"x\""));
    }
}
