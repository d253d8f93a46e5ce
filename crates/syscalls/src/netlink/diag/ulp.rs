//! Upper layer protocols of TCP: TLS and MPTCP (`linux/tls.h`, `linux/mptcp.h`).

use crate::netlink::attr::Is::{Nest, Raw, Text, Value};
use crate::netlink::attr::{Set, set};
use decode::prelude::*;
use uapi::consts::*;

/// `INET_DIAG_ULP_INFO`.
pub(super) static ULP_INFO: Set = set(
    "INET_ULP_INFO_???",
    &[
        (INET_ULP_INFO_UNSPEC, Raw),
        (INET_ULP_INFO_NAME, Text),
        (INET_ULP_INFO_TLS, Nest(&TLS)),
        (INET_ULP_INFO_MPTCP, Nest(&MPTCP)),
    ],
);

static TLS: Set = set(
    "TLS_INFO_???",
    &[
        (TLS_INFO_UNSPEC, Raw),
        (TLS_INFO_VERSION, Value(Enum(W2, &TLS_VERSIONS))),
        (TLS_INFO_CIPHER, Value(Enum(W2, &TLS_CIPHER_NAMES))),
        (TLS_INFO_TXCONF, Value(Enum(W2, &TLS_CONF_NAMES))),
        (TLS_INFO_RXCONF, Value(Enum(W2, &TLS_CONF_NAMES))),
        (TLS_INFO_ZC_RO_TX, Raw),
        (TLS_INFO_RX_NO_PAD, Raw),
        (TLS_INFO_TX_MAX_PAYLOAD_LEN, Raw),
    ],
);

static MPTCP: Set = set(
    "MPTCP_SUBFLOW_ATTR_???",
    &[
        (MPTCP_SUBFLOW_ATTR_UNSPEC, Raw),
        (MPTCP_SUBFLOW_ATTR_TOKEN_REM, Value(X32)),
        (MPTCP_SUBFLOW_ATTR_TOKEN_LOC, Value(X32)),
        (MPTCP_SUBFLOW_ATTR_RELWRITE_SEQ, Value(UINT)),
        (MPTCP_SUBFLOW_ATTR_MAP_SEQ, Value(U64)),
        (MPTCP_SUBFLOW_ATTR_MAP_SFSEQ, Value(UINT)),
        (MPTCP_SUBFLOW_ATTR_SSN_OFFSET, Value(UINT)),
        (MPTCP_SUBFLOW_ATTR_MAP_DATALEN, Value(U16)),
        (MPTCP_SUBFLOW_ATTR_FLAGS, Value(Flags(W4, &MPTCP_SUBFLOW_FLAG_NAMES))),
        (MPTCP_SUBFLOW_ATTR_ID_REM, Value(U8)),
        (MPTCP_SUBFLOW_ATTR_ID_LOC, Value(U8)),
        (MPTCP_SUBFLOW_ATTR_PAD, Raw),
    ],
);

static TLS_CIPHER_NAMES: Names = names(
    "TLS_CIPHER_???",
    &[
        TLS_CIPHER_AES_GCM_128,
        TLS_CIPHER_AES_GCM_256,
        TLS_CIPHER_AES_CCM_128,
        TLS_CIPHER_CHACHA20_POLY1305,
        TLS_CIPHER_SM4_GCM,
        TLS_CIPHER_SM4_CCM,
        TLS_CIPHER_ARIA_GCM_128,
        TLS_CIPHER_ARIA_GCM_256,
    ],
);

static TLS_CONF_NAMES: Names =
    names("TLS_CONF_???", &[TLS_CONF_BASE, TLS_CONF_SW, TLS_CONF_HW, TLS_CONF_HW_RECORD]);

static MPTCP_SUBFLOW_FLAG_NAMES: Names = names(
    "MPTCP_SUBFLOW_FLAG_???",
    &[
        MPTCP_SUBFLOW_FLAG_MCAP_REM,
        MPTCP_SUBFLOW_FLAG_MCAP_LOC,
        MPTCP_SUBFLOW_FLAG_JOIN_REM,
        MPTCP_SUBFLOW_FLAG_JOIN_LOC,
        MPTCP_SUBFLOW_FLAG_BKUP_REM,
        MPTCP_SUBFLOW_FLAG_BKUP_LOC,
        MPTCP_SUBFLOW_FLAG_FULLY_ESTABLISHED,
        MPTCP_SUBFLOW_FLAG_CONNECTED,
        MPTCP_SUBFLOW_FLAG_MAPVALID,
    ],
);

static TLS_VERSIONS: Names = names("TLS_???_VERSION", &[TLS_1_2_VERSION, TLS_1_3_VERSION]);
