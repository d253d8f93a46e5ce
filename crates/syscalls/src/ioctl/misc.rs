//! Small drivers: watchdogs, the pool of randomness, network block devices, shared buffers, counters.

use super::{Request, bare, req};
use decode::prelude::*;
use uapi::consts::*;

static WATCHDOG_OPTIONS: Names = names("WDIOF_???", &[
    WDIOF_OVERHEAT, WDIOF_FANFAULT, WDIOF_EXTERN1, WDIOF_EXTERN2, WDIOF_POWERUNDER, WDIOF_CARDRESET,
    WDIOF_POWEROVER, WDIOF_SETTIMEOUT, WDIOF_MAGICCLOSE, WDIOF_PRETIMEOUT, WDIOF_ALARMONLY, WDIOF_KEEPALIVEPING,
]);
static WATCHDOG_SETTINGS: Names =
    names("WDIOS_???", &[WDIOS_DISABLECARD, WDIOS_ENABLECARD, WDIOS_TEMPPANIC]);
static WATCHDOG_INFO: Record = record("watchdog_info", &[
    arg("options", Flags(W4, &WATCHDOG_OPTIONS)),
    arg("firmware_version", X32).verbose(),
    arg("identity", CharArray(32)).verbose(),
]);
static WATCHDOG_SETTING: Ty = Flags(W4, &WATCHDOG_SETTINGS);

/// `struct rand_pool_info`: a size, and as many bytes behind it.
static RAND_POOL: Record = record("rand_pool_info", &[
    arg("entropy_count", INT),
    arg("buf_size", INT),
    arg("buf", Inline([0, 0, 0], 1, |cx, offset| {
        let at = cx.record_addr().wrapping_add(offset);
        let size = i64::from(cx.field("buf_size") as i32);
        cx.buffer(at, size as u64, Text::Plain);
    })),
]);

static NBD_FLAGS: Names = names("NBD_FLAG_???", &[
    NBD_FLAG_HAS_FLAGS, NBD_FLAG_READ_ONLY, NBD_FLAG_SEND_FLUSH, NBD_FLAG_SEND_FUA, NBD_FLAG_ROTATIONAL,
    NBD_FLAG_SEND_TRIM, NBD_FLAG_SEND_WRITE_ZEROES, NBD_FLAG_SEND_DF, NBD_FLAG_CAN_MULTI_CONN,
    NBD_FLAG_SEND_RESIZE, NBD_FLAG_SEND_CACHE,
]);
/// From the protocol of network block devices, which the kernel's headers give in part.
const NBD_FLAG_ROTATIONAL: Const = crate::common::uncommon("NBD_FLAG_ROTATIONAL", 1 << 4);
const NBD_FLAG_SEND_WRITE_ZEROES: Const = crate::common::uncommon("NBD_FLAG_SEND_WRITE_ZEROES", 1 << 6);
const NBD_FLAG_SEND_DF: Const = crate::common::uncommon("NBD_FLAG_SEND_DF", 1 << 7);
const NBD_FLAG_SEND_RESIZE: Const = crate::common::uncommon("NBD_FLAG_SEND_RESIZE", 1 << 9);
const NBD_FLAG_SEND_CACHE: Const = crate::common::uncommon("NBD_FLAG_SEND_CACHE", 1 << 10);

static UDMABUF_FLAGS: Names = names("UDMABUF_FLAGS_???", &[UDMABUF_FLAGS_CLOEXEC]);
static UDMABUF_CREATE_ARG: Record = record("udmabuf_create", &[
    arg("memfd", Fd),
    arg("flags", Flags(W4, &UDMABUF_FLAGS)),
    arg("offset", U64),
    arg("size", U64),
]);
static UDMABUF_ITEM: Record =
    record("udmabuf_create_item", &[arg("memfd", Fd), pad(4), arg("offset", U64), arg("size", U64)]);
static UDMABUF_ITEM_TY: Ty = Struct(&UDMABUF_ITEM);
static UDMABUF_LIST: Record = record("udmabuf_create_list", &[
    arg("flags", Flags(W4, &UDMABUF_FLAGS)),
    arg("count", UINT),
    arg("list", Inline([0, 0, 0], 1, |cx, offset| {
        let at = cx.record_addr().wrapping_add(offset);
        let count = cx.field("count");
        cx.array(&UDMABUF_ITEM_TY, at, count);
    })),
]);

static COUNTER_TYPES: Names = names("COUNTER_COMPONENT_???", &[
    COUNTER_COMPONENT_NONE, COUNTER_COMPONENT_SIGNAL, COUNTER_COMPONENT_COUNT, COUNTER_COMPONENT_FUNCTION,
    COUNTER_COMPONENT_SYNAPSE_ACTION, COUNTER_COMPONENT_EXTENSION,
]);
static COUNTER_SCOPES: Names =
    names("COUNTER_SCOPE_???", &[COUNTER_SCOPE_DEVICE, COUNTER_SCOPE_SIGNAL, COUNTER_SCOPE_COUNT]);
static COUNTER_EVENTS: Names = names("COUNTER_EVENT_???", &[
    COUNTER_EVENT_OVERFLOW, COUNTER_EVENT_UNDERFLOW, COUNTER_EVENT_OVERFLOW_UNDERFLOW, COUNTER_EVENT_THRESHOLD,
    COUNTER_EVENT_INDEX, COUNTER_EVENT_CHANGE_OF_STATE, COUNTER_EVENT_CAPTURE, COUNTER_EVENT_DIRECTION_CHANGE,
]);
static COUNTER_COMPONENT: Record = record("counter_component", &[
    arg("type", Enum(W1, &COUNTER_TYPES)),
    arg("scope", Enum(W1, &COUNTER_SCOPES)),
    arg("parent", U8),
    arg("id", U8),
]);
static COUNTER_WATCH: Record = record("counter_watch", &[
    arg("component", Struct(&COUNTER_COMPONENT)),
    arg("event", Enum(W1, &COUNTER_EVENTS)),
    arg("channel", U8),
]);

pub(super) static REQUESTS: &[Request] = &[
    req(WDIOC_GETSUPPORT, At(Out, &Struct(&WATCHDOG_INFO))),
    req(WDIOC_SETOPTIONS, At(In, &WATCHDOG_SETTING)),
    req(WDIOC_GETSTATUS, At(Out, &INT)),
    req(WDIOC_GETBOOTSTATUS, At(Out, &INT)),
    req(WDIOC_GETTEMP, At(Out, &INT)),
    req(WDIOC_GETTIMEOUT, At(Out, &INT)),
    req(WDIOC_GETPRETIMEOUT, At(Out, &INT)),
    req(WDIOC_GETTIMELEFT, At(Out, &INT)),
    req(WDIOC_SETTIMEOUT, At(InOut, &INT)),
    req(WDIOC_SETPRETIMEOUT, At(InOut, &INT)),
    bare(WDIOC_KEEPALIVE),
    req(RNDGETENTCNT, At(Out, &INT)),
    req(RNDADDTOENTCNT, At(In, &INT)),
    req(RNDADDENTROPY, At(In, &Struct(&RAND_POOL))),
    bare(RNDZAPENTCNT),
    bare(RNDCLEARPOOL),
    bare(RNDRESEEDCRNG),
    req(NBD_SET_SOCK, Fd),
    req(NBD_SET_BLKSIZE, ULONG),
    req(NBD_SET_SIZE, ULONG),
    req(NBD_SET_SIZE_BLOCKS, ULONG),
    req(NBD_SET_TIMEOUT, ULONG),
    req(NBD_SET_FLAGS, Flags(Long, &NBD_FLAGS)),
    bare(NBD_DO_IT),
    bare(NBD_CLEAR_SOCK),
    bare(NBD_CLEAR_QUE),
    bare(NBD_PRINT_DEBUG),
    bare(NBD_DISCONNECT),
    req(UDMABUF_CREATE, At(In, &Struct(&UDMABUF_CREATE_ARG))).returning(Ret::Fd),
    req(UDMABUF_CREATE_LIST, At(In, &Struct(&UDMABUF_LIST))).returning(Ret::Fd),
    req(COUNTER_ADD_WATCH_IOCTL, At(In, &Struct(&COUNTER_WATCH))),
    bare(COUNTER_ENABLE_EVENTS_IOCTL),
    bare(COUNTER_DISABLE_EVENTS_IOCTL),
];
