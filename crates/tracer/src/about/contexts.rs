//! Security contexts of processes and files (`--secontext`): `user_u:object_r:user_home_t:s0`.
//!
//! A file's context is its attribute `security.selinux`, a process's stands in `/proc/PID/attr/current`
//! (`selinux(8)`). What a file's context should be, the policy says: see [`Policy`].

use super::policy::Policy;
use crate::sys;
use decode::{Context, WantedContext};
use std::ffi::{CString, OsStr};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Finds contexts.
#[derive(Debug, Default)]
pub(crate) struct Contexts {
    /// Whether contexts of processes are SELinux's, once that has been asked.
    enabled: Option<bool>,
    /// Where the policy's files are, and what they say, once that has been asked.
    policy: Option<Policy>,
}

/// The longest context that is shown; SELinux itself keeps them within a page.
const MAX: usize = 4096;

impl Contexts {
    /// The context of a process, given by its number in `/proc`.
    pub(crate) fn process(&mut self, process: i32, wanted: WantedContext) -> Option<Context<'static>> {
        // Other security modules use the same file.
        if !*self.enabled.get_or_insert_with(|| Path::new("/sys/fs/selinux/enforce").exists()) {
            return None;
        }
        let read = fs::read(format!("/proc/{process}/attr/current")).ok()?;
        wanted.of(Context { is: text(&read).to_vec().into(), expected: None })
    }

    /// The context of what a descriptor of a process stands for.
    pub(super) fn fd(&mut self, process: i32, fd: i32, wanted: WantedContext) -> Option<Context<'static>> {
        if fd < 0 {
            return None;
        }
        let link = PathBuf::from(format!("/proc/{process}/fd/{fd}"));
        let context = context_of(&link)?;
        let place = || fs::read_link(&link).ok().map(|path| (path, root_of(process)));
        let expected = if wanted.expected { self.expected(&link, place) } else { None };
        wanted.of(Context { is: context.into(), expected: expected.map(Into::into) })
    }

    /// The context of the file that a process means by `path`, where `directory` is what its relative paths begin at:
    /// a descriptor, or its working directory.
    pub(super) fn path(
        &mut self,
        process: i32,
        directory: Option<i32>,
        path: &[u8],
        wanted: WantedContext,
    ) -> Option<Context<'static>> {
        let mut full = match (path.first()?, directory) {
            (b'/', _) => format!("/proc/{process}/root"),
            (_, Some(fd)) => format!("/proc/{process}/fd/{fd}/"),
            (_, None) => format!("/proc/{process}/cwd/"),
        }
        .into_bytes();
        full.extend_from_slice(path);
        let full = Path::new(OsStr::from_bytes(&full));
        let context = context_of(full)?;
        let place = || fs::canonicalize(full).ok().map(|path| (path, root_of(process)));
        let expected = if wanted.expected { self.expected(full, place) } else { None };
        wanted.of(Context { is: context.into(), expected: expected.map(Into::into) })
    }

    /// What the policy says that the context of a file is. `place` gives its path, and the root that the tracee has.
    fn expected(
        &mut self,
        file: &Path,
        place: impl FnOnce() -> Option<(PathBuf, Option<PathBuf>)>,
    ) -> Option<Vec<u8>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_where_the_kernel_ends_them() {
        assert_eq!(text(b"a:b:c:s0\0"), b"a:b:c:s0");
        assert_eq!(text(b"unconfined\n"), b"unconfined");
        assert_eq!(text(b""), b"");
    }
}
