//! Where a path leads, seen from a traced thread.
//!
//! The kernel is not asked to follow it, but name by name, since it would start from the tracer's own root, and take
//! `/proc/self` for the tracer. Each directory is held open while the next name is looked up in it, so that what is found
//! is one way through the file system, whatever is renamed meanwhile.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A name in a directory: what a path means to the thread that uses it.
///
/// This is what was there at the moment of looking. Another thread, or another process, may put something else in its
/// place before the kernel looks itself.
#[derive(Debug)]
pub struct Place {
    directory: File,
    name: OsString,
}

impl Place {
    /// The absolute path, seen from the tracer's root, without symbolic links on the way. Empty, if the directory can't
    /// be told.
    pub fn path(&self) -> PathBuf {
        let directory = fs::read_link(self_fd(&self.directory)).unwrap_or_default();
        if self.name.is_empty() { directory } else { directory.join(&self.name) }
    }

    /// The last name; empty, if the path ends in a directory without telling its name (`/`, `..`).
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// Whether this lies within an open directory, at whatever depth; the directory itself does not. Directories are told
    /// by what they are, so that it does not matter by which names either is reached, or what they are renamed to. A
    /// mount elsewhere of something within the directory is another place.
    ///
    /// # Errors
    /// A directory above this place can't be opened.
    pub fn is_within(&self, directory: &File) -> io::Result<bool> {
        let wanted = identity(directory)?;
        let mut at = self.directory.try_clone()?;
        // A path that leads to a directory without its name (`.`, `/`) lies in the one above.
        if self.name.is_empty() {
            at = open(&below(&at, OsStr::new("..")), 0)?;
        }
        loop {
            let here = identity(&at)?;
            if here == wanted {
                return Ok(true);
            }
            let above = open(&below(&at, OsStr::new("..")), 0)?;
            if identity(&above)? == here {
                return Ok(false);
            }
            at = above;
        }
    }
}

/// The process of a thread, by `/proc`.
pub(super) fn process_of(tid: i32) -> Option<i32> {
    status_number(tid, "Tgid:")
}

/// Where a path of a thread leads, which starts at a descriptor's directory if there is one.
pub(super) fn find(tid: i32, directory: Option<i32>, path: &Path) -> io::Result<Place> {
    let root = open(Path::new(&format!("/proc/{tid}/root")), 0)?;
    let start = match directory {
        _ if path.is_absolute() => root.try_clone()?,
        Some(fd) => open(Path::new(&format!("/proc/{tid}/fd/{fd}")), 0)?,
        None => open(Path::new(&format!("/proc/{tid}/cwd")), 0)?,
    };
    let mut names = names_of(path);
    let ends_in_name = names.first().is_some_and(|name| name != ".." && name != ".");
    let name = if ends_in_name { names.remove(0) } else { OsString::new() };
    let mut walk = Walk { tid, root, at: start, links: 0 };
    walk.follow(names)?;
    Ok(Place { directory: walk.at, name })
}

/// The names that a path is made of, last to first.
fn names_of(path: &Path) -> Vec<OsString> {
    let names = path.as_os_str().as_bytes().split(|&byte| byte == b'/').rev();
    names.filter(|name| !name.is_empty()).map(|name| OsString::from_vec(name.to_vec())).collect()
}

/// A way through the file system.
struct Walk {
    tid: i32,
    root: File,
    at: File,
    /// How many symbolic links have been followed.
    links: u32,
}

impl Walk {
    /// The most symbolic links of a path that the kernel follows (`MAXSYMLINKS`).
    const MOST_LINKS: u32 = 40;

    /// Follows names, given last to first.
    fn follow(&mut self, mut names: Vec<OsString>) -> io::Result<()> {
        while let Some(name) = names.pop() {
            if name == "." || name == ".." && identity(&self.at)? == identity(&self.root)? {
                continue;
            }
            let next = open(&below(&self.at, &name), libc::O_NOFOLLOW)?;
            if !next.metadata()?.is_symlink() {
                self.at = next;
                continue;
            }
            self.links += 1;
            if self.links > Walk::MOST_LINKS {
                return Err(io::Error::from_raw_os_error(libc::ELOOP));
            }
            match self.target(&name, &next)? {
                Some(target) => {
                    if target.is_absolute() {
                        self.at = self.root.try_clone()?;
                    }
                    names.extend(names_of(&target));
                }
                None => self.at = open(&below(&self.at, &name), 0)?,
            }
        }
        Ok(())
    }

    /// Where a symbolic link leads to; `None` for one that leads there by itself, as those to open files do.
    fn target(&self, name: &OsStr, link: &File) -> io::Result<Option<PathBuf>> {
        const ROOT_OF_PROC: u64 = 1;
        if !self.is_proc(link)? {
            return fs::read_link(below(&self.at, name)).map(Some);
        }
        if self.at.metadata()?.ino() != ROOT_OF_PROC {
            return Ok(None);
        }
        // In the mount of another namespace of ids, the thread has another one.
        let is_own = self.at.metadata()?.dev() == fs::metadata("/proc")?.dev();
        let id = |field| status_number(self.tid, field).unwrap_or(self.tid);
        let (process, thread) = if is_own { (id("Tgid:"), self.tid) } else { (id("NStgid:"), id("NSpid:")) };
        match name.as_bytes() {
            b"self" => Ok(Some(process.to_string().into())),
            b"thread-self" => Ok(Some(format!("{process}/task/{thread}").into())),
            _ => fs::read_link(below(&self.at, name)).map(Some),
        }
    }

    /// Whether a file is one of a mounted `proc`.
    fn is_proc(&self, file: &File) -> io::Result<bool> {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", file.as_raw_fd()))?;
        let Some(mount) = info.lines().find_map(|line| line.strip_prefix("mnt_id:")) else {
            return Ok(false);
        };
        let mounts = fs::read(format!("/proc/{}/mountinfo", self.tid))?;
        let mounts = String::from_utf8_lossy(&mounts);
        let line = mounts.lines().find(|line| line.split(' ').next() == Some(mount.trim()));
        let kind = line.and_then(|line| line.split_once(" - "));
        Ok(kind.is_some_and(|(_, kind)| kind.starts_with("proc ")))
    }
}

/// A directory or link, held without looking into it.
fn open(path: &Path, flags: i32) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(libc::O_PATH | flags).open(path)
}

/// A name in a directory, as a path.
fn below(directory: &File, name: &OsStr) -> PathBuf {
    self_fd(directory).join(name)
}

fn self_fd(file: &File) -> PathBuf {
    format!("/proc/self/fd/{}", file.as_raw_fd()).into()
}

/// What a directory is, by whatever name.
fn identity(file: &File) -> io::Result<(u64, u64)> {
    let data = file.metadata()?;
    Ok((data.dev(), data.ino()))
}

/// The last number of a line of `/proc/TID/status`.
fn status_number(tid: i32, field: &str) -> Option<i32> {
    let status = fs::read(format!("/proc/{tid}/status")).ok()?;
    let status = String::from_utf8_lossy(&status);
    let values = status.lines().find_map(|line| line.strip_prefix(field))?;
    values.split_whitespace().last()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("strax-place-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        fs::canonicalize(folder).expect("its path")
    }

    fn here(path: impl AsRef<Path>) -> io::Result<Place> {
        find(std::process::id() as i32, None, path.as_ref())
    }

    #[test]
    fn links_and_dots_are_followed_but_the_last_name_is_not() {
        let folder = folder("links");
        fs::create_dir_all(folder.join("deep/er")).unwrap();
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, folder.join(name)).unwrap();
        link("deep/er", "short");
        link(folder.join("deep").to_str().unwrap(), "absolute");
        link("round", "round");
        let path = |of: &str| here(folder.join(of)).map(|place| place.path());
        assert_eq!(path("short/../file").unwrap(), folder.join("deep/file"));
        assert_eq!(path("absolute/er//./file").unwrap(), folder.join("deep/er/file"));
        assert_eq!(path("short").unwrap(), folder.join("short"));
        assert_eq!(path("deep/er/..").unwrap(), folder.join("deep"));
        assert_eq!(path("round/file").unwrap_err().raw_os_error(), Some(libc::ELOOP));
        assert_eq!(path("nothing/file").unwrap_err().kind(), io::ErrorKind::NotFound);
        let _ = fs::remove_dir_all(folder);
    }

    #[test]
    fn proc_is_seen_as_the_thread_sees_it() {
        let folder = folder("proc");
        let mut child = std::process::Command::new("sleep").arg("60").current_dir(&folder).spawn().unwrap();
        let pid = child.id() as i32;
        let path = |of: &str| find(pid, None, Path::new(of)).map(|place| place.path());
        let found = ["/proc/self/cwd/file", "/proc/thread-self/root/proc/self/cwd/file", "file", "/../proc"];
        let found = found.map(path);
        let _ = (child.kill(), child.wait());
        let file = folder.join("file");
        let found = found.map(Result::unwrap);
        assert_eq!(found, [file.clone(), file.clone(), file, "/proc".into()]);
        let _ = fs::remove_dir_all(folder);
    }

    #[test]
    fn what_is_within_is_told_by_what_it_is() {
        let folder = folder("within");
        fs::create_dir_all(folder.join("keep/inside")).unwrap();
        std::os::unix::fs::symlink("keep/inside", folder.join("alias")).unwrap();
        let keep = File::open(folder.join("keep")).unwrap();
        let is_within = |of: &str| here(folder.join(of)).unwrap().is_within(&keep).unwrap();
        assert!(
            ["keep/a", "keep/inside/b", "alias/c", "alias/.", "keep/inside/../d"]
                .map(is_within)
                .iter()
                .all(|&y| y)
        );
        assert!(
            !["keep", "alias", "alias/../..", "keep/.", "other", "keep/../e"]
                .map(is_within)
                .iter()
                .any(|&y| y)
        );
        let _ = fs::remove_dir_all(folder);
    }
}
