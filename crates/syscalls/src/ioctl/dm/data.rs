//! What comes after the head of a request: targets, names, messages.
//!
//! All of it is at offsets that the tracee or the kernel says; what is not within the data is called misplaced.

use crate::common::show_dev;
use decode::prelude::*;

/// The minor version since which names of devices have the number of their last event behind them.
pub(super) const EVENTS_SINCE: u64 = 37;

/// A request's data.
pub(super) struct Data {
    /// The address of the request.
    pub(super) addr: u64,
    /// Where its data is.
    pub(super) start: u64,
    /// How long it is as a whole.
    pub(super) size: u64,
    /// How many targets it has.
    pub(super) targets: u64,
    /// Whether names of devices have events behind them.
    pub(super) has_events: bool,
}

/// The most entries of a list whose end the tracee says: no list needs more, as its data has so few bytes.
const MOST_ENTRIES: usize = 1 << 16;

static TARGET_HEAD: Record = record(
    "dm_target_spec",
    &[
        arg("sector_start", U64),
        arg("length", U64),
        arg("status", INT).when(|cx| cx.exiting()),
        arg("next", UINT).when(|_| false),
        arg("target_type", CharArray(16)),
    ],
);
const TARGET: u64 = TARGET_HEAD.common_size();
static DEVICE: Ty = Scalar(W8, show_dev);
static DEPENDENCIES: Record =
    record("dm_target_deps", &[arg("count", UINT), pad(4), arg("dev", Array(&DEVICE, Len::Field("count")))]);
static NAME_LIST: Record =
    record("dm_name_list", &[arg("dev", DEVICE), arg("next", UINT), arg("name", CharArray(0))]);
static NUMBER: Ty = UINT;
static VERSIONS: Record = record(
    "dm_target_versions",
    &[arg("next", UINT), arg("version", Array(&NUMBER, Len::Const(3))), arg("name", CharArray(0))],
);
static MESSAGE: Record = record("dm_target_msg", &[arg("sector", U64), arg("message", CharArray(0))]);

/// The structs that this goes through.
pub(super) static RECORDS: &[&Record] = &[&TARGET_HEAD, &DEPENDENCIES, &NAME_LIST, &VERSIONS, &MESSAGE];

impl Data {
    /// Whether there is room for `len` bytes at `offset`.
    fn holds(&self, offset: u64, len: u64) -> bool {
        offset.checked_add(len).is_some_and(|end| end <= self.size)
    }

    fn at(&self, offset: u64) -> u64 {
        self.addr.wrapping_add(offset)
    }

    /// Says that something is not where it should be.
    fn misplaced(&self, cx: &mut Cx<'_>, what: &str) {
        cx.out.item();
        cx.out.unknown();
        cx.out.note(what);
    }

    /// Shows the address of what can't be read.
    fn unreadable(&self, cx: &mut Cx<'_>, offset: u64) {
        cx.out.item();
        cx.out.addr(self.at(offset));
    }

    /// Says that there is data, where that is not to be shown.
    fn abbreviated(&self, cx: &mut Cx<'_>) -> bool {
        if cx.abbrev() {
            cx.out.more();
        }
        cx.abbrev()
    }

    /// Shows a string that ends with the data.
    fn show_text(&self, cx: &mut Cx<'_>, name: &str, offset: u64) {
        cx.out.field(name);
        let room = self.size.saturating_sub(offset).min(u64::from(u32::MAX)) as usize;
        if room == 0 {
            return cx.out.bytes(b"", Text::Plain, false);
        }
        let want = room.min(cx.options.strings.saturating_add(1));
        let mut bytes = vec![0; want.min(LONGEST)];
        let got = cx.read_some(self.at(offset), &mut bytes);
        let bytes = &bytes[..got];
        match bytes.iter().position(|&b| b == 0) {
            Some(end) => cx.out.bytes(&bytes[..end], Text::Plain, false),
            None if got == 0 => cx.out.addr(self.at(offset)),
            None => {
                let most = got.min(cx.options.strings);
                cx.out.bytes(&bytes[..most], Text::Plain, true);
            }
        }
    }

    /// Shows a string alone.
    pub(super) fn show_string(&self, cx: &mut Cx<'_>) {
        if self.abbreviated(cx) {
            return;
        }
        if self.start > self.size {
            return self.misplaced(cx, "misplaced string");
        }
        cx.out.item();
        cx.out.open(Kind::Struct);
        self.show_text(cx, "string", self.start);
        cx.out.close(Kind::Struct);
    }

    /// Shows targets. Where the kernel gives them (`from_kernel`), each says where the next is from the data's start,
    /// and otherwise from itself.
    pub(super) fn show_targets(&self, cx: &mut Cx<'_>, from_kernel: bool) {
        const MISPLACED: &str = "misplaced struct dm_target_spec";
        if self.targets == 0 || self.start == self.size || self.abbreviated(cx) {
            return;
        }
        let (mut offset, mut earliest) = (self.start, 0);
        for i in 0..self.targets.min(MOST_ENTRIES as u64) {
            if offset < earliest || !self.holds(offset, TARGET) {
                return self.misplaced(cx, MISPLACED);
            }
            if cx.abbrev() && i >= cx.options.strings as u64 {
                return cx.out.more();
            }
            let mut next = 0;
            let shown = cx.with_record(&TARGET_HEAD, self.at(offset), |cx| {
                next = cx.field("next");
                cx.out.item();
                cx.out.open(Kind::Struct);
                cx.show_members(&["sector_start", "length", "status", "target_type"]);
                self.show_text(cx, "string", offset + TARGET);
                cx.out.close(Kind::Struct);
            });
            if !shown {
                return self.unreadable(cx, offset);
            }
            earliest = offset + TARGET;
            offset = next + if from_kernel { self.start } else { offset };
        }
    }

    /// Shows the devices that a table needs.
    pub(super) fn show_dependencies(&self, cx: &mut Cx<'_>) {
        const HEAD: u64 = DEPENDENCIES.common_offset("dev");
        const MISPLACED: &str = "misplaced struct dm_target_deps";
        if self.start == self.size || self.abbreviated(cx) {
            return;
        }
        if !self.holds(self.start, HEAD) {
            return self.misplaced(cx, MISPLACED);
        }
        let head = self.at(self.start);
        let shown = cx.with_record(&DEPENDENCIES, head, |cx| {
            let count = cx.field("count");
            if count > (self.size - self.start - HEAD) / cx.size_of(&DEVICE) as u64 {
                return self.misplaced(cx, MISPLACED);
            }
            cx.out.item();
            cx.out.open(Kind::Struct);
            cx.show_members(&["count"]);
            cx.out.field("deps");
            cx.array(&DEVICE, head.wrapping_add(HEAD), count);
            cx.out.close(Kind::Struct);
        });
        if !shown {
            self.unreadable(cx, self.start);
        }
    }

    /// Shows the names of devices.
    pub(super) fn show_devices(&self, cx: &mut Cx<'_>) {
        const NAME: u64 = NAME_LIST.common_offset("name");
        /// An entry with its padding, which must be there for programs of 32 bits too.
        const ENTRY: u64 = NAME_LIST.size(Abi::X86_64) as u64;
        self.show_list(cx, NAME, "misplaced struct dm_name_list", |data, cx, offset| {
            cx.read_uint(data.at(offset + ENTRY - 1), 1)?;
            let mut next = None;
            cx.with_record(&NAME_LIST, data.at(offset), |cx| {
                let distance = cx.field("next") as u32;
                next = Some(distance);
                cx.out.item();
                cx.out.open(Kind::Struct);
                cx.show_members(&["dev"]);
                data.show_text(cx, "name", offset + NAME);
                if data.has_events && distance != 0 {
                    data.show_event(cx, offset + NAME);
                }
                cx.out.close(Kind::Struct);
            });
            next
        });
    }

    /// Shows the number of the last event, which is behind the name at `offset`.
    fn show_event(&self, cx: &mut Cx<'_>, offset: u64) {
        let mut name = [0; 128];
        let got = cx.read_some(self.at(offset), &mut name);
        let Some(len) = name[..got].iter().position(|&b| b == 0) else { return };
        let behind = (offset - self.start + len as u64 + 1).next_multiple_of(8) + self.start;
        if let Some(event) = cx.read_u32(self.at(behind)).filter(|_| self.holds(behind, 4)) {
            cx.out.field("event_nr");
            cx.out.uint(u64::from(event));
        }
    }

    /// Shows the versions of target drivers.
    pub(super) fn show_versions(&self, cx: &mut Cx<'_>) {
        const ENTRY: u64 = VERSIONS.common_size();
        self.show_list(cx, ENTRY, "misplaced struct dm_target_versions", |data, cx, offset| {
            let mut next = None;
            cx.with_record(&VERSIONS, data.at(offset), |cx| {
                next = Some(cx.field("next") as u32);
                cx.out.item();
                cx.out.open(Kind::Struct);
                data.show_text(cx, "name", offset + VERSIONS.common_offset("name"));
                cx.show_members(&["version"]);
                cx.out.close(Kind::Struct);
            });
            next
        });
    }

    /// Shows a list of entries of `size` bytes at least, of which each says how far it is to the next: `show` shows
    /// one, and returns that.
    fn show_list(
        &self,
        cx: &mut Cx<'_>,
        size: u64,
        misplaced: &str,
        show: fn(&Data, &mut Cx<'_>, u64) -> Option<u32>,
    ) {
        if self.start == self.size || self.abbreviated(cx) {
            return;
        }
        let (mut offset, mut earliest) = (self.start, 0);
        for _ in 0..MOST_ENTRIES {
            if offset < earliest || !self.holds(offset, size) {
                return self.misplaced(cx, misplaced);
            }
            match show(self, cx, offset) {
                None => return self.unreadable(cx, offset),
                Some(0) => return,
                Some(next) => {
                    earliest = offset + size;
                    offset += u64::from(next);
                }
            }
        }
    }

    /// Shows a message to a target.
    pub(super) fn show_message(&self, cx: &mut Cx<'_>) {
        const TEXT: u64 = MESSAGE.common_offset("message");
        if self.start == self.size || self.abbreviated(cx) {
            return;
        }
        if !self.holds(self.start, TEXT) {
            return self.misplaced(cx, "misplaced struct dm_target_msg");
        }
        let shown = cx.with_record(&MESSAGE, self.at(self.start), |cx| {
            cx.out.item();
            cx.out.open(Kind::Struct);
            cx.show_members(&["sector"]);
            self.show_text(cx, "message", self.start + TEXT);
            cx.out.close(Kind::Struct);
        });
        if !shown {
            self.unreadable(cx, self.start);
        }
    }
}

/// The most bytes of a string that are shown, whatever limit the user sets.
const LONGEST: usize = 1 << 20;
