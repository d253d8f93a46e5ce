//! Device mapper (`include/uapi/linux/dm-ioctl.h`).
//!
//! Every request has `struct dm_ioctl` first, which says where in the same stretch of memory there is more: the
//! [`data`].

mod data;

use super::{Request, req};
use crate::common::{show_dev, uncommon};
use data::Data;
use decode::prelude::*;
use decode::{Hook, Stretch};
use uapi::consts::*;

static FLAGS: Names = names(
    "DM_???",
    &[
        DM_READONLY_FLAG,
        DM_SUSPEND_FLAG,
        // Of the first version of the interface.
        uncommon("DM_EXISTS_FLAG", 4),
        DM_PERSISTENT_DEV_FLAG,
        DM_STATUS_TABLE_FLAG,
        DM_ACTIVE_PRESENT_FLAG,
        DM_INACTIVE_PRESENT_FLAG,
        DM_BUFFER_FULL_FLAG,
        DM_SKIP_BDGET_FLAG,
        DM_SKIP_LOCKFS_FLAG,
        DM_NOFLUSH_FLAG,
        DM_QUERY_INACTIVE_TABLE_FLAG,
        DM_UEVENT_GENERATED_FLAG,
        DM_UUID_FLAG,
        DM_SECURE_DATA_FLAG,
        DM_DATA_OUT_FLAG,
        DM_DEFERRED_REMOVE,
        DM_INTERNAL_SUSPEND_FLAG,
        DM_IMA_MEASUREMENT_FLAG,
    ],
);

/// The requests of which the head has to tell something.
fn is_one(cx: &Plain<'_>, requests: &[Const]) -> bool {
    requests.iter().any(|c| cx.is(cx.arg(1), *c))
}

/// Whether the request is about data beyond its head.
fn has_data(cx: &Plain<'_>) -> bool {
    is_one(
        cx,
        &[
            DM_LIST_DEVICES,
            DM_DEV_RENAME,
            DM_DEV_WAIT,
            DM_TABLE_LOAD,
            DM_TABLE_DEPS,
            DM_TABLE_STATUS,
            DM_LIST_VERSIONS,
            DM_TARGET_MSG,
            DM_DEV_SET_GEOMETRY,
        ],
    )
}

/// Whether the request is about one device.
fn has_device(cx: &Plain<'_>) -> bool {
    !is_one(cx, &[DM_REMOVE_ALL, DM_LIST_DEVICES, DM_LIST_VERSIONS])
}

/// Whether the kernel has answered, and not just refused.
fn is_answered(cx: &Plain<'_>) -> bool {
    cx.exiting() && !cx.failed()
}

/// Whether the kernel has filled in the state of the device.
fn has_state(cx: &Plain<'_>) -> bool {
    is_answered(cx)
        && is_one(
            cx,
            &[
                DM_DEV_CREATE,
                DM_DEV_RENAME,
                DM_DEV_SUSPEND,
                DM_DEV_STATUS,
                DM_DEV_WAIT,
                DM_TABLE_LOAD,
                DM_TABLE_CLEAR,
                DM_TABLE_DEPS,
                DM_TABLE_STATUS,
                DM_TARGET_MSG,
            ],
        )
}

fn has_target_count(cx: &Plain<'_>) -> bool {
    has_state(cx) || !cx.exiting() && is_one(cx, &[DM_TABLE_LOAD])
}

fn has_event(cx: &Plain<'_>) -> bool {
    // What suspends a device also resumes it, and tells that to whoever waits for it.
    let resumes = is_one(cx, &[DM_DEV_SUSPEND]) && !cx.has(cx.field("flags"), DM_SUSPEND_FLAG);
    has_state(cx) || !cx.exiting() && (resumes || is_one(cx, &[DM_DEV_REMOVE, DM_DEV_RENAME, DM_DEV_WAIT]))
}

static VERSION_NUMBER: Ty = UINT;
/// The head without what comes after its names, which is padding.
static HEAD: Record = packed(
    "dm_ioctl",
    &[
        arg("version", Array(&VERSION_NUMBER, Len::Const(3))),
        arg("data_size", UINT),
        arg("data_start", UINT).when(has_data),
        arg("target_count", UINT).when(has_target_count),
        arg("open_count", UINT).when(has_state),
        arg("flags", Flags(W4, &FLAGS)),
        arg("event_nr", UINT).when(has_event),
        pad(4),
        arg("dev", Scalar(W8, show_dev)).when(has_device).nonzero(),
        arg("name", CharArray(128)).when(|cx| has_device(cx) && is_named(cx, "name")),
        arg("uuid", CharArray(129)).when(|cx| has_device(cx) && is_named(cx, "uuid")),
    ],
);

/// The structs of requests.
pub(super) fn records() -> impl Iterator<Item = &'static Record> {
    data::RECORDS.iter().copied().chain([&HEAD])
}

/// Whether a name has a first character.
fn is_named(cx: &Plain<'_>, field: &str) -> bool {
    cx.load(cx.offset(field), 1) != 0
}

/// The parts of the version that a head says: major, minor, and patch level.
fn version(cx: &Plain<'_>) -> [u64; 3] {
    let bytes = cx.size_of(&VERSION_NUMBER);
    [0, 1, 2].map(|i| cx.load(cx.offset("version") + i * bytes, bytes))
}

/// What is wrong with a head, so that no more of it can be told.
fn fault(cx: &Plain<'_>) -> Option<(&'static [&'static str], &'static str)> {
    const MAJOR: u64 = 4;
    let [major, ..] = version(cx);
    if major != MAJOR {
        return Some((&["version"], "unsupported device mapper ABI version"));
    }
    if cx.field("data_size") < HEAD.size(cx.abi) as u64 {
        return Some((&["version", "data_size"], "data_size too small"));
    }
    None
}

/// Shows the head and its data; false, and nothing shown, if the head can't be read.
fn show(cx: &mut Cx<'_>, addr: u64, before: impl FnOnce(&mut Cx<'_>)) -> bool {
    /// The fewest bytes with which it is a request at all: so many has the version.
    const LEAST: u64 = HEAD.common_offset("data_size");
    let mut empty = false;
    cx.with_record(&HEAD, addr, |cx| {
        empty = cx.field("data_size") < LEAST;
        if empty {
            return;
        }
        before(cx);
        cx.out.open(Kind::Array);
        cx.out.item();
        cx.out.open(Kind::Struct);
        let fault = fault(cx);
        if let Some((names, text)) = fault {
            cx.show_members(names);
            cx.out.note(text);
        } else {
            cx.show_members(&[
                "version",
                "data_size",
                "data_start",
                "dev",
                "name",
                "uuid",
                "target_count",
                "open_count",
                "event_nr",
                "flags",
            ]);
        }
        cx.out.close(Kind::Struct);
        if fault.is_none() {
            let data = Data {
                addr,
                start: cx.field("data_start"),
                size: cx.field("data_size"),
                targets: cx.field("target_count"),
                has_events: version(cx)[1] >= data::EVENTS_SINCE,
            };
            show_data(cx, &data);
        }
        cx.out.close(Kind::Array);
    }) && !empty
}

/// Shows the data that the caller gives, or that it gets.
fn show_data(cx: &mut Cx<'_>, data: &Data) {
    let Ok(request) = u32::try_from(cx.arg(1) & 0xffff_ffff) else { return };
    if cx.exiting() && cx.failed() {
        return;
    }
    let is = |c: Const| c.v() == u64::from(request);
    if cx.exiting() {
        if is(DM_TABLE_DEPS) {
            data.show_dependencies(cx);
        } else if is(DM_LIST_DEVICES) {
            data.show_devices(cx);
        } else if is(DM_LIST_VERSIONS) {
            data.show_versions(cx);
        } else if is(DM_TABLE_STATUS) || is(DM_DEV_WAIT) {
            data.show_targets(cx, true);
        } else if is(DM_TARGET_MSG) && cx.has(cx.field("flags"), DM_DATA_OUT_FLAG) {
            data.show_string(cx);
        }
    } else if is(DM_TABLE_LOAD) {
        data.show_targets(cx, false);
    } else if is(DM_TARGET_MSG) {
        data.show_message(cx);
    } else if is(DM_DEV_RENAME) || is(DM_DEV_SET_GEOMETRY) {
        data.show_string(cx);
    }
}

/// What of the head at hand the kernel may change though the call fails: its version, for one, which it always tells.
fn marks(cx: &Plain<'_>) -> Vec<u64> {
    let fields = ["data_size", "data_start", "flags"].map(|field| cx.field(field));
    version(cx).into_iter().chain(fields).collect()
}

/// Whether the head is another one than it was before the call.
fn is_changed(cx: &mut Cx<'_>, addr: u64) -> bool {
    let mut changed = false;
    cx.with_record(&HEAD, addr, |cx| changed = marks(cx) != cx.kept());
    changed
}

/// Shows a request before the call, and after it unless the call has failed and changed nothing.
fn show_request(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        let begin = |cx: &mut Cx<'_>| {
            let marks = marks(cx);
            cx.keep(marks);
            cx.out.change_begin();
        };
        let shown = show(cx, addr, begin);
        return if shown { cx.save(1) } else { cx.out.hex(addr) };
    }
    if cx.saved_here().is_none() {
        return;
    }
    if !cx.failed() || is_changed(cx, addr) {
        cx.out.changed();
        if !show(cx, addr, |_| {}) {
            cx.out.addr(addr);
        }
    }
    cx.out.change_end();
}

static REQUEST: Hook = Hook { dir: InOut, show: show_request, reads: &[Stretch::arg(2, 16 << 10)] };
const ARGUMENT: Ty = Ty::Hook(&REQUEST);

pub(super) static REQUESTS: &[Request] = &[
    req(DM_VERSION, ARGUMENT),
    req(DM_REMOVE_ALL, ARGUMENT),
    req(DM_LIST_DEVICES, ARGUMENT),
    req(DM_DEV_CREATE, ARGUMENT),
    req(DM_DEV_REMOVE, ARGUMENT),
    req(DM_DEV_RENAME, ARGUMENT),
    req(DM_DEV_SUSPEND, ARGUMENT),
    req(DM_DEV_STATUS, ARGUMENT),
    req(DM_DEV_WAIT, ARGUMENT),
    req(DM_TABLE_LOAD, ARGUMENT),
    req(DM_TABLE_CLEAR, ARGUMENT),
    req(DM_TABLE_DEPS, ARGUMENT),
    req(DM_TABLE_STATUS, ARGUMENT),
    req(DM_LIST_VERSIONS, ARGUMENT),
    req(DM_TARGET_MSG, ARGUMENT),
    req(DM_DEV_SET_GEOMETRY, ARGUMENT),
    req(DM_DEV_ARM_POLL, ARGUMENT),
];
