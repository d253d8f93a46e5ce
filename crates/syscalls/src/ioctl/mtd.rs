//! Memory technology devices (`include/uapi/mtd/mtd-abi.h`).

use super::{Request, req};
use crate::common::ADDR64;
use decode::prelude::*;
use uapi::consts::*;

static TYPES: Names = names(
    "MTD_???",
    &[
        MTD_ABSENT,
        MTD_RAM,
        MTD_ROM,
        MTD_NORFLASH,
        MTD_NANDFLASH,
        MTD_DATAFLASH,
        MTD_UBIVOLUME,
        MTD_MLCNANDFLASH,
    ],
);
static FLAGS: Names = names(
    "MTD_???",
    &[MTD_WRITEABLE, MTD_BIT_WRITEABLE, MTD_NO_ERASE, MTD_POWERUP_LOCK, MTD_SLC_ON_MLC_EMULATION],
);
static ECC_MODES: Names = names(
    "MTD_NANDECC_???",
    &[
        MTD_NANDECC_OFF,
        MTD_NANDECC_PLACE,
        MTD_NANDECC_AUTOPLACE,
        MTD_NANDECC_PLACEONLY,
        MTD_NANDECC_AUTOPL_USR,
    ],
);
static WRITE_MODES: Names = names("MTD_OPS_???", &[MTD_OPS_PLACE_OOB, MTD_OPS_AUTO_OOB, MTD_OPS_RAW]);
static FILE_MODES: Names = names(
    "MTD_FILE_MODE_???",
    &[MTD_FILE_MODE_NORMAL, MTD_FILE_MODE_OTP_FACTORY, MTD_FILE_MODE_OTP_USER, MTD_FILE_MODE_RAW],
);
static OTP_MODES: Names = names("MTD_OTP_???", &[MTD_OTP_OFF, MTD_OTP_FACTORY, MTD_OTP_USER]);

static HEX: Ty = X32;
static OTP_MODE: Ty = Enum(W4, &OTP_MODES);
static PAIR: Ty = Array(&HEX, Len::Const(2));
static INFO: Record = record(
    "mtd_info_user",
    &[
        arg("type", Enum(W1, &TYPES)),
        arg("flags", Flags(W4, &FLAGS)),
        arg("size", X32),
        arg("erasesize", X32),
        arg("writesize", X32),
        arg("oobsize", X32),
        arg("padding", X64),
    ],
);
static ERASE: Record = record("erase_info_user", &[arg("start", X32), arg("length", X32)]);
static ERASE64: Record = record("erase_info_user64", &[arg("start", X64), arg("length", X64)]);
static OOB: Record = record("mtd_oob_buf", &[arg("start", X32), arg("length", X32), arg("ptr", Addr)]);
static OOB64: Record =
    record("mtd_oob_buf64", &[arg("start", X64), pad(4), arg("length", X32), arg("usr_ptr", ADDR64)]);
static WRITE: Record = record(
    "mtd_write_req",
    &[
        arg("start", X64),
        arg("len", X64),
        arg("ooblen", X64),
        arg("usr_data", ADDR64),
        arg("usr_oob", ADDR64),
        arg("mode", Enum(W1, &WRITE_MODES)),
        pad(7),
    ],
);
static REGION: Record = record(
    "region_info_user",
    &[arg("offset", X32), arg("erasesize", X32), arg("numblocks", X32), arg("regionindex", X32)],
);
static OTP: Record = record("otp_info", &[arg("start", X32), arg("length", X32), arg("locked", UINT)]);
static OOB_INFO: Record = record(
    "nand_oobinfo",
    &[
        arg("useecc", Enum(W4, &ECC_MODES)),
        arg("eccbytes", X32),
        arg("oobfree", Array(&PAIR, Len::Const(8))),
        arg("eccpos", Array(&HEX, Len::Const(32))),
    ],
);
static FREE: Record = record("nand_oobfree", &[arg("offset", X32), arg("length", X32)]);
static FREE_TY: Ty = Struct(&FREE);
static LAYOUT: Record = record(
    "nand_ecclayout_user",
    &[
        arg("eccbytes", X32),
        arg("eccpos", Array(&HEX, Len::Const(64))),
        arg("oobavail", X32),
        arg("oobfree", Array(&FREE_TY, Len::Const(8))),
    ],
);
static STATS: Record = record(
    "mtd_ecc_stats",
    &[arg("corrected", X32), arg("failed", X32), arg("badblocks", X32), arg("bbtblocks", X32)],
);

pub(super) static REQUESTS: &[Request] = &[
    req(MEMGETINFO, At(Out, &Struct(&INFO))),
    req(MEMERASE, At(In, &Struct(&ERASE))),
    req(MEMLOCK, At(In, &Struct(&ERASE))),
    req(MEMUNLOCK, At(In, &Struct(&ERASE))),
    req(MEMISLOCKED, At(In, &Struct(&ERASE))),
    req(MEMERASE64, At(In, &Struct(&ERASE64))),
    req(MEMREADOOB, At(In, &Struct(&OOB))),
    req(MEMWRITEOOB, At(In, &Struct(&OOB))),
    req(MEMREADOOB64, At(In, &Struct(&OOB64))),
    req(MEMWRITEOOB64, At(In, &Struct(&OOB64))),
    req(MEMWRITE, At(In, &Struct(&WRITE))),
    req(MEMGETREGIONCOUNT, At(Out, &INT)),
    req(
        MEMGETREGIONINFO,
        At(
            InOut,
            &Filled(
                &Members(&REGION, &["regionindex"]),
                &Members(&REGION, &["offset", "erasesize", "numblocks"]),
            ),
        ),
    ),
    req(MEMGETBADBLOCK, At(In, &U64)),
    req(MEMSETBADBLOCK, At(In, &U64)),
    req(OTPSELECT, At(In, &OTP_MODE)),
    req(OTPGETREGIONCOUNT, At(Out, &UINT)),
    req(OTPGETREGIONINFO, At(Out, &Struct(&OTP))),
    req(OTPLOCK, At(In, &Struct(&OTP))),
    req(MTDFILEMODE, Enum(Long, &FILE_MODES)),
    req(MEMGETOOBSEL, At(Out, &Struct(&OOB_INFO))),
    req(ECCGETLAYOUT, At(Out, &Struct(&LAYOUT))),
    req(ECCGETSTATS, At(Out, &Struct(&STATS))),
];
