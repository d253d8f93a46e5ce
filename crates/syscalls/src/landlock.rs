//! Landlock: a sandbox that a process builds around itself.

use decode::Stretch;
use decode::class::DESC;
use decode::prelude::*;
use uapi::consts::*;

static FS_ACCESS: Names = names(
    "LANDLOCK_ACCESS_FS_???",
    &[
        LANDLOCK_ACCESS_FS_EXECUTE,
        LANDLOCK_ACCESS_FS_WRITE_FILE,
        LANDLOCK_ACCESS_FS_READ_FILE,
        LANDLOCK_ACCESS_FS_READ_DIR,
        LANDLOCK_ACCESS_FS_REMOVE_DIR,
        LANDLOCK_ACCESS_FS_REMOVE_FILE,
        LANDLOCK_ACCESS_FS_MAKE_CHAR,
        LANDLOCK_ACCESS_FS_MAKE_DIR,
        LANDLOCK_ACCESS_FS_MAKE_REG,
        LANDLOCK_ACCESS_FS_MAKE_SOCK,
        LANDLOCK_ACCESS_FS_MAKE_FIFO,
        LANDLOCK_ACCESS_FS_MAKE_BLOCK,
        LANDLOCK_ACCESS_FS_MAKE_SYM,
        LANDLOCK_ACCESS_FS_REFER,
        LANDLOCK_ACCESS_FS_TRUNCATE,
        LANDLOCK_ACCESS_FS_IOCTL_DEV,
        LANDLOCK_ACCESS_FS_RESOLVE_UNIX,
    ],
);
static NET_ACCESS: Names = names(
    "LANDLOCK_ACCESS_NET_???",
    &[
        LANDLOCK_ACCESS_NET_BIND_TCP,
        LANDLOCK_ACCESS_NET_CONNECT_TCP,
        LANDLOCK_ACCESS_NET_BIND_UDP,
        LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP,
    ],
);
static SCOPES: Names =
    names("LANDLOCK_SCOPE_???", &[LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, LANDLOCK_SCOPE_SIGNAL]);
static CREATE_FLAGS: Names =
    names("LANDLOCK_CREATE_RULESET_???", &[LANDLOCK_CREATE_RULESET_VERSION, LANDLOCK_CREATE_RULESET_ERRATA]);
static RULE_TYPES: Names = names("LANDLOCK_RULE_???", &[LANDLOCK_RULE_PATH_BENEATH, LANDLOCK_RULE_NET_PORT]);
static RULE_FLAGS: Names = names("LANDLOCK_ADD_RULE_???", &[LANDLOCK_ADD_RULE_QUIET]);

/// `struct landlock_ruleset_attr`, which has grown by two words at a time.
static RULESET_ATTR: Record = record(
    "landlock_ruleset_attr",
    &[
        arg("handled_access_fs", Flags(W8, &FS_ACCESS)),
        arg("handled_access_net", Flags(W8, &NET_ACCESS)),
        arg("scoped", Flags(W8, &SCOPES)),
        arg("quiet_access_fs", Flags(W8, &FS_ACCESS)),
        arg("quiet_access_net", Flags(W8, &NET_ACCESS)),
        arg("quiet_scoped", Flags(W8, &SCOPES)),
    ],
);

/// `struct landlock_path_beneath_attr`.
static PATH_BENEATH_ATTR: Record = decode::packed(
    "landlock_path_beneath_attr",
    &[arg("allowed_access", Flags(W8, &FS_ACCESS)), arg("parent_fd", Fd)],
);
/// `struct landlock_net_port_attr`.
static NET_PORT_ATTR: Record =
    record("landlock_net_port_attr", &[arg("allowed_access", Flags(W8, &NET_ACCESS)), arg("port", U64)]);

fn show_ruleset(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.arg(1);
    let known = RULESET_ATTR.size(cx.abi) as u64;
    let mut bytes = [0; 48];
    let given = known.min(size) as usize;
    if size < 8 || addr == 0 || !cx.options.verbose || !cx.read(addr, &mut bytes[..given]) {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Struct);
    // What is missing of a member counts as zero.
    cx.members_from(&RULESET_ATTR, &bytes[..given.next_multiple_of(8)], addr);
    if size > known {
        cx.out.more();
    }
    cx.out.close(Kind::Struct);
}

/// A descriptor; but to a question the answer is a number.
fn what_is_created(cx: &Plain<'_>) -> Ret {
    let asks = CREATE_FLAGS.entries.iter().any(|flag| cx.has(cx.arg(2), *flag));
    if asks { Ret::Dec } else { Ret::Fd }
}

const RULESET_FD: Arg = arg("ruleset_fd", Fd);
const RULE_FLAG_WORD: Arg = arg("flags", Flags(W4, &RULE_FLAGS));

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "landlock_create_ruleset",
        DESC,
        Ret::Pick(what_is_created),
        &[
            arg("attr", Hook(&decode::Hook { dir: In, show: show_ruleset, reads: &[Stretch::arg(0, 48)] })),
            arg("size", ULONG),
            arg("flags", Flags(W4, &CREATE_FLAGS)),
        ],
    ),
    syscall("landlock_add_rule", DESC, Ret::Dec, &[RULESET_FD, arg("rule_type", Enum(W4, &RULE_TYPES))])
        .switch(
            1,
            &[
                case(
                    &[LANDLOCK_RULE_PATH_BENEATH],
                    &[arg("rule_attr", At(In, &Struct(&PATH_BENEATH_ATTR))), RULE_FLAG_WORD],
                    Ret::Dec,
                ),
                case(
                    &[LANDLOCK_RULE_NET_PORT],
                    &[arg("rule_attr", At(In, &Struct(&NET_PORT_ATTR))), RULE_FLAG_WORD],
                    Ret::Dec,
                ),
            ],
            &[arg("rule_attr", Addr), RULE_FLAG_WORD],
        ),
    syscall("landlock_restrict_self", DESC, Ret::Dec, &[RULESET_FD, arg("flags", X32)]),
];
