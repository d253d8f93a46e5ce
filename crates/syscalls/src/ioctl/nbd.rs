//! Network block devices (`include/uapi/linux/nbd.h`).

use super::{Request, bare, req};
use crate::common::uncommon;
use decode::prelude::*;
use uapi::consts::*;

/// What a server can do; some of it is told by the protocol's description, and means nothing to the kernel.
static FLAGS: Names = names(
    "NBD_FLAG_???",
    &[
        NBD_FLAG_HAS_FLAGS,
        NBD_FLAG_READ_ONLY,
        NBD_FLAG_SEND_FLUSH,
        NBD_FLAG_SEND_FUA,
        NBD_FLAG_ROTATIONAL,
        NBD_FLAG_SEND_TRIM,
        NBD_FLAG_SEND_WRITE_ZEROES,
        uncommon("NBD_FLAG_SEND_DF", 1 << 7),
        NBD_FLAG_CAN_MULTI_CONN,
        uncommon("NBD_FLAG_SEND_RESIZE", 1 << 9),
        uncommon("NBD_FLAG_SEND_CACHE", 1 << 10),
    ],
);

pub(super) static REQUESTS: &[Request] = &[
    req(NBD_SET_SOCK, Fd),
    req(NBD_SET_BLKSIZE, ULONG),
    req(NBD_SET_SIZE, ULONG),
    req(NBD_SET_SIZE_BLOCKS, ULONG),
    req(NBD_SET_TIMEOUT, ULONG),
    req(NBD_SET_FLAGS, Flags(W4, &FLAGS)),
    bare(NBD_DO_IT),
    bare(NBD_CLEAR_SOCK),
    bare(NBD_CLEAR_QUE),
    bare(NBD_PRINT_DEBUG),
    bare(NBD_DISCONNECT),
];
