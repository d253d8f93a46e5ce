//! Security contexts of processes and files (`--secontext`): `[unconfined_t]`, or `[user_u:object_r:user_home_t:s0]`.
//!
//! A file's context is its attribute `security.selinux`, a process's stands in `/proc/PID/attr/current`
//! (`selinux(8)`). What a file's context should be, the policy says: see [`Policy`].

use crate::config::{ContextDetail, Style};
use crate::filter::Set;
use crate::policy::Policy;
use crate::sys;
use render::{Escape, bracketed};
use std::ffi::{CString, OsStr};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Finds contexts, as far as the user wants to know them.
#[derive(Debug)]
pub(crate) struct Contexts {
    wanted: Option<Set<ContextDetail>>,
    /// Whether contexts of processes are SELinux's, once that has been asked.
    enabled: Option<bool>,
    /// Where the policy's files are, and what they say, once that has been asked.
    policy: Option<Policy>,
}

/// The longest context that is shown; SELinux itself keeps them within a page.
const MAX: usize = 4096;

impl Contexts {
    pub(crate) fn new(style: &Style) -> Contexts {
        Contexts { wanted: style.contexts, enabled: None, policy: None }
    }

    /// Whether the user wants to know contexts at all.
    pub(crate) fn are_wanted(&self) -> bool {
        self.wanted.is_some()
    }

    /// Appends the context of a process, given by its number in `/proc`; false if it has none.
    pub(crate) fn process(&mut self, process: i32, out: &mut Vec<u8>) -> bool {
        let Some(wanted) = self.wanted else { return false };
        // Other security modules use the same file.
        if !*self.enabled.get_or_insert_with(|| Path::new("/sys/fs/selinux/enforce").exists()) {
            return false;
        }
        let Ok(read) = fs::read(format!("/proc/{process}/attr/current")) else { return false };
        append(wanted, text(&read), None, out)
    }

    /// Appends the context of what a descriptor of a process stands for; false if it has none.
    pub(crate) fn fd(&mut self, process: i32, fd: i32, out: &mut Vec<u8>) -> bool {
        let Some(wanted) = self.wanted.filter(|_| fd >= 0) else { return false };
        let link = PathBuf::from(format!("/proc/{process}/fd/{fd}"));
        let Some(context) = context_of(&link) else { return false };
        let expected =
            self.expected(&link, || fs::read_link(&link).ok().map(|path| (path, root_of(process))));
        append(wanted, &context, expected.as_deref(), out)
    }

    /// Appends the context of the file that a process means by `path`, where `directory` is what its relative paths
    /// begin at: a descriptor, or its working directory.
    pub(crate) fn path(
        &mut self,
        process: i32,
        directory: Option<i32>,
        path: &[u8],
        out: &mut Vec<u8>,
    ) -> bool {
        let Some(wanted) = self.wanted.filter(|_| !path.is_empty()) else { return false };
        let mut full = match (path.first(), directory) {
            (Some(b'/'), _) => format!("/proc/{process}/root"),
            (_, Some(fd)) => format!("/proc/{process}/fd/{fd}/"),
            (_, None) => format!("/proc/{process}/cwd/"),
        }
        .into_bytes();
        full.extend_from_slice(path);
        let full = Path::new(OsStr::from_bytes(&full));
        let Some(context) = context_of(full) else { return false };
        let expected =
            self.expected(full, || fs::canonicalize(full).ok().map(|path| (path, root_of(process))));
        append(wanted, &context, expected.as_deref(), out)
    }

    /// What the policy says that the context of a file is. `place` gives its path, and the root that the tracee has.
    fn expected(
        &mut self,
        file: &Path,
        place: impl FnOnce() -> Option<(PathBuf, Option<PathBuf>)>,
    ) -> Option<Vec<u8>> {
        if !self.wanted?.contains(ContextDetail::Mismatch) {
            return None;
        }
        let (path, root) = place()?;
        let path = match root.and_then(|root| Some(path.strip_prefix(root).ok()?.to_owned())) {
            Some(inside) => Path::new("/").join(inside),
            None => path,
        };
        let path = String::from_utf8(path.into_os_string().into_vec()).ok().filter(|p| p.starts_with('/'))?;
        let mode = fs::metadata(file).ok()?.mode();
        let policy = self.policy.get_or_insert_with(|| Policy::load(Path::new("/etc/selinux")));
        policy.context(&path, mode).map(|context| context.as_bytes().to_vec())
    }
}

/// The root directory of a process.
fn root_of(process: i32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{process}/root")).ok()
}

/// The attribute that holds a file's context; symbolic links are followed.
fn context_of(file: &Path) -> Option<Vec<u8>> {
    let file = CString::new(file.as_os_str().as_bytes()).ok()?;
    let mut value = [0; MAX];
    let len = sys::getxattr(&file, c"security.selinux", &mut value)?;
    Some(text(&value[..len]).to_vec()).filter(|context| !context.is_empty())
}

/// A context without what the kernel may end it with.
fn text(read: &[u8]) -> &[u8] {
    let end = read.iter().position(|&b| b == 0 || b == b'\n').unwrap_or(read.len());
    &read[..end]
}

/// Appends as much of a context as is wanted, and behind it the one that is expected if that is another.
fn append(wanted: Set<ContextDetail>, context: &[u8], expected: Option<&[u8]>, out: &mut Vec<u8>) -> bool {
    let shown = |context| if wanted.contains(ContextDetail::Full) { context } else { kind(context) };
    let context = shown(context);
    if context.is_empty() {
        return false;
    }
    bracketed(out, context, Escape::Octal);
    if let Some(expected) = expected.map(shown).filter(|&expected| expected != context) {
        out.extend_from_slice(b"!!");
        bracketed(out, expected, Escape::Octal);
    }
    true
}

/// The type in a context: `tmp_t` of `system_u:object_r:tmp_t:s0`.
fn kind(context: &[u8]) -> &[u8] {
    context.split(|&b| b == b':').nth(2).unwrap_or(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(wanted: &[ContextDetail], context: &str, expected: Option<&str>) -> String {
        let mut out = Vec::new();
        append(Set::of(wanted), context.as_bytes(), expected.map(str::as_bytes), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn as_much_as_is_wanted() {
        let (is, should) = ("system_u:object_r:tmp_t:s0", Some("system_u:object_r:bin_t:s0"));
        let full = [ContextDetail::Full];
        assert_eq!(shown(&[], is, None), "tmp_t");
        assert_eq!(shown(&full, is, None), is);
        assert_eq!(shown(&full, is, Some(is)), is);
        assert_eq!(shown(&[], is, should), "tmp_t!!bin_t");
        assert_eq!(shown(&full, is, should), format!("{is}!!{}", should.unwrap()));
        assert_eq!(shown(&[], is, Some("user_u:object_r:tmp_t:s0")), "tmp_t");
        assert_eq!(shown(&[], "odd\x1b[", None), "odd\\33[");
    }

    #[test]
    fn texts_end_where_the_kernel_ends_them() {
        assert_eq!(text(b"a:b:c:s0\0"), b"a:b:c:s0");
        assert_eq!(text(b"unconfined\n"), b"unconfined");
        assert_eq!(text(b""), b"");
    }
}
