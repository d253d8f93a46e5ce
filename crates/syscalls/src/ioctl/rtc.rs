//! Real-time clocks: `rtc(4)`.

use super::shape::show_bit_numbers;
use super::{Request, bare, req};
use decode::prelude::*;
use uapi::consts::*;

static RTC_VOLTAGE: Names = names(
    "RTC_VL_???",
    &[RTC_VL_DATA_INVALID, RTC_VL_BACKUP_LOW, RTC_VL_BACKUP_EMPTY, RTC_VL_ACCURACY_LOW, RTC_VL_BACKUP_SWITCH],
);
static RTC_PARAMS: Names =
    names("RTC_PARAM_???", &[RTC_PARAM_FEATURES, RTC_PARAM_CORRECTION, RTC_PARAM_BACKUP_SWITCH_MODE]);

static TIME: Record = record(
    "rtc_time",
    &[
        arg("tm_sec", INT),
        arg("tm_min", INT),
        arg("tm_hour", INT),
        arg("tm_mday", INT),
        arg("tm_mon", INT),
        arg("tm_year", INT),
        arg("tm_wday", INT).verbose(),
        arg("tm_yday", INT).verbose(),
        arg("tm_isdst", INT).verbose(),
    ],
);
static ALARM: Record =
    record("rtc_wkalrm", &[arg("enabled", U8), arg("pending", U8), arg("time", Struct(&TIME))]);
static PLL: Record = record(
    "rtc_pll_info",
    &[
        arg("pll_ctrl", INT),
        arg("pll_value", INT),
        arg("pll_max", INT),
        arg("pll_min", INT),
        arg("pll_posmult", INT),
        arg("pll_negmult", INT),
        arg("pll_clock", LONG),
    ],
);
static PARAM: Record = record(
    "rtc_param",
    &[
        arg("param", Enum(W8, &RTC_PARAMS)),
        arg("", Inline([8; 3], 8, show_value)),
        arg("index", UINT),
        arg("__pad", X32).nonzero(),
    ],
);
/// What is asked for, and what it is.
static PARAM_GIVEN: Record = record(
    "rtc_param",
    &[arg("param", Enum(W8, &RTC_PARAMS)), pad(8), arg("index", UINT), arg("__pad", X32).nonzero()],
);
static PARAM_GOT: Record = record(
    "rtc_param",
    &[
        arg("param", Enum(W8, &RTC_PARAMS)).when(|_| false),
        arg("", Inline([8; 3], 8, show_value)),
        pad(4),
        arg("__pad", X32).nonzero(),
    ],
);

static FEATURES: [Const; 8] = [
    RTC_FEATURE_ALARM,
    RTC_FEATURE_ALARM_RES_MINUTE,
    RTC_FEATURE_NEED_WEEK_DAY,
    RTC_FEATURE_ALARM_RES_2S,
    RTC_FEATURE_UPDATE_INTERRUPT,
    RTC_FEATURE_CORRECTION,
    RTC_FEATURE_BACKUP_SWITCH_MODE,
    RTC_FEATURE_ALARM_WAKEUP_ONLY,
];
static SWITCH_MODES: Names =
    names("RTC_BSM_???", &[RTC_BSM_DISABLED, RTC_BSM_DIRECT, RTC_BSM_LEVEL, RTC_BSM_STANDBY]);

/// Shows a parameter's value as its kind asks for.
fn show_value(cx: &mut Plain<'_>, offset: u64) {
    let (param, value) = (cx.field("param"), cx.load(offset as usize, 8));
    if param == RTC_PARAM_CORRECTION.v() {
        cx.out.field("svalue");
        return cx.out.int(value as i64);
    }
    cx.out.field("uvalue");
    if param == RTC_PARAM_FEATURES.v() {
        show_bit_numbers(cx, value, &FEATURES, "1<<RTC_FEATURE_???");
    } else if param == RTC_PARAM_BACKUP_SWITCH_MODE.v() {
        cx.enumerated(W8, &SWITCH_MODES, value);
    } else {
        cx.out.hex(value);
    }
}

static VOLTAGE: Ty = Flags(W4, &RTC_VOLTAGE);

pub(super) static REQUESTS: &[Request] = &[
    req(RTC_RD_TIME, At(Out, &Struct(&TIME))),
    req(RTC_SET_TIME, At(In, &Struct(&TIME))),
    req(RTC_ALM_READ, At(Out, &Struct(&TIME))),
    req(RTC_ALM_SET, At(In, &Struct(&TIME))),
    req(RTC_WKALM_RD, At(Out, &Struct(&ALARM))),
    req(RTC_WKALM_SET, At(In, &Struct(&ALARM))),
    req(RTC_PLL_GET, At(Out, &Struct(&PLL))),
    req(RTC_PLL_SET, At(In, &Struct(&PLL))),
    req(RTC_PARAM_GET, At(InOut, &Replaced(&Struct(&PARAM_GIVEN), &Struct(&PARAM_GOT)))),
    req(RTC_PARAM_SET, At(In, &Struct(&PARAM))),
    req(RTC_IRQP_READ, At(Out, &ULONG)),
    req(RTC_EPOCH_READ, At(Out, &ULONG)),
    req(RTC_IRQP_SET, ULONG),
    req(RTC_EPOCH_SET, ULONG),
    req(RTC_VL_READ, At(Out, &VOLTAGE)),
    bare(RTC_AIE_ON),
    bare(RTC_AIE_OFF),
    bare(RTC_UIE_ON),
    bare(RTC_UIE_OFF),
    bare(RTC_PIE_ON),
    bare(RTC_PIE_OFF),
    bare(RTC_WIE_ON),
    bare(RTC_WIE_OFF),
    bare(RTC_VL_CLR),
];
