//! strace's text of what descriptors, processes and files are: `/dev/null<char 1:3>`, `TCP:[127.0.0.1:80]`,
//! `{eventfd-count=0, eventfd-id=7}`.

use crate::color::Role;
use crate::number::decimal;
use crate::quote::{Escape, bracketed, quote};
use crate::signal_name;
use decode::{Context, DeviceKind, Ends, FdInfo, Socket, SocketProtocol};
use std::io::Write as _;

/// What such a text is written to.
pub(crate) trait Ink {
    /// Where bytes go that have the colour of a value.
    fn bytes(&mut self) -> &mut Vec<u8>;
    /// Switches to another colour.
    fn color(&mut self, role: Role);
    /// Writes what stands between values and around them.
    fn punct(&mut self, mark: &str);
}

/// Bytes have no colours.
impl Ink for Vec<u8> {
    fn bytes(&mut self) -> &mut Vec<u8> {
        self
    }

    fn color(&mut self, _: Role) {}

    fn punct(&mut self, mark: &str) {
        self.extend_from_slice(mark.as_bytes());
    }
}

/// Appends what a descriptor stands for, names in it escaped so.
pub(crate) fn descriptor(ink: &mut impl Ink, info: &FdInfo<'_>, escape: Escape) {
    match info {
        FdInfo::Path { path, .. } => bracketed(ink.bytes(), path, escape),
        FdInfo::Device { path, kind, major, minor, terminal } => {
            bracketed(ink.bytes(), path, escape);
            ink.punct("<");
            let kind = match kind {
                DeviceKind::Char => "char",
                DeviceKind::Block => "block",
            };
            let out = ink.bytes();
            out.extend_from_slice(kind.as_bytes());
            out.push(b' ');
            decimal(out, (*major).into());
            out.push(b':');
            decimal(out, (*minor).into());
            if let Some(terminal) = terminal {
                out.extend_from_slice(b" @/dev/pts/");
                decimal(out, (*terminal).into());
            }
            ink.punct(">");
        }
        FdInfo::Socket(about) => socket(ink.bytes(), about, escape),
        FdInfo::Eventfd { count, id, semaphore } => {
            ink.punct("{");
            let out = member(ink, "eventfd-count");
            let _ = if *count == 0 { out.write_all(b"0") } else { write!(out, "{count:#x}") };
            next_member(ink);
            let _ = write!(member(ink, "eventfd-id"), "{id}");
            if let Some(semaphore) = semaphore {
                next_member(ink);
                let _ = write!(member(ink, "eventfd-semaphore"), "{}", u8::from(*semaphore));
            }
            ink.punct("}");
        }
        FdInfo::Signalfd { mask } => signals(ink.bytes(), *mask),
        FdInfo::Pidfd { pid, command } => {
            let _ = write!(ink.bytes(), "pid:{pid}");
            if let Some(command) = command {
                ink.punct("<");
                bracketed(ink.bytes(), command, escape);
                ink.punct(">");
            }
        }
    }
}

/// Appends `name=`; its value follows.
fn member<'i>(ink: &'i mut impl Ink, name: &str) -> &'i mut Vec<u8> {
    ink.color(Role::ArgName);
    ink.bytes().extend_from_slice(name.as_bytes());
    ink.punct("=");
    ink.bytes()
}

fn next_member(ink: &mut impl Ink) {
    ink.color(Role::Punct);
    ink.bytes().extend_from_slice(b", ");
    ink.color(Role::ArgVal);
}

/// A set of signals: `signalfd:[INT QUIT]`, or `signalfd:~[KILL]` where most are in it.
fn signals(out: &mut Vec<u8>, mask: u64) {
    const MOST: u32 = 42;
    let inverted = mask.count_ones() > MOST;
    let shown = if inverted { !mask } else { mask };
    out.extend_from_slice(if inverted { b"signalfd:~[" } else { b"signalfd:[" });
    let start = out.len();
    for signal in (1..=64).filter(|signal| shown >> (signal - 1) & 1 != 0) {
        if out.len() > start {
            out.push(b' ');
        }
        let name = signal_name(signal);
        out.extend_from_slice(name.strip_prefix("SIG").unwrap_or(&name).as_bytes());
    }
    out.push(b']');
}

fn socket(out: &mut Vec<u8>, socket: &Socket<'_>, escape: Escape) {
    let Socket { inode, protocol, ends } = socket;
    let _ = match protocol {
        None => write!(out, "socket:["),
        Some(protocol) => write!(out, "{}:[", protocol_name(*protocol)),
    };
    match ends {
        None => {
            let _ = write!(out, "{inode}");
        }
        Some(Ends::Internet { local, remote }) => {
            let _ = write!(out, "{local}");
            if let Some(remote) = remote {
                let _ = write!(out, "->{remote}");
            }
        }
        Some(Ends::Unix { peer, name }) => {
            let _ = write!(out, "{inode}");
            if let Some(peer) = peer {
                let _ = write!(out, "->{peer}");
            }
            if let Some(name) = name {
                unix_name(out, name, escape);
            }
        }
        Some(Ends::Netlink { protocol, port }) => {
            let _ = match NETLINK.get(*protocol as usize) {
                Some(name) if !name.is_empty() => write!(out, "{name}:{port}"),
                _ => write!(out, "{protocol}:{port}"),
            };
        }
    }
    out.push(b']');
}

fn unix_name(out: &mut Vec<u8>, name: &[u8], escape: Escape) {
    out.push(b',');
    match name {
        // A name in the abstract namespace may go on behind a zero; it is shown up to there.
        [0, name @ ..] => {
            out.push(b'@');
            quote(out, name.split(|&b| b == 0).next().unwrap_or_default(), escape);
        }
        name => quote(out, name, escape),
    }
}

fn protocol_name(protocol: SocketProtocol) -> &'static str {
    match protocol {
        SocketProtocol::Tcp => "TCP",
        SocketProtocol::TcpV6 => "TCPv6",
        SocketProtocol::Udp => "UDP",
        SocketProtocol::UdpV6 => "UDPv6",
        SocketProtocol::Raw => "RAW",
        SocketProtocol::RawV6 => "RAWv6",
        SocketProtocol::UdpLite => "UDPLITE",
        SocketProtocol::UdpLiteV6 => "UDPLITEv6",
        SocketProtocol::Unix => "UNIX",
        SocketProtocol::UnixStream => "UNIX-STREAM",
        SocketProtocol::Netlink => "NETLINK",
    }
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

/// What a descriptor stands for as a text of its own.
pub(crate) fn whole_descriptor(info: &FdInfo<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    descriptor(&mut text, info, Escape::Octal);
    if matches!(info, FdInfo::Path { deleted: true, .. }) {
        text.extend_from_slice(b">(deleted)");
    }
    text
}

/// The name of a file or a command as a text of its own.
pub(crate) fn name(name: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    bracketed(&mut text, name, Escape::Octal);
    text
}

/// Appends a security context, and behind it the one that is expected.
pub(crate) fn context(out: &mut Vec<u8>, context: &Context<'_>) {
    bracketed(out, &context.is, Escape::Octal);
    if let Some(expected) = &context.expected {
        out.extend_from_slice(b"!!");
        bracketed(out, expected, Escape::Octal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(info: &FdInfo<'_>) -> String {
        let mut out = Vec::new();
        descriptor(&mut out, info, Escape::Octal);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn devices() {
        let device = |path: &'static str, kind, major, minor, terminal| FdInfo::Device {
            path: path.as_bytes().into(),
            kind,
            major,
            minor,
            terminal,
        };
        assert_eq!(shown(&device("/dev/null", DeviceKind::Char, 1, 3, None)), "/dev/null<char 1:3>");
        assert_eq!(shown(&device("/dev/<", DeviceKind::Block, 8, 1, None)), "/dev/\\74<block 8:1>");
        let master = device("/dev/ptmx", DeviceKind::Char, 5, 2, Some(7));
        assert_eq!(shown(&master), "/dev/ptmx<char 5:2 @/dev/pts/7>");
    }

    #[test]
    fn objects_that_are_no_files() {
        let event = |count, semaphore| shown(&FdInfo::Eventfd { count, id: 7, semaphore });
        assert_eq!(event(0, None), "{eventfd-count=0, eventfd-id=7}");
        assert_eq!(event(42, Some(true)), "{eventfd-count=0x2a, eventfd-id=7, eventfd-semaphore=1}");
        assert_eq!(shown(&FdInfo::Signalfd { mask: 0b110 }), "signalfd:[INT QUIT]");
        assert_eq!(shown(&FdInfo::Signalfd { mask: !(1 << 8) }), "signalfd:~[KILL]");
        let process = |command: Option<&'static str>| {
            shown(&FdInfo::Pidfd { pid: 12, command: command.map(|name| name.as_bytes().into()) })
        };
        assert_eq!([process(None), process(Some("a>\n"))], ["pid:12", "pid:12<a\\76\\n>"]);
    }

    #[test]
    fn sockets() {
        let socket = |protocol, ends| shown(&FdInfo::Socket(Socket { inode: 7, protocol, ends }));
        assert_eq!(socket(None, None), "socket:[7]");
        assert_eq!(socket(Some(SocketProtocol::UdpLite), None), "UDPLITE:[7]");
        let internet = |remote| Ends::Internet { local: ([127, 0, 0, 1], 80).into(), remote };
        assert_eq!(socket(Some(SocketProtocol::Tcp), Some(internet(None))), "TCP:[127.0.0.1:80]");
        let peer = Some(([10, 0, 0, 1], 9).into());
        assert_eq!(socket(Some(SocketProtocol::Udp), Some(internet(peer))), "UDP:[127.0.0.1:80->10.0.0.1:9]");
        let unix = |peer, name: Option<&'static [u8]>| {
            socket(Some(SocketProtocol::Unix), Some(Ends::Unix { peer, name: name.map(Into::into) }))
        };
        assert_eq!(unix(Some(9), None), "UNIX:[7->9]");
        assert_eq!(unix(Some(9), Some(b"\0x\0y")), "UNIX:[7->9,@\"x\"]");
        assert_eq!(unix(None, Some(b"/run/\x1b")), "UNIX:[7,\"/run/\\33\"]");
        let netlink =
            |protocol| socket(Some(SocketProtocol::Netlink), Some(Ends::Netlink { protocol, port: 5 }));
        assert_eq!(
            [netlink(0), netlink(17), netlink(99)],
            ["NETLINK:[ROUTE:5]", "NETLINK:[17:5]", "NETLINK:[99:5]"]
        );
    }
}
