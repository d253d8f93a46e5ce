//! Answers to questions about tracees and the system: what descriptors stand for, who a process is, which context a
//! file has. They are data; how they are shown is a matter of outputs.

mod attributes;
mod contexts;
mod descriptors;
mod families;
mod inet_diag;
#[cfg(test)]
mod law;
mod live;
mod net_table;
mod pids;
mod policy;
mod sockets;

pub use self::live::{Live, TraceePages};
pub(crate) use self::pids::PidNamespaces;

use self::contexts::Contexts;
use self::descriptors::Descriptors;
use self::families::Families;
use crate::sys;
use decode::{Answer, FdInfo, FdOwner, Labelled, NamespaceKind, PidKind, Question, Wanted};
use ptrace::Tid;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Answers questions, those that only tell the user more as far as that is wanted. What is not wanted costs nothing.
#[derive(Debug)]
pub struct Describer {
    wanted: Wanted,
    namespaces: PidNamespaces,
    contexts: Contexts,
    descriptors: Descriptors,
    families: Families,
}

impl Describer {
    /// Nothing is known yet.
    pub fn new(wanted: Wanted) -> Describer {
        Describer {
            wanted,
            namespaces: PidNamespaces::default(),
            contexts: Contexts::default(),
            descriptors: Descriptors::default(),
            families: Families::default(),
        }
    }

    /// The number in `/proc` of a tracee.
    pub(crate) fn in_proc(&mut self, tid: Tid) -> i32 {
        self.namespaces.in_proc(tid).unwrap_or(tid.raw())
    }

    /// Whether an answer is wanted: asked often, and mostly of what is not.
    #[inline]
    pub(crate) fn is_wanted(&self, question: &Question<'_>) -> bool {
        match question {
            Question::Fd(_) | Question::FdOf(..) => self.wanted.descriptors(),
            Question::Context(_) => self.wanted.contexts.is_some(),
            Question::WorkingDirectory => self.wanted.paths,
            Question::Command(..) => self.wanted.commands,
            Question::Translated(..) => self.wanted.translations,
            Question::Namespace(..) => self.wanted.namespaces,
            Question::Vcpu(_) => self.wanted.vcpus,
            _ => true,
        }
    }

    /// The answer to a question about a tracee, whatever it does at the time.
    pub(crate) fn ask(&mut self, tid: Tid, question: &Question<'_>) -> Option<Answer<'_>> {
        Some(match *question {
            Question::Fd(fd) => Answer::Fd(self.descriptor(tid, fd)?),
            Question::FdOf(owner, fd) => Answer::Fd(self.descriptor_of(tid, owner, fd)?),
            Question::Context(ref of) => return self.context(tid, of),
            Question::WorkingDirectory => Answer::Path(self.working_directory(tid)?.into()),
            Question::Command(kind, id) => Answer::Name(self.command(tid, kind, id)?.into()),
            Question::Translated(kind, id) => {
                let wanted = self.wanted.translations;
                Answer::Id(wanted.then(|| self.namespaces.translate(tid, kind, id))??)
            }
            Question::Namespace(process, kind) => Answer::Number(self.namespace(tid, process, kind)?),
            Question::Vcpu(fd) => {
                let (number, state) = self.vcpu(tid, fd)?;
                Answer::Vcpu { number, state }
            }
            Question::Interface(index) => Answer::Name(sys::interface_name(index)?.into()),
            Question::AnonymousInode(fd) => {
                let name = self.descriptors.link(self.namespaces.in_proc(tid)?, fd)?;
                Answer::Name(name.strip_prefix(b"anon_inode:")?.into())
            }
            Question::BootTime => Answer::Time(boot_time()?),
            Question::IsTerminal(fd) => return is_terminal(self.in_proc(tid), fd).then_some(Answer::Yes),
            Question::SocketProtocol(fd) => {
                Answer::Name(self.descriptors.socket_protocol(self.namespaces.in_proc(tid)?, fd)?.into())
            }
            Question::NetlinkProtocol(fd) => {
                let process = self.namespaces.in_proc(tid)?;
                Answer::Number(self.descriptors.netlink_protocol(process, fd)?.into())
            }
            Question::GenericFamily(id) => Answer::Name(self.families.name(id)?.as_bytes().into()),
            Question::FdPath(fd) => {
                let process = self.in_proc(tid);
                Answer::Path(self.descriptors.link(process, fd)?.into())
            }
            Question::OwnCommand => Answer::Name(self.own_command(tid)?.into()),
            Question::StackPointer
            | Question::InterruptedCall
            | Question::Stack
            | Question::MayHang { .. } => return None,
        })
    }

    fn descriptor(&mut self, tid: Tid, fd: i32) -> Option<FdInfo<'_>> {
        if !self.wanted.descriptors() {
            return None;
        }
        self.descriptors.describe(self.wanted, self.namespaces.in_proc(tid)?, fd)
    }

    fn descriptor_of(&mut self, tid: Tid, owner: FdOwner, fd: i32) -> Option<FdInfo<'_>> {
        if !self.wanted.descriptors() {
            return None;
        }
        let process = match owner {
            FdOwner::Process(id) if id > 0 => self.namespaces.known_as(tid, PidKind::Tid, id)?,
            FdOwner::Process(_) => return None,
            FdOwner::PidFd(pidfd) => descriptors::pid_behind(self.namespaces.in_proc(tid)?, pidfd)?,
        };
        self.descriptors.describe(self.wanted, process, fd)
    }

    fn context(&mut self, tid: Tid, of: &Labelled<'_>) -> Option<Answer<'_>> {
        let wanted = self.wanted.contexts?;
        let process = self.namespaces.in_proc(tid)?;
        let context = match of {
            Labelled::Task => self.contexts.process(process, wanted),
            Labelled::Fd(fd) => self.contexts.fd(process, *fd, wanted),
            Labelled::Path { directory, path } => self.contexts.path(process, *directory, path, wanted),
        };
        context.map(Answer::Context)
    }

    fn working_directory(&mut self, tid: Tid) -> Option<&[u8]> {
        if !self.wanted.paths {
            return None;
        }
        self.descriptors.working_directory(self.namespaces.in_proc(tid)?)
    }

    /// The command name of a tracee.
    pub(crate) fn own_command(&mut self, tid: Tid) -> Option<Vec<u8>> {
        command_name(self.in_proc(tid))
    }

    fn command(&mut self, tid: Tid, kind: PidKind, id: i32) -> Option<Vec<u8>> {
        if !self.wanted.commands || id <= 0 {
            return None;
        }
        command_name(self.namespaces.known_as(tid, kind, id)?)
    }

    /// The inode of the namespace of a kind that a process is in: one with this id for the tracee, or the tracee itself.
    fn namespace(&mut self, tid: Tid, id: Option<i32>, kind: NamespaceKind) -> Option<u64> {
        if !self.wanted.namespaces {
            return None;
        }
        let process = match id {
            Some(id) => self.namespaces.known_as(tid, PidKind::Tid, id)?,
            None => self.namespaces.in_proc(tid)?,
        };
        let kind = kind.name();
        let link = fs::read_link(format!("/proc/{process}/ns/{kind}")).ok()?;
        link.to_str()?.strip_prefix(kind)?.strip_prefix(":[")?.strip_suffix(']')?.parse().ok()
    }

    /// The number of the virtual processor behind a descriptor, and the address at which its state is mapped into the
    /// tracee.
    pub(crate) fn vcpu(&mut self, tid: Tid, fd: i32) -> Option<(u32, u64)> {
        if !self.wanted.vcpus {
            return None;
        }
        let process = self.namespaces.in_proc(tid)?;
        let name = str::from_utf8(self.descriptors.link(process, fd)?).ok()?;
        let number = name.strip_prefix("anon_inode:kvm-vcpu:")?.parse().ok()?;
        Some((number, mapping(&fs::read_to_string(format!("/proc/{process}/maps")).ok()?, name)?))
    }
}

/// A thread's command name, by its number in `/proc`; `None` if it is gone.
fn command_name(process: i32) -> Option<Vec<u8>> {
    let mut name = fs::read(format!("/proc/{process}/comm")).ok()?;
    name.pop_if(|last| *last == b'\n');
    Some(name)
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

fn boot_time() -> Option<Duration> {
    let uptime = fs::read_to_string("/proc/uptime").ok()?;
    let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    now.checked_sub(Duration::try_from_secs_f64(uptime).ok()?)
}

/// Whether a descriptor of a process is one of a terminal: told by the kind of device, so that nothing is opened.
fn is_terminal(process: i32, fd: i32) -> bool {
    /// The devices of terminals: consoles, `/dev/tty` and its like, pseudo-terminals, and lines of several drivers.
    /// Source: `Documentation/admin-guide/devices.txt` of the kernel.
    const CONSOLE: u32 = 4;
    const ALTERNATE: u32 = 5;
    const PSEUDO: std::ops::RangeInclusive<u32> = 136..=143;
    const LINES: [u32; 4] = [166, 188, 204, 229];
    let Ok(file) = fs::metadata(format!("/proc/{process}/fd/{fd}")) else { return false };
    let major = libc::major(file.rdev());
    let is_kind = [CONSOLE, ALTERNATE].contains(&major) || PSEUDO.contains(&major) || LINES.contains(&major);
    file.file_type().is_char_device() && is_kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings() {
        let maps = "7f00-7f80 rw-s 00000000 00:0f 1059  anon_inode:kvm-vcpu:1\n8f00-8f80 rw-s 00000000 00:0f 1059 \
                    anon_inode:kvm-vcpu:0\n9f00-9f80 rw-p 00000000 00:00 0\n";
        assert_eq!(mapping(maps, "anon_inode:kvm-vcpu:0"), Some(0x8f00));
        assert_eq!(mapping(maps, "anon_inode:kvm-vcpu:2"), None);
    }
}
