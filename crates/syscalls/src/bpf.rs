//! `bpf`: programs and maps in the kernel.

use crate::bpf_attr::*;
use crate::bpf_info;
use crate::bpf_link::{self, LINKS};
use crate::bpf_names::COMMANDS;
use decode::class::DESC;
use decode::prelude::*;
use decode::{Start, Stretch};
use uapi::consts::*;

/// When a command's members are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// On entering: the kernel changes nothing.
    Enter,
    /// On exiting, all of them.
    Exit,
    /// Some on entering, and those that the kernel may have changed on exiting.
    Both,
    /// As [`Told::Both`]; the last one on entering is a number, and what has become of it is told on exiting.
    Through,
    /// On entering, and on exiting a count once more, if it has changed.
    Again,
}

/// A command, and the part of `union bpf_attr` that it uses.
struct Command {
    number: Const,
    record: &'static Record,
    /// How many bytes of the union have a meaning: less than the record has, where that ends in padding.
    size: u64,
    /// The name of the union's member, if the part has one.
    member: &'static str,
    told: Told,
    /// The member that the kernel changes, and that is told as it was and as it is; none if it is empty.
    changes: &'static str,
}

const fn command(number: Const, record: &'static Record, size: u64) -> Command {
    Command { number, record, size, member: "", told: Told::Enter, changes: "" }
}

impl Command {
    const fn member(mut self, name: &'static str) -> Self {
        self.member = name;
        self
    }

    const fn told(mut self, told: Told) -> Self {
        self.told = told;
        self
    }

    const fn changes(mut self, member: &'static str) -> Self {
        self.changes = member;
        self
    }
}

static PARTS: &[Command] = &[
    command(BPF_MAP_CREATE, &MAP_CREATE, 92),
    command(BPF_MAP_LOOKUP_ELEM, &LOOKUP_ELEM, 32),
    command(BPF_MAP_LOOKUP_AND_DELETE_ELEM, &LOOKUP_ELEM, 32),
    command(BPF_MAP_UPDATE_ELEM, &UPDATE_ELEM, 32),
    command(BPF_MAP_DELETE_ELEM, &DELETE_ELEM, 16),
    command(BPF_MAP_GET_NEXT_KEY, &NEXT_KEY, 24),
    command(BPF_MAP_FREEZE, &FREEZE, 4),
    command(BPF_PROG_LOAD, &PROG_LOAD, 168).told(Told::Both),
    command(BPF_OBJ_PIN, &OBJ, 20),
    command(BPF_OBJ_GET, &OBJ, 20),
    command(BPF_PROG_ATTACH, &PROG_ATTACH, 32),
    command(BPF_PROG_DETACH, &PROG_ATTACH, 32),
    command(BPF_PROG_TEST_RUN, &TEST_RUN, 76).member("test"),
    command(BPF_PROG_GET_NEXT_ID, &NEXT_ID, 8).told(Told::Both),
    command(BPF_MAP_GET_NEXT_ID, &NEXT_ID, 8).told(Told::Both),
    command(BPF_BTF_GET_NEXT_ID, &NEXT_ID, 8).told(Told::Both),
    command(BPF_LINK_GET_NEXT_ID, &NEXT_ID, 8).told(Told::Both),
    command(BPF_PROG_GET_FD_BY_ID, &PROG_ID, 4),
    command(BPF_MAP_GET_FD_BY_ID, &MAP_ID, 12),
    command(BPF_BTF_GET_FD_BY_ID, &BTF_ID, 16),
    command(BPF_LINK_GET_FD_BY_ID, &LINK_ID, 4),
    command(BPF_OBJ_GET_INFO_BY_FD, &INFO_BY_FD, 16).member("info").told(Told::Through).changes("info_len"),
    command(BPF_PROG_QUERY, &PROG_QUERY, 64).member("query").told(Told::Both).changes("prog_cnt"),
    command(BPF_RAW_TRACEPOINT_OPEN, &RAW_TRACEPOINT, 24).member("raw_tracepoint"),
    command(BPF_BTF_LOAD, &BTF_LOAD, 40).told(Told::Both),
    command(BPF_TASK_FD_QUERY, &TASK_FD_QUERY, 48)
        .member("task_fd_query")
        .told(Told::Through)
        .changes("buf_len"),
    command(BPF_MAP_LOOKUP_BATCH, &LOOKUP_BATCH, 56).member("batch").told(Told::Again).changes("count"),
    command(BPF_MAP_LOOKUP_AND_DELETE_BATCH, &LOOKUP_BATCH, 56)
        .member("batch")
        .told(Told::Again)
        .changes("count"),
    command(BPF_MAP_UPDATE_BATCH, &UPDATE_BATCH, 56).member("batch").told(Told::Again).changes("count"),
    command(BPF_MAP_DELETE_BATCH, &DELETE_BATCH, 56).member("batch").told(Told::Again).changes("count"),
    command(BPF_LINK_UPDATE, &LINK_UPDATE, 16).member("link_update"),
    command(BPF_ENABLE_STATS, &ENABLE_STATS, 4).member("enable_stats"),
    command(BPF_ITER_CREATE, &ITER_CREATE, 8).member("iter_create"),
    command(BPF_LINK_DETACH, &LINK_DETACH, 4).member("link_detach"),
    command(BPF_PROG_BIND_MAP, &BIND_MAP, 12).member("prog_bind_map"),
    command(BPF_TOKEN_CREATE, &TOKEN_CREATE, 8).member("token_create"),
    command(BPF_PROG_STREAM_READ_BY_FD, &STREAM_READ, 20).member("prog_stream_read").told(Told::Exit),
    command(BPF_PROG_ASSOC_STRUCT_OPS, &ASSOC_STRUCT_OPS, 12).member("prog_assoc_struct_ops"),
];

/// The most that the kernel takes, a page.
pub(crate) const MAX_SIZE: u64 = 4096;
/// As many bytes of the union as any command uses.
const KNOWN: usize = 176;

/// The bytes of the union, of which the tracee gives `size`; those that it doesn't are zero.
struct Attr {
    raw: [u8; KNOWN],
    size: u64,
    addr: u64,
}

fn read_attr(cx: &mut Cx<'_>, addr: u64) -> Option<Attr> {
    let size = cx.arg(2) & u64::from(u32::MAX);
    if size == 0 || size > MAX_SIZE || addr == 0 || !cx.options.verbose {
        return None;
    }
    let mut bytes = [0; MAX_SIZE as usize];
    let bytes = bytes.get_mut(..size as usize)?;
    let mut raw = [0; KNOWN];
    cx.read(addr, bytes).then(|| {
        let given = bytes.len().min(KNOWN);
        raw[..given].copy_from_slice(&bytes[..given]);
        Attr { raw, size, addr }
    })
}

/// Tells what of `size` bytes at `addr` is beyond those that have a meaning.
pub(crate) fn show_extra(cx: &mut Cx<'_>, addr: u64, size: u64, known: u64) {
    let Some(count) = size.checked_sub(known).filter(|&n| n > 0) else { return };
    let mut bytes = [0; MAX_SIZE as usize];
    let bytes = &mut bytes[..count.min(MAX_SIZE) as usize];
    if !cx.read(addr.wrapping_add(known), bytes) || bytes.iter().all(|&b| b == 0) {
        return;
    }
    if cx.abbrev() {
        return cx.out.more();
    }
    cx.out.field("extra_data");
    cx.out.bytes(bytes, Text::Binary, false);
    cx.out.remark(Remark::Bytes(known, size - 1));
}

fn show_attr(cx: &mut Cx<'_>, addr: u64) {
    let number = cx.arg(0);
    if cx.is(number, BPF_LINK_CREATE) {
        return show_link_attr(cx, addr);
    }
    let Some(command) = PARTS.iter().find(|c| cx.is(number, c.number)) else {
        if !cx.exiting() {
            cx.out.addr(addr);
        }
        return;
    };
    if cx.exiting() { show_at_exit(cx, command, addr) } else { show_at_enter(cx, command, addr) }
}

impl Command {
    /// The number that the kernel changes; 0 where there is none.
    fn number(&self, cx: &Plain<'_>, attr: &Attr) -> u64 {
        self.record.number(self.changes, &attr.raw, cx.abi)
    }

    fn open(&self, cx: &mut Cx<'_>) {
        cx.out.open(Kind::Struct);
        if !self.member.is_empty() {
            cx.out.field(self.member);
            cx.out.open(Kind::Struct);
        }
    }

    fn show_members(&self, cx: &mut Cx<'_>, attr: &Attr) {
        let size = self.record.size(cx.abi).min(KNOWN);
        cx.members_from(self.record, &attr.raw[..size], attr.addr);
    }

    /// Ends what [`Command::open`] has begun, `attr`, if that can be read.
    fn close(&self, cx: &mut Cx<'_>, attr: Option<&Attr>) {
        if !self.member.is_empty() {
            cx.out.close(Kind::Struct);
        }
        if let Some(attr) = attr {
            show_extra(cx, attr.addr, attr.size, self.size);
        }
        cx.out.close(Kind::Struct);
    }
}

fn show_at_enter(cx: &mut Cx<'_>, command: &Command, addr: u64) {
    let Some(attr) = read_attr(cx, addr) else { return cx.out.addr(addr) };
    let before = command.number(cx, &attr);
    cx.save(before);
    if cx.is(cx.arg(0), BPF_OBJ_GET_INFO_BY_FD) {
        let [info, len] = ["info", "info_len"].map(|field| INFO_BY_FD.number(field, &attr.raw, cx.abi));
        bpf_info::keep(cx, info, len);
    }
    match command.told {
        Told::Exit => return,
        Told::Again => cx.out.change_begin(),
        Told::Enter | Told::Both | Told::Through => {}
    }
    command.open(cx);
    command.show_members(cx, &attr);
    if matches!(command.told, Told::Enter | Told::Again) {
        command.close(cx, Some(&attr));
    }
}

fn show_at_exit(cx: &mut Cx<'_>, command: &Command, addr: u64) {
    let Some(before) = cx.saved_here() else { return };
    let attr = read_attr(cx, addr);
    let now = attr.as_ref().map_or(before, |attr| command.number(cx, attr));
    match command.told {
        Told::Enter => return,
        Told::Again => return show_count_again(cx, command, before, now),
        Told::Exit if attr.is_none() => return cx.out.addr(addr),
        Told::Exit => command.open(cx),
        Told::Through => end_change(cx, before, now),
        Told::Both => {}
    }
    if let Some(attr) = &attr {
        command.show_members(cx, attr);
    }
    command.close(cx, attr.as_ref());
}

/// Shows a count if the kernel has changed it.
fn show_count_again(cx: &mut Cx<'_>, command: &Command, before: u64, now: u64) {
    if now != before {
        cx.out.changed();
        command.open(cx);
        cx.out.field("count");
        cx.out.uint(now);
        command.close(cx, None);
    }
    cx.out.change_end();
}

fn show_link_attr(cx: &mut Cx<'_>, addr: u64) {
    if cx.exiting() {
        return;
    }
    let Some(attr) = read_attr(cx, addr) else { return cx.out.addr(addr) };
    cx.out.open(Kind::Struct);
    cx.out.field("link_create");
    cx.out.open(Kind::Struct);
    let known = bpf_link::show_link(cx, &attr.raw, attr.size, addr);
    cx.out.close(Kind::Struct);
    show_extra(cx, attr.addr, attr.size, known);
    cx.out.close(Kind::Struct);
}

/// Whether the command makes a descriptor.
fn returned(cx: &Plain<'_>) -> Ret {
    let makes_fd = [
        BPF_MAP_CREATE,
        BPF_PROG_LOAD,
        BPF_OBJ_GET,
        BPF_PROG_GET_FD_BY_ID,
        BPF_MAP_GET_FD_BY_ID,
        BPF_RAW_TRACEPOINT_OPEN,
        BPF_BTF_LOAD,
        BPF_BTF_GET_FD_BY_ID,
        BPF_LINK_CREATE,
        BPF_LINK_GET_FD_BY_ID,
        BPF_ENABLE_STATS,
        BPF_ITER_CREATE,
        BPF_TOKEN_CREATE,
    ];
    if makes_fd.into_iter().any(|c| cx.is(cx.arg(0), c)) { Ret::Fd } else { Ret::Dec }
}

const SIZE: Arg = arg("size", UINT);
/// How many stretches there are beside those of the commands: the union itself, and what links lead to.
const OTHERS: usize = 1 + LINKS.len();
/// The union, and what its members lead to, whichever the command is.
static READS: [Stretch; OTHERS + PARTS.len()] = {
    let mut reads = [Stretch::arg(1, MAX_SIZE as u32); OTHERS + PARTS.len()];
    let mut i = 0;
    while i < LINKS.len() {
        reads[1 + i] = LINKS[i];
        i += 1;
    }
    let mut i = 0;
    while i < PARTS.len() {
        reads[OTHERS + i] =
            Stretch::to(Start::Arg(1), Sized { of: PARTS[i].record, size: Len::Arg(2), min: 0 });
        i += 1;
    }
    reads
};
/// How the call goes on where all is told on entering.
static ASKED: &[Arg] = &[arg("attr", Hook(&decode::Hook { dir: In, show: show_attr, reads: &READS })), SIZE];
/// How it goes on where something is told on exiting.
static ANSWERED: &[Arg] =
    &[arg("attr", Hook(&decode::Hook { dir: InOut, show: show_attr, reads: &READS })), SIZE];

/// The structs of the union.
pub(crate) fn records() -> impl Iterator<Item = &'static Record> {
    PARTS.iter().map(|command| command.record).chain(bpf_link::records())
}

/// How many commands answer.
const ANSWERING: usize = {
    let (mut i, mut count) = (0, 0);
    while i < PARTS.len() {
        count += !matches!(PARTS[i].told, Told::Enter) as usize;
        i += 1;
    }
    count
};
/// The commands that tell something on exiting.
static ANSWERING_COMMANDS: [Const; ANSWERING] = {
    let mut commands = [PARTS[0].number; ANSWERING];
    let (mut i, mut count) = (0, 0);
    while i < PARTS.len() {
        if !matches!(PARTS[i].told, Told::Enter) {
            commands[count] = PARTS[i].number;
            count += 1;
        }
        i += 1;
    }
    commands
};

pub(crate) static ROWS: &[Syscall] =
    &[syscall("bpf", DESC, Ret::Pick(returned), &[arg("cmd", Enum(W4, &COMMANDS))]).switch(
        0,
        &[case(&ANSWERING_COMMANDS, ANSWERED, Ret::Pick(returned))],
        ASKED,
    )];
