//! Names of socket options by level, in the order of their numbers.

use crate::common::uncommon;
use decode::prelude::*;
use uapi::consts::*;

/// Options of `SOL_IP`.
pub(super) static IP_LEVEL: Names = names(
    "IP_???",
    &[
        IP_TOS,
        IP_TTL,
        IP_HDRINCL,
        IP_OPTIONS,
        IP_ROUTER_ALERT,
        IP_RECVOPTS,
        IP_RETOPTS,
        IP_PKTINFO,
        IP_PKTOPTIONS,
        IP_MTU_DISCOVER,
        IP_RECVERR,
        IP_RECVTTL,
        IP_RECVTOS,
        IP_MTU,
        IP_FREEBIND,
        IP_IPSEC_POLICY,
        IP_XFRM_POLICY,
        IP_PASSSEC,
        IP_TRANSPARENT,
        IP_ORIGDSTADDR,
        IP_MINTTL,
        IP_NODEFRAG,
        IP_CHECKSUM,
        IP_BIND_ADDRESS_NO_PORT,
        IP_RECVFRAGSIZE,
        IP_RECVERR_RFC4884,
        IP_MULTICAST_IF,
        IP_MULTICAST_TTL,
        IP_MULTICAST_LOOP,
        IP_ADD_MEMBERSHIP,
        IP_DROP_MEMBERSHIP,
        IP_UNBLOCK_SOURCE,
        IP_BLOCK_SOURCE,
        IP_ADD_SOURCE_MEMBERSHIP,
        IP_DROP_SOURCE_MEMBERSHIP,
        IP_MSFILTER,
        MCAST_JOIN_GROUP,
        MCAST_BLOCK_SOURCE,
        MCAST_UNBLOCK_SOURCE,
        MCAST_LEAVE_GROUP,
        MCAST_JOIN_SOURCE_GROUP,
        MCAST_LEAVE_SOURCE_GROUP,
        MCAST_MSFILTER,
        IP_MULTICAST_ALL,
        IP_UNICAST_IF,
        IP_LOCAL_PORT_RANGE,
        IP_PROTOCOL,
    ],
);

/// Options of `SOL_IP` that are only set.
static IP_SET: Names = names(
    "",
    &[
        IPT_SO_SET_REPLACE,
        IPT_SO_SET_ADD_COUNTERS,
        ARPT_SO_SET_REPLACE,
        ARPT_SO_SET_ADD_COUNTERS,
        EBT_SO_SET_ENTRIES,
        EBT_SO_SET_COUNTERS,
    ],
);

/// Options of `SOL_IP` that are only asked for.
static IP_GET: Names = names(
    "",
    &[
        IPT_SO_GET_INFO,
        IPT_SO_GET_ENTRIES,
        IPT_SO_GET_REVISION_MATCH,
        IPT_SO_GET_REVISION_TARGET,
        ARPT_SO_GET_INFO,
        ARPT_SO_GET_ENTRIES,
        ARPT_SO_GET_REVISION_TARGET,
        EBT_SO_GET_INFO,
        EBT_SO_GET_ENTRIES,
        EBT_SO_GET_INIT_INFO,
        EBT_SO_GET_INIT_ENTRIES,
    ],
);

/// Options of `SOL_SOCKET`.
pub(super) static SOCKET_LEVEL: Names = names(
    "SO_???",
    &[
        SO_DEBUG,
        SO_REUSEADDR,
        SO_TYPE,
        SO_ERROR,
        SO_DONTROUTE,
        SO_BROADCAST,
        SO_SNDBUF,
        SO_RCVBUF,
        SO_KEEPALIVE,
        SO_OOBINLINE,
        SO_NO_CHECK,
        SO_PRIORITY,
        SO_LINGER,
        SO_BSDCOMPAT,
        SO_REUSEPORT,
        SO_PASSCRED,
        SO_PEERCRED,
        SO_RCVLOWAT,
        SO_SNDLOWAT,
        SO_RCVTIMEO_OLD,
        SO_SNDTIMEO_OLD,
        SO_SECURITY_AUTHENTICATION,
        SO_SECURITY_ENCRYPTION_TRANSPORT,
        SO_SECURITY_ENCRYPTION_NETWORK,
        SO_BINDTODEVICE,
        SO_DETACH_FILTER,
        SO_PEERNAME,
        SO_TIMESTAMP_OLD,
        SO_ACCEPTCONN,
        SO_PEERSEC,
        SO_SNDBUFFORCE,
        SO_RCVBUFFORCE,
        SO_PASSSEC,
        SO_TIMESTAMPNS_OLD,
        SO_MARK,
        SO_TIMESTAMPING_OLD,
        SO_PROTOCOL,
        SO_DOMAIN,
        SO_RXQ_OVFL,
        SO_WIFI_STATUS,
        SO_PEEK_OFF,
        SO_NOFCS,
        SO_LOCK_FILTER,
        SO_SELECT_ERR_QUEUE,
        SO_BUSY_POLL,
        SO_MAX_PACING_RATE,
        SO_BPF_EXTENSIONS,
        SO_INCOMING_CPU,
        SO_ATTACH_BPF,
        SO_ATTACH_REUSEPORT_CBPF,
        SO_ATTACH_REUSEPORT_EBPF,
        SO_CNX_ADVICE,
        SO_MEMINFO,
        SO_INCOMING_NAPI_ID,
        SO_COOKIE,
        SO_PEERGROUPS,
        SO_ZEROCOPY,
        SO_TXTIME,
        SO_BINDTOIFINDEX,
        SO_TIMESTAMP_NEW,
        SO_TIMESTAMPNS_NEW,
        SO_TIMESTAMPING_NEW,
        SO_RCVTIMEO_NEW,
        SO_SNDTIMEO_NEW,
        SO_DETACH_REUSEPORT_BPF,
        SO_PREFER_BUSY_POLL,
        SO_BUSY_POLL_BUDGET,
        SO_NETNS_COOKIE,
        SO_BUF_LOCK,
        SO_RESERVE_MEM,
        SO_TXREHASH,
        SO_RCVMARK,
        SO_PASSPIDFD,
        SO_PEERPIDFD,
        SO_RCVPRIORITY,
        SO_PASSRIGHTS,
        SO_INQ,
    ],
);

/// Options of `SOL_SOCKET` that are only set.
static SOCKET_SET: Names = names("", &[SO_ATTACH_FILTER, SO_DEVMEM_DONTNEED]);

/// Options of `SOL_SOCKET` that are only asked for.
static SOCKET_GET: Names = names("", &[SO_GET_FILTER]);

/// Options of `SOL_TCP`.
pub(super) static TCP_LEVEL: Names = names(
    "TCP_???",
    &[
        TCP_NODELAY,
        TCP_MAXSEG,
        TCP_CORK,
        TCP_KEEPIDLE,
        TCP_KEEPINTVL,
        TCP_KEEPCNT,
        TCP_SYNCNT,
        TCP_LINGER2,
        TCP_DEFER_ACCEPT,
        TCP_WINDOW_CLAMP,
        TCP_INFO,
        TCP_QUICKACK,
        TCP_CONGESTION,
        TCP_MD5SIG,
        uncommon("TCP_COOKIE_TRANSACTIONS", 15),
        TCP_THIN_LINEAR_TIMEOUTS,
        TCP_THIN_DUPACK,
        TCP_USER_TIMEOUT,
        TCP_REPAIR,
        TCP_REPAIR_QUEUE,
        TCP_QUEUE_SEQ,
        TCP_REPAIR_OPTIONS,
        TCP_FASTOPEN,
        TCP_TIMESTAMP,
        TCP_NOTSENT_LOWAT,
        TCP_CC_INFO,
        TCP_SAVE_SYN,
        TCP_SAVED_SYN,
        TCP_REPAIR_WINDOW,
        TCP_FASTOPEN_CONNECT,
        TCP_ULP,
        TCP_MD5SIG_EXT,
        TCP_FASTOPEN_KEY,
        TCP_FASTOPEN_NO_COOKIE,
        TCP_ZEROCOPY_RECEIVE,
        TCP_INQ,
        TCP_TX_DELAY,
        TCP_AO_ADD_KEY,
        TCP_AO_DEL_KEY,
        TCP_AO_INFO,
        TCP_AO_GET_KEYS,
        TCP_AO_REPAIR,
        TCP_IS_MPTCP,
        TCP_RTO_MAX_MS,
        TCP_RTO_MIN_US,
        TCP_DELACK_MAX_US,
    ],
);

/// Options of `SOL_UDP`.
pub(super) static UDP_LEVEL: Names =
    names("UDP_???", &[UDP_CORK, UDP_ENCAP, UDP_NO_CHECK6_TX, UDP_NO_CHECK6_RX, UDP_SEGMENT, UDP_GRO]);

/// Options of `AF_VSOCK`.
pub(super) static VSOCK_LEVEL: Names = names(
    "SO_VM_SOCKETS_???",
    &[
        SO_VM_SOCKETS_BUFFER_SIZE,
        SO_VM_SOCKETS_BUFFER_MIN_SIZE,
        SO_VM_SOCKETS_BUFFER_MAX_SIZE,
        SO_VM_SOCKETS_PEER_HOST_VM_ID,
        SO_VM_SOCKETS_TRUSTED,
        SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD,
        SO_VM_SOCKETS_NONBLOCK_TXRX,
        SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW,
    ],
);

/// Options of `SOL_IPV6`.
pub(super) static IPV6_LEVEL: Names = names(
    "IPV6_???",
    &[
        IPV6_ADDRFORM,
        IPV6_2292PKTINFO,
        IPV6_2292HOPOPTS,
        IPV6_2292DSTOPTS,
        IPV6_2292RTHDR,
        IPV6_2292PKTOPTIONS,
        IPV6_CHECKSUM,
        IPV6_2292HOPLIMIT,
        IPV6_NEXTHOP,
        IPV6_AUTHHDR,
        IPV6_FLOWINFO,
        IPV6_UNICAST_HOPS,
        IPV6_MULTICAST_IF,
        IPV6_MULTICAST_HOPS,
        IPV6_MULTICAST_LOOP,
        IPV6_ADD_MEMBERSHIP,
        IPV6_DROP_MEMBERSHIP,
        IPV6_ROUTER_ALERT,
        IPV6_MTU_DISCOVER,
        IPV6_MTU,
        IPV6_RECVERR,
        IPV6_V6ONLY,
        IPV6_JOIN_ANYCAST,
        IPV6_LEAVE_ANYCAST,
        IPV6_MULTICAST_ALL,
        IPV6_ROUTER_ALERT_ISOLATE,
        IPV6_RECVERR_RFC4884,
        IPV6_FLOWLABEL_MGR,
        IPV6_FLOWINFO_SEND,
        IPV6_IPSEC_POLICY,
        IPV6_XFRM_POLICY,
        IPV6_HDRINCL,
        MCAST_JOIN_GROUP,
        MCAST_BLOCK_SOURCE,
        MCAST_UNBLOCK_SOURCE,
        MCAST_LEAVE_GROUP,
        MCAST_JOIN_SOURCE_GROUP,
        MCAST_LEAVE_SOURCE_GROUP,
        MCAST_MSFILTER,
        IPV6_RECVPKTINFO,
        IPV6_PKTINFO,
        IPV6_RECVHOPLIMIT,
        IPV6_HOPLIMIT,
        IPV6_RECVHOPOPTS,
        IPV6_HOPOPTS,
        IPV6_RTHDRDSTOPTS,
        IPV6_RECVRTHDR,
        IPV6_RTHDR,
        IPV6_RECVDSTOPTS,
        IPV6_DSTOPTS,
        IPV6_RECVPATHMTU,
        IPV6_PATHMTU,
        IPV6_DONTFRAG,
        uncommon("IPV6_USE_MIN_MTU", 63),
        IPV6_RECVTCLASS,
        IPV6_TCLASS,
        IPV6_AUTOFLOWLABEL,
        IPV6_ADDR_PREFERENCES,
        IPV6_MINHOPCOUNT,
        IPV6_ORIGDSTADDR,
        IPV6_TRANSPARENT,
        IPV6_UNICAST_IF,
        IPV6_RECVFRAGSIZE,
        IPV6_FREEBIND,
    ],
);

/// Options of `SOL_IPV6` that are only set.
static IPV6_SET: Names = names("", &[IP6T_SO_SET_REPLACE, IP6T_SO_SET_ADD_COUNTERS]);

/// Options of `SOL_IPV6` that are only asked for.
static IPV6_GET: Names = names(
    "",
    &[IP6T_SO_GET_INFO, IP6T_SO_GET_ENTRIES, IP6T_SO_GET_REVISION_MATCH, IP6T_SO_GET_REVISION_TARGET],
);

/// Options of `SOL_CAN_RAW`.
pub(super) static CAN_RAW_LEVEL: Names = names(
    "CAN_RAW_???",
    &[
        CAN_RAW_FILTER,
        CAN_RAW_ERR_FILTER,
        CAN_RAW_LOOPBACK,
        CAN_RAW_RECV_OWN_MSGS,
        CAN_RAW_FD_FRAMES,
        CAN_RAW_JOIN_FILTERS,
        CAN_RAW_XL_FRAMES,
        CAN_RAW_XL_VCID_OPTS,
    ],
);

/// Options of `SOL_SCTP`.
pub(super) static SCTP_LEVEL: Names = names(
    "SCTP_???",
    &[
        SCTP_RTOINFO,
        SCTP_ASSOCINFO,
        SCTP_INITMSG,
        SCTP_NODELAY,
        SCTP_AUTOCLOSE,
        SCTP_SET_PEER_PRIMARY_ADDR,
        SCTP_PRIMARY_ADDR,
        SCTP_ADAPTATION_LAYER,
        SCTP_DISABLE_FRAGMENTS,
        SCTP_PEER_ADDR_PARAMS,
        SCTP_DEFAULT_SEND_PARAM,
        SCTP_EVENTS,
        SCTP_I_WANT_MAPPED_V4_ADDR,
        SCTP_MAXSEG,
        SCTP_STATUS,
        SCTP_GET_PEER_ADDR_INFO,
        SCTP_DELAYED_SACK,
        SCTP_CONTEXT,
        SCTP_FRAGMENT_INTERLEAVE,
        SCTP_PARTIAL_DELIVERY_POINT,
        SCTP_MAX_BURST,
        SCTP_AUTH_CHUNK,
        SCTP_HMAC_IDENT,
        SCTP_AUTH_KEY,
        SCTP_AUTH_ACTIVE_KEY,
        SCTP_AUTH_DELETE_KEY,
        SCTP_PEER_AUTH_CHUNKS,
        SCTP_LOCAL_AUTH_CHUNKS,
        SCTP_GET_ASSOC_NUMBER,
        SCTP_GET_ASSOC_ID_LIST,
        SCTP_AUTO_ASCONF,
        SCTP_PEER_ADDR_THLDS,
        SCTP_RECVRCVINFO,
        SCTP_RECVNXTINFO,
        SCTP_DEFAULT_SNDINFO,
        SCTP_AUTH_DEACTIVATE_KEY,
        SCTP_REUSE_PORT,
        SCTP_PEER_ADDR_THLDS_V2,
        SCTP_SOCKOPT_BINDX_ADD,
        SCTP_SOCKOPT_BINDX_REM,
        SCTP_SOCKOPT_PEELOFF,
        uncommon("SCTP_GET_PEER_ADDRS_NUM_OLD", 103),
        uncommon("SCTP_GET_PEER_ADDRS_OLD", 104),
        uncommon("SCTP_GET_LOCAL_ADDRS_NUM_OLD", 105),
        uncommon("SCTP_GET_LOCAL_ADDRS_OLD", 106),
        SCTP_SOCKOPT_CONNECTX_OLD,
        SCTP_GET_PEER_ADDRS,
        SCTP_GET_LOCAL_ADDRS,
        SCTP_SOCKOPT_CONNECTX,
        SCTP_SOCKOPT_CONNECTX3,
        SCTP_GET_ASSOC_STATS,
        SCTP_PR_SUPPORTED,
        SCTP_DEFAULT_PRINFO,
        SCTP_PR_ASSOC_STATUS,
        SCTP_PR_STREAM_STATUS,
        SCTP_RECONFIG_SUPPORTED,
        SCTP_ENABLE_STREAM_RESET,
        SCTP_RESET_STREAMS,
        SCTP_RESET_ASSOC,
        SCTP_ADD_STREAMS,
        SCTP_SOCKOPT_PEELOFF_FLAGS,
        SCTP_STREAM_SCHEDULER,
        SCTP_STREAM_SCHEDULER_VALUE,
        SCTP_INTERLEAVING_SUPPORTED,
        SCTP_SENDMSG_CONNECT,
        SCTP_EVENT,
        SCTP_ASCONF_SUPPORTED,
        SCTP_AUTH_SUPPORTED,
        SCTP_ECN_SUPPORTED,
        SCTP_EXPOSE_POTENTIALLY_FAILED_STATE,
        SCTP_REMOTE_UDP_ENCAPS_PORT,
        SCTP_PLPMTUD_PROBE_INTERVAL,
    ],
);

/// Options of `SOL_RAW`.
pub(super) static RAW_LEVEL: Names = names("RAW_???", &[ICMP_FILTER]);

/// Options of `SOL_IPX`.
pub(super) static IPX_LEVEL: Names = names("IPX_???", &[IPX_TYPE]);

/// Options of `SOL_AX25`.
pub(super) static AX25_LEVEL: Names = names(
    "AX25_???",
    &[
        AX25_WINDOW,
        AX25_T1,
        AX25_N2,
        AX25_T3,
        AX25_T2,
        AX25_BACKOFF,
        AX25_EXTSEQ,
        AX25_PIDINCL,
        AX25_IDLE,
        AX25_PACLEN,
        AX25_IAMDIGI,
        SO_BINDTODEVICE,
    ],
);

/// Options of `SOL_PACKET`.
pub(super) static PACKET_LEVEL: Names = names(
    "PACKET_???",
    &[
        PACKET_ADD_MEMBERSHIP,
        PACKET_DROP_MEMBERSHIP,
        PACKET_RECV_OUTPUT,
        PACKET_RX_RING,
        PACKET_STATISTICS,
        PACKET_COPY_THRESH,
        PACKET_AUXDATA,
        PACKET_ORIGDEV,
        PACKET_VERSION,
        PACKET_HDRLEN,
        PACKET_RESERVE,
        PACKET_TX_RING,
        PACKET_LOSS,
        PACKET_VNET_HDR,
        PACKET_TX_TIMESTAMP,
        PACKET_TIMESTAMP,
        PACKET_FANOUT,
        PACKET_TX_HAS_OFF,
        PACKET_QDISC_BYPASS,
        PACKET_ROLLOVER_STATS,
        PACKET_FANOUT_DATA,
        PACKET_IGNORE_OUTGOING,
        PACKET_VNET_HDR_SZ,
    ],
);

/// Options of `SOL_IRDA`.
pub(super) static IRDA_LEVEL: Names = names(
    "IRLMP_???",
    &[
        uncommon("IRLMP_ENUMDEVICES", 1),
        uncommon("IRLMP_IAS_SET", 2),
        uncommon("IRLMP_IAS_QUERY", 3),
        uncommon("IRLMP_HINTS_SET", 4),
        uncommon("IRLMP_QOS_SET", 5),
        uncommon("IRLMP_QOS_GET", 6),
        uncommon("IRLMP_MAX_SDU_SIZE", 7),
        uncommon("IRLMP_IAS_GET", 8),
        uncommon("IRLMP_IAS_DEL", 9),
        uncommon("IRLMP_HINT_MASK_SET", 10),
        uncommon("IRLMP_WAITDEVICE", 11),
    ],
);

/// Options of `SOL_LLC`.
pub(super) static LLC_LEVEL: Names = names(
    "LLC_OPT_???",
    &[
        LLC_OPT_UNKNOWN,
        LLC_OPT_RETRY,
        LLC_OPT_SIZE,
        LLC_OPT_ACK_TMR_EXP,
        LLC_OPT_P_TMR_EXP,
        LLC_OPT_REJ_TMR_EXP,
        LLC_OPT_BUSY_TMR_EXP,
        LLC_OPT_TX_WIN,
        LLC_OPT_RX_WIN,
        LLC_OPT_PKTINFO,
    ],
);

/// Options of `SOL_DCCP`.
pub(super) static DCCP_LEVEL: Names = names(
    "DCCP_SOCKOPT_???",
    &[
        DCCP_SOCKOPT_PACKET_SIZE,
        DCCP_SOCKOPT_SERVICE,
        DCCP_SOCKOPT_CHANGE_L,
        DCCP_SOCKOPT_CHANGE_R,
        DCCP_SOCKOPT_GET_CUR_MPS,
        DCCP_SOCKOPT_SERVER_TIMEWAIT,
        DCCP_SOCKOPT_SEND_CSCOV,
        DCCP_SOCKOPT_RECV_CSCOV,
        DCCP_SOCKOPT_AVAILABLE_CCIDS,
        DCCP_SOCKOPT_CCID,
        DCCP_SOCKOPT_TX_CCID,
        DCCP_SOCKOPT_RX_CCID,
        DCCP_SOCKOPT_QPOLICY_ID,
        DCCP_SOCKOPT_QPOLICY_TXQLEN,
        DCCP_SOCKOPT_CCID_RX_INFO,
        DCCP_SOCKOPT_CCID_TX_INFO,
    ],
);

/// Options of `SOL_NETLINK`.
pub(super) static NETLINK_LEVEL: Names = names(
    "NETLINK_???",
    &[
        NETLINK_ADD_MEMBERSHIP,
        NETLINK_DROP_MEMBERSHIP,
        NETLINK_PKTINFO,
        NETLINK_BROADCAST_ERROR,
        NETLINK_NO_ENOBUFS,
        NETLINK_RX_RING,
        NETLINK_TX_RING,
        NETLINK_LISTEN_ALL_NSID,
        NETLINK_LIST_MEMBERSHIPS,
        NETLINK_CAP_ACK,
        NETLINK_EXT_ACK,
        NETLINK_GET_STRICT_CHK,
    ],
);

/// Options of `SOL_TIPC`.
pub(super) static TIPC_LEVEL: Names = names(
    "TIPC_???",
    &[
        TIPC_IMPORTANCE,
        TIPC_SRC_DROPPABLE,
        TIPC_DEST_DROPPABLE,
        TIPC_CONN_TIMEOUT,
        TIPC_NODE_RECVQ_DEPTH,
        TIPC_SOCK_RECVQ_DEPTH,
        TIPC_MCAST_BROADCAST,
        TIPC_MCAST_REPLICAST,
        TIPC_GROUP_JOIN,
        TIPC_GROUP_LEAVE,
        TIPC_SOCK_RECVQ_USED,
        TIPC_NODELAY,
    ],
);

/// Options of `SOL_RXRPC`.
pub(super) static RXRPC_LEVEL: Names = names(
    "RXRPC_???",
    &[
        RXRPC_SECURITY_KEY,
        RXRPC_SECURITY_KEYRING,
        RXRPC_EXCLUSIVE_CONNECTION,
        RXRPC_MIN_SECURITY_LEVEL,
        RXRPC_UPGRADEABLE_SERVICE,
        RXRPC_SUPPORTED_CMSG,
        RXRPC_MANAGE_RESPONSE,
    ],
);

/// Options of `SOL_PPPOL2TP`.
pub(super) static PPPOL2TP_LEVEL: Names = names(
    "PPPOL2TP_SO_???",
    &[
        PPPOL2TP_SO_DEBUG,
        PPPOL2TP_SO_RECVSEQ,
        PPPOL2TP_SO_SENDSEQ,
        PPPOL2TP_SO_LNSMODE,
        PPPOL2TP_SO_REORDERTO,
    ],
);

/// Options of `SOL_BLUETOOTH`.
pub(super) static BLUETOOTH_LEVEL: Names = names(
    "BT_???",
    &[BT_SECURITY, BT_DEFER_SETUP, BT_FLUSHABLE, BT_POWER, BT_CHANNEL_POLICY, BT_VOICE, BT_SNDMTU, BT_RCVMTU],
);

/// Options of `SOL_PNPIPE`.
pub(super) static PNPIPE_LEVEL: Names =
    names("PNPIPE_???", &[PNPIPE_ENCAP, PNPIPE_IFINDEX, PNPIPE_HANDLE, PNPIPE_INITSTATE]);

/// Options of `SOL_RDS`.
pub(super) static RDS_LEVEL: Names = names(
    "RDS_???",
    &[
        RDS_CANCEL_SENT_TO,
        RDS_GET_MR,
        RDS_FREE_MR,
        uncommon("RDS_BARRIER", 4),
        RDS_RECVERR,
        RDS_CONG_MONITOR,
        RDS_GET_MR_FOR_DEST,
        SO_RDS_TRANSPORT,
        SO_RDS_MSG_RXPATH_LATENCY,
        SO_TIMESTAMP_OLD,
    ],
);

/// Options of `SOL_IUCV`.
pub(super) static IUCV_LEVEL: Names = names("SO_???", &[uncommon("SO_IPRMDATA_MSG", 128)]);

/// Options of `SOL_CAIF`.
pub(super) static CAIF_LEVEL: Names = names(
    "CAIFSO_???",
    &[
        uncommon("CAIFSO_LINK_SELECT", 127),
        uncommon("CAIFSO_REQ_PARAM", 128),
        uncommon("CAIFSO_RSP_PARAM", 129),
    ],
);

/// Options of `SOL_ALG`.
pub(super) static ALG_LEVEL: Names = names(
    "ALG_SET_???",
    &[
        ALG_SET_KEY,
        ALG_SET_IV,
        ALG_SET_OP,
        ALG_SET_AEAD_ASSOCLEN,
        ALG_SET_AEAD_AUTHSIZE,
        ALG_SET_DRBG_ENTROPY,
        ALG_SET_KEY_BY_KEY_SERIAL,
    ],
);

/// Options of `SOL_NFC`.
pub(super) static NFC_LEVEL: Names = names(
    "NFC_LLCP_???",
    &[NFC_LLCP_RW, NFC_LLCP_MIUX, NFC_LLCP_REMOTE_MIU, NFC_LLCP_REMOTE_LTO, NFC_LLCP_REMOTE_RW],
);

/// Options of `SOL_KCM`.
pub(super) static KCM_LEVEL: Names = names("KCM_???", &[KCM_RECV_DISABLE]);

/// Options of `SOL_TLS`.
pub(super) static TLS_LEVEL: Names =
    names("TLS_???", &[TLS_TX, TLS_RX, TLS_TX_ZEROCOPY_RO, TLS_RX_EXPECT_NO_PAD, TLS_TX_MAX_PAYLOAD_LEN]);

/// Options of `SOL_XDP`.
pub(super) static XDP_LEVEL: Names = names(
    "XDP_???",
    &[
        XDP_MMAP_OFFSETS,
        XDP_RX_RING,
        XDP_TX_RING,
        XDP_UMEM_REG,
        XDP_UMEM_FILL_RING,
        XDP_UMEM_COMPLETION_RING,
        XDP_STATISTICS,
        XDP_OPTIONS,
        XDP_MAX_TX_SKB_BUDGET,
    ],
);

static NONE: Names = names("", &[]);

/// The options of a level.
pub(super) struct Level {
    /// The level.
    pub(super) level: Const,
    /// Options that are set and asked for.
    pub(super) options: &'static Names,
    /// Options that are only set; their numbers may mean something else when asked for.
    pub(super) set: &'static Names,
    /// Options that are only asked for.
    pub(super) get: &'static Names,
}

/// The levels whose options have names.
#[rustfmt::skip]
pub(super) static LEVELS: &[Level] = &[
    Level { level: SOL_IP, options: &IP_LEVEL, set: &IP_SET, get: &IP_GET },
    Level { level: SOL_SOCKET, options: &SOCKET_LEVEL, set: &SOCKET_SET, get: &SOCKET_GET },
    Level { level: SOL_TCP, options: &TCP_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_UDP, options: &UDP_LEVEL, set: &NONE, get: &NONE },
    Level { level: AF_VSOCK, options: &VSOCK_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_IPV6, options: &IPV6_LEVEL, set: &IPV6_SET, get: &IPV6_GET },
    Level { level: SOL_CAN_RAW, options: &CAN_RAW_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_SCTP, options: &SCTP_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_RAW, options: &RAW_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_IPX, options: &IPX_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_AX25, options: &AX25_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_PACKET, options: &PACKET_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_IRDA, options: &IRDA_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_LLC, options: &LLC_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_DCCP, options: &DCCP_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_NETLINK, options: &NETLINK_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_TIPC, options: &TIPC_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_RXRPC, options: &RXRPC_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_PPPOL2TP, options: &PPPOL2TP_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_BLUETOOTH, options: &BLUETOOTH_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_PNPIPE, options: &PNPIPE_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_RDS, options: &RDS_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_IUCV, options: &IUCV_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_CAIF, options: &CAIF_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_ALG, options: &ALG_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_NFC, options: &NFC_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_KCM, options: &KCM_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_TLS, options: &TLS_LEVEL, set: &NONE, get: &NONE },
    Level { level: SOL_XDP, options: &XDP_LEVEL, set: &NONE, get: &NONE },
];
