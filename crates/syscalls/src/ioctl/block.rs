//! Block devices and loop devices.

use super::{Request, bare, req};
use crate::common::show_dev;
use decode::prelude::*;
use uapi::consts::*;

static BLKPG_OPS: Names =
    names("BLKPG_???", &[BLKPG_ADD_PARTITION, BLKPG_DEL_PARTITION, BLKPG_RESIZE_PARTITION]);
/// Gone from the headers, still set by old programs.
const LO_FLAGS_USE_AOPS: Const = crate::common::uncommon("LO_FLAGS_USE_AOPS", 2);
static LO_FLAGS: Names = names(
    "LO_FLAGS_???",
    &[LO_FLAGS_READ_ONLY, LO_FLAGS_USE_AOPS, LO_FLAGS_AUTOCLEAR, LO_FLAGS_PARTSCAN, LO_FLAGS_DIRECT_IO],
);
static LO_CRYPT: Names = names(
    "LO_CRYPT_???",
    &[
        LO_CRYPT_NONE,
        LO_CRYPT_XOR,
        LO_CRYPT_DES,
        LO_CRYPT_FISH2,
        LO_CRYPT_BLOW,
        LO_CRYPT_CAST128,
        LO_CRYPT_IDEA,
        LO_CRYPT_DUMMY,
        LO_CRYPT_SKIPJACK,
        LO_CRYPT_CRYPTOAPI,
    ],
);

static BLKPG_ARG: Record = record(
    "blkpg_ioctl_arg",
    &[
        arg("op", Enum(W4, &BLKPG_OPS)),
        arg("flags", INT),
        arg("datalen", INT),
        arg("data", At(In, &Struct(&PARTITION))),
    ],
);
static PARTITION: Record = record(
    "blkpg_partition",
    &[
        arg("start", S64),
        arg("length", S64),
        arg("pno", INT),
        arg("devname", CharArray(64)),
        arg("volname", CharArray(64)),
    ],
);

static TRACE_SETUP: Record = record(
    "blk_user_trace_setup",
    &[
        pad(32),
        arg("act_mask", U16),
        arg("buf_size", UINT),
        arg("buf_nr", UINT),
        arg("start_lba", U64),
        arg("end_lba", U64),
        arg("pid", TGID),
    ],
);
static TRACE_NAME: Record = record("blk_user_trace_setup", &[arg("name", CharArray(32))]);

/// The size of an encryption key (`LO_KEY_SIZE`).
const KEY_SIZE: usize = 32;

/// Shows as many bytes of a key as there are said to be.
fn show_key(cx: &mut Plain<'_>, offset: u64) {
    let len = (cx.field("lo_encrypt_key_size") as usize).min(KEY_SIZE);
    let mut key = [0; KEY_SIZE];
    let got = cx.raw(offset as usize, len);
    let len = got.len();
    key[..len].copy_from_slice(got);
    cx.out.bytes(&key[..len], Text::Plain, false);
}

/// A device number as old calls have it: `__kernel_old_dev_t`.
const OLD_DEV: Ty = Scalar(Long, show_dev);
/// As [`OLD_DEV`] on i386, where it has two bytes.
const OLD_DEV_I386: Ty = Scalar(W2, show_dev);
/// Encryption is shown where there is any, or where everything is.
fn is_encrypted(cx: &Plain<'_>) -> bool {
    !cx.abbrev() || cx.field("lo_encrypt_type") != 0
}
const KEY: Arg = arg("lo_encrypt_key", Inline([32, 32, 32], 1, show_key)).when(is_encrypted);
const ENCRYPT_TYPE: Arg = arg("lo_encrypt_type", Enum(W4, &LO_CRYPT)).when(is_encrypted);
const ENCRYPT_KEY_SIZE: Arg = arg("lo_encrypt_key_size", UINT).when(is_encrypted);
const FLAGS: Arg = arg("lo_flags", Flags(W4, &LO_FLAGS));
static WORD: Ty = Int(Long, Hex);
static BYTE: Ty = X8;
static WIDE: Ty = X64;

static LOOP_INFO: Record = record(
    "loop_info",
    &[
        arg("lo_number", INT),
        arg("lo_device", OLD_DEV).verbose(),
        arg("lo_inode", ULONG).verbose(),
        arg("lo_rdevice", OLD_DEV).verbose(),
        arg("lo_offset", X32),
        ENCRYPT_TYPE,
        ENCRYPT_KEY_SIZE,
        FLAGS,
        arg("lo_name", CharArray(64)),
        KEY,
        arg("lo_init", Array(&WORD, Len::Const(2))).verbose(),
        arg("reserved", Array(&BYTE, Len::Const(4))).verbose(),
    ],
);
static LOOP_INFO_I386: Record = record(
    "loop_info_i386",
    &[
        arg("lo_number", INT),
        arg("lo_device", OLD_DEV_I386).verbose(),
        arg("lo_inode", ULONG).verbose(),
        arg("lo_rdevice", OLD_DEV_I386).verbose(),
        arg("lo_offset", X32),
        ENCRYPT_TYPE,
        ENCRYPT_KEY_SIZE,
        FLAGS,
        arg("lo_name", CharArray(64)),
        KEY,
        arg("lo_init", Array(&WORD, Len::Const(2))).verbose(),
        arg("reserved", Array(&BYTE, Len::Const(4))).verbose(),
    ],
);
static LOOP_INFO64: Record = record(
    "loop_info64",
    &[
        arg("lo_device", Scalar(W8, show_dev)).verbose(),
        arg("lo_inode", U64).verbose(),
        arg("lo_rdevice", Scalar(W8, show_dev)).verbose(),
        arg("lo_offset", X64),
        arg("lo_sizelimit", U64).verbose(),
        arg("lo_number", UINT),
        ENCRYPT_TYPE,
        ENCRYPT_KEY_SIZE,
        FLAGS,
        arg("lo_file_name", CharArray(64)),
        arg("lo_crypt_name", CharArray(64)).when(is_encrypted),
        KEY,
        arg("lo_init", Array(&WIDE, Len::Const(2))).verbose(),
    ],
);
static LOOP_CONFIG: Record = record(
    "loop_config",
    &[
        arg("fd", Fd),
        arg("block_size", UINT),
        arg("info", Struct(&LOOP_INFO64)),
        arg("__reserved", Array(&WIDE, Len::Const(8))).nonzero(),
    ],
);

/// A `struct loop_info` of the tracee's ABI.
static LOOP_INFO_TY: Ty = ByAbi(|abi| match abi {
    Abi::I386 => &const { Struct(&LOOP_INFO_I386) },
    _ => &const { Struct(&LOOP_INFO) },
});

static RANGE: Ty = Array(&U64, Len::Const(2));

pub(super) static REQUESTS: &[Request] = &[
    req(BLKROSET, At(In, &INT)),
    req(BLKROGET, At(Out, &INT)),
    req(BLKGETSIZE, At(Out, &ULONG)),
    req(BLKRASET, ULONG),
    req(BLKFRASET, ULONG),
    req(BLKRAGET, At(Out, &LONG)),
    req(BLKFRAGET, At(Out, &LONG)),
    req(BLKSECTGET, At(Out, &U16)),
    req(BLKROTATIONAL, At(Out, &U16)),
    req(BLKSSZGET, At(Out, &INT)),
    req(BLKALIGNOFF, At(Out, &INT)),
    req(BLKBSZSET, At(In, &INT)),
    req(BLKBSZGET, At(Out, &INT)),
    req(BLKIOMIN, At(Out, &UINT)),
    req(BLKIOOPT, At(Out, &UINT)),
    req(BLKPBSZGET, At(Out, &UINT)),
    req(BLKDISCARDZEROES, At(Out, &UINT)),
    req(BLKGETZONESZ, At(Out, &UINT)),
    req(BLKGETNRZONES, At(Out, &UINT)),
    req(BLKGETSIZE64, At(Out, &U64)),
    req(BLKGETDISKSEQ, At(Out, &U64)),
    req(BLKDISCARD, At(In, &InPlace(&RANGE))),
    req(BLKSECDISCARD, At(In, &InPlace(&RANGE))),
    req(BLKZEROOUT, At(In, &InPlace(&RANGE))),
    req(BLKPG, At(In, &Struct(&BLKPG_ARG))),
    req(BLKTRACESETUP, At(InOut, &Filled(&Struct(&TRACE_SETUP), &Struct(&TRACE_NAME)))),
    bare(BLKRRPART),
    bare(BLKFLSBUF),
    bare(BLKTRACESTART),
    bare(BLKTRACESTOP),
    bare(BLKTRACETEARDOWN),
    req(LOOP_SET_STATUS, At(In, &LOOP_INFO_TY)),
    req(LOOP_GET_STATUS, At(Out, &LOOP_INFO_TY)),
    req(LOOP_SET_STATUS64, At(In, &Struct(&LOOP_INFO64))),
    req(LOOP_GET_STATUS64, At(Out, &Struct(&LOOP_INFO64))),
    req(LOOP_CONFIGURE, At(In, &Struct(&LOOP_CONFIG))),
    req(LOOP_SET_FD, Fd),
    req(LOOP_CHANGE_FD, Fd),
    req(LOOP_SET_DIRECT_IO, ULONG),
    req(LOOP_SET_BLOCK_SIZE, ULONG),
    req(LOOP_CTL_ADD, INT),
    req(LOOP_CTL_REMOVE, INT),
    bare(LOOP_CLR_FD),
    bare(LOOP_SET_CAPACITY),
    bare(LOOP_CTL_GET_FREE).returning(Ret::Dec),
];
