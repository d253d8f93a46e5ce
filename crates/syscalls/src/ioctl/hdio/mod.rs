//! Disks by their old interface (`include/uapi/linux/hdreg.h`).

mod commands;

use super::{Request, req, shape};
use commands::COMMANDS;
use decode::prelude::*;
use decode::{Found, Hook, Stretch};
use uapi::consts::*;

static GEOMETRY: Record = record(
    "hd_geometry",
    &[arg("heads", U8), arg("sectors", U8), arg("cylinders", U16), arg("start", ULONG)],
);
/// The registers of a command: the four bytes before its data.
static COMMAND: Record = record(
    "hd_drive_cmd_hdr",
    &[
        arg("command", Enum(W1, &COMMANDS)),
        arg("sector_number", U8),
        arg("feature", U8),
        arg("sector_count", U8),
    ],
);
/// What the registers hold after the command.
static STATUS: Record =
    record("hd_drive_status", &[arg("status", X8), arg("error", U8), arg("nsector", U8), pad(1)]);
const SECTOR: u64 = 512;

/// Shows a command, and its registers and data after it: also where the disk says that it failed.
fn show_command(cx: &mut Cx<'_>, addr: u64) {
    shape::around(
        cx,
        addr,
        |cx| {
            let Some(registers) = cx.read_u32(addr) else { return false };
            cx.out.change_begin();
            cx.record_from(&COMMAND, &registers.to_le_bytes(), addr);
            let sectors = u64::from(registers >> 24);
            cx.save_for(DATA, sectors * SECTOR);
            true
        },
        |cx| {
            let answered = cx.error().is_none_or(|e| u64::from(e) == EIO.v());
            let Some(status) = cx.read_u32(addr).filter(|_| answered) else { return };
            cx.out.changed();
            cx.out.open(Kind::Struct);
            cx.members_from(&STATUS, &status.to_le_bytes(), addr);
            let len = cx.saved(DATA).unwrap_or(0);
            if len > 0 {
                cx.out.field("buf");
                cx.buffer(addr.wrapping_add(4), len, Text::Binary);
            }
            cx.out.close(Kind::Struct);
        },
    );
}

/// Where the number of bytes of a command's data is kept until the call returns.
const DATA: usize = 3;
static COMMAND_HOOK: Hook =
    Hook { dir: InOut, show: show_command, reads: &[Stretch::arg(2, 4 + 255 * SECTOR as u32)] };

static BUS_STATES: Names = names("BUSSTATE_???", &[BUSSTATE_OFF, BUSSTATE_ON, BUSSTATE_TRISTATE]);
static NICE_BITS: [Const; 5] =
    [IDE_NICE_DSC_OVERLAP, IDE_NICE_ATAPI_OVERLAP, IDE_NICE_1, IDE_NICE_0, IDE_NICE_2];
static BUS_STATE: Ty = Enum(KLong, &BUS_STATES);
static NICE: Ty = Scalar(KLong, |cx, v| shape::show_bit_numbers(cx, v, &NICE_BITS, "IDE_NICE_???"));
static HARDWARE: Ty = Array(&X32, Len::Const(3));
static NUMBER: Ty = KULONG;
static IDENTITY: Ty = Bytes(Len::Const(512));
static OLD_IDENTITY: Ty = Bytes(Len::Const(142));

/// Requests that are the same where `long` has 32 bits.
pub(super) static REQUESTS: &[Request] =
    &[req(HDIO_GETGEO, At(Out, &Struct(&GEOMETRY))), req(HDIO_DRIVE_CMD, Ty::Hook(&COMMAND_HOOK))];

/// Requests about a `long`, which are told only where the kernel's has 64 bits.
static LP64_REQUESTS: &[Request] = &[
    req(HDIO_GET_UNMASKINTR, At(Out, &NUMBER)),
    req(HDIO_GET_MULTCOUNT, At(Out, &NUMBER)),
    req(HDIO_GET_KEEPSETTINGS, At(Out, &NUMBER)),
    req(HDIO_GET_32BIT, At(Out, &NUMBER)),
    req(HDIO_GET_NOWERR, At(Out, &NUMBER)),
    req(HDIO_GET_DMA, At(Out, &NUMBER)),
    req(HDIO_GET_WCACHE, At(Out, &NUMBER)),
    req(HDIO_GET_ACOUSTIC, At(Out, &NUMBER)),
    req(HDIO_GET_ADDRESS, At(Out, &NUMBER)),
    req(HDIO_GET_NICE, At(Out, &NICE)),
    req(HDIO_GET_BUSSTATE, At(Out, &BUS_STATE)),
    req(HDIO_GET_IDENTITY, At(Out, &IDENTITY)),
    req(HDIO_OBSOLETE_IDENTITY, At(Out, &OLD_IDENTITY)),
    req(HDIO_DRIVE_RESET, At(In, &InPlace(&HARDWARE))),
    req(HDIO_SCAN_HWIF, At(In, &InPlace(&HARDWARE))),
    req(HDIO_SET_UNMASKINTR, ULONG),
    req(HDIO_SET_MULTCOUNT, ULONG),
    req(HDIO_SET_KEEPSETTINGS, ULONG),
    req(HDIO_SET_32BIT, ULONG),
    req(HDIO_SET_NOWERR, ULONG),
    req(HDIO_SET_DMA, ULONG),
    req(HDIO_SET_PIO_MODE, ULONG),
    req(HDIO_SET_WCACHE, ULONG),
    req(HDIO_SET_ACOUSTIC, ULONG),
    req(HDIO_SET_ADDRESS, ULONG),
    req(HDIO_UNREGISTER_HWIF, ULONG),
    req(HDIO_SET_NICE, NICE),
    req(HDIO_SET_BUSSTATE, BUS_STATE),
];

/// A request that is told only where the kernel's `long` has 64 bits.
pub(super) fn find(abi: Abi, code: u32) -> Option<Found> {
    if abi == Abi::I386 {
        return None;
    }
    let request = LP64_REQUESTS.iter().find(|r| r.code.on(abi) == Some(u64::from(code)))?;
    Some(Found { tail: request.argument.as_slice(), ret: request.ret })
}
