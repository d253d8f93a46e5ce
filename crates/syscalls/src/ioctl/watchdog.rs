//! Watchdogs (`include/uapi/linux/watchdog.h`).

use super::{Request, bare, req};
use decode::prelude::*;
use uapi::consts::*;

static OPTIONS: Names = names(
    "WDIOF_???",
    &[
        WDIOF_OVERHEAT,
        WDIOF_FANFAULT,
        WDIOF_EXTERN1,
        WDIOF_EXTERN2,
        WDIOF_POWERUNDER,
        WDIOF_CARDRESET,
        WDIOF_POWEROVER,
        WDIOF_SETTIMEOUT,
        WDIOF_MAGICCLOSE,
        WDIOF_PRETIMEOUT,
        WDIOF_ALARMONLY,
        WDIOF_KEEPALIVEPING,
    ],
);
static SWITCHES: Names = names("WDIOS_???", &[WDIOS_DISABLECARD, WDIOS_ENABLECARD, WDIOS_TEMPPANIC]);
static SWITCH: Ty = Flags(W4, &SWITCHES);

static INFO: Record = record(
    "watchdog_info",
    &[
        arg("options", Flags(W4, &OPTIONS)),
        arg("firmware_version", X32).verbose(),
        arg("identity", CharArray(32)).verbose(),
    ],
);

pub(super) static REQUESTS: &[Request] = &[
    req(WDIOC_GETSUPPORT, At(Out, &Struct(&INFO))),
    req(WDIOC_GETSTATUS, At(Out, &INT)),
    req(WDIOC_GETBOOTSTATUS, At(Out, &INT)),
    req(WDIOC_GETTEMP, At(Out, &INT)),
    req(WDIOC_GETTIMEOUT, At(Out, &INT)),
    req(WDIOC_GETPRETIMEOUT, At(Out, &INT)),
    req(WDIOC_GETTIMELEFT, At(Out, &INT)),
    req(WDIOC_SETOPTIONS, At(In, &SWITCH)),
    req(WDIOC_SETTIMEOUT, At(In, &INT)),
    req(WDIOC_SETPRETIMEOUT, At(In, &INT)),
    bare(WDIOC_KEEPALIVE),
];
