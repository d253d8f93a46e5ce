//! Programs that run without the rights that are theirs, because they are traced.
//!
//! Set-user-ID and set-group-ID bits and file capabilities give a process rights at its `execve`; but not to one whose
//! tracer could not trace it once it had them (`execve(2)`, `capabilities(7)`). The program then fails for reasons that
//! its trace does not show.

use super::seccomp::Rights;
use crate::{status, sys};
use ptrace::Tid;
use render::visible;
use std::ffi::CString;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

/// Tells of such programs.
#[derive(Default)]
pub(super) struct Privileges {
    /// Whether this tracer's tracees lose rights, once that matters.
    lost: Option<bool>,
}

impl Privileges {
    /// What to tell of a process that has just executed a program; `filtered`: it may be under the tracer's own filter.
    pub(super) fn lost_by(&mut self, tid: Tid, filtered: bool) -> Option<String> {
        let lose = *self.lost.get_or_insert_with(|| {
            let rights = Rights::of_tracer();
            !rights.has_ptrace() && !rights.no_new_privs
        });
        if !lose {
            return None;
        }
        let path = CString::new(format!("/proc/{tid}/exe")).ok()?;
        let link = path.to_str().ok()?;
        let file = fs::metadata(link).ok()?;
        let granted = Granted::by(&file, &path);
        if granted.is_nothing() || sys::is_nosuid(&path) || !is_in_own_user_namespace(tid) {
            return None;
        }
        let lost = granted.but_for(&status::text(tid)?, filtered);
        if lost.is_empty() {
            return None;
        }
        let program = fs::read_link(link).ok()?;
        Some(format!(
            "Process {tid} runs \"{}\" without its rights ({}): the tracer has no CAP_SYS_PTRACE",
            visible(program.as_os_str().as_bytes()),
            lost.join(", ")
        ))
    }
}

/// The rights that a file gives to who executes it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Granted {
    user: Option<u32>,
    group: Option<u32>,
    capabilities: u64,
}

impl Granted {
    fn by(file: &Metadata, path: &CString) -> Granted {
        let has = |bits| file.mode() & bits == bits;
        let mut value = [0; 24];
        let capabilities = sys::getxattr(path, c"security.capability", &mut value);
        Granted {
            user: has(libc::S_ISUID).then(|| file.uid()),
            // Without the group's right to execute, the bit once meant locking.
            group: has(libc::S_ISGID | libc::S_IXGRP).then(|| file.gid()),
            capabilities: capabilities.map_or(0, |len| permitted(&value[..len])),
        }
    }

    fn is_nothing(&self) -> bool {
        *self == Granted::default()
    }

    /// Those that a process has not got, by its status after the `execve`.
    fn but_for(&self, status: &str, filtered: bool) -> Vec<&'static str> {
        let field = |name| status::field(status, name);
        // It would have got none without a tracer, unless it is the tracer that has asked for that.
        if field("NoNewPrivs:") == Some("1") && !filtered {
            return Vec::new();
        }
        let effective = |name| field(name)?.split_whitespace().nth(1)?.parse::<u32>().ok();
        let set = |name| status::bits(status, name).unwrap_or(u64::MAX);
        let missing = self.capabilities & set("CapBnd:") & !set("CapPrm:");
        let lost = [
            ("set-user-ID", self.user.is_some() && self.user != effective("Uid:")),
            ("set-group-ID", self.group.is_some() && self.group != effective("Gid:")),
            ("capabilities", missing != 0),
        ];
        lost.into_iter().filter_map(|(what, is_lost)| is_lost.then_some(what)).collect()
    }
}

/// The permitted set of a file's capabilities: `struct vfs_cap_data` of `linux/capability.h`, in which two words follow
/// the first for each 32 capabilities, the permitted ones and the inheritable ones.
fn permitted(value: &[u8]) -> u64 {
    let word =
        |i: usize| value.get(4 * i..4 * i + 4).and_then(|word| word.try_into().ok()).map(u32::from_le_bytes);
    let low = u64::from(word(1).unwrap_or(0));
    // Revision 1, of Linux 2.6.24, ends here.
    let high = u64::from(word(3).unwrap_or(0));
    low | high << 32
}

/// Files of other namespaces' users give no rights.
fn is_in_own_user_namespace(tid: Tid) -> bool {
    let own = fs::read_link("/proc/self/ns/user").ok();
    own.is_none() || fs::read_link(format!("/proc/{tid}/ns/user")).ok() == own
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Uid:\t7\t8\t9\t8\nGid:\t1\t2\t3\t2\nCapPrm:\t0000000000000400\n\
                          CapBnd:\t000001ffffffffff\nNoNewPrivs:\t0\n";

    #[test]
    fn what_a_process_has_is_not_missing() {
        let lost = |user, group, capabilities| {
            Granted { user, group, capabilities }.but_for(STATUS, false).join(" ")
        };
        assert_eq!(lost(Some(8), Some(2), 0x400), "");
        assert_eq!(lost(Some(0), None, 0), "set-user-ID");
        assert_eq!(lost(Some(7), Some(1), 0), "set-user-ID set-group-ID");
        assert_eq!(lost(None, None, 0x2400), "capabilities");
        assert_eq!(lost(None, None, 1 << 63), "");
    }

    #[test]
    fn who_wants_no_rights_loses_none() {
        let status = STATUS.replace("NoNewPrivs:\t0", "NoNewPrivs:\t1");
        let granted = Granted { user: Some(0), ..Granted::default() };
        assert!(granted.but_for(&status, false).is_empty());
        assert_eq!(granted.but_for(&status, true), ["set-user-ID"]);
    }

    #[test]
    fn file_capabilities() {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
        assert_eq!(permitted(&words(&[0x0200_0001, 0x400, 1, 2, 0])), 0x2_0000_0400);
        assert_eq!(permitted(&words(&[0x0100_0000, 0x400, 1])), 0x400);
        assert_eq!(permitted(&[]), 0);
    }
}
