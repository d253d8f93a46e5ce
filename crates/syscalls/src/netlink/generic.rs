//! `NETLINK_GENERIC` (`linux/genetlink.h`): families that the kernel numbers as they come, and `nlctrl`, which tells
//! their numbers.

use super::attr::Is::{Code, Nest, Raw, Text, Value};
use super::attr::{KindName, Scope, Set, numbered, set, show_attributes, show_raw, show_text};
use super::chain::{ALIGN, Data, show_both};
use super::families;
use super::message::Message;
use super::payload::show_wide_value;
use decode::prelude::*;
use uapi::consts::*;

static UNKNOWN_FAMILY: Names = names("GENERIC_FAMILY_???", &[]);
static COMMANDS: Names = names(
    "CTRL_CMD_???",
    &[
        CTRL_CMD_UNSPEC,
        CTRL_CMD_NEWFAMILY,
        CTRL_CMD_DELFAMILY,
        CTRL_CMD_GETFAMILY,
        CTRL_CMD_NEWOPS,
        CTRL_CMD_DELOPS,
        CTRL_CMD_GETOPS,
        CTRL_CMD_NEWMCAST_GRP,
        CTRL_CMD_DELMCAST_GRP,
        CTRL_CMD_GETMCAST_GRP,
        CTRL_CMD_GETPOLICY,
    ],
);

/// Shows the type of a message: the family that it is for.
pub(super) fn show_type(cx: &mut Cx<'_>, kind: u64) {
    if is_control(cx, kind) {
        return cx.named(kind, Base::Hex, "nlctrl");
    }
    match cx.generic_family(kind as u16) {
        Some(name) => cx.out.spelled(kind, Base::Hex, &name),
        None => cx.enumerated(W2, &UNKNOWN_FAMILY, kind),
    }
}

fn is_control(cx: &Plain<'_>, kind: u64) -> bool {
    cx.is(kind, GENL_ID_CTRL)
}

const RESERVED: Arg = arg("reserved", X16).nonzero();
static CONTROL: Record =
    record("genlmsghdr", &[arg("cmd", Enum(W1, &COMMANDS)), arg("version", U8), RESERVED]);
static OTHER: Record = record("genlmsghdr", &[arg("cmd", X8), arg("version", U8), RESERVED]);
static OTHER_ATTRIBUTES: Set = set("", &[]);

/// Shows what is in a message.
pub(super) fn show(cx: &mut Cx<'_>, message: Message, data: Data) {
    let control = is_control(cx, message.kind);
    let (header, attributes) =
        if control { (&CONTROL, &CONTROL_ATTRIBUTES) } else { (&OTHER, &OTHER_ATTRIBUTES) };
    let size = header.size(cx.abi);
    if data.len < size as u64 {
        return show_raw(cx, data);
    }
    let rest = data.after((size as u64).next_multiple_of(ALIGN));
    show_both(
        cx,
        rest,
        |cx| cx.record_at(header, data.addr, size),
        |cx| {
            show_attributes(cx, rest, attributes, &mut Scope::default());
        },
    );
}

/// The attributes of `nlctrl`.
static CONTROL_ATTRIBUTES: Set = set(
    "CTRL_ATTR_???",
    &[
        (CTRL_ATTR_UNSPEC, Raw),
        (CTRL_ATTR_FAMILY_ID, Value(X16)),
        (CTRL_ATTR_FAMILY_NAME, Code(show_family)),
        (CTRL_ATTR_VERSION, Value(UINT)),
        (CTRL_ATTR_HDRSIZE, Value(UINT)),
        (CTRL_ATTR_MAXATTR, Value(UINT)),
        (CTRL_ATTR_OPS, Nest(&OPERATIONS)),
        (CTRL_ATTR_MCAST_GROUPS, Nest(&GROUPS)),
        (CTRL_ATTR_POLICY, Nest(&POLICIES)),
        (CTRL_ATTR_OP_POLICY, Nest(&OPERATION_POLICIES)),
        (CTRL_ATTR_OP, Value(UINT)),
    ],
);

/// The name of a family says what the operations are that are told behind it.
fn show_family(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    let name = KindName::read(cx, data);
    scope.operations = families::operations(name).or(scope.operations);
    show_text(cx, data);
    true
}

fn show_operation(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    show_wide_value(cx, data, scope.operations.unwrap_or(&COMMANDS))
}

/// An operation of a family.
static OPERATION: Set = set(
    "CTRL_ATTR_OP_???",
    &[
        (CTRL_ATTR_OP_UNSPEC, Raw),
        (CTRL_ATTR_OP_ID, Code(show_operation)),
        (CTRL_ATTR_OP_FLAGS, Value(Flags(W4, &OPERATION_FLAGS))),
    ],
);

/// A multicast group of a family.
static GROUP: Set = set(
    "CTRL_ATTR_MCAST_GRP_???",
    &[
        (CTRL_ATTR_MCAST_GRP_UNSPEC, Raw),
        (CTRL_ATTR_MCAST_GRP_NAME, Text),
        (CTRL_ATTR_MCAST_GRP_ID, Value(X32)),
    ],
);

/// What an attribute may be.
static POLICY: Set = set(
    "NL_POLICY_TYPE_ATTR_???",
    &[
        (NL_POLICY_TYPE_ATTR_UNSPEC, Raw),
        (NL_POLICY_TYPE_ATTR_TYPE, Code(|cx, data, _| show_wide_value(cx, data, &ATTRIBUTE_TYPES))),
        (NL_POLICY_TYPE_ATTR_MIN_VALUE_S, Value(S64)),
        (NL_POLICY_TYPE_ATTR_MAX_VALUE_S, Value(S64)),
        (NL_POLICY_TYPE_ATTR_MIN_VALUE_U, Value(U64)),
        (NL_POLICY_TYPE_ATTR_MAX_VALUE_U, Value(U64)),
        (NL_POLICY_TYPE_ATTR_MIN_LENGTH, Value(UINT)),
        (NL_POLICY_TYPE_ATTR_MAX_LENGTH, Value(UINT)),
        (NL_POLICY_TYPE_ATTR_POLICY_IDX, Value(X32)),
        (NL_POLICY_TYPE_ATTR_POLICY_MAXTYPE, Value(X32)),
        (NL_POLICY_TYPE_ATTR_BITFIELD32_MASK, Value(X32)),
        (NL_POLICY_TYPE_ATTR_PAD, Raw),
        (NL_POLICY_TYPE_ATTR_MASK, Value(X64)),
    ],
);

/// The policies of an operation.
static OPERATION_POLICY: Set = set(
    "CTRL_ATTR_POLICY_???",
    &[
        (CTRL_ATTR_POLICY_UNSPEC, Raw),
        (CTRL_ATTR_POLICY_DO, Value(UINT)),
        (CTRL_ATTR_POLICY_DUMP, Value(UINT)),
    ],
);

static OPERATIONS: Set = numbered(Nest(&OPERATION));
static GROUPS: Set = numbered(Nest(&GROUP));
static POLICIES: Set = numbered(Nest(&POLICY_OF_FAMILY));
static POLICY_OF_FAMILY: Set = numbered(Nest(&POLICY));
static OPERATION_POLICIES: Set = numbered(Nest(&OPERATION_POLICY));
static OPERATION_FLAGS: Names = names(
    "GENL_???",
    &[GENL_ADMIN_PERM, GENL_CMD_CAP_DO, GENL_CMD_CAP_DUMP, GENL_CMD_CAP_HASPOL, GENL_UNS_ADMIN_PERM],
);
static ATTRIBUTE_TYPES: Names = names(
    "NL_ATTR_TYPE_???",
    &[
        NL_ATTR_TYPE_INVALID,
        NL_ATTR_TYPE_FLAG,
        NL_ATTR_TYPE_U8,
        NL_ATTR_TYPE_U16,
        NL_ATTR_TYPE_U32,
        NL_ATTR_TYPE_U64,
        NL_ATTR_TYPE_S8,
        NL_ATTR_TYPE_S16,
        NL_ATTR_TYPE_S32,
        NL_ATTR_TYPE_S64,
        NL_ATTR_TYPE_BINARY,
        NL_ATTR_TYPE_STRING,
        NL_ATTR_TYPE_NUL_STRING,
        NL_ATTR_TYPE_NESTED,
        NL_ATTR_TYPE_NESTED_ARRAY,
        NL_ATTR_TYPE_BITFIELD32,
        NL_ATTR_TYPE_SINT,
        NL_ATTR_TYPE_UINT,
    ],
);
