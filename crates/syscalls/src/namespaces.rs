//! The namespaces that a call has put a process into (`--namespace=new`), told behind the call's result.

use decode::prelude::*;
use uapi::Const;
use uapi::consts::*;

/// The flag for each kind of namespace, and its name in `/proc/PID/ns`, by which they are sorted.
static KINDS: [(Const, &str); 8] = [
    (CLONE_NEWCGROUP, "cgroup"),
    (CLONE_NEWIPC, "ipc"),
    (CLONE_NEWNS, "mnt"),
    (CLONE_NEWNET, "net"),
    (CLONE_NEWPID, "pid"),
    (CLONE_NEWTIME, "time"),
    (CLONE_NEWUSER, "user"),
    (CLONE_NEWUTS, "uts"),
];

/// Tells those that `flags` stand for: the new process's, where the call has made one; otherwise the tracee's.
pub(crate) fn tell_entered(cx: &mut Cx<'_>, child: Option<i32>, flags: u64) {
    let kinds = KINDS.iter().filter(|(flag, _)| flags & flag.v() != 0);
    let entered: Vec<String> = kinds.filter_map(|(_, name)| cx.entered_namespace(child, name)).collect();
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
