//! The names of what input devices have: kinds of events, and the codes of each.

use super::keys::KEYS;
use decode::prelude::*;
use uapi::consts::*;

pub(super) static EVENTS: Names = names(
    "EV_???",
    &[EV_SYN, EV_KEY, EV_REL, EV_ABS, EV_MSC, EV_SW, EV_LED, EV_SND, EV_REP, EV_FF, EV_PWR, EV_FF_STATUS],
);
pub(super) static PROPERTIES: Names = names(
    "INPUT_PROP_???",
    &[
        INPUT_PROP_POINTER,
        INPUT_PROP_DIRECT,
        INPUT_PROP_BUTTONPAD,
        INPUT_PROP_SEMI_MT,
        INPUT_PROP_TOPBUTTONPAD,
        INPUT_PROP_POINTING_STICK,
        INPUT_PROP_ACCELEROMETER,
        INPUT_PROP_PRESSUREPAD,
    ],
);
pub(super) static EFFECTS: Names = names(
    "FF_???",
    &[
        FF_HAPTIC,
        FF_RUMBLE,
        FF_PERIODIC,
        FF_CONSTANT,
        FF_SPRING,
        FF_FRICTION,
        FF_DAMPER,
        FF_INERTIA,
        FF_RAMP,
        FF_SQUARE,
        FF_TRIANGLE,
        FF_SINE,
        FF_SAW_UP,
        FF_SAW_DOWN,
        FF_CUSTOM,
        FF_GAIN,
        FF_AUTOCENTER,
    ],
);
/// Axes of which each touch has its own value.
pub(super) static SLOT_AXES: Names = names(
    "ABS_MT_???",
    &[
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
    ],
);
static RELATIVE_AXES: Names = names(
    "REL_???",
    &[
        REL_X,
        REL_Y,
        REL_Z,
        REL_RX,
        REL_RY,
        REL_RZ,
        REL_HWHEEL,
        REL_DIAL,
        REL_WHEEL,
        REL_MISC,
        REL_RESERVED,
        REL_WHEEL_HI_RES,
        REL_HWHEEL_HI_RES,
    ],
);
static AXES: Names = names(
    "ABS_???",
    &[
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
    ],
);
static MISCELLANEOUS: Names =
    names("MSC_???", &[MSC_SERIAL, MSC_PULSELED, MSC_GESTURE, MSC_RAW, MSC_SCAN, MSC_TIMESTAMP]);
static SWITCHES: Names = names(
    "SW_???",
    &[
        SW_LID,
        SW_TABLET_MODE,
        SW_HEADPHONE_INSERT,
        SW_RFKILL_ALL,
        SW_MICROPHONE_INSERT,
        SW_DOCK,
        SW_LINEOUT_INSERT,
        SW_JACK_PHYSICAL_INSERT,
        SW_VIDEOOUT_INSERT,
        SW_CAMERA_LENS_COVER,
        SW_KEYPAD_SLIDE,
        SW_FRONT_PROXIMITY,
        SW_ROTATE_LOCK,
        SW_LINEIN_INSERT,
        SW_MUTE_DEVICE,
        SW_PEN_INSERTED,
        SW_MACHINE_COVER,
    ],
);
static LEDS: Names = names(
    "LED_???",
    &[
        LED_NUML,
        LED_CAPSL,
        LED_SCROLLL,
        LED_COMPOSE,
        LED_KANA,
        LED_SLEEP,
        LED_SUSPEND,
        LED_MUTE,
        LED_MISC,
        LED_MAIL,
        LED_CHARGING,
    ],
);
static SOUNDS: Names = names("SND_???", &[SND_CLICK, SND_BELL, SND_TONE]);
static REPEATS: Names = names("REP_???", &[REP_DELAY, REP_PERIOD]);
static EFFECT_STATES: Names = names("FF_STATUS_???", &[FF_STATUS_STOPPED, FF_STATUS_PLAYING]);

/// For each kind of events that has bits to ask for, the names of these, and the number that there are less than.
pub(super) static OF_EVENTS: &[(Const, &Names, Const)] = &[
    (EV_KEY, &KEYS, KEY_MAX),
    (EV_REL, &RELATIVE_AXES, REL_MAX),
    (EV_ABS, &AXES, ABS_MAX),
    (EV_MSC, &MISCELLANEOUS, MSC_MAX),
    (EV_SW, &SWITCHES, SW_MAX),
    (EV_LED, &LEDS, LED_MAX),
    (EV_SND, &SOUNDS, SND_MAX),
    (EV_REP, &REPEATS, REP_MAX),
    (EV_FF, &EFFECTS, FF_MAX),
    (EV_FF_STATUS, &EFFECT_STATES, FF_STATUS_MAX),
];
