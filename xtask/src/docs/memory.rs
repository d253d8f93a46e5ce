//! The memory that calls and requests may be looked at in, as their plans say.

use std::fmt::Write as _;

use decode::plan::Plan;
use decode::{Found, Syscall, Variant};
use syscalls::Request;
use uapi::Abi;

use super::ABIS;

/// How to read the lines.
pub(super) const LEGEND: &str = "\
*Reads* says in which memory of the program a call may be looked at, and no other: what leads there (`msg[].iov_base` is \
a member of each element), what there is, how many bytes at most, and when. `limit` is that of `-s`, `result` what the \
call returned; of what is read *whole* only its contents say how much is shown. Sizes are those of the first ABI that \
the call has.";

/// Adds what a call of this row, or one of its commands, reads.
pub(super) fn show(page: &mut String, row: &'static Syscall) {
    let Some((abi, _)) = ABIS.iter().find(|(abi, _)| super::number(row, *abi).is_some()) else { return };
    let mut lines: Vec<String> = Vec::new();
    for (keys, variant) in Variant::listed(row) {
        let keys: Vec<String> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
        lines.extend(reads(&variant, *abi).into_iter().map(|line| format!("{}: {line}", keys.join(", "))));
    }
    let otherwise = if lines.is_empty() { "" } else { "otherwise: " };
    lines.extend(reads(&Variant::other(row), *abi).into_iter().map(|line| format!("{otherwise}{line}")));
    if lines.is_empty() {
        return;
    }
    page.push_str("\nReads:\n\n");
    for line in lines {
        let _ = writeln!(page, "- {line}");
    }
}

/// Adds what a request reads.
pub(super) fn show_request(page: &mut String, row: &'static Syscall, request: &'static Request) {
    let Some((abi, _)) = ABIS.iter().find(|(abi, _)| request.code.on(*abi).is_some()) else { return };
    let found = Found { tail: request.argument.as_slice(), ret: request.ret };
    for line in reads(&Variant::found(row, found), *abi) {
        let _ = writeln!(page, "  - reads {line}");
    }
}

fn reads(variant: &Variant, abi: Abi) -> Vec<String> {
    Plan::of(variant, abi).lines()
}
