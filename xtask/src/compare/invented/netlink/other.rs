//! The other protocols: what their messages begin with, and the attributes in them.

use super::super::memory::Random;
use super::level::Holds::{Array, Code, Nest, Number, Sizes, Text};
use super::level::{ANY, Level, level, numbered, values};
use uapi::consts::*;

/// Messages of `NETLINK_SOCK_DIAG` by family: the sizes of a request and of an answer, and their attributes.
pub(super) static SOCKETS: &[(u8, [usize; 2], [&Level; 2])] = &[
    (1, [24, 16], [&ANY, &UNIX]),
    (2, [56, 72], [&INET_REQUEST, &INET]),
    (2, [60, 72], [&INET_REQUEST, &INET]),
    (10, [56, 72], [&INET_REQUEST, &INET]),
    (10, [60, 72], [&INET_REQUEST, &INET]),
    (16, [20, 28], [&ANY, &NETLINK]),
    (17, [20, 16], [&ANY, &PACKET]),
    (43, [52, 64], [&ANY, &SMC]),
    (40, [24, 32], [&ANY, &ANY]),
    (30, [8, 8], [&ANY, &ANY]),
    (44, [20, 16], [&ANY, &level(9, &[])]),
];

static UNIX: Level = level(
    7,
    &[
        (UNIX_DIAG_NAME, Text),
        (UNIX_DIAG_VFS, Sizes(&[8, 7])),
        (UNIX_DIAG_ICONS, Array(4)),
        (UNIX_DIAG_RQLEN, Sizes(&[8, 7])),
        (UNIX_DIAG_MEMINFO, Array(4)),
    ],
);
static INET_REQUEST: Level = level(
    3,
    &[
        (INET_DIAG_REQ_BYTECODE, Code(bytecode)),
        (INET_DIAG_REQ_SK_BPF_STORAGES, Nest(&ANY)),
        (INET_DIAG_REQ_PROTOCOL, Sizes(&[4, 1, 2, 8, 3, 9])),
    ],
);

/// `struct inet_diag_bc_op` and its operand.
fn bytecode(random: &mut Random, _: usize) -> Vec<u8> {
    let mut code = vec![random.below(16) as u8];
    code.extend(values(3, random));
    let operand = random.of(&[0, 4, 4, 3, 8, 8, 12, 24, 7, 28, 16]);
    if operand >= 7 && random.once_in(2) {
        code.extend_from_slice(&[random.of(&[2, 10, 0, 1]), 32, 0, 0]);
        code.extend(values(operand - 4, random));
    } else {
        code.extend(values(operand, random));
    }
    code
}

static INET: Level = level(
    23,
    &[
        (INET_DIAG_MEMINFO, Sizes(&[16, 15])),
        (INET_DIAG_INFO, Sizes(&[232, 104])),
        (INET_DIAG_VEGASINFO, Sizes(&[16, 15])),
        (INET_DIAG_CONG, Text),
        (INET_DIAG_SKMEMINFO, Array(4)),
        (INET_DIAG_DCTCPINFO, Sizes(&[16, 15])),
        (INET_DIAG_PROTOCOL, Sizes(&[1, 2, 4, 8, 3, 9])),
        (INET_DIAG_LOCALS, Code(addresses)),
        (INET_DIAG_PEERS, Code(addresses)),
        (INET_DIAG_BBRINFO, Sizes(&[20, 19])),
        (INET_DIAG_MD5SIG, Code(signatures)),
        (INET_DIAG_ULP_INFO, Nest(&ULP)),
        (INET_DIAG_SK_BPF_STORAGES, Nest(&STORAGES)),
        (INET_DIAG_SOCKOPT, Sizes(&[2, 1, 3, 4])),
    ],
);

/// `struct sockaddr_storage`s.
fn addresses(random: &mut Random, _: usize) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..random.of(&[1, 1, 2, 3]) {
        all.extend_from_slice(&random.of(&[1_u16, 2, 10, 16, 17, 40, 0, 29, 31]).to_le_bytes());
        all.extend(values(126, random));
    }
    all
}

/// `struct tcp_diag_md5sig`s.
fn signatures(random: &mut Random, _: usize) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..random.of(&[1, 1, 2]) {
        all.extend_from_slice(&[random.of(&[2, 10, 1]), random.below(40) as u8, random.below(100) as u8, 0]);
        all.extend(values(96, random));
    }
    all
}

static ULP: Level = level(
    3,
    &[
        (INET_ULP_INFO_NAME, Text),
        (
            INET_ULP_INFO_TLS,
            Nest(&level(7, &[(TLS_INFO_VERSION, Sizes(&[2])), (TLS_INFO_CIPHER, Sizes(&[2]))])),
        ),
        (INET_ULP_INFO_MPTCP, Nest(&level(11, &[(MPTCP_SUBFLOW_ATTR_FLAGS, Sizes(&[4]))]))),
    ],
);
static STORAGES: Level = level(1, &[(SK_DIAG_BPF_STORAGE, Nest(&level(3, &[])))]);
static NETLINK: Level = level(
    4,
    &[
        (NETLINK_DIAG_MEMINFO, Array(4)),
        (NETLINK_DIAG_GROUPS, Array(4)),
        (NETLINK_DIAG_RX_RING, Sizes(&[16, 15])),
        (NETLINK_DIAG_TX_RING, Sizes(&[16, 20])),
    ],
);
static PACKET: Level = level(
    7,
    &[
        (PACKET_DIAG_INFO, Sizes(&[24, 23])),
        (PACKET_DIAG_MCLIST, Code(memberships)),
        (PACKET_DIAG_RX_RING, Sizes(&[28, 27])),
        (PACKET_DIAG_TX_RING, Sizes(&[28, 32])),
        (PACKET_DIAG_MEMINFO, Array(4)),
        (PACKET_DIAG_FILTER, Array(8)),
    ],
);

/// `struct packet_diag_mclist`s.
fn memberships(random: &mut Random, _: usize) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..random.of(&[1, 1, 2, 3]) {
        all.extend(values(10, random));
        all.extend_from_slice(&[random.of(&[6, 0, 8, 32, 33, 255]), 0]);
        all.extend(values(32, random));
    }
    all
}

static SMC: Level = level(
    5,
    &[
        (SMC_DIAG_CONNINFO, Sizes(&[76, 75, 80])),
        (SMC_DIAG_LGRINFO, Sizes(&[147, 148, 146])),
        (SMC_DIAG_SHUTDOWN, Sizes(&[1])),
        (SMC_DIAG_DMBINFO, Sizes(&[40, 56, 39, 41, 48, 55, 57, 36])),
        (SMC_DIAG_FALLBACK, Sizes(&[8, 7])),
    ],
);

/// The attributes of `nlctrl`.
pub(super) static CONTROL: Level = level(
    10,
    &[
        (CTRL_ATTR_FAMILY_NAME, Text),
        (CTRL_ATTR_OPS, Nest(&numbered(Nest(&level(2, &[]))))),
        (CTRL_ATTR_MCAST_GROUPS, Nest(&numbered(Nest(&level(2, &[(CTRL_ATTR_MCAST_GRP_NAME, Text)]))))),
        (CTRL_ATTR_POLICY, Nest(&numbered(Nest(&numbered(Nest(&level(12, &[]))))))),
        (CTRL_ATTR_OP_POLICY, Nest(&numbered(Nest(&level(2, &[]))))),
    ],
);
/// The attributes of `NETLINK_CRYPTO`.
pub(super) static CRYPTO: Level = level(
    18,
    &[
        (CRYPTOCFGA_PRIORITY_VAL, Number),
        (CRYPTOCFGA_REPORT_LARVAL, Sizes(&[64, 63])),
        (CRYPTOCFGA_REPORT_HASH, Sizes(&[72, 71])),
        (CRYPTOCFGA_REPORT_BLKCIPHER, Sizes(&[144, 143])),
        (CRYPTOCFGA_REPORT_AEAD, Sizes(&[140, 139])),
        (CRYPTOCFGA_REPORT_COMPRESS, Sizes(&[64, 65])),
        (CRYPTOCFGA_REPORT_RNG, Sizes(&[68, 67])),
        (CRYPTOCFGA_REPORT_CIPHER, Sizes(&[76, 75])),
        (CRYPTOCFGA_REPORT_AKCIPHER, Sizes(&[64, 63])),
        (CRYPTOCFGA_REPORT_KPP, Sizes(&[64, 68])),
        (CRYPTOCFGA_REPORT_ACOMP, Sizes(&[64, 63])),
    ],
);
/// The attributes of `NLMSG_ERROR`.
pub(super) static ERROR: Level = level(
    7,
    &[
        (NLMSGERR_ATTR_MSG, Text),
        (NLMSGERR_ATTR_COOKIE, Sizes(&[8, 20, 1, 40])),
        (NLMSGERR_ATTR_POLICY, Nest(&level(12, &[]))),
    ],
);
