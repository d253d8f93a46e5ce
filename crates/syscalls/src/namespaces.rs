//! The namespaces that a call has put a process into (`--namespace=new`), told behind the call's result.

use decode::NamespaceKind;
use decode::prelude::*;
use uapi::Const;
use uapi::consts::*;

/// The flag for each kind of namespace, sorted by their names in `/proc/PID/ns`.
static KINDS: [(Const, NamespaceKind); 8] = [
    (CLONE_NEWCGROUP, NamespaceKind::Cgroup),
    (CLONE_NEWIPC, NamespaceKind::Ipc),
    (CLONE_NEWNS, NamespaceKind::Mount),
    (CLONE_NEWNET, NamespaceKind::Net),
    (CLONE_NEWPID, NamespaceKind::Pid),
    (CLONE_NEWTIME, NamespaceKind::Time),
    (CLONE_NEWUSER, NamespaceKind::User),
    (CLONE_NEWUTS, NamespaceKind::Uts),
];

/// Tells those that `flags` stand for: the new process's, where the call has made one; otherwise the tracee's.
pub(crate) fn tell_entered(cx: &mut Plain<'_>, child: Option<i32>, flags: u64) {
    let kinds = KINDS.iter().filter(|(flag, _)| flags & flag.v() != 0);
    let entered: Vec<String> = kinds
        .filter_map(|&(_, kind)| Some(format!("{}:[{}]", kind.name(), cx.namespace(child, kind)?)))
        .collect();
    if entered.is_empty() {
        return;
    }
    cx.aux(|cx| {
        for namespace in &entered {
            cx.out.aux_part("");
            cx.out.word(namespace);
        }
    });
}

/// The result of a call whose argument with this index says which namespaces the tracee enters.
pub(crate) static BY_FIRST: Ret = Ret::Aux(&Ret::Dec, |cx| tell_entered(cx, None, cx.arg(0)));
pub(crate) static BY_SECOND: Ret = Ret::Aux(&Ret::Dec, |cx| tell_entered(cx, None, cx.arg(1)));
/// The result of `clone`: the low byte of its flags is the signal that the child's end sends.
pub(crate) static BY_CLONE: Ret = Ret::Aux(&Ret::Pid(PidKind::Tid), |cx| {
    let flags = cx.arg(0) & !CSIGNAL.v();
    tell_entered(cx, Some(cx.ret() as i32), flags);
});
