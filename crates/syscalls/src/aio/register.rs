//! `io_uring_register`: what a ring is told beforehand.

use super::query::QUERIES;
use super::uring::SETUP_FLAGS;
use super::zcrx::{self, ZCRX_IFQ};
use crate::common::{ADDR64, Line};
use crate::iov::ADDRESSES;
use crate::sched::show_cpus;
use crate::time::CLOCKS;
use decode::prelude::*;
use decode::{Hook as HookFn, Stretch};
use uapi::consts::*;

/// What is told.
static OPERATIONS: Names = names(
    "IORING_REGISTER_???",
    &[
        IORING_REGISTER_BUFFERS,
        IORING_UNREGISTER_BUFFERS,
        IORING_REGISTER_FILES,
        IORING_UNREGISTER_FILES,
        IORING_REGISTER_EVENTFD,
        IORING_UNREGISTER_EVENTFD,
        IORING_REGISTER_FILES_UPDATE,
        IORING_REGISTER_EVENTFD_ASYNC,
        IORING_REGISTER_PROBE,
        IORING_REGISTER_PERSONALITY,
        IORING_UNREGISTER_PERSONALITY,
        IORING_REGISTER_RESTRICTIONS,
        IORING_REGISTER_ENABLE_RINGS,
        IORING_REGISTER_FILES2,
        IORING_REGISTER_FILES_UPDATE2,
        IORING_REGISTER_BUFFERS2,
        IORING_REGISTER_BUFFERS_UPDATE,
        IORING_REGISTER_IOWQ_AFF,
        IORING_UNREGISTER_IOWQ_AFF,
        IORING_REGISTER_IOWQ_MAX_WORKERS,
        IORING_REGISTER_RING_FDS,
        IORING_UNREGISTER_RING_FDS,
        IORING_REGISTER_PBUF_RING,
        IORING_UNREGISTER_PBUF_RING,
        IORING_REGISTER_SYNC_CANCEL,
        IORING_REGISTER_FILE_ALLOC_RANGE,
        IORING_REGISTER_PBUF_STATUS,
        IORING_REGISTER_NAPI,
        IORING_UNREGISTER_NAPI,
        IORING_REGISTER_CLOCK,
        IORING_REGISTER_CLONE_BUFFERS,
        IORING_REGISTER_SEND_MSG_RING,
        IORING_REGISTER_ZCRX_IFQ,
        IORING_REGISTER_RESIZE_RINGS,
        IORING_REGISTER_MEM_REGION,
        IORING_REGISTER_QUERY,
        IORING_REGISTER_ZCRX_CTRL,
        IORING_REGISTER_BPF_FILTER,
    ],
);
/// What an entry of a ring asks for.
static OPS: Names = names(
    "IORING_OP_???",
    &[
        IORING_OP_NOP,
        IORING_OP_READV,
        IORING_OP_WRITEV,
        IORING_OP_FSYNC,
        IORING_OP_READ_FIXED,
        IORING_OP_WRITE_FIXED,
        IORING_OP_POLL_ADD,
        IORING_OP_POLL_REMOVE,
        IORING_OP_SYNC_FILE_RANGE,
        IORING_OP_SENDMSG,
        IORING_OP_RECVMSG,
        IORING_OP_TIMEOUT,
        IORING_OP_TIMEOUT_REMOVE,
        IORING_OP_ACCEPT,
        IORING_OP_ASYNC_CANCEL,
        IORING_OP_LINK_TIMEOUT,
        IORING_OP_CONNECT,
        IORING_OP_FALLOCATE,
        IORING_OP_OPENAT,
        IORING_OP_CLOSE,
        IORING_OP_FILES_UPDATE,
        IORING_OP_STATX,
        IORING_OP_READ,
        IORING_OP_WRITE,
        IORING_OP_FADVISE,
        IORING_OP_MADVISE,
        IORING_OP_SEND,
        IORING_OP_RECV,
        IORING_OP_OPENAT2,
        IORING_OP_EPOLL_CTL,
        IORING_OP_SPLICE,
        IORING_OP_PROVIDE_BUFFERS,
        IORING_OP_REMOVE_BUFFERS,
        IORING_OP_TEE,
        IORING_OP_SHUTDOWN,
        IORING_OP_RENAMEAT,
        IORING_OP_UNLINKAT,
        IORING_OP_MKDIRAT,
        IORING_OP_SYMLINKAT,
        IORING_OP_LINKAT,
        IORING_OP_MSG_RING,
        IORING_OP_FSETXATTR,
        IORING_OP_SETXATTR,
        IORING_OP_FGETXATTR,
        IORING_OP_GETXATTR,
        IORING_OP_SOCKET,
        IORING_OP_URING_CMD,
        IORING_OP_SEND_ZC,
        IORING_OP_SENDMSG_ZC,
        IORING_OP_READ_MULTISHOT,
        IORING_OP_WAITID,
        IORING_OP_FUTEX_WAIT,
        IORING_OP_FUTEX_WAKE,
        IORING_OP_FUTEX_WAITV,
        IORING_OP_FIXED_FD_INSTALL,
        IORING_OP_FTRUNCATE,
        IORING_OP_BIND,
        IORING_OP_LISTEN,
        IORING_OP_RECV_ZC,
        IORING_OP_EPOLL_WAIT,
        IORING_OP_READV_FIXED,
        IORING_OP_WRITEV_FIXED,
        IORING_OP_PIPE,
        IORING_OP_NOP128,
        IORING_OP_URING_CMD128,
    ],
);
/// How an entry is to be handled.
pub(super) static SQE_FLAGS: Names = names(
    "IOSQE_???",
    &[
        IOSQE_FIXED_FILE,
        IOSQE_IO_DRAIN,
        IOSQE_IO_LINK,
        IOSQE_IO_HARDLINK,
        IOSQE_ASYNC,
        IOSQE_BUFFER_SELECT,
        IOSQE_CQE_SKIP_SUCCESS,
    ],
);
static PROBE_FLAGS: Names = names("IO_URING_OP_???", &[IO_URING_OP_SUPPORTED]);
static RESTRICTIONS: Names = names(
    "IORING_RESTRICTION_???",
    &[
        IORING_RESTRICTION_REGISTER_OP,
        IORING_RESTRICTION_SQE_OP,
        IORING_RESTRICTION_SQE_FLAGS_ALLOWED,
        IORING_RESTRICTION_SQE_FLAGS_REQUIRED,
    ],
);
static RSRC_FLAGS: Names = names("IORING_RSRC_REGISTER_???", &[IORING_RSRC_REGISTER_SPARSE]);
static CANCEL_FLAGS: Names = names(
    "IORING_ASYNC_CANCEL_???",
    &[
        IORING_ASYNC_CANCEL_ALL,
        IORING_ASYNC_CANCEL_FD,
        IORING_ASYNC_CANCEL_ANY,
        IORING_ASYNC_CANCEL_FD_FIXED,
        IORING_ASYNC_CANCEL_USERDATA,
        IORING_ASYNC_CANCEL_OP,
    ],
);
static NAPI_OPS: Names = names(
    "IO_URING_NAPI_???",
    &[IO_URING_NAPI_REGISTER_OP, IO_URING_NAPI_STATIC_ADD_ID, IO_URING_NAPI_STATIC_DEL_ID],
);
static NAPI_TRACKING: Names = names(
    "IO_URING_NAPI_TRACKING_???",
    &[IO_URING_NAPI_TRACKING_DYNAMIC, IO_URING_NAPI_TRACKING_STATIC, IO_URING_NAPI_TRACKING_INACTIVE],
);
static CLONE_FLAGS: Names =
    names("IORING_REGISTER_???", &[IORING_REGISTER_SRC_REGISTERED, IORING_REGISTER_DST_REPLACE]);
/// The flags of an operation, by its code.
static OP_FLAGS: &[(Const, &str, &Names)] = &[
    (IORING_OP_NOP, "nop_flags", &NOP_FLAGS),
    (IORING_OP_NOP128, "nop_flags", &NOP_FLAGS),
    (IORING_OP_MSG_RING, "msg_ring_flags", &MSG_RING_FLAGS),
    (IORING_OP_FIXED_FD_INSTALL, "install_fd_flags", &INSTALL_FLAGS),
];
static INSTALL_FLAGS: Names = names("IORING_FIXED_FD_???", &[IORING_FIXED_FD_NO_CLOEXEC]);
static MSG_RING_FLAGS: Names =
    names("IORING_MSG_RING_???", &[IORING_MSG_RING_CQE_SKIP, IORING_MSG_RING_FLAGS_PASS]);
static NOP_FLAGS: Names = names(
    "IORING_NOP_???",
    &[
        IORING_NOP_INJECT_RESULT,
        IORING_NOP_FILE,
        IORING_NOP_FIXED_FILE,
        IORING_NOP_FIXED_BUFFER,
        IORING_NOP_TW,
        IORING_NOP_CQE32,
    ],
);
static REGION_FLAGS: Names = names("IORING_MEM_REGION_REG_???", &[IORING_MEM_REGION_REG_WAIT_ARG]);

/// The bit that makes the first argument an index of registered rings.
const BY_INDEX: u64 = IORING_REGISTER_USE_REGISTERED_RING.value;
/// The bits of the operation without it.
pub(super) const COMMAND: u32 = !(BY_INDEX as u32);

/// The ring: a descriptor, or an index.
pub(super) const RING_FD: Ty =
    FdLike(W4, |cx, fd| if cx.arg(1) & BY_INDEX != 0 { cx.out.uint(fd) } else { cx.fd(fd as i32) });
/// What is told, and whether the ring is an index.
pub(super) const OPERATION: Ty = Scalar(W4, |cx, op| {
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.enumerated(W4, &OPERATIONS, op & !BY_INDEX);
    if op & BY_INDEX != 0 {
        cx.out.item();
        cx.named(BY_INDEX, Base::Hex, IORING_REGISTER_USE_REGISTERED_RING.name);
    }
    cx.out.close(Kind::Terms);
});
/// An operation of an entry, in a byte; some structs have it in decimal.
const OP: Ty = Enum(W1, &OPS);
const OP_DEC: Ty = Scalar(W1, |cx, v| match OPS.find(v, u64::MAX, cx.abi) {
    Some(name) => cx.named(v, Base::Udec, name),
    None => cx.out.symbolic(v, Base::Udec, &[], OPS.unknown),
});
/// A descriptor of a set, or what says that its place stays as it is.
const FD_OR_SKIP: Ty = Scalar(W4, |cx, v| match v as i32 {
    -2 => cx.named(-2i64 as u64, Base::Dec, IORING_REGISTER_FILES_SKIP.name),
    fd => cx.fd(fd),
});
/// An index, or -1 for any.
const INDEX: Ty = Scalar(W4, |cx, v| match v as u32 {
    u32::MAX => cx.out.int(-1),
    index => cx.out.uint(u64::from(index)),
});
static UPDATED_FD: Ty = FD_OR_SKIP;

/// Shows elements behind a 64-bit pointer, as many as the second to last argument's count.
fn show_updated_fds(cx: &mut Cx<'_>, addr: u64) {
    let count = cx.arg(3) & 0xffff_ffff;
    cx.array(&UPDATED_FD, addr, count);
}

/// `struct io_uring_files_update`; the call's last argument says how many there are.
static FILES_UPDATE: Record = record(
    "io_uring_files_update",
    &[
        arg("offset", UINT),
        arg("resv", X32).nonzero(),
        arg(
            "fds",
            ScalarHook(
                W8,
                &decode::Hook {
                    dir: In,
                    show: show_updated_fds,
                    reads: &[Stretch::to(Start::Here, Array(&INT, Len::ArgInt(3)))],
                },
            ),
        ),
    ],
);

// What a `struct io_uring_rsrc_register` or its kin has behind a pointer, `nr` of them.
const FILES: Ty = Wide(&At(In, &Array(&Fd, Len::Field("nr"))));
const FILES_OR_SKIP: Ty = Wide(&At(In, &Array(&UPDATED_FD, Len::Field("nr"))));
const BUFFERS: Ty = Wide(&At(In, &Array(&ADDRESSES, Len::Field("nr"))));
const TAGS: Ty = Wide(&At(In, &Array(&X64, Len::Field("nr"))));

/// `struct io_uring_rsrc_register`, of files.
static FILES_SET: Record = record(
    "io_uring_rsrc_register",
    &[
        arg("nr", UINT),
        arg("flags", Flags(W4, &RSRC_FLAGS)),
        arg("resv2", X64).nonzero(),
        arg("data", FILES),
        arg("tags", TAGS),
    ],
);
/// `struct io_uring_rsrc_register`, of buffers.
static BUFFERS_SET: Record = record(
    "io_uring_rsrc_register",
    &[
        arg("nr", UINT),
        arg("flags", Flags(W4, &RSRC_FLAGS)),
        arg("resv2", X64).nonzero(),
        arg("data", BUFFERS),
        arg("tags", TAGS),
    ],
);
/// `struct io_uring_rsrc_update2`, of files.
static FILES_CHANGE: Record = record(
    "io_uring_rsrc_update2",
    &[
        arg("offset", UINT),
        arg("resv", X32).nonzero(),
        arg("data", FILES_OR_SKIP),
        arg("tags", TAGS),
        arg("nr", UINT),
        arg("resv2", X32).nonzero(),
    ],
);
/// `struct io_uring_rsrc_update2`, of buffers.
static BUFFERS_CHANGE: Record = record(
    "io_uring_rsrc_update2",
    &[
        arg("offset", UINT),
        arg("resv", X32).nonzero(),
        arg("data", BUFFERS),
        arg("tags", TAGS),
        arg("nr", UINT),
        arg("resv2", X32).nonzero(),
    ],
);

/// `struct io_uring_restriction`, whose second field's meaning is the first one's.
static RESTRICTION: Record = record(
    "io_uring_restriction",
    &[
        arg("opcode", Enum(W2, &RESTRICTIONS)),
        arg("", Inline([1; 3], 1, show_restricted)),
        arg("resv", X8).nonzero(),
        arg("resv2", Array(&X32, Len::Const(3))).nonzero(),
    ],
);

fn show_restricted(cx: &mut Plain<'_>, offset: u64) {
    let (what, v) = (cx.field("opcode"), cx.load(offset as usize, 1));
    if cx.is(what, IORING_RESTRICTION_REGISTER_OP) {
        cx.out.field("register_op");
        cx.enumerated(W1, &OPERATIONS, v);
    } else if cx.is(what, IORING_RESTRICTION_SQE_OP) {
        cx.out.field("sqe_op");
        cx.enumerated(W1, &OPS, v);
    } else if cx.is(what, IORING_RESTRICTION_SQE_FLAGS_ALLOWED)
        || cx.is(what, IORING_RESTRICTION_SQE_FLAGS_REQUIRED)
    {
        cx.out.field("sqe_flags");
        cx.flags(W1, &SQE_FLAGS, v);
    } else {
        let hex = if v == 0 { "" } else { "0x" };
        cx.out.note(Line::new(format_args!("op: {hex}{v:x}")).as_str());
    }
}

/// `struct io_uring_rsrc_update`, of a ring to be known by an index.
static RING_FD_SET: Record = record(
    "io_uring_rsrc_update",
    &[arg("offset", INDEX), arg("resv", X32).nonzero(), arg("data", Scalar(W8, |cx, fd| cx.fd(fd as i32)))],
);
/// The same of an index that is given up.
static RING_FD_UNSET: Record = record(
    "io_uring_rsrc_update",
    &[arg("offset", UINT), arg("resv", X32).nonzero(), arg("data", X64).nonzero()],
);
/// `struct io_uring_buf_reg`.
static BUF_REG: Record = record(
    "io_uring_buf_reg",
    &[
        arg("ring_addr", ADDR64),
        arg("ring_entries", UINT),
        arg("bgid", U16),
        arg("flags", X16),
        arg("min_left", UINT),
        arg("resv", Array(&X32, Len::Const(5))).nonzero(),
    ],
);
/// `struct io_uring_sync_cancel_reg`.
static SYNC_CANCEL: Record = record(
    "io_uring_sync_cancel_reg",
    &[
        arg("addr", ADDR64),
        arg("fd", Fd),
        arg("flags", Flags(W4, &CANCEL_FLAGS)),
        arg("timeout", Struct(&SIGNED_TIMESPEC64)),
        arg("opcode", OP),
        arg("pad", Array(&X8, Len::Const(7))).nonzero(),
        arg("pad2", Array(&X64, Len::Const(3))).nonzero(),
    ],
);
/// `struct __kernel_timespec`, where -1 and -1 mean no limit.
static SIGNED_TIMESPEC64: Record = record("__kernel_timespec", &[arg("tv_sec", S64), arg("tv_nsec", S64)]);
/// `struct io_uring_file_index_range`.
static FILE_RANGE: Record =
    record("io_uring_file_index_range", &[arg("off", UINT), arg("len", UINT), arg("resv", X64).nonzero()]);
/// `struct io_uring_buf_status`.
static BUF_STATUS: Record = record(
    "io_uring_buf_status",
    &[arg("buf_group", X32), arg("head", X32), arg("resv", Array(&X32, Len::Const(8))).nonzero()],
);
/// `struct io_uring_napi`.
static NAPI: Record = record(
    "io_uring_napi",
    &[
        arg("busy_poll_to", X32),
        arg("prefer_busy_poll", X8),
        arg("opcode", Enum(W1, &NAPI_OPS)),
        arg("pad", Array(&X8, Len::Const(2))).nonzero(),
        arg(
            "op_param",
            Scalar(W4, |cx, v| {
                if cx.is(cx.field("opcode"), IO_URING_NAPI_REGISTER_OP) {
                    cx.enumerated(W4, &NAPI_TRACKING, v);
                } else {
                    cx.out.hex(v);
                }
            }),
        ),
        arg("resv", X32).nonzero(),
    ],
);
/// `struct io_uring_clock_register`.
static CLOCK: Record = record(
    "io_uring_clock_register",
    &[arg("clockid", Enum(W4, &CLOCKS)), arg("__resv", Array(&X32, Len::Const(3))).nonzero()],
);
/// `struct io_uring_clone_buffers`.
static CLONE_BUFFERS: Record = record(
    "io_uring_clone_buffers",
    &[
        arg(
            "src_fd",
            Scalar(W4, |cx, fd| {
                if cx.field("flags") & IORING_REGISTER_SRC_REGISTERED.v() != 0 {
                    cx.out.uint(fd);
                } else {
                    cx.fd(fd as i32);
                }
            }),
        ),
        arg("flags", Flags(W4, &CLONE_FLAGS)),
        arg("src_off", UINT),
        arg("dst_off", UINT),
        arg("nr", UINT),
        arg("pad", Array(&X32, Len::Const(3))).nonzero(),
    ],
);
/// `struct io_uring_sqe`, as a message to another ring.
static SQE: Record = record(
    "io_uring_sqe",
    &[
        arg("opcode", OP_DEC),
        arg("flags", Flags(W1, &SQE_FLAGS)),
        arg("ioprio", U16),
        arg("fd", Fd),
        arg("off", X64),
        arg("addr", X64),
        arg("len", UINT),
        arg(
            "",
            Inline([4; 3], 4, |cx, offset| {
                let (op, v) = (cx.field("opcode"), cx.load(offset as usize, 4));
                // A union, whose members differ in name and in what their flags are.
                let member = OP_FLAGS.iter().find(|(known, ..)| cx.is(op, *known));
                match member {
                    Some((_, name, flags)) => {
                        cx.out.field(name);
                        cx.flags(W4, flags, v);
                    }
                    None => {
                        cx.out.field("rw_flags");
                        cx.out.hex(v);
                    }
                }
            }),
        ),
        arg("user_data", X64),
        arg("buf_index", X16),
        arg("personality", U16),
        arg("file_index", X32),
        arg(
            "",
            InlineHook(&decode::Inlined {
                sizes: [16; 3],
                align: 8,
                show: show_entry_tail,
                reads: &[Stretch::here(16 + ENTRY as u32)],
            }),
        ),
    ],
);

/// Operations that may have attributes in place of an option's value.
static WITH_ATTRIBUTES: Names = names(
    "",
    &[
        IORING_OP_READV,
        IORING_OP_WRITEV,
        IORING_OP_READ_FIXED,
        IORING_OP_WRITE_FIXED,
        IORING_OP_SENDMSG,
        IORING_OP_RECVMSG,
        IORING_OP_READ,
        IORING_OP_WRITE,
        IORING_OP_SEND,
        IORING_OP_RECV,
        IORING_OP_SEND_ZC,
        IORING_OP_READ_MULTISHOT,
        IORING_OP_RECV_ZC,
        IORING_OP_READV_FIXED,
        IORING_OP_WRITEV_FIXED,
    ],
);
static ATTRIBUTES_GIVEN: Names = names("IORING_RW_ATTR_FLAG_???", &[IORING_RW_ATTR_FLAG_PI]);
/// Operations whose entries are twice as long.
static LONG: Names = names("", &[IORING_OP_NOP128, IORING_OP_URING_CMD128]);
/// The size of `struct io_uring_sqe`, and how much more a long entry has.
const ENTRY: u64 = 64;

/// Shows the end of an entry: what it is and what is behind it depends on the operation.
fn show_entry_tail(cx: &mut Cx<'_>, offset: u64) {
    let op = cx.field("opcode");
    let (value, attributes) = (cx.load(offset as usize, 8), cx.load(offset as usize + 8, 8));
    if attributes != 0 && WITH_ATTRIBUTES.find(op, u64::MAX, cx.abi).is_some() {
        cx.out.field("attr_type_mask");
        cx.flags(W8, &ATTRIBUTES_GIVEN, attributes);
        cx.out.field("attr_ptr");
        cx.out.addr(value);
    } else {
        cx.out.field("optval");
        cx.out.hex(value);
    }
    if LONG.find(op, u64::MAX, cx.abi).is_some() {
        let rest = cx.record_addr().wrapping_add(ENTRY);
        cx.out.field("cmd");
        cx.array(&X8, rest, ENTRY);
    }
}

/// `struct io_uring_params`, of which only sizes count when a ring is resized.
static RESIZE: Record = record(
    "io_uring_params",
    &[
        arg("sq_entries", UINT),
        arg("cq_entries", UINT),
        arg("flags", Flags(W4, &SETUP_FLAGS)),
        pad(16),
        arg("resv", Array(&X32, Len::Const(3))).when(|_| false),
        pad(40),
        arg("", InlineHook(&decode::Inlined { sizes: [40; 3], align: 8, show: show_resized, reads: &[] })),
    ],
);
/// The offset of `resv` in `struct io_uring_params`.
const RESV: usize = 28;

/// Shows where the rings are to be, if anywhere, and what should be zero.
fn show_resized(cx: &mut Cx<'_>, cq_off: u64) {
    for (name, offset) in [("sq_off", cq_off - 40), ("cq_off", cq_off)] {
        let addr = cx.load(offset as usize + 32, 8);
        if addr != 0 {
            cx.out.field(name);
            cx.out.open(Kind::Struct);
            cx.out.field("user_addr");
            cx.out.hex(addr);
            cx.out.close(Kind::Struct);
        }
    }
    if [0, 4, 8].iter().any(|at| cx.load(RESV + at, 4) != 0) {
        let resv = cx.record_addr().wrapping_add(RESV as u64);
        cx.out.field("resv");
        cx.array(&X32, resv, 3);
    }
}

/// `struct io_uring_mem_region_reg`.
static MEM_REGION: Record = record(
    "io_uring_mem_region_reg",
    &[
        arg("region_uptr", ADDR64),
        arg("flags", Flags(W8, &REGION_FLAGS)),
        arg("__resv", Array(&X64, Len::Const(2))).nonzero(),
    ],
);

/// Some structs the kernel takes only with a count of one, or of none: with others the address is shown.
fn is_one(cx: &Plain<'_>) -> bool {
    count(cx) == 1
}

fn is_none(cx: &Plain<'_>) -> bool {
    count(cx) == 0
}

/// A struct of which the count is the size.
macro_rules! of_size {
    ($name:ident, $record:ident) => {
        static $name: Ty = Sized { of: &$record, size: Len::ArgInt(3), min: 32 };
    };
}

of_size!(SIZED_FILES_SET, FILES_SET);
of_size!(SIZED_BUFFERS_SET, BUFFERS_SET);
of_size!(SIZED_FILES_CHANGE, FILES_CHANGE);
of_size!(SIZED_BUFFERS_CHANGE, BUFFERS_CHANGE);

/// The call's last argument: how many there are.
fn count(cx: &Plain<'_>) -> u64 {
    cx.arg(3) & 0xffff_ffff
}

/// What is set, and what was set before.
static NAPI_SET: Ty = If(is_one, &Becomes(&Struct(&NAPI), &Struct(&NAPI)));

/// `struct io_uring_probe_op`.
static PROBE_OP: Record = record(
    "io_uring_probe_op",
    &[
        arg("op", OP_DEC),
        arg("resv", X8).nonzero(),
        arg("flags", Flags(W2, &PROBE_FLAGS)),
        arg("resv2", X32).nonzero(),
    ],
);
static PROBE_OP_TY: Ty = Struct(&PROBE_OP);
/// `struct io_uring_probe` without the operations behind it.
static PROBE_HEAD: Record = record(
    "io_uring_probe",
    &[
        arg("last_op", OP_DEC),
        arg("ops_len", U8),
        arg("resv", X16).nonzero(),
        arg("resv2", Array(&X32, Len::Const(3))).nonzero(),
    ],
);

/// What the kernel supports. Before the call it should be zero, which goes without saying.
static PROBE: HookFn = HookFn {
    dir: InOut,
    show: |cx, at| {
        const SHOWN: u64 = 1;
        if !cx.exiting() {
            match probe_is_zero(cx, at) {
                Some(true) => cx.save(!SHOWN),
                Some(false) => {
                    show_probe(cx, at);
                    cx.save(SHOWN);
                }
                None => cx.out.addr(at),
            }
            return;
        }
        let Some(state) = cx.saved_here() else { return };
        match (state == SHOWN, cx.failed()) {
            (true, true) => {}
            (true, false) => {
                cx.out.changed();
                show_probe(cx, at);
            }
            (false, true) => cx.out.addr(at),
            (false, false) => show_probe(cx, at),
        }
    },
    reads: &[Stretch::arg(2, 16 + 8 * 256)],
};

/// Whether all of a probe is zero; `None` if it can't be read.
fn probe_is_zero(cx: &mut Cx<'_>, addr: u64) -> Option<bool> {
    // The kernel takes no more operations than a byte can number.
    let count = usize::try_from(count(cx)).ok().filter(|&count| count <= 256)?;
    let mut bytes = [0; 16 + 8 * 256];
    let bytes = &mut bytes[..PROBE_HEAD.size(cx.abi) + 8 * count];
    (addr != 0 && cx.options.verbose && cx.read(addr, bytes)).then(|| bytes.iter().all(|&b| b == 0))
}

/// Shows what the kernel supports: before the call as many operations as there is room for, after it as many as the
/// kernel says.
fn show_probe(cx: &mut Cx<'_>, addr: u64) {
    let size = PROBE_HEAD.size(cx.abi);
    let room = count(cx);
    let mut head = [0; 16];
    if !cx.read(addr, &mut head) {
        return cx.out.addr(addr);
    }
    // No kernel knows more operations than a byte can number.
    let known = if cx.exiting() { u64::from(head[1]) } else { room };
    let shown = known.min(room).min(256);
    cx.out.open(Kind::Struct);
    cx.members_from(&PROBE_HEAD, &head, addr);
    cx.out.field("ops");
    let limit = if cx.abbrev() { cx.options.strings as u64 } else { u64::MAX };
    cx.out.open(Kind::Array);
    for i in 0..shown.min(limit) {
        cx.out.item();
        cx.deref(&PROBE_OP_TY, addr.wrapping_add(size as u64 + i * 8));
    }
    if known > shown.min(limit) {
        cx.out.more();
    }
    cx.out.close(Kind::Array);
    cx.out.close(Kind::Struct);
}

/// How many workers there may be, before and after the call.
static WORKERS: HookFn = HookFn {
    dir: InOut,
    show: |cx, at| {
        if !cx.exiting() {
            if show_workers(cx, at) && count(cx) > 0 {
                cx.save(0);
            }
        } else if cx.saved_here().is_some() {
            cx.out.changed();
            if cx.failed() {
                cx.out.addr(at);
            } else {
                show_workers(cx, at);
            }
        } else if !cx.abbrev() && !cx.failed() {
            cx.skim(at, count(cx).saturating_mul(4));
        }
    },
    reads: &[Stretch::to(Start::Here, Array(&UINT, Len::ArgInt(3)))],
};

/// Shows numbers of workers, by their kind; whether all could be read.
fn show_workers(cx: &mut Cx<'_>, addr: u64) -> bool {
    const KINDS: [Part; 2] = [Part::Name("IO_WQ_BOUND"), Part::Name("IO_WQ_UNBOUND")];
    if addr == 0 || (count(cx) > 0 && (!cx.options.verbose || cx.read_u32(addr).is_none())) {
        cx.out.addr(addr);
        return false;
    }
    // The kernel takes two; whoever gives more learns enough from a few.
    const MOST: u64 = 1 << 16;
    let limit = if cx.abbrev() { cx.options.strings as u64 } else { MOST };
    cx.out.open(Kind::Array);
    let mut whole = true;
    for i in 0..count(cx) {
        let at = addr.wrapping_add(i * 4);
        let Some(workers) = cx.read_u32(at) else {
            cx.out.more_at(at);
            whole = false;
            break;
        };
        if i >= limit {
            cx.out.more();
            break;
        }
        let kind = KINDS.get(i as usize).map_or(&[][..], std::slice::from_ref);
        cx.out.index_named(i, kind, "IO_WQ_???");
        cx.out.uint(u64::from(workers));
    }
    cx.out.close(Kind::Array);
    whole
}

/// CPUs for workers: the count is the mask's size in bytes.
static AFFINITY: Ty = Form(Len::ArgInt(3), show_cpus);

const NR_ARGS: Arg = arg("nr_args", UINT);
pub(super) const OTHER: &[Arg] = &[arg("arg", Addr), NR_ARGS];

/// How the call goes on, by what is told.
pub(super) static CASES: &[Case] = &[
    case(
        &[IORING_REGISTER_BUFFERS],
        &[arg("arg", At(In, &Array(&ADDRESSES, Len::ArgInt(3)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_REGISTER_FILES, IORING_REGISTER_EVENTFD, IORING_REGISTER_EVENTFD_ASYNC],
        &[arg("arg", At(In, &Array(&Fd, Len::ArgInt(3)))), NR_ARGS],
        Ret::Dec,
    ),
    case(&[IORING_REGISTER_FILES_UPDATE], &[arg("arg", At(In, &Struct(&FILES_UPDATE))), NR_ARGS], Ret::Dec),
    case(&[IORING_REGISTER_PROBE], &[arg("arg", Hook(&PROBE)), NR_ARGS], Ret::Dec),
    case(
        &[IORING_REGISTER_RESTRICTIONS],
        &[arg("arg", At(In, &Array(&Struct(&RESTRICTION), Len::ArgInt(3)))), NR_ARGS],
        Ret::Dec,
    ),
    case(&[IORING_REGISTER_FILES2], &[arg("arg", At(In, &SIZED_FILES_SET)), NR_ARGS], Ret::Dec),
    case(&[IORING_REGISTER_FILES_UPDATE2], &[arg("arg", At(In, &SIZED_FILES_CHANGE)), NR_ARGS], Ret::Dec),
    case(&[IORING_REGISTER_BUFFERS2], &[arg("arg", At(In, &SIZED_BUFFERS_SET)), NR_ARGS], Ret::Dec),
    case(&[IORING_REGISTER_BUFFERS_UPDATE], &[arg("arg", At(In, &SIZED_BUFFERS_CHANGE)), NR_ARGS], Ret::Dec),
    case(&[IORING_REGISTER_IOWQ_AFF], &[arg("arg", At(In, &AFFINITY)), NR_ARGS], Ret::Dec),
    case(&[IORING_REGISTER_IOWQ_MAX_WORKERS], &[arg("arg", Hook(&WORKERS)), NR_ARGS], Ret::Dec),
    case(
        &[IORING_REGISTER_RING_FDS],
        &[arg("arg", At(In, &Array(&Struct(&RING_FD_SET), Len::ArgInt(3)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_UNREGISTER_RING_FDS],
        &[arg("arg", At(In, &Array(&Struct(&RING_FD_UNSET), Len::ArgInt(3)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_REGISTER_PBUF_RING, IORING_UNREGISTER_PBUF_RING],
        &[arg("arg", At(In, &If(is_one, &Struct(&BUF_REG)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_REGISTER_SYNC_CANCEL],
        &[arg("arg", At(In, &If(is_one, &Struct(&SYNC_CANCEL)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_REGISTER_FILE_ALLOC_RANGE],
        &[arg("arg", At(In, &If(is_one, &Struct(&FILE_RANGE)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_REGISTER_PBUF_STATUS],
        &[arg("arg", At(Out, &If(is_one, &Struct(&BUF_STATUS)))), NR_ARGS],
        Ret::Dec,
    ),
    case(&[IORING_REGISTER_NAPI], &[arg("arg", At(InOut, &NAPI_SET)), NR_ARGS], Ret::Dec),
    case(&[IORING_UNREGISTER_NAPI], &[arg("arg", At(Out, &If(is_one, &Struct(&NAPI)))), NR_ARGS], Ret::Dec),
    case(&[IORING_REGISTER_CLOCK], &[arg("arg", At(In, &If(is_none, &Struct(&CLOCK)))), NR_ARGS], Ret::Dec),
    case(
        &[IORING_REGISTER_CLONE_BUFFERS],
        &[arg("arg", At(In, &If(is_one, &Struct(&CLONE_BUFFERS)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_REGISTER_SEND_MSG_RING],
        &[arg("arg", At(In, &If(is_one, &Struct(&SQE)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_REGISTER_ZCRX_IFQ],
        &[arg("arg", At(In, &If(is_one, &Struct(&ZCRX_IFQ)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_REGISTER_RESIZE_RINGS],
        &[arg("arg", At(In, &If(is_one, &Struct(&RESIZE)))), NR_ARGS],
        Ret::Dec,
    ),
    case(
        &[IORING_REGISTER_MEM_REGION],
        &[arg("arg", At(In, &If(is_one, &Struct(&MEM_REGION)))), NR_ARGS],
        Ret::Dec,
    ),
    case(&[IORING_REGISTER_QUERY], &[arg("arg", Hook(&QUERIES)), NR_ARGS], Ret::Dec),
    case(&[IORING_REGISTER_ZCRX_CTRL], &[arg("arg", Hook(&zcrx::CONTROL)), NR_ARGS], Ret::Dec),
];
