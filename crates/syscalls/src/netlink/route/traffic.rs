//! Traffic control: queues, classes, filters, actions (`linux/pkt_sched.h`, `linux/pkt_cls.h`).

use crate::netlink::attr::Is::{self, Code, Nest, Raw, Text, Value};
use crate::netlink::attr::{Set, numbered, set};
use crate::netlink::payload::{MILLISECONDS, show_bitfield};
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of queues, classes and filters.
pub(super) static TRAFFIC: Set = set(
    "TCA_???",
    &[
        (TCA_UNSPEC, Raw),
        (TCA_KIND, Text),
        (TCA_OPTIONS, Raw),
        (TCA_STATS, Value(Struct(&OLD_STATS))),
        (TCA_XSTATS, Raw),
        (TCA_RATE, Value(Struct(&ESTIMATOR))),
        (TCA_FCNT, Value(UINT)),
        (TCA_STATS2, Nest(&STATS2)),
        (TCA_STAB, Nest(&STAB)),
        (TCA_PAD, Raw),
        (TCA_DUMP_INVISIBLE, Raw),
        (TCA_CHAIN, Value(UINT)),
        (TCA_HW_OFFLOAD, Value(U8)),
        (TCA_INGRESS_BLOCK, Value(UINT)),
        (TCA_EGRESS_BLOCK, Value(UINT)),
        (TCA_DUMP_FLAGS, Value(UINT)),
        (TCA_EXT_WARN_MSG, Text),
    ],
);

static STATS2: Set = set(
    "TCA_STATS_???",
    &[
        (TCA_STATS_UNSPEC, Raw),
        (TCA_STATS_BASIC, Value(Struct(&BASIC))),
        (TCA_STATS_RATE_EST, Value(Struct(&RATE))),
        (TCA_STATS_QUEUE, Value(Struct(&QUEUE))),
        (TCA_STATS_APP, Raw),
        (TCA_STATS_RATE_EST64, Value(Struct(&RATE64))),
        (TCA_STATS_PAD, Raw),
        (TCA_STATS_BASIC_HW, Value(Struct(&BASIC))),
        (TCA_STATS_PKT64, Value(U64)),
    ],
);

static STAB: Set = set(
    "TCA_STAB_???",
    &[(TCA_STAB_UNSPEC, Raw), (TCA_STAB_BASE, Value(Struct(&SIZES))), (TCA_STAB_DATA, Is::Array(U16))],
);

/// The attributes of messages about actions.
pub(super) static ACTIONS: Set = set(
    "TCA_ROOT_???",
    &[
        (TCA_ROOT_UNSPEC, Raw),
        (TCA_ROOT_TAB, Nest(&ACTION_TABLE)),
        (TCA_ROOT_FLAGS, Code(|cx, data, _| show_bitfield(cx, data, &TCA_ACT_FLAG_NAMES))),
        (TCA_ROOT_COUNT, Value(UINT)),
        (TCA_ROOT_TIME_DELTA, MILLISECONDS),
        (TCA_ROOT_EXT_WARN_MSG, Text),
    ],
);

static ACTION: Set = set(
    "TCA_ACT_???",
    &[
        (TCA_ACT_UNSPEC, Raw),
        (TCA_ACT_KIND, Text),
        (TCA_ACT_OPTIONS, Raw),
        (TCA_ACT_INDEX, Value(UINT)),
        (TCA_ACT_STATS, Nest(&STATS2)),
        (TCA_ACT_PAD, Raw),
        (TCA_ACT_COOKIE, Raw),
        (TCA_ACT_FLAGS, Code(|cx, data, _| show_bitfield(cx, data, &TCA_ACT_FLAGS_NAMES))),
        (TCA_ACT_HW_STATS, Code(|cx, data, _| show_bitfield(cx, data, &TCA_ACT_HW_STATS_NAMES))),
        (TCA_ACT_USED_HW_STATS, Code(|cx, data, _| show_bitfield(cx, data, &TCA_ACT_HW_STATS_NAMES))),
        (TCA_ACT_IN_HW_COUNT, Value(UINT)),
    ],
);

static TCA_ACT_FLAG_NAMES: Names =
    names("TCA_ACT_FLAG_???", &[TCA_ACT_FLAG_LARGE_DUMP_ON, TCA_ACT_FLAG_TERSE_DUMP]);

static TCA_ACT_FLAGS_NAMES: Names = names(
    "TCA_ACT_FLAGS_???",
    &[TCA_ACT_FLAGS_NO_PERCPU_STATS, TCA_ACT_FLAGS_SKIP_HW, TCA_ACT_FLAGS_SKIP_SW],
);

static TCA_ACT_HW_STATS_NAMES: Names =
    names("TCA_ACT_HW_STATS_???", &[TCA_ACT_HW_STATS_IMMEDIATE, TCA_ACT_HW_STATS_DELAYED]);

static OLD_STATS: Record = packed(
    "tc_stats",
    &[
        arg("bytes", U64),
        arg("packets", UINT),
        arg("drops", UINT),
        arg("overlimits", UINT),
        arg("bps", UINT),
        arg("pps", UINT),
        arg("qlen", UINT),
        arg("backlog", UINT),
    ],
);

static ESTIMATOR: Record = record("tc_estimator", &[arg("interval", S8), arg("ewma_log", U8)]);

static BASIC: Record = packed("gnet_stats_basic", &[arg("bytes", U64), arg("packets", UINT)]);

static RATE: Record = record("gnet_stats_rate_est", &[arg("bps", UINT), arg("pps", UINT)]);

static QUEUE: Record = record(
    "gnet_stats_queue",
    &[
        arg("qlen", UINT),
        arg("backlog", UINT),
        arg("drops", UINT),
        arg("requeues", UINT),
        arg("overlimits", UINT),
    ],
);

static RATE64: Record = record("gnet_stats_rate_est64", &[arg("bps", U64), arg("pps", U64)]);

static SIZES: Record = record(
    "tc_sizespec",
    &[
        arg("cell_log", U8),
        arg("size_log", U8),
        arg("cell_align", S16),
        arg("overhead", INT),
        arg("linklayer", UINT),
        arg("mpu", UINT),
        arg("mtu", UINT),
        arg("tsize", UINT),
    ],
);

static ACTION_TABLE: Set = numbered(Nest(&ACTION));
