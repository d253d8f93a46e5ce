//! Disk quotas.

use crate::common::{ID, uncommon};
use decode::Named;
use decode::class::{DESC, FILE};
use decode::prelude::*;
use uapi::consts::*;

/// What a command asks for: its upper 24 bits. Those of old kernels are known by name only.
static COMMANDS: Names = names(
    "Q_???",
    &[
        Q_SYNC,
        Q_QUOTAON,
        Q_QUOTAOFF,
        Q_GETFMT,
        Q_GETINFO,
        Q_SETINFO,
        Q_GETQUOTA,
        Q_SETQUOTA,
        Q_GETNEXTQUOTA,
        Q_XQUOTAON,
        Q_XQUOTAOFF,
        Q_XGETQUOTA,
        Q_XSETQLIM,
        Q_XGETQSTAT,
        Q_XQUOTARM,
        Q_XQUOTASYNC,
        Q_XGETQSTATV,
        Q_XGETNEXTQUOTA,
        uncommon("Q_V1_QUOTAON", 0x100),
        uncommon("Q_V1_QUOTAOFF", 0x200),
        uncommon("Q_V1_GETQUOTA", 0x300),
        uncommon("Q_V1_SETQUOTA", 0x400),
        uncommon("Q_V1_SETUSE", 0x500),
        uncommon("Q_V1_SYNC", 0x600),
        uncommon("Q_SETQLIM", 0x700),
        uncommon("Q_V1_GETSTATS", 0x800),
        uncommon("Q_V2_GETINFO", 0x900),
        uncommon("Q_V2_SETINFO", 0xa00),
        uncommon("Q_V2_SETGRACE", 0xb00),
        uncommon("Q_V2_SETFLAGS", 0xc00),
        uncommon("Q_V2_GETQUOTA", 0xd00),
        uncommon("Q_V2_SETQUOTA", 0xe00),
        uncommon("Q_V2_SETUSE", 0xf00),
        uncommon("Q_V1_RSQUASH", 0x1000),
        uncommon("Q_V2_GETSTATS", 0x1100),
    ],
);
/// Whose quotas: a command's lowest byte.
static TYPES: Names = names("???QUOTA", &[USRQUOTA, GRPQUOTA, PRJQUOTA]);
static FORMATS: Names = names("QFMT_???", &[QFMT_VFS_OLD, QFMT_VFS_V0, QFMT_OCFS2, QFMT_VFS_V1, QFMT_SHMEM]);
static VALID: Names =
    names("QIF_???", &[QIF_BLIMITS, QIF_SPACE, QIF_ILIMITS, QIF_INODES, QIF_BTIME, QIF_ITIME]);
static INFO_FLAGS: Names = names("DQF_???", &[DQF_ROOT_SQUASH, DQF_SYS_FILE]);
static INFO_VALID: Names = names("IIF_???", &[IIF_BGRACE, IIF_IGRACE, IIF_FLAGS]);
static XFS_TYPES: Names = names("FS_???_QUOTA", &[FS_USER_QUOTA, FS_PROJ_QUOTA, FS_GROUP_QUOTA]);
static XFS_FLAGS: Names = names(
    "FS_QUOTA_???",
    &[
        FS_QUOTA_UDQ_ACCT,
        FS_QUOTA_UDQ_ENFD,
        FS_QUOTA_GDQ_ACCT,
        FS_QUOTA_GDQ_ENFD,
        FS_QUOTA_PDQ_ACCT,
        FS_QUOTA_PDQ_ENFD,
    ],
);

/// `struct if_dqblk` (quotactl(2)).
static DQBLK: Record = record(
    "if_dqblk",
    &[
        arg("dqb_bhardlimit", U64),
        arg("dqb_bsoftlimit", U64),
        arg("dqb_curspace", U64),
        arg("dqb_ihardlimit", U64),
        arg("dqb_isoftlimit", U64),
        arg("dqb_curinodes", U64),
        arg("dqb_btime", U64).verbose(),
        arg("dqb_itime", U64).verbose(),
        arg("dqb_valid", Flags(W4, &VALID)).verbose(),
    ],
);
/// `struct if_nextdqblk`: the same, and whose it is.
static NEXT_DQBLK: Record = record(
    "if_nextdqblk",
    &[
        arg("dqb_bhardlimit", U64),
        arg("dqb_bsoftlimit", U64),
        arg("dqb_curspace", U64),
        arg("dqb_ihardlimit", U64),
        arg("dqb_isoftlimit", U64),
        arg("dqb_curinodes", U64),
        arg("dqb_btime", U64).verbose(),
        arg("dqb_itime", U64).verbose(),
        arg("dqb_valid", Flags(W4, &VALID)).verbose(),
        arg("dqb_id", UINT),
    ],
);
/// `struct if_dqinfo` (quotactl(2)).
static DQINFO: Record = record(
    "if_dqinfo",
    &[
        arg("dqi_bgrace", U64),
        arg("dqi_igrace", U64),
        arg("dqi_flags", Flags(W4, &INFO_FLAGS)),
        arg("dqi_valid", Flags(W4, &INFO_VALID)),
    ],
);
/// `struct fs_disk_quota` of XFS (`linux/dqblk_xfs.h`).
static XFS_DISK_QUOTA: Record = record(
    "fs_disk_quota",
    &[
        arg("d_version", S8),
        arg("d_flags", Flags(W1, &XFS_TYPES)),
        arg("d_fieldmask", X16),
        arg("d_id", UINT),
        arg("d_blk_hardlimit", U64),
        arg("d_blk_softlimit", U64),
        arg("d_ino_hardlimit", U64),
        arg("d_ino_softlimit", U64),
        arg("d_bcount", U64),
        arg("d_icount", U64),
        arg("d_itimer", INT).verbose(),
        arg("d_btimer", INT).verbose(),
        arg("d_iwarns", U16).verbose(),
        arg("d_bwarns", U16).verbose(),
        pad(4),
        arg("d_rtb_hardlimit", U64).verbose(),
        arg("d_rtb_softlimit", U64).verbose(),
        arg("d_rtbcount", U64).verbose(),
        arg("d_rtbtimer", INT).verbose(),
        arg("d_rtbwarns", U16).verbose(),
        pad(10),
    ],
);
/// `struct fs_qfilestat`.
static XFS_FILE_STAT: Record =
    record("fs_qfilestat", &[arg("qfs_ino", U64), arg("qfs_nblks", U64), arg("qfs_nextents", UINT)]);
/// `struct fs_quota_stat`.
static XFS_STAT: Record = record(
    "fs_quota_stat",
    &[
        arg("qs_version", S8),
        arg("qs_flags", Flags(W2, &XFS_FLAGS)).verbose(),
        pad(1),
        arg("qs_uquota", Struct(&XFS_FILE_STAT)).verbose(),
        arg("qs_gquota", Struct(&XFS_FILE_STAT)).verbose(),
        arg("qs_incoredqs", UINT).verbose(),
        arg("qs_btimelimit", INT).verbose(),
        arg("qs_itimelimit", INT).verbose(),
        arg("qs_rtbtimelimit", INT).verbose(),
        arg("qs_bwarnlimit", U16).verbose(),
        arg("qs_iwarnlimit", U16).verbose(),
    ],
);
/// `struct fs_qfilestatv`.
static XFS_FILE_STATV: Record =
    record("fs_qfilestatv", &[arg("qfs_ino", U64), arg("qfs_nblks", U64), arg("qfs_nextents", UINT), pad(4)]);
/// `struct fs_quota_statv`.
static XFS_STATV: Record = record(
    "fs_quota_statv",
    &[
        arg("qs_version", S8),
        pad(1),
        arg("qs_flags", Flags(W2, &XFS_FLAGS)).verbose(),
        arg("qs_incoredqs", UINT).verbose(),
        arg("qs_uquota", Struct(&XFS_FILE_STATV)).verbose(),
        arg("qs_gquota", Struct(&XFS_FILE_STATV)).verbose(),
        arg("qs_pquota", Struct(&XFS_FILE_STATV)).verbose(),
        arg("qs_btimelimit", INT).verbose(),
        arg("qs_itimelimit", INT).verbose(),
        arg("qs_rtbtimelimit", INT).verbose(),
        arg("qs_bwarnlimit", U16).verbose(),
        arg("qs_iwarnlimit", U16).verbose(),
        pad(2 + 2 + 4 + 56),
    ],
);

/// Shows a command as the macro that makes it of what and whose.
fn show_command(cx: &mut Plain<'_>, command: u64) {
    let what = Named::of(&COMMANDS, command >> 8, cx.abi);
    let whose = Named::of(&TYPES, command & 0xff, cx.abi);
    cx.out.symbolic(command, Base::Udec, &[Part::MacroOf("QCMD", what, whose)], "");
}

/// A command for anyone's quotas, where a call's first argument has it.
const fn of_any(what: Const) -> Const {
    uncommon(what.name, what.value << 8 & 0xffff_ffff)
}

/// The bits of a command that say what.
const WHAT: u32 = 0xffff_ff00;

const QUOTA_ID: Arg = arg("id", ID);
/// An id that the command doesn't need.
const NO_ID: Arg = arg("id", INT).when(|_| false);

static CASES: &[Case] = &[
    case(&[of_any(Q_SYNC), of_any(Q_QUOTAOFF), of_any(Q_XQUOTASYNC)], &[], Ret::Dec),
    case(&[of_any(Q_QUOTAON)], &[arg("id", Enum(W4, &FORMATS)), arg("addr", Path)], Ret::Dec),
    case(&[of_any(Q_GETFMT)], &[NO_ID, arg("addr", At(Out, &Enum(W4, &FORMATS)))], Ret::Dec),
    case(&[of_any(Q_GETINFO)], &[NO_ID, arg("addr", At(Out, &Struct(&DQINFO)))], Ret::Dec),
    case(&[of_any(Q_SETINFO)], &[NO_ID, arg("addr", At(In, &Struct(&DQINFO)))], Ret::Dec),
    case(&[of_any(Q_GETQUOTA)], &[QUOTA_ID, arg("addr", At(Out, &Struct(&DQBLK)))], Ret::Dec),
    case(&[of_any(Q_SETQUOTA)], &[QUOTA_ID, arg("addr", At(In, &Struct(&DQBLK)))], Ret::Dec),
    case(&[of_any(Q_GETNEXTQUOTA)], &[QUOTA_ID, arg("addr", At(Out, &Struct(&NEXT_DQBLK)))], Ret::Dec),
    case(
        &[of_any(Q_XQUOTAON), of_any(Q_XQUOTAOFF)],
        &[NO_ID, arg("addr", At(In, &Flags(W4, &XFS_FLAGS)))],
        Ret::Dec,
    ),
    case(&[of_any(Q_XQUOTARM)], &[NO_ID, arg("addr", At(In, &Flags(W4, &XFS_TYPES)))], Ret::Dec),
    case(
        &[of_any(Q_XGETQUOTA), of_any(Q_XGETNEXTQUOTA)],
        &[QUOTA_ID, arg("addr", At(Out, &Struct(&XFS_DISK_QUOTA)))],
        Ret::Dec,
    ),
    case(&[of_any(Q_XSETQLIM)], &[QUOTA_ID, arg("addr", At(In, &Struct(&XFS_DISK_QUOTA)))], Ret::Dec),
    case(&[of_any(Q_XGETQSTAT)], &[NO_ID, arg("addr", At(Out, &Struct(&XFS_STAT)))], Ret::Dec),
    case(&[of_any(Q_XGETQSTATV)], &[NO_ID, arg("addr", At(Out, &Struct(&XFS_STATV)))], Ret::Dec),
];

const OPERATION: Arg = arg("op", Scalar(W4, show_command));
const OTHER: &[Arg] = &[QUOTA_ID, arg("addr", Addr)];

pub(crate) static ROWS: &[Syscall] = &[
    syscall("quotactl", FILE, Ret::Dec, &[OPERATION, arg("special", Path)])
        .switch_masked(0, WHAT, CASES, OTHER),
    syscall("quotactl_fd", DESC, Ret::Dec, &[arg("fd", Fd), OPERATION]).switch_masked(1, WHAT, CASES, OTHER),
];
