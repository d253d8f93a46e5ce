//! Sockets and network interfaces: `netdevice(7)`, `include/uapi/linux/sockios.h`.

use super::{Request, req};
use crate::net::HARDWARE_TYPES;
use crate::net::sockaddr::{INTERFACE, show_address};
use decode::prelude::*;
use uapi::consts::*;

static IFF: Names = names(
    "IFF_???",
    &[
        IFF_UP,
        IFF_BROADCAST,
        IFF_DEBUG,
        IFF_LOOPBACK,
        IFF_POINTOPOINT,
        IFF_NOTRAILERS,
        IFF_RUNNING,
        IFF_NOARP,
        IFF_PROMISC,
        IFF_ALLMULTI,
        IFF_MASTER,
        IFF_SLAVE,
        IFF_MULTICAST,
        IFF_PORTSEL,
        IFF_AUTOMEDIA,
        IFF_DYNAMIC,
    ],
);

/// The size of an interface's name with its terminating NUL.
const NAME_SIZE: usize = IFNAMSIZ.v() as usize;

/// Shows the interface's name at an offset of the record.
fn show_name(cx: &mut Plain<'_>, offset: u64) {
    let mut name = [0; NAME_SIZE];
    let got = cx.raw(offset as usize, NAME_SIZE);
    name[..got.len()].copy_from_slice(got);
    show_name_bytes(cx, &name);
}

/// Shows a name; one without its NUL is cut.
fn show_name_bytes(cx: &mut Plain<'_>, name: &[u8; NAME_SIZE]) {
    match name.iter().position(|&b| b == 0) {
        Some(end) => cx.out.bytes(&name[..end], Text::Plain, false),
        None => cx.out.bytes(&name[..NAME_SIZE - 1], Text::Plain, true),
    }
}

/// Shows the socket address at an offset of the record.
fn show_sockaddr(cx: &mut Cx<'_>, offset: u64) {
    let mut address = [0; 16];
    let got = cx.raw(offset as usize, 16);
    address[..got.len()].copy_from_slice(got);
    let at = cx.record_addr().wrapping_add(offset);
    show_address(cx, &address, at);
}

/// How many bytes an address of hardware has (`dev->addr_len` in the drivers); others are shown whole.
static HARDWARE_SIZES: &[(Const, usize)] = &[
    (ARPHRD_ETHER, 6),
    (ARPHRD_LOOPBACK, 6),
    (ARPHRD_NETROM, 7),
    (ARPHRD_SLIP, 0),
    (ARPHRD_X25, 0),
    (ARPHRD_CAN, 0),
    (ARPHRD_PPP, 0),
    (ARPHRD_RAWHDLC, 0),
    (ARPHRD_RAWIP, 0),
    (ARPHRD_IPDDP, 0),
    (ARPHRD_PIMREG, 0),
    (ARPHRD_CAIF, 0),
    (ARPHRD_NETLINK, 0),
    (ARPHRD_VSOCKMON, 0),
    (ARPHRD_AX25, 7),
    (ARPHRD_IEEE802, 6),
    (ARPHRD_ARCNET, 1),
    (ARPHRD_DLCI, 2),
    (ARPHRD_EUI64, 8),
    (ARPHRD_ROSE, 5),
    (ARPHRD_MCTP, 1),
    (ARPHRD_TUNNEL, 4),
    (ARPHRD_LOCALTLK, 1),
    (ARPHRD_FDDI, 6),
    (ARPHRD_SIT, 4),
    (ARPHRD_IPGRE, 4),
    (ARPHRD_HIPPI, 6),
    (ARPHRD_IRDA, 4),
    (ARPHRD_IEEE80211, 6),
    (ARPHRD_IEEE80211_PRISM, 6),
    (ARPHRD_IEEE80211_RADIOTAP, 6),
    (ARPHRD_IEEE802154, 8),
    (ARPHRD_IEEE802154_MONITOR, 8),
    (ARPHRD_PHONET, 1),
    (ARPHRD_PHONET_PIPE, 1),
    (ARPHRD_6LOWPAN, 8),
];

/// Shows the hardware's address at an offset of the record: a type, and as many bytes as it has. Where names are not
/// wanted all bytes that there are count.
fn show_hardware(cx: &mut Plain<'_>, offset: u64) {
    let family = cx.load(offset as usize, 2);
    let count = HARDWARE_SIZES.iter().find(|(ty, _)| cx.is(family, *ty)).map_or(14, |known| known.1);
    let bytes: [u8; 14] = std::array::from_fn(|i| cx.load(offset as usize + 2 + i, 1) as u8);
    let text: Vec<_> = bytes[..count].iter().map(|b| format!("{b:02x}")).collect();
    cx.out.open(Kind::Struct);
    cx.out.field("sa_family");
    cx.enumerated(W2, &HARDWARE_TYPES, family);
    cx.out.field("sa_data");
    cx.out.encoded(&bytes, &text.join(":"));
    cx.out.close(Kind::Struct);
}

const NAME: Arg = arg("ifr_name", Inline([16, 16, 16], 1, show_name));
const SOCKADDR: Ty =
    InlineHook(&decode::Inlined { sizes: [16, 16, 16], align: 4, show: show_sockaddr, reads: &[] });
const HARDWARE: Ty = Inline([16, 16, 16], 4, show_hardware);
const NAME_BYTES: u32 = NAME_SIZE as u32;

static IFMAP: Record = record(
    "ifmap",
    &[
        arg("mem_start", XLONG),
        arg("mem_end", XLONG),
        arg("base_addr", X16),
        arg("irq", X8),
        arg("dma", X8),
        arg("port", X8),
        pad(3),
    ],
);

/// `struct ifreq` is a name and one of many things: first the name alone, then each thing behind it, then both.
static GIVEN: Record = record("ifreq", &[NAME, UNION]);
/// The rest of a `struct ifreq`, which must be there.
const UNION: Arg = arg("", Inline([24, 16, 16], 4, |_, _| {})).when(|_| false);

/// What a `struct ifreq` has behind the thing that is shown, which must be there.
const fn rest(wide: u16, narrow: u16) -> Arg {
    arg("", Inline([24 - wide, 16 - narrow, 16 - narrow], 1, |_, _| {})).when(|_| false)
}

macro_rules! interface {
    ($($got:ident $both:ident $name:literal $ty:expr, $wide:literal $narrow:literal;)*) => {
        $(
            static $got: Record = record("ifreq", &[pad(NAME_BYTES), arg($name, $ty)]);
            static $both: Record = record("ifreq", &[NAME, arg($name, $ty), rest($wide, $narrow)]);
        )*
    };
}
interface! {
    GOT_FLAGS FLAGS "ifr_flags" Flags(W2, &IFF), 2 2;
    GOT_ADDR ADDR "ifr_addr" SOCKADDR, 16 16;
    GOT_DSTADDR DSTADDR "ifr_dstaddr" SOCKADDR, 16 16;
    GOT_BROADADDR BROADADDR "ifr_broadaddr" SOCKADDR, 16 16;
    GOT_NETMASK NETMASK "ifr_netmask" SOCKADDR, 16 16;
    GOT_HWADDR HWADDR "ifr_hwaddr" HARDWARE, 16 16;
    GOT_METRIC METRIC "ifr_metric" INT, 4 4;
    GOT_MTU MTU "ifr_mtu" INT, 4 4;
    GOT_QLEN QLEN "ifr_qlen" INT, 4 4;
    GOT_MAP MAP "ifr_map" Struct(&IFMAP), 24 16;
    GOT_SLAVE SLAVE "ifr_slave" Inline([16, 16, 16], 1, show_name), 16 16;
}
static GOT_INDEX: Record = record("ifreq", &[pad(NAME_BYTES), arg("ifr_ifindex", INT)]);
static NEWNAME: Record =
    record("ifreq", &[NAME, arg("ifr_newname", Inline([16, 16, 16], 1, show_name)), rest(16, 16)]);
/// A bridge's member, which needs no name.
static MEMBER: Record = record("ifreq", &[pad(NAME_BYTES), arg("ifr_ifindex", INTERFACE), rest(4, 4)]);
/// The interface whose name is wanted.
static INDEX_ALONE: Record = record("ifreq", &[pad(NAME_BYTES), arg("ifr_ifindex", INT), pad(12)]);
/// The name of the interface with this index.
static GOT_NAME: Record = record("ifreq", &[NAME]);

/// `struct ifconf`: all interfaces in one buffer.
static IFCONF: Record = record("ifconf", &[arg("ifc_len", INT), arg("ifc_buf", Addr)]);

/// The size of a `struct ifreq`.
fn ifreq_size(abi: Abi) -> usize {
    if abi.word() == 8 { 40 } else { 32 }
}

/// The length and the address in the `struct ifconf` at `addr`.
fn read_ifconf(cx: &mut Cx<'_>, addr: u64) -> Option<(i32, u64)> {
    let mut found = None;
    if addr != 0 && cx.options.verbose {
        cx.with_record(&IFCONF, addr, |cx| found = Some((cx.field("ifc_len") as i32, cx.field("ifc_buf"))));
    }
    found
}

/// Says that the length was given, and may change.
const GIVEN_LEN: u64 = 1 << 32;
/// Says that the struct could be read.
const READ: u64 = 1 << 33;

fn show_ifconf(cx: &mut Cx<'_>, addr: u64) {
    if cx.exiting() {
        return show_ifconf_after(cx, addr);
    }
    let Some((len, buf)) = read_ifconf(cx, addr) else { return cx.out.addr(addr) };
    cx.out.open(Kind::Struct);
    cx.out.field("ifc_len");
    cx.out.change_begin();
    // Without a buffer the length is only asked for.
    if buf == 0 {
        cx.save(READ);
    } else {
        show_ifc_len(cx, len);
        cx.save(READ | GIVEN_LEN | u64::from(len as u32));
    }
}

/// Shows a length, and how many structs that are.
fn show_ifc_len(cx: &mut Cx<'_>, len: i32) {
    cx.out.int(i64::from(len));
    let size = ifreq_size(cx.abi);
    let count = usize::try_from(len).unwrap_or(0) / size;
    if count > 0 && (len as usize).is_multiple_of(size) {
        cx.out.remark(Remark::Times(count as u64, "struct ifreq"));
    }
}

fn show_ifconf_after(cx: &mut Cx<'_>, addr: u64) {
    let Some(saved) = cx.saved_here() else { return };
    let given = (saved & GIVEN_LEN != 0).then_some(saved as u32 as i32);
    let Some((len, buf)) = read_ifconf(cx, addr) else {
        cx.out.change_end();
        return cx.out.close(Kind::Struct);
    };
    match given {
        Some(given) if given == len => {}
        Some(_) => {
            cx.out.changed();
            show_ifc_len(cx, len);
        }
        None => show_ifc_len(cx, len),
    }
    cx.out.change_end();
    let size = ifreq_size(cx.abi);
    let count = usize::try_from(len).unwrap_or(0) / size;
    cx.out.field("ifc_buf");
    if cx.failed() || buf == 0 || len < 0 {
        cx.out.addr(buf);
    } else {
        cx.array_with(buf, count as u64, size, |cx, _, at, addr| {
            let mut raw = [0; 40];
            raw[..size].copy_from_slice(cx.element(at, size));
            cx.record_from(&ADDR, &raw[..size], addr);
        });
    }
    cx.out.close(Kind::Struct);
}

static IFCONF_TY: decode::Hook =
    decode::Hook { dir: InOut, show: show_ifconf, reads: &[Stretch::to(Start::Here, Struct(&READ_IFCONF))] };
/// What is read of it once the kernel has filled it in: as much as it says.
static READ_IFCONF: Record =
    record("ifconf", &[arg("ifc_len", INT), arg("ifc_buf", At(Out, &Bytes(Len::Field("ifc_len"))))]);
static BRIDGE_NAME: decode::Hook = decode::Hook {
    dir: In,
    show: |cx, addr| {
        let mut name = [0; NAME_SIZE];
        let got = if addr == 0 { 0 } else { cx.read_some(addr, &mut name) };
        match name[..got].iter().position(|&b| b == 0) {
            Some(end) => cx.out.bytes(&name[..end], Text::Plain, false),
            None if got == NAME_SIZE => cx.out.bytes(&name, Text::Plain, true),
            None => cx.out.addr(addr),
        }
    },
    reads: &[decode::Stretch::here(16)],
};

pub(super) static REQUESTS: &[Request] = &[
    req(FIOSETOWN, At(In, &INT)),
    req(SIOCSPGRP, At(In, &INT)),
    req(FIOGETOWN, At(Out, &INT)),
    req(SIOCGPGRP, At(Out, &INT)),
    req(SIOCATMARK, At(Out, &INT)),
    req(SIOCOUTQNSD, At(Out, &INT)),
    req(SIOCGIFENCAP, At(Out, &INT)),
    req(SIOCSIFENCAP, At(In, &INT)),
    req(SIOCGIFCONF, Hook(&IFCONF_TY)),
    req(SIOCGIFNAME, At(InOut, &Filled(&Struct(&INDEX_ALONE), &Struct(&GOT_NAME)))),
    req(SIOCGIFFLAGS, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_FLAGS)))),
    req(SIOCSIFFLAGS, At(In, &Struct(&FLAGS))),
    req(SIOCGIFADDR, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_ADDR)))),
    req(SIOCSIFADDR, At(In, &Struct(&ADDR))),
    req(SIOCGIFDSTADDR, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_DSTADDR)))),
    req(SIOCSIFDSTADDR, At(In, &Struct(&DSTADDR))),
    req(SIOCGIFBRDADDR, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_BROADADDR)))),
    req(SIOCSIFBRDADDR, At(In, &Struct(&BROADADDR))),
    req(SIOCGIFNETMASK, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_NETMASK)))),
    req(SIOCSIFNETMASK, At(In, &Struct(&NETMASK))),
    req(SIOCGIFHWADDR, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_HWADDR)))),
    req(SIOCSIFHWADDR, At(In, &Struct(&HWADDR))),
    req(SIOCADDMULTI, At(In, &Struct(&HWADDR))),
    req(SIOCDELMULTI, At(In, &Struct(&HWADDR))),
    req(SIOCSIFHWBROADCAST, At(In, &Struct(&HWADDR))),
    req(SIOCGIFMETRIC, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_METRIC)))),
    req(SIOCSIFMETRIC, At(In, &Struct(&METRIC))),
    req(SIOCGIFMTU, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_MTU)))),
    req(SIOCSIFMTU, At(In, &Struct(&MTU))),
    req(SIOCGIFINDEX, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_INDEX)))),
    req(SIOCGIFTXQLEN, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_QLEN)))),
    req(SIOCSIFTXQLEN, At(In, &Struct(&QLEN))),
    req(SIOCGIFMAP, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_MAP)))),
    req(SIOCSIFMAP, At(In, &Struct(&MAP))),
    req(SIOCGIFSLAVE, At(InOut, &Filled(&Struct(&GIVEN), &Struct(&GOT_SLAVE)))),
    req(SIOCSIFSLAVE, At(In, &Struct(&SLAVE))),
    req(SIOCSIFNAME, At(In, &Struct(&NEWNAME))),
    req(SIOCBRADDBR, Hook(&BRIDGE_NAME)),
    req(SIOCBRDELBR, Hook(&BRIDGE_NAME)),
    req(SIOCBRADDIF, At(In, &Struct(&MEMBER))),
    req(SIOCBRDELIF, At(In, &Struct(&MEMBER))),
    // Of these the address is all that is shown.
    req(SIOCADDDLCI, Addr),
    req(SIOCADDRT, Addr),
    req(SIOCBONDCHANGEACTIVE, Addr),
    req(SIOCBONDENSLAVE, Addr),
    req(SIOCBONDINFOQUERY, Addr),
    req(SIOCBONDRELEASE, Addr),
    req(SIOCBONDSETHWADDR, Addr),
    req(SIOCBONDSLAVEINFOQUERY, Addr),
    req(SIOCDARP, Addr),
    req(SIOCDELDLCI, Addr),
    req(SIOCDELRT, Addr),
    req(SIOCDIFADDR, Addr),
    req(SIOCDRARP, Addr),
    req(SIOCETHTOOL, Addr),
    req(SIOCGARP, Addr),
    req(SIOCGHWTSTAMP, Addr),
    req(SIOCGIFBR, Addr),
    req(SIOCGIFCOUNT, Addr),
    req(SIOCGIFMEM, Addr),
    req(SIOCGIFPFLAGS, Addr),
    req(SIOCGIFVLAN, Addr),
    req(SIOCGMIIPHY, Addr),
    req(SIOCGMIIREG, Addr),
    req(SIOCGRARP, Addr),
    req(SIOCGSKNS, Addr),
    req(SIOCGSTAMPNS_NEW, Addr),
    req(SIOCGSTAMPNS_OLD, Addr),
    req(SIOCGSTAMP_NEW, Addr),
    req(SIOCGSTAMP_OLD, Addr),
    req(SIOCRTMSG, Addr),
    req(SIOCSARP, Addr),
    req(SIOCSHWTSTAMP, Addr),
    req(SIOCSIFBR, Addr),
    req(SIOCSIFLINK, Addr),
    req(SIOCSIFMEM, Addr),
    req(SIOCSIFPFLAGS, Addr),
    req(SIOCSIFVLAN, Addr),
    req(SIOCSMIIREG, Addr),
    req(SIOCSRARP, Addr),
    req(SIOCWANDEV, Addr),
];
