//! What `BPF_LINK_CREATE` says, which depends on what a program is linked to.

use crate::bpf_attr::{ATTACH_FLAG_WORD, ATTACH_TYPE, TARGET, since};
use crate::bpf_names::{KPROBE_FLAGS, NETFILTER_FLAGS, UPROBE_FLAGS};
use decode::prelude::*;
use decode::{Start, Stretch};
use uapi::consts::*;

/// The members that every link has.
static HEAD: Record = aligned(
    "bpf_link_create_attr",
    &[arg("prog_fd", Fd), TARGET, ATTACH_TYPE, arg("flags", ATTACH_FLAG_WORD)],
);
pub(crate) const HEAD_SIZE: u64 = HEAD.common_size();

static BTF_TARGET: Record = aligned("bpf_link_btf_attr", &[arg("target_btf_id", UINT).nonzero()]);
const BTF_TARGET_SIZE: u64 = BTF_TARGET.common_size();
static ITERATOR: Record = aligned(
    "bpf_link_iter_attr",
    &[
        arg("iter_info", ScalarHook(W8, &decode::Hook { dir: In, show: show_iterators, reads: ITERATORS })),
        arg("iter_info_len", UINT),
    ],
);
static TRACING: Record = aligned("bpf_link_tracing_attr", &[arg("target_btf_id", UINT), arg("cookie", X64)]);
static TRACING_MULTI: Record = aligned(
    "bpf_link_tracing_multi_attr",
    &[
        arg("ids", Wide(&At(In, &Array(&UINT, Len::Field("cnt"))))),
        arg("cookies", HEX_LIST),
        arg("cnt", UINT),
    ],
);
static PERF_EVENT: Record = aligned("bpf_link_perf_attr", &[arg("bpf_cookie", X64)]);
/// A symbol's name behind a pointer.
static SYMBOL: Ty = Str;

/// As many 64-bit numbers as the record says, behind a pointer.
const HEX_LIST: Ty = Wide(&At(In, &Array(&X64, Len::Field("cnt"))));

static KPROBE_MULTI: Record = aligned(
    "bpf_link_kprobe_attr",
    &[
        arg("flags", Flags(W4, &KPROBE_FLAGS)),
        arg("cnt", UINT),
        arg("syms", Wide(&At(In, &Array(&SYMBOL, Len::Field("cnt"))))),
        arg("addrs", HEX_LIST),
        arg("cookies", HEX_LIST),
    ],
);
static UPROBE_MULTI: Record = aligned(
    "bpf_link_uprobe_attr",
    &[
        arg("path", Wide(&Path)),
        arg("offsets", HEX_LIST),
        arg("ref_ctr_offsets", HEX_LIST),
        arg("cookies", HEX_LIST),
        arg("cnt", UINT),
        arg("flags", Flags(W4, &UPROBE_FLAGS)),
        arg("pid", TGID),
        arg("path_fd", DirFd).when(since::<60>),
    ],
);
static NETFILTER: Record = aligned(
    "bpf_link_netfilter_attr",
    &[arg("pf", UINT), arg("hooknum", UINT), arg("priority", INT), arg("flags", Flags(W4, &NETFILTER_FLAGS))],
);
const REVISION: Arg = arg("expected_revision", X64);
static RELATIVE: Record = aligned("bpf_link_relative_attr", &[arg("relative_fd", Fd), REVISION]);
/// [`RELATIVE`] with `BPF_F_ID`.
static RELATIVE_ID: Record = aligned("bpf_link_relative_attr", &[arg("relative_id", UINT), REVISION]);

/// `union bpf_iter_link_info`, of which only maps are told.
static ITERATOR_INFO: Ty = Scalar(W4, |cx, fd| {
    cx.out.open(Kind::Struct);
    cx.out.field("map");
    cx.out.open(Kind::Struct);
    cx.out.field("map_fd");
    cx.fd(fd as i32);
    cx.out.close(Kind::Struct);
    cx.out.close(Kind::Struct);
});

const ITERATORS: &[Stretch] = &[Stretch::to(Start::Here, Array(&UINT, Len::Field("iter_info_len")))];

fn show_iterators(cx: &mut Cx<'_>, addr: u64) {
    let count = cx.field("iter_info_len");
    cx.array(&ITERATOR_INFO, addr, count);
}

/// What stands behind the head: a member of its own, or members of the same level; and its size in bytes.
struct Tail {
    name: &'static str,
    record: &'static Record,
    size: u64,
    kinds: &'static [Const],
}

const fn tail(name: &'static str, record: &'static Record, size: u64, kinds: &'static [Const]) -> Tail {
    Tail { name, record, size, kinds }
}

static TAILS: &[Tail] = &[
    tail(
        "cgroup",
        &RELATIVE,
        16,
        &[
            BPF_CGROUP_INET_INGRESS,
            BPF_CGROUP_INET_EGRESS,
            BPF_CGROUP_INET_SOCK_CREATE,
            BPF_CGROUP_INET_SOCK_RELEASE,
            BPF_CGROUP_SOCK_OPS,
            BPF_CGROUP_DEVICE,
            BPF_CGROUP_INET4_BIND,
            BPF_CGROUP_INET6_BIND,
            BPF_CGROUP_INET4_CONNECT,
            BPF_CGROUP_INET6_CONNECT,
            BPF_CGROUP_INET4_POST_BIND,
            BPF_CGROUP_INET6_POST_BIND,
            BPF_CGROUP_UDP4_SENDMSG,
            BPF_CGROUP_UDP6_SENDMSG,
            BPF_CGROUP_SYSCTL,
            BPF_CGROUP_UDP4_RECVMSG,
            BPF_CGROUP_UDP6_RECVMSG,
            BPF_CGROUP_GETSOCKOPT,
            BPF_CGROUP_SETSOCKOPT,
            BPF_CGROUP_INET4_GETPEERNAME,
            BPF_CGROUP_INET6_GETPEERNAME,
            BPF_CGROUP_INET4_GETSOCKNAME,
            BPF_CGROUP_INET6_GETSOCKNAME,
            BPF_CGROUP_UNIX_CONNECT,
            BPF_CGROUP_UNIX_SENDMSG,
            BPF_CGROUP_UNIX_RECVMSG,
            BPF_CGROUP_UNIX_GETPEERNAME,
            BPF_CGROUP_UNIX_GETSOCKNAME,
        ],
    ),
    tail("", &ITERATOR, 12, &[BPF_TRACE_ITER]),
    tail(
        "tracing",
        &TRACING,
        16,
        &[BPF_TRACE_FENTRY, BPF_TRACE_FEXIT, BPF_MODIFY_RETURN, BPF_LSM_MAC, BPF_TRACE_FSESSION],
    ),
    tail(
        "tracing_multi",
        &TRACING_MULTI,
        20,
        &[BPF_TRACE_FENTRY_MULTI, BPF_TRACE_FEXIT_MULTI, BPF_TRACE_FSESSION_MULTI],
    ),
    tail("perf_event", &PERF_EVENT, 8, &[BPF_PERF_EVENT]),
    tail("kprobe_multi", &KPROBE_MULTI, 32, &[BPF_TRACE_KPROBE_MULTI]),
    tail("uprobe_multi", &UPROBE_MULTI, 48, &[BPF_TRACE_UPROBE_MULTI]),
    tail("netfilter", &NETFILTER, 16, &[BPF_NETFILTER]),
    tail("tcx", &RELATIVE, 16, &[BPF_TCX_INGRESS, BPF_TCX_EGRESS]),
    tail("netkit", &RELATIVE, 16, &[BPF_NETKIT_PRIMARY, BPF_NETKIT_PEER]),
];

/// The structs of links.
pub(crate) fn records() -> impl Iterator<Item = &'static Record> {
    TAILS.iter().map(|tail| tail.record).chain([&HEAD, &BTF_TARGET, &RELATIVE_ID])
}

/// The tails that lead to more memory, behind a head.
macro_rules! leading {
    ($($name:ident: $member:literal $tail:ident),*) => {
        $(static $name: Record =
            record("bpf_link_create_attr", &[pad(HEAD_SIZE as u32), arg($member, Struct(&$tail))]);)*
        /// What a link's members lead to.
        pub(crate) const LINKS: &[Stretch] = &[$(Stretch::to(Start::Arg(1), Struct(&$name))),*];
    };
}
leading! {
    WITH_ITERATOR: "" ITERATOR,
    WITH_TRACING: "tracing_multi" TRACING_MULTI,
    WITH_KPROBES: "kprobe_multi" KPROBE_MULTI,
    WITH_UPROBES: "uprobe_multi" UPROBE_MULTI
}

/// Shows what `raw`, the bytes of the union, says; returns how many of them have a meaning.
pub(crate) fn show_link(cx: &mut Cx<'_>, raw: &[u8], size: u64, addr: u64) -> u64 {
    let [kind, flags] = ["attach_type", "flags"].map(|field| HEAD.number(field, raw, cx.abi));
    cx.members_from(&HEAD, raw, addr);
    let tail = TAILS.iter().find(|t| t.kinds.iter().any(|&k| cx.is(kind, k)));
    let (Some(tail), Some(rest)) = (tail.filter(|_| size > HEAD_SIZE), raw.get(HEAD_SIZE as usize..)) else {
        return HEAD_SIZE;
    };
    let at = addr.wrapping_add(HEAD_SIZE);
    // Before links to control groups had an order, a type stood here.
    let has_order = flags & (BPF_F_BEFORE.v() | BPF_F_AFTER.v()) != 0;
    if tail.name == "cgroup" && !has_order {
        cx.members_from(&BTF_TARGET, rest, at);
        return HEAD_SIZE + BTF_TARGET_SIZE;
    }
    if tail.name.is_empty() {
        cx.members_from(tail.record, rest, at);
    } else {
        let by_id = std::ptr::eq(tail.record, &RELATIVE) && cx.has(flags, BPF_F_ID);
        cx.out.field(tail.name);
        cx.record_from(if by_id { &RELATIVE_ID } else { tail.record }, rest, at);
    }
    HEAD_SIZE + tail.size
}
