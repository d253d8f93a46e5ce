//! Requests whose number says how many bytes there are, or which of many things is meant: each is a family, made by a
//! macro with arguments.

use super::bits;
use uapi::Const;
use uapi::consts::*;

/// The directions of a request, from the caller's point of view.
const WRITE: u32 = 1;
const READ: u32 = 2;
const BOTH: u32 = 3;

/// A family of which only the size varies: direction, type, number, and name.
struct Sized(u32, u8, u32, &'static str);

static SIZED: &[Sized] = &[
    Sized(READ, b'E', 0x06, "EVIOCGNAME"),
    Sized(READ, b'E', 0x07, "EVIOCGPHYS"),
    Sized(READ, b'E', 0x08, "EVIOCGUNIQ"),
    Sized(READ, b'E', 0x09, "EVIOCGPROP"),
    Sized(READ, b'E', 0x0a, "EVIOCGMTSLOTS"),
    Sized(READ, b'E', 0x18, "EVIOCGKEY"),
    Sized(READ, b'E', 0x19, "EVIOCGLED"),
    Sized(READ, b'E', 0x1a, "EVIOCGSND"),
    Sized(READ, b'E', 0x1b, "EVIOCGSW"),
    Sized(READ, b'H', 0x04, "HIDIOCGRAWNAME"),
    Sized(READ, b'H', 0x05, "HIDIOCGRAWPHYS"),
    Sized(READ, b'H', 0x06, "HIDIOCSFEATURE"),
    Sized(BOTH, b'H', 0x06, "HIDIOCSFEATURE"),
    Sized(BOTH, b'H', 0x07, "HIDIOCGFEATURE"),
    Sized(READ, b'H', 0x08, "HIDIOCGRAWUNIQ"),
    Sized(READ, b'H', 0x12, "HIDIOCGPHYS"),
    Sized(READ, b'U', 0x2c, "UI_GET_SYSNAME"),
    Sized(READ, b'j', 0x13, "JSIOCGNAME"),
    Sized(WRITE, b'k', 0x00, "SPI_IOC_MESSAGE"),
];

/// Event types of input devices; there is none to ask for with number 0.
pub(super) static EVENTS: &[Const] =
    &[EV_KEY, EV_REL, EV_ABS, EV_MSC, EV_SW, EV_LED, EV_SND, EV_REP, EV_FF, EV_PWR, EV_FF_STATUS];
/// Axes of input devices.
pub(super) static AXES: &[Const] = &[
    ABS_X,
    ABS_Y,
    ABS_Z,
    ABS_RX,
    ABS_RY,
    ABS_RZ,
    ABS_THROTTLE,
    ABS_RUDDER,
    ABS_WHEEL,
    ABS_GAS,
    ABS_BRAKE,
    ABS_HAT0X,
    ABS_HAT0Y,
    ABS_HAT1X,
    ABS_HAT1Y,
    ABS_HAT2X,
    ABS_HAT2Y,
    ABS_HAT3X,
    ABS_HAT3Y,
    ABS_PRESSURE,
    ABS_DISTANCE,
    ABS_TILT_X,
    ABS_TILT_Y,
    ABS_TOOL_WIDTH,
    ABS_VOLUME,
    ABS_PROFILE,
    ABS_SND_PROFILE,
    ABS_MISC,
    ABS_RESERVED,
    ABS_MT_SLOT,
    ABS_MT_TOUCH_MAJOR,
    ABS_MT_TOUCH_MINOR,
    ABS_MT_WIDTH_MAJOR,
    ABS_MT_WIDTH_MINOR,
    ABS_MT_ORIENTATION,
    ABS_MT_POSITION_X,
    ABS_MT_POSITION_Y,
    ABS_MT_TOOL_TYPE,
    ABS_MT_BLOB_ID,
    ABS_MT_TRACKING_ID,
    ABS_MT_PRESSURE,
    ABS_MT_DISTANCE,
    ABS_MT_TOOL_X,
    ABS_MT_TOOL_Y,
];

/// The macro that makes a request of a family; `None` for any other request.
pub(super) fn name(code: u32) -> Option<String> {
    let (dir, ty, nr) = (code >> bits::DIR, (code >> bits::TYPE) as u8, code & 0xff);
    let size = code >> bits::SIZE & bits::SIZE_MASK;
    match (ty, dir) {
        (b'M', WRITE) => return Some(format!("MIXER_WRITE({nr})")),
        (b'M', READ) => return Some(format!("MIXER_READ({nr})")),
        (b'E', READ) if (0x20..0x40).contains(&nr) => {
            return Some(format!("EVIOCGBIT({}, {size})", argument(EVENTS, nr - 0x20, "EV_???")));
        }
        (b'E', READ) if (0x40..0x80).contains(&nr) => {
            return Some(format!("EVIOCGABS({})", argument(AXES, nr - 0x40, "ABS_???")));
        }
        (b'E', WRITE) if (0xc0..0x100).contains(&nr) => {
            return Some(format!("EVIOCSABS({})", argument(AXES, nr - 0xc0, "ABS_???")));
        }
        _ => {}
    }
    let family = SIZED.iter().find(|s| (s.0, s.1, s.2) == (dir, ty, nr))?;
    Some(format!("{}({size})", family.3))
}

/// An argument of a macro by name.
fn argument(table: &[Const], v: u32, unknown: &str) -> String {
    match table.iter().find(|c| c.v() == u64::from(v)) {
        Some(c) => c.name.to_owned(),
        None if v == 0 => "0".to_owned(),
        None => format!("{v:#x} /* {unknown} */"),
    }
}
