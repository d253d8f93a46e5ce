//! The programs by which requests choose sockets (`INET_DIAG_REQ_BYTECODE`): the first operation and its operand.

use crate::net::FAMILIES;
use crate::net::sockaddr::INTERFACE;
use crate::netlink::attr::Is::{Code, Raw, Value};
use crate::netlink::attr::{Is, Scope, show_payload};
use crate::netlink::chain::Data;
use crate::netlink::payload::show_named_address;
use decode::prelude::*;
use uapi::consts::*;

static OPERATION: Record =
    record("inet_diag_bc_op", &[arg("code", Enum(W1, &OPERATIONS)), arg("yes", U8), arg("no", U16)]);
static MARK: Record = record("inet_diag_markcond", &[arg("mark", UINT), arg("mask", UINT)]);

static OPERATIONS: Names = names(
    "INET_DIAG_BC_???",
    &[
        INET_DIAG_BC_NOP,
        INET_DIAG_BC_JMP,
        INET_DIAG_BC_S_GE,
        INET_DIAG_BC_S_LE,
        INET_DIAG_BC_D_GE,
        INET_DIAG_BC_D_LE,
        INET_DIAG_BC_AUTO,
        INET_DIAG_BC_S_COND,
        INET_DIAG_BC_D_COND,
        INET_DIAG_BC_DEV_COND,
        INET_DIAG_BC_MARK_COND,
        INET_DIAG_BC_S_EQ,
        INET_DIAG_BC_D_EQ,
        INET_DIAG_BC_CGROUP_COND,
    ],
);

/// What follows an operation.
static OPERANDS: &[(Const, Is)] = &[
    (INET_DIAG_BC_S_GE, Value(Struct(&OPERATION))),
    (INET_DIAG_BC_S_LE, Value(Struct(&OPERATION))),
    (INET_DIAG_BC_D_GE, Value(Struct(&OPERATION))),
    (INET_DIAG_BC_D_LE, Value(Struct(&OPERATION))),
    (INET_DIAG_BC_S_COND, Code(show_condition)),
    (INET_DIAG_BC_D_COND, Code(show_condition)),
    (INET_DIAG_BC_DEV_COND, Value(INTERFACE)),
    (INET_DIAG_BC_MARK_COND, Value(Struct(&MARK))),
];

/// Shows a program.
pub(super) fn show(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    let size = OPERATION.size(cx.abi);
    if data.len < size as u64 {
        return false;
    }
    let Some(code) = cx.read_uint(data.addr, 1) else {
        cx.out.addr(data.addr);
        return true;
    };
    cx.record_at(&OPERATION, data.addr, size);
    let rest = data.after(size as u64);
    if rest.len > 0 {
        let operand = OPERANDS.iter().find(|(known, _)| cx.is(code, *known)).map_or(&Raw, |(_, is)| is);
        cx.out.item();
        show_payload(cx, rest, operand, scope);
    }
    true
}

/// `struct inet_diag_hostcond` and the address behind it.
fn show_condition(cx: &mut Cx<'_>, data: Data, _: &mut Scope) -> bool {
    const SIZE: u64 = 8;
    let mut raw = [0; SIZE as usize];
    if data.len < SIZE {
        return false;
    }
    if !cx.read(data.addr, &mut raw) {
        cx.out.addr(data.addr);
        return true;
    }
    let [family, prefix, _, _, port @ ..] = raw;
    cx.out.open(Kind::Struct);
    cx.out.field("family");
    cx.enumerated(W1, &FAMILIES, u64::from(family));
    cx.out.field("prefix_len");
    cx.out.uint(u64::from(prefix));
    cx.out.field("port");
    cx.out.uint(u64::from(u32::from_le_bytes(port)));
    let address = data.after(SIZE);
    if address.len > 0 {
        show_named_address(cx, "addr", address, u64::from(family));
    }
    cx.out.close(Kind::Struct);
    true
}
