//! What descriptors stand for.

use super::command_name;
use super::sockets::{self, Sockets};
use crate::digits::decimal;
use crate::sys;
use decode::{DeviceKind, FdInfo, Wanted};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

/// Finds out what descriptors are.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    sockets: Sockets,
    /// `/proc/PID/fd/FD`, reused.
    name: String,
    /// Where that link leads to, reused.
    target: Vec<u8>,
}

impl Descriptors {
    /// What a descriptor of a process is, by its number in `/proc`, as far as that is wanted.
    pub(super) fn describe(&mut self, wanted: Wanted, process: i32, fd: i32) -> Option<FdInfo<'_>> {
        let len = self.read(process, fd)?;
        let Descriptors { sockets, name, target } = self;
        let target = &target[..len];
        let special = match target {
            FdInfo::EVENTFD if wanted.eventfds => eventfd(process, fd),
            FdInfo::SIGNALFD if wanted.signalfds => signalfd(process, fd),
            FdInfo::PIDFD if wanted.pidfds => pidfd(process, fd, wanted.commands),
            _ => match socket_inode(target) {
                Some(inode) => wanted.sockets.then(|| FdInfo::Socket(sockets.describe(name, inode))),
                None if wanted.devices => device(process, fd, name, target),
                None => None,
            },
        };
        special.or_else(|| wanted.paths.then(|| path(name, target)))
    }

    /// Where the link leads to that stands for a descriptor.
    pub(super) fn link(&mut self, process: i32, fd: i32) -> Option<&[u8]> {
        let len = self.read(process, fd)?;
        Some(&self.target[..len])
    }

    /// The working directory of a process.
    pub(super) fn working_directory(&mut self, process: i32) -> Option<&[u8]> {
        self.name_file(process, "/cwd");
        let len = self.read_link()?;
        Some(&self.target[..len])
    }

    /// The protocol of a socket, such as `TCP`.
    pub(super) fn socket_protocol(&mut self, process: i32, fd: i32) -> Option<Vec<u8>> {
        self.name_descriptor(process, fd)?;
        sockets::protocol(&self.name)
    }

    /// The protocol of a bound netlink socket.
    pub(super) fn netlink_protocol(&mut self, process: i32, fd: i32) -> Option<u32> {
        let inode = socket_inode(self.link(process, fd)?)?;
        self.sockets.netlink_protocol(&self.name, inode)
    }

    /// Reads where the link of a descriptor leads to; returns how many bytes that are.
    fn read(&mut self, process: i32, fd: i32) -> Option<usize> {
        self.name_descriptor(process, fd)?;
        self.read_link()
    }

    fn name_descriptor(&mut self, process: i32, fd: i32) -> Option<()> {
        let fd = u64::try_from(fd).ok()?;
        self.name_file(process, "/fd/");
        decimal(&mut self.name, fd);
        Some(())
    }

    /// Names a file of a process, by its number in `/proc`.
    fn name_file(&mut self, process: i32, file: &str) {
        self.name.clear();
        self.name.push_str("/proc/");
        decimal(&mut self.name, process.unsigned_abs().into());
        self.name.push_str(file);
    }

    fn read_link(&mut self) -> Option<usize> {
        self.target.resize(decode::PATH_MAX, 0);
        self.name.push('\0');
        let path = std::ffi::CStr::from_bytes_with_nul(self.name.as_bytes()).ok();
        let len = path.and_then(|path| sys::read_link(path, &mut self.target));
        self.name.pop();
        len
    }
}

/// What has a path, by its link in `/proc` and where that leads to.
fn path<'t>(link: &str, target: &'t [u8]) -> FdInfo<'t> {
    let (path, deleted) = split_mark(link, target);
    FdInfo::Path { path: path.into(), deleted }
}

/// Splits the kernel's mark of an unlinked file off. A file's name may end like the mark; then it exists.
fn split_mark<'t>(link: &str, target: &'t [u8]) -> (&'t [u8], bool) {
    match target.strip_suffix(b" (deleted)") {
        Some(path) if target.starts_with(b"/") && is_unlinked(link, target) => (path, true),
        _ => (target, false),
    }
}

fn is_unlinked(link: &str, target: &[u8]) -> bool {
    let here = fs::symlink_metadata(Path::new(OsStr::from_bytes(target)));
    match (here, fs::metadata(link)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) != (b.dev(), b.ino()),
        _ => true,
    }
}

fn device<'t>(process: i32, fd: i32, link: &str, target: &'t [u8]) -> Option<FdInfo<'t>> {
    let meta = fs::metadata(link).ok()?;
    let kind = match meta.file_type() {
        t if t.is_char_device() => DeviceKind::Char,
        t if t.is_block_device() => DeviceKind::Block,
        _ => return None,
    };
    // As of other files, of a removed one no more is told than that.
    let (path, false) = split_mark(link, target) else { return None };
    let (major, minor) = (libc::major(meta.rdev()), libc::minor(meta.rdev()));
    let is_master = (kind, major, minor) == (DeviceKind::Char, 5, 2);
    let terminal =
        if is_master { Info::of(process, fd).and_then(|info| info.number("tty-index")) } else { None };
    Some(FdInfo::Device { path: path.into(), kind, major, minor, terminal })
}

fn socket_inode(target: &[u8]) -> Option<u64> {
    let digits = target.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The text of `/proc/PID/fdinfo/FD`.
struct Info(String);

impl Info {
    fn of(process: i32, fd: i32) -> Option<Info> {
        fs::read_to_string(format!("/proc/{process}/fdinfo/{fd}")).ok().map(Info)
    }

    /// The value in the line that begins with `key`.
    fn value(&self, key: &str) -> Option<&str> {
        Some(self.0.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?.trim())
    }

    fn number<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.value(key)?.parse().ok()
    }

    fn hexadecimal(&self, key: &str) -> Option<u64> {
        u64::from_str_radix(self.value(key)?, 16).ok()
    }
}

fn eventfd(process: i32, fd: i32) -> Option<FdInfo<'static>> {
    counted(&Info::of(process, fd)?)
}

/// An eventfd. The count is hexadecimal.
fn counted(info: &Info) -> Option<FdInfo<'static>> {
    let semaphore = info.number("eventfd-semaphore").map(|on: u8| on != 0);
    Some(FdInfo::Eventfd {
        count: info.hexadecimal("eventfd-count")?,
        id: info.number("eventfd-id")?,
        semaphore,
    })
}

fn signalfd(process: i32, fd: i32) -> Option<FdInfo<'static>> {
    Some(FdInfo::Signalfd { mask: Info::of(process, fd)?.hexadecimal("sigmask")? })
}

fn pidfd(process: i32, fd: i32, named: bool) -> Option<FdInfo<'static>> {
    let pid = pid_behind(process, fd)?;
    let command = if named { command_name(pid) } else { None };
    Some(FdInfo::Pidfd { pid, command: command.map(Into::into) })
}

/// The process that a pidfd refers to, while it lives; by its number in `/proc`.
pub(super) fn pid_behind(process: i32, pidfd: i32) -> Option<i32> {
    Info::of(process, pidfd)?.number("Pid").filter(|&pid| pid > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eventfds() {
        let told = |text: &str| counted(&Info(text.to_owned()));
        let text = "flags:\t02\neventfd-count:               2a\neventfd-id: 7\n";
        assert_eq!(told(text), Some(FdInfo::Eventfd { count: 42, id: 7, semaphore: None }));
        let semaphore = FdInfo::Eventfd { count: 42, id: 7, semaphore: Some(true) };
        assert_eq!(told(&format!("{text}eventfd-semaphore: 1\n")), Some(semaphore));
        assert_eq!(told("eventfd-count: 1\n"), None);
    }

    #[test]
    fn links_of_sockets() {
        assert_eq!(socket_inode(b"socket:[12]"), Some(12));
        assert_eq!(socket_inode(b"pipe:[12]"), None);
    }
}
