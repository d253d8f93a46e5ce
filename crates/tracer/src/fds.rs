//! What descriptors stand for: `3</etc/passwd>`, `4<TCP:[127.0.0.1:80]>`, `5</dev/null<char 1:3>>`.

use crate::config::{Config, FdDetail, PidDetail, VcpuDetail};
use crate::contexts::Contexts;
use crate::digits::decimal;
use crate::filter::Set;
use crate::netlink::Families;
use crate::pidns::PidNamespaces;
use crate::sockets::{self, Sockets};
use crate::stamp::read_comm;
use crate::sys;
use decode::{FdOwner, Labelled, PidKind};
use ptrace::Tid;
use render::{Escape, bracketed};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

/// Finds out what descriptors of tracees are, as far as the user wants to know.
#[derive(Debug)]
pub(crate) struct Describer {
    fds: Set<FdDetail>,
    pids: Set<PidDetail>,
    namespaces: PidNamespaces,
    /// How names are escaped.
    escape: Escape,
    contexts: Contexts,
    /// Whether to tell namespaces that are entered, and why virtual processors stop.
    entered: bool,
    vcpus: bool,
    sockets: Sockets,
    families: Families,
    /// `/proc/PID/fd/FD`, reused.
    link: String,
    /// Where a link leads to, reused.
    target: Vec<u8>,
}

impl Describer {
    pub(crate) fn new(config: &Config) -> Describer {
        Describer {
            fds: config.style.decode_fds,
            pids: config.style.decode_pids,
            namespaces: PidNamespaces::default(),
            escape: config.escape_of_names(),
            contexts: Contexts::new(&config.style),
            entered: config.style.new_namespaces,
            vcpus: config.style.vcpu != VcpuDetail::Nothing,
            sockets: Sockets::default(),
            families: Families::default(),
            link: String::new(),
            target: Vec::new(),
        }
    }

    /// The number in `/proc` of a tracee.
    pub(crate) fn in_proc(&mut self, tid: Tid) -> i32 {
        self.namespaces.in_proc(tid).unwrap_or(tid.raw())
    }

    /// Appends the command name of a process or thread; false if that is not wanted, or there is none.
    pub(crate) fn pid(&mut self, tid: Tid, kind: PidKind, id: i32, out: &mut Vec<u8>) -> bool {
        if !self.pids.contains(PidDetail::Comm) || id <= 0 {
            return false;
        }
        self.namespaces.known_as(tid, kind, id).is_some_and(|id| read_comm(id, self.escape, out))
    }

    /// What an id of the tracee's is in the tracer's own namespace.
    pub(crate) fn translate_pid(&mut self, tid: Tid, kind: PidKind, id: i32) -> Option<i32> {
        if !self.pids.contains(PidDetail::PidNs) {
            return None;
        }
        self.namespaces.translate(tid, kind, id)
    }

    /// Appends what `fd` is; false if there is nothing to say.
    pub(crate) fn fd(&mut self, tid: Tid, fd: i32, out: &mut Vec<u8>) -> bool {
        !self.fds.is_empty() && self.namespaces.in_proc(tid).is_some_and(|process| self.of(process, fd, out))
    }

    /// Appends what `fd` is to another process, the one that the tracee calls `owner`; false if there is nothing to say.
    pub(crate) fn fd_of(&mut self, tid: Tid, owner: FdOwner, fd: i32, out: &mut Vec<u8>) -> bool {
        if self.fds.is_empty() {
            return false;
        }
        let process = match owner {
            FdOwner::Process(id) if id > 0 => self.namespaces.known_as(tid, PidKind::Tid, id),
            FdOwner::Process(_) => None,
            FdOwner::PidFd(pidfd) => {
                self.namespaces.in_proc(tid).and_then(|process| pid_behind(process, pidfd))
            }
        };
        process.is_some_and(|process| self.of(process, fd, out))
    }

    /// Appends what `fd` is to a process, by its number in `/proc`.
    fn of(&mut self, process: i32, fd: i32, out: &mut Vec<u8>) -> bool {
        if fd < 0 {
            return false;
        }
        self.name_link(process, "/fd/");
        decimal(&mut self.link, fd.unsigned_abs().into());
        let Some(len) = self.read_link() else { return false };
        let target = std::mem::take(&mut self.target);
        let known = self.special(process, fd, &target[..len], out) || self.path(&target[..len], out);
        self.target = target;
        known
    }

    /// Makes [`Describer::link`] name a file of a process, by its number in `/proc`.
    fn name_link(&mut self, process: i32, file: &str) {
        self.link.clear();
        self.link.push_str("/proc/");
        decimal(&mut self.link, process.unsigned_abs().into());
        self.link.push_str(file);
    }

    /// Reads where [`Describer::link`] leads to; `None` if it can't be read.
    fn read_link(&mut self) -> Option<usize> {
        self.target.resize(decode::PATH_MAX, 0);
        self.link.push('\0');
        let path = std::ffi::CStr::from_bytes_with_nul(self.link.as_bytes()).ok();
        let len = path.and_then(|path| sys::read_link(path, &mut self.target));
        self.link.pop();
        len
    }

    /// Appends the security context of what a tracee means; false if that is not wanted, or there is none.
    pub(crate) fn context(&mut self, tid: Tid, of: Labelled<'_>, out: &mut Vec<u8>) -> bool {
        if !self.contexts.are_wanted() {
            return false;
        }
        let Some(process) = self.namespaces.in_proc(tid) else { return false };
        match of {
            Labelled::Fd(fd) => self.contexts.fd(process, fd, out),
            Labelled::Path { directory, path } => self.contexts.path(process, directory, path, out),
        }
    }

    /// Appends the tracee's working directory, if paths are wanted.
    pub(crate) fn cwd(&mut self, tid: Tid, out: &mut Vec<u8>) -> bool {
        if !self.fds.contains(FdDetail::Path) {
            return false;
        }
        let Some(process) = self.namespaces.in_proc(tid) else { return false };
        self.name_link(process, "/cwd");
        let Some(len) = self.read_link() else { return false };
        bracketed(out, &self.target[..len], self.escape);
        true
    }

    /// The namespace of a kind that a process is in: one with this id for the tracee, or the tracee itself.
    pub(crate) fn entered_namespace(&mut self, tid: Tid, id: Option<i32>, kind: &str) -> Option<String> {
        if !self.entered {
            return None;
        }
        let process = match id {
            Some(id) => self.namespaces.known_as(tid, PidKind::Tid, id)?,
            None => self.namespaces.in_proc(tid)?,
        };
        fs::read_link(format!("/proc/{process}/ns/{kind}")).ok()?.into_os_string().into_string().ok()
    }

    /// The number of the virtual processor behind a descriptor, and the address at which its state is mapped into the
    /// tracee.
    pub(crate) fn vcpu(&mut self, tid: Tid, fd: i32) -> Option<(String, u64)> {
        if !self.vcpus {
            return None;
        }
        let process = self.namespaces.in_proc(tid)?;
        let link = fs::read_link(format!("/proc/{process}/fd/{fd}")).ok()?;
        let name = link.to_str()?;
        let id = name.strip_prefix("anon_inode:kvm-vcpu:")?.to_owned();
        Some((id, mapping(&fs::read_to_string(format!("/proc/{process}/maps")).ok()?, name)?))
    }

    /// The protocol of a socket, such as `TCP`.
    pub(crate) fn socket_protocol(&mut self, tid: Tid, fd: i32) -> Option<String> {
        sockets::protocol(&self.link_of(tid, fd)?)
    }

    /// The protocol of a bound netlink socket.
    pub(crate) fn netlink_protocol(&mut self, tid: Tid, fd: i32) -> Option<u32> {
        let link = self.link_of(tid, fd)?;
        let target = fs::read_link(&link).ok()?;
        self.sockets.netlink_protocol(&link, socket_inode(target.as_os_str().as_bytes())?)
    }

    /// The link in `/proc` that stands for a descriptor of a tracee's.
    fn link_of(&mut self, tid: Tid, fd: i32) -> Option<String> {
        Some(format!("/proc/{}/fd/{fd}", self.namespaces.in_proc(tid)?))
    }

    /// The name of a generic netlink family.
    pub(crate) fn generic_family(&mut self, id: u16) -> Option<String> {
        self.families.name(id)
    }

    /// Things that are no files.
    fn special(&mut self, process: i32, fd: i32, target: &[u8], out: &mut Vec<u8>) -> bool {
        if let Some(inode) = socket_inode(target) {
            if !self.fds.contains(FdDetail::Socket) {
                return false;
            }
            if !self.sockets.describe(&self.link, inode, self.escape, out) {
                out.extend_from_slice(target);
            }
            return true;
        }
        match target {
            b"anon_inode:[eventfd]" if self.fds.contains(FdDetail::EventFd) => eventfd(process, fd, out),
            b"anon_inode:[signalfd]" if self.fds.contains(FdDetail::SignalFd) => signalfd(process, fd, out),
            b"anon_inode:[pidfd]" if self.fds.contains(FdDetail::PidFd) => {
                pidfd(process, fd, self.pids.contains(PidDetail::Comm).then_some(self.escape), out)
            }
            _ => self.fds.contains(FdDetail::Dev) && self.device(process, fd, target, out),
        }
    }

    fn path(&self, target: &[u8], out: &mut Vec<u8>) -> bool {
        if !self.fds.contains(FdDetail::Path) {
            return false;
        }
        let (path, deleted) = self.deleted(target);
        bracketed(out, path, self.escape);
        if deleted {
            out.extend_from_slice(b">(deleted)");
        }
        true
    }

    /// Splits the kernel's mark of an unlinked file off. A file's name may end like the mark; then it exists.
    fn deleted<'t>(&self, target: &'t [u8]) -> (&'t [u8], bool) {
        match target.strip_suffix(b" (deleted)") {
            Some(path) if target.starts_with(b"/") && self.is_unlinked(target) => (path, true),
            _ => (target, false),
        }
    }

    fn is_unlinked(&self, target: &[u8]) -> bool {
        let here = fs::symlink_metadata(Path::new(std::ffi::OsStr::from_bytes(target)));
        match (here, fs::metadata(&self.link)) {
            (Ok(a), Ok(b)) => (a.dev(), a.ino()) != (b.dev(), b.ino()),
            _ => true,
        }
    }

    fn device(&self, process: i32, fd: i32, target: &[u8], out: &mut Vec<u8>) -> bool {
        let Ok(meta) = fs::metadata(&self.link) else { return false };
        let kind = match meta.file_type() {
            t if t.is_char_device() => "char",
            t if t.is_block_device() => "block",
            _ => return false,
        };
        // As of other files, of a removed one no more is told than that.
        let (path, false) = self.deleted(target) else { return false };
        bracketed(out, path, self.escape);
        let (major, minor) = split_device(meta.rdev());
        out.extend_from_slice(format!("<{kind} {major}:{minor}").as_bytes());
        if (kind, major, minor) == ("char", 5, 2) {
            // The master side of a terminal: which one it is.
            if let Some(index) = &info(process, fd, &["tty-index"])[0] {
                out.extend_from_slice(format!(" @/dev/pts/{index}").as_bytes());
            }
        }
        out.push(b'>');
        true
    }
}

/// Major and minor number of a device, in the encoding of `stat`'s `st_rdev` (`gnu_dev_major`).
fn split_device(rdev: u64) -> (u64, u64) {
    let major = (rdev >> 32 & 0xffff_f000) | (rdev >> 8 & 0xfff);
    let minor = (rdev >> 12 & 0xffff_ff00) | (rdev & 0xff);
    (major, minor)
}

fn socket_inode(target: &[u8]) -> Option<u64> {
    let digits = target.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The values of lines of `/proc/PID/fdinfo/FD`.
fn info(process: i32, fd: i32, keys: &[&str]) -> Vec<Option<String>> {
    let text = fs::read_to_string(format!("/proc/{process}/fdinfo/{fd}")).unwrap_or_default();
    let value = |key: &&str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        Some(line.trim().to_owned())
    };
    keys.iter().map(value).collect()
}

fn eventfd(process: i32, fd: i32, out: &mut Vec<u8>) -> bool {
    let found = info(process, fd, &["eventfd-count", "eventfd-id", "eventfd-semaphore"]);
    let [Some(count), Some(id), semaphore] = found.as_slice() else { return false };
    out.extend_from_slice(event_text(count, id, semaphore.as_deref()).as_bytes());
    true
}

/// What the lines of an eventfd say. The count is hexadecimal.
fn event_text(count: &str, id: &str, semaphore: Option<&str>) -> String {
    let prefix = if count == "0" { "" } else { "0x" };
    let mut text = format!("{{eventfd-count={prefix}{}, eventfd-id={id}", count.to_ascii_lowercase());
    if let Some(semaphore) = semaphore {
        let _ = write!(text, ", eventfd-semaphore={semaphore}");
    }
    text.push('}');
    text
}

fn signalfd(process: i32, fd: i32, out: &mut Vec<u8>) -> bool {
    let found = info(process, fd, &["sigmask"]);
    let mask = found[0].as_deref().and_then(|mask| u64::from_str_radix(mask, 16).ok());
    let Some(mask) = mask else { return false };
    out.extend_from_slice(format!("signalfd:{}", signal_set(mask)).as_bytes());
    true
}

/// A set of signals: `[INT QUIT]`, or `~[KILL]` where most are in it.
fn signal_set(mask: u64) -> String {
    let inverted = mask.count_ones() > 42;
    let shown = if inverted { !mask } else { mask };
    let names: Vec<String> = (1..=64)
        .filter(|n| shown >> (n - 1) & 1 != 0)
        .map(|n| render::signal_name(n).trim_start_matches("SIG").to_owned())
        .collect();
    format!("{}[{}]", if inverted { "~" } else { "" }, names.join(" "))
}

/// A pidfd; with the command's name, escaped so, if that is wanted.
fn pidfd(process: i32, fd: i32, comm: Option<Escape>, out: &mut Vec<u8>) -> bool {
    let Some(pid) = pid_behind(process, fd) else { return false };
    out.extend_from_slice(format!("pid:{pid}").as_bytes());
    let mut name = Vec::new();
    if comm.is_some_and(|escape| read_comm(pid, escape, &mut name)) {
        out.push(b'<');
        out.extend_from_slice(&name);
        out.push(b'>');
    }
    true
}

/// The first address of a mapping of what has this name, in `/proc/PID/maps`.
fn mapping(maps: &str, name: &str) -> Option<u64> {
    maps.lines().find_map(|line| {
        let (addresses, rest) = line.split_once('-')?;
        // End, permissions, offset, device, inode.
        let mut fields = rest.split_ascii_whitespace();
        let offset = fields.nth(2)?;
        let is_it = fields.nth(2) == Some(name) && offset.bytes().all(|b| b == b'0');
        is_it.then(|| u64::from_str_radix(addresses, 16).ok())?
    })
}

/// The process that a pidfd refers to, while it lives; by its number in `/proc`.
fn pid_behind(process: i32, pidfd: i32) -> Option<i32> {
    let found = info(process, pidfd, &["Pid"]);
    found[0].as_ref()?.parse().ok().filter(|&pid| pid > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_counts() {
        assert_eq!(event_text("0", "7", None), "{eventfd-count=0, eventfd-id=7}");
        assert_eq!(
            event_text("2A", "7", Some("1")),
            "{eventfd-count=0x2a, eventfd-id=7, eventfd-semaphore=1}"
        );
    }

    #[test]
    fn devices_and_sockets() {
        assert_eq!(split_device(0x8801), (136, 1));
        assert_eq!(socket_inode(b"socket:[12]"), Some(12));
        assert_eq!(socket_inode(b"pipe:[12]"), None);
        let maps = "7f00-7f80 rw-s 00000000 00:0f 1059  anon_inode:kvm-vcpu:1\n8f00-8f80 rw-s 00000000 00:0f 1059 \
                    anon_inode:kvm-vcpu:0\n9f00-9f80 rw-p 00000000 00:00 0\n";
        assert_eq!(mapping(maps, "anon_inode:kvm-vcpu:0"), Some(0x8f00));
        assert_eq!(mapping(maps, "anon_inode:kvm-vcpu:2"), None);
        assert_eq!(signal_set(0b110), "[INT QUIT]");
    }
}
