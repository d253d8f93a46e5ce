//! What `io_uring_register` is asked of what the kernel has (`linux/io_uring/query.h`): a chain of questions, each with
//! room for its answer.

use super::register::SQE_FLAGS;
use super::uring::{ENTER_FLAGS, FEATURES, SETUP_FLAGS};
use super::zcrx::REG_FLAGS;
use crate::common::ADDR64;
use decode::prelude::*;
use decode::{Hook as HookFn, Start, Stretch};
use uapi::consts::*;

static QUESTIONS: Names = names(
    "IO_URING_QUERY_???",
    &[IO_URING_QUERY_OPCODES, IO_URING_QUERY_ZCRX, IO_URING_QUERY_SCQ, IO_URING_QUERY_ZCRX_EVENT],
);
static AREA_FLAGS: Names = names("IORING_ZCRX_AREA_???", &[IORING_ZCRX_AREA_DMABUF]);

/// `struct io_uring_query_hdr`; its first member, where the next one is, is told last.
static QUESTION: Record = record(
    "io_uring_query_hdr",
    &[
        pad(8),
        arg("query_data", ADDR64),
        arg("query_op", Enum(W4, &QUESTIONS)),
        arg("size", UINT),
        arg("result", INT),
        arg("__resv", Array(&X32, Len::Const(3))).nonzero(),
    ],
);
const SIZE: usize = QUESTION.common_size() as usize;
/// The most questions that the kernel answers in one call.
const MOST: usize = 1000;

static OPCODES: Record = record(
    "io_uring_query_opcode",
    &[
        arg("nr_request_opcodes", UINT),
        arg("nr_register_opcodes", UINT),
        arg("feature_flags", Flags(W8, &FEATURES)),
        arg("ring_setup_flags", Flags(W8, &SETUP_FLAGS)),
        arg("enter_flags", Flags(W8, &ENTER_FLAGS)),
        arg("sqe_flags", Flags(W8, &SQE_FLAGS)),
        arg("nr_query_opcodes", UINT),
        arg("__pad", X32).nonzero(),
    ],
);
static ZCRX: Record = record(
    "io_uring_query_zcrx",
    &[
        arg("register_flags", Flags(W8, &REG_FLAGS)),
        arg("area_flags", Flags(W8, &AREA_FLAGS)),
        arg("nr_ctrl_opcodes", UINT),
        arg("features", X32),
        arg("rq_hdr_size", UINT),
        arg("rq_hdr_alignment", UINT),
        arg("__resv2", X64).nonzero(),
    ],
);
static ZCRX_EVENT: Record = record(
    "io_uring_query_zcrx_event",
    &[
        arg("event_flags", X32),
        arg("stats_size", UINT),
        arg("stats_off_alignment", UINT),
        arg("__resv1", X32).nonzero(),
        arg("__resv2", Array(&X64, Len::Const(4))).nonzero(),
    ],
);
static SCQ: Record = record("io_uring_query_scq", &[arg("hdr_size", U64), arg("hdr_alignment", U64)]);

/// What answers a question.
static ANSWERS: &[(Const, &Record)] = &[
    (IO_URING_QUERY_OPCODES, &OPCODES),
    (IO_URING_QUERY_ZCRX, &ZCRX),
    (IO_URING_QUERY_SCQ, &SCQ),
    (IO_URING_QUERY_ZCRX_EVENT, &ZCRX_EVENT),
];

/// The questions, and what there is in place of their answers before the call.
pub(super) static QUERIES: HookFn = HookFn {
    dir: In,
    show: |cx, addr| {
        if cx.arg(3) & u64::from(u32::MAX) == 0 {
            show_chain(cx, addr);
        } else {
            cx.out.addr(addr);
        }
    },
    reads: &[Stretch::to(Start::Arg(2), Struct(&LINK)).chained()],
};

/// What a question leads to beside the next one.
static LINK: Record = record(
    "io_uring_query_hdr",
    &[
        arg("next_entry", ADDR64),
        arg("query_data", Wide(&At(In, &Bytes(Len::Const(MOST_DATA))))),
        arg("query_op", UINT),
        arg("size", UINT),
        pad(16),
    ],
);
/// The size of the largest answer, in bytes.
const MOST_DATA: u32 = {
    let (mut most, mut i) = (0, 0);
    while i < ANSWERS.len() {
        let size = ANSWERS[i].1.common_size();
        most = if size > most { size } else { most };
        i += 1;
    }
    most as u32
};

fn show_chain(cx: &mut Cx<'_>, addr: u64) {
    let most = if cx.abbrev() { MOST.min(cx.options.strings) } else { MOST };
    let (mut at, mut depth) = (addr, 0);
    loop {
        let mut raw = [0; SIZE];
        if at == 0 || !cx.options.verbose || !cx.read(at, &mut raw) {
            cx.out.addr(at);
            break;
        }
        if depth == most {
            cx.out.addr(at);
            cx.out.note("...");
            break;
        }
        cx.out.open(Kind::Struct);
        show_question(cx, &raw, at);
        cx.out.field("next_entry");
        at = LINK.number("next_entry", &raw, cx.abi);
        depth += 1;
    }
    for _ in 0..depth {
        cx.out.close(Kind::Struct);
    }
}

fn show_question(cx: &mut Cx<'_>, raw: &[u8; SIZE], at: u64) {
    cx.members_from(&QUESTION, raw, at);
    let [data, op, size] =
        ["query_data", "query_op", "size"].map(|field| QUESTION.number(field, raw, cx.abi));
    if data == 0 || size == 0 {
        return;
    }
    cx.out.field("query_data");
    match ANSWERS.iter().find(|(known, _)| cx.is(op, *known)) {
        Some((_, answer)) => cx.record_at(answer, data, answer.size(cx.abi)),
        None => cx.out.addr(data),
    }
}
