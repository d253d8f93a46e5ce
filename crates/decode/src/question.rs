//! What a decoder may ask about a tracee beside its memory, and what it may be told: plain data, so that a recording can
//! keep both.
//!
//! An answer is told in full, or cut down to what somebody [wants](crate::Wanted) to see of it. How it is shown is a
//! matter of outputs.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use uapi::Abi;

/// Which kind of id a number is; used where ids are translated or annotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PidKind {
    /// A thread.
    Tid,
    /// A process (thread group).
    Tgid,
    /// A process group.
    Pgid,
    /// A session.
    Sid,
}

/// Whose descriptor a number is, where it is not the tracee's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FdOwner {
    /// The process or thread that has this id for the tracee.
    Process(i32),
    /// The process that this descriptor of the tracee's refers to.
    PidFd(i32),
}

/// Something that may have a security context.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Labelled<'a> {
    /// The task itself.
    Task,
    /// What a descriptor stands for.
    Fd(i32),
    /// The file that a path means.
    Path {
        /// The descriptor of the directory that it begins at if it is relative; `None` for the working directory.
        directory: Option<i32>,
        /// The path.
        path: Cow<'a, [u8]>,
    },
}

/// A kind of namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NamespaceKind {
    /// Roots of cgroups.
    Cgroup,
    /// System V IPC and POSIX message queues.
    Ipc,
    /// Mounts.
    Mount,
    /// Network devices, addresses, sockets.
    Net,
    /// Ids of processes.
    Pid,
    /// Clocks.
    Time,
    /// Ids of users.
    User,
    /// Host and domain names.
    Uts,
}

impl NamespaceKind {
    /// Its name in `/proc/PID/ns`.
    pub fn name(self) -> &'static str {
        match self {
            NamespaceKind::Cgroup => "cgroup",
            NamespaceKind::Ipc => "ipc",
            NamespaceKind::Mount => "mnt",
            NamespaceKind::Net => "net",
            NamespaceKind::Pid => "pid",
            NamespaceKind::Time => "time",
            NamespaceKind::User => "user",
            NamespaceKind::Uts => "uts",
        }
    }
}

/// A question about the tracee that makes a call, or about its system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question<'a> {
    /// What a descriptor stands for: [`Answer::Fd`].
    Fd(i32),
    /// What the kernel's link for a descriptor says, for those who select by it: [`Answer::Path`].
    FdPath(i32),
    /// The same as [`Question::Fd`] of another process's descriptor.
    FdOf(FdOwner, i32),
    /// The security context of something: [`Answer::Context`].
    Context(Labelled<'a>),
    /// The working directory: [`Answer::Path`].
    WorkingDirectory,
    /// The command name of a process or thread: [`Answer::Name`].
    Command(PidKind, i32),
    /// The command name of the task itself: [`Answer::Name`].
    OwnCommand,
    /// The id that a process, thread, group or session has for the tracer, if that is another one: [`Answer::Id`].
    Translated(PidKind, i32),
    /// The inode of the namespace that a process is in: [`Answer::Number`]. `None` is the tracee, other processes have
    /// the id that they have for it.
    Namespace(Option<i32>, NamespaceKind),
    /// The virtual processor behind a descriptor: [`Answer::Vcpu`].
    Vcpu(i32),
    /// The name of the network interface with this index: [`Answer::Name`].
    Interface(u32),
    /// The kind of object without a file that a descriptor stands for, such as `bpf-map`: [`Answer::Name`].
    AnonymousInode(i32),
    /// When the system was started, since the epoch: [`Answer::Time`].
    BootTime,
    /// Whether a descriptor is one of a terminal: [`Answer::Yes`].
    IsTerminal(i32),
    /// The protocol of a socket, as the kernel names it in `getxattr(system.sockprotoname)`: [`Answer::Name`].
    SocketProtocol(i32),
    /// The protocol of a netlink socket (`NETLINK_ROUTE`), if it can be told: [`Answer::Number`].
    NetlinkProtocol(i32),
    /// The name of the generic netlink family with this number, such as `nl80211`: [`Answer::Name`].
    GenericFamily(u16),
    /// The stack pointer, for calls whose arguments the kernel finds on the stack: [`Answer::Number`].
    StackPointer,
    /// The call made last, which is the one that `restart_syscall` goes on with: [`Answer::Call`].
    InterruptedCall,
    /// How the task has come to where it stands in its program: [`Answer::Stack`].
    Stack,
    /// Whether to read memory may take for ever, because somebody else has to fill it first: [`Answer::Yes`]. Asked
    /// only where what is shown of a call so far can be passed on before.
    MayHang {
        /// Where.
        addr: u64,
        /// How many bytes.
        len: usize,
    },
}

impl Question<'_> {
    /// The question by itself, to be kept.
    pub fn into_owned(self) -> Question<'static> {
        match self {
            Question::Context(Labelled::Path { directory, path }) => {
                Question::Context(Labelled::Path { directory, path: Cow::Owned(path.into_owned()) })
            }
            Question::Context(Labelled::Fd(fd)) => Question::Context(Labelled::Fd(fd)),
            Question::Context(Labelled::Task) => Question::Context(Labelled::Task),
            Question::Fd(fd) => Question::Fd(fd),
            Question::FdPath(fd) => Question::FdPath(fd),
            Question::FdOf(owner, fd) => Question::FdOf(owner, fd),
            Question::OwnCommand => Question::OwnCommand,
            Question::Stack => Question::Stack,
            Question::WorkingDirectory => Question::WorkingDirectory,
            Question::Command(kind, id) => Question::Command(kind, id),
            Question::Translated(kind, id) => Question::Translated(kind, id),
            Question::Namespace(of, kind) => Question::Namespace(of, kind),
            Question::Vcpu(fd) => Question::Vcpu(fd),
            Question::Interface(index) => Question::Interface(index),
            Question::AnonymousInode(fd) => Question::AnonymousInode(fd),
            Question::BootTime => Question::BootTime,
            Question::IsTerminal(fd) => Question::IsTerminal(fd),
            Question::SocketProtocol(fd) => Question::SocketProtocol(fd),
            Question::NetlinkProtocol(fd) => Question::NetlinkProtocol(fd),
            Question::GenericFamily(id) => Question::GenericFamily(id),
            Question::StackPointer => Question::StackPointer,
            Question::InterruptedCall => Question::InterruptedCall,
            Question::MayHang { addr, len } => Question::MayHang { addr, len },
        }
    }
}

/// An answer to a [`Question`], which says what kind of answer it has. That there is none is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer<'a> {
    /// What a descriptor stands for.
    Fd(FdInfo<'a>),
    /// A security context.
    Context(Context<'a>),
    /// A path, of any bytes.
    Path(Cow<'a, [u8]>),
    /// A name, of any bytes.
    Name(Cow<'a, [u8]>),
    /// An id of a process, thread, group or session.
    Id(i32),
    /// A number of any kind.
    Number(u64),
    /// A virtual processor.
    Vcpu {
        /// Its number in its machine.
        number: u32,
        /// Where its `struct kvm_run` is mapped into the tracee.
        state: u64,
    },
    /// A point in time, since the epoch.
    Time(Duration),
    /// A call: its ABI and its number.
    Call(Abi, u64),
    /// A stack.
    Stack(Stack),
    /// It is so.
    Yes,
}

/// The places in a program that a thread is at and returns to, innermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stack {
    /// The places.
    pub frames: Vec<Frame>,
    /// Whether there are more of them.
    pub truncated: bool,
}

/// A place in a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// An offset in the file, or the address where it is in none.
    pub address: u64,
    /// The file, as `/proc/PID/maps` names it; `None` where the place is in no file's code.
    pub binary: Option<Rc<[u8]>>,
    /// The function.
    pub function: Option<Rc<[u8]>>,
    /// How far it is from the function's beginning.
    pub offset: u64,
    /// File and line of the source.
    pub source: Option<(Rc<[u8]>, u32)>,
}

impl Answer<'_> {
    /// The answer by itself, to be kept.
    pub fn into_owned(self) -> Answer<'static> {
        match self {
            Answer::Fd(info) => Answer::Fd(info.into_owned()),
            Answer::Context(context) => Answer::Context(context.into_owned()),
            Answer::Path(path) => Answer::Path(owned(path)),
            Answer::Name(name) => Answer::Name(owned(name)),
            Answer::Id(id) => Answer::Id(id),
            Answer::Number(number) => Answer::Number(number),
            Answer::Vcpu { number, state } => Answer::Vcpu { number, state },
            Answer::Time(time) => Answer::Time(time),
            Answer::Call(abi, number) => Answer::Call(abi, number),
            Answer::Stack(stack) => Answer::Stack(stack),
            Answer::Yes => Answer::Yes,
        }
    }
}

fn owned(bytes: Cow<'_, [u8]>) -> Cow<'static, [u8]> {
    Cow::Owned(bytes.into_owned())
}

/// What a descriptor stands for. Paths and names are of any bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FdInfo<'a> {
    /// A file, or an object whose name is all that the kernel tells: `pipe:[12]`, `anon_inode:[eventpoll]`.
    Path {
        /// Its path or name.
        path: Cow<'a, [u8]>,
        /// It is not there any more.
        deleted: bool,
    },
    /// A device.
    Device {
        /// The path of the file that stands for it.
        path: Cow<'a, [u8]>,
        /// What kind it is.
        kind: DeviceKind,
        /// Its major number.
        major: u32,
        /// Its minor number.
        minor: u32,
        /// Of the master side of a pseudo-terminal, which one it is: `/dev/pts/N`.
        terminal: Option<u32>,
    },
    /// A socket.
    Socket(Socket<'a>),
    /// An eventfd.
    Eventfd {
        /// Its count.
        count: u64,
        /// The number that the kernel gives it.
        id: i64,
        /// Whether reads take 1 from it (`EFD_SEMAPHORE`), where the kernel tells.
        semaphore: Option<bool>,
    },
    /// A signalfd.
    Signalfd {
        /// The signals that it takes: bit 0 is signal 1.
        mask: u64,
    },
    /// A pidfd.
    Pidfd {
        /// The process that it refers to.
        pid: i32,
        /// Its command name.
        command: Option<Cow<'a, [u8]>>,
    },
}

impl FdInfo<'_> {
    /// What it says by itself, to be kept.
    pub fn into_owned(self) -> FdInfo<'static> {
        match self {
            FdInfo::Path { path, deleted } => FdInfo::Path { path: owned(path), deleted },
            FdInfo::Device { path, kind, major, minor, terminal } => {
                FdInfo::Device { path: owned(path), kind, major, minor, terminal }
            }
            FdInfo::Socket(socket) => FdInfo::Socket(socket.into_owned()),
            FdInfo::Eventfd { count, id, semaphore } => FdInfo::Eventfd { count, id, semaphore },
            FdInfo::Signalfd { mask } => FdInfo::Signalfd { mask },
            FdInfo::Pidfd { pid, command } => FdInfo::Pidfd { pid, command: command.map(owned) },
        }
    }
}

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// A character device.
    Char,
    /// A block device.
    Block,
}

/// A socket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Socket<'a> {
    /// Its number.
    pub inode: u64,
    /// Its protocol, where that is one of those whose addresses are told.
    pub protocol: Option<SocketProtocol>,
    /// Its addresses, if they are known.
    pub ends: Option<Ends<'a>>,
}

impl Socket<'_> {
    /// What it says by itself, to be kept.
    pub fn into_owned(self) -> Socket<'static> {
        let ends = self.ends.map(|ends| match ends {
            Ends::Internet { local, remote } => Ends::Internet { local, remote },
            Ends::Unix { peer, name } => Ends::Unix { peer, name: name.map(owned) },
            Ends::Netlink { protocol, port } => Ends::Netlink { protocol, port },
        });
        Socket { ends, ..self }
    }
}

/// A protocol of sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the protocols say all")]
pub enum SocketProtocol {
    Tcp,
    TcpV6,
    Udp,
    UdpV6,
    Raw,
    RawV6,
    UdpLite,
    UdpLiteV6,
    Unix,
    UnixStream,
    Netlink,
}

/// The addresses of a socket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ends<'a> {
    /// Of an Internet protocol.
    Internet {
        /// Its own address.
        local: SocketAddr,
        /// Its peer's, if it has one.
        remote: Option<SocketAddr>,
    },
    /// Of the Unix domain.
    Unix {
        /// The inode of its peer.
        peer: Option<u32>,
        /// What it is bound to: a path, or a zero and a name in the abstract namespace.
        name: Option<Cow<'a, [u8]>>,
    },
    /// Of netlink.
    Netlink {
        /// The protocol (`NETLINK_ROUTE`).
        protocol: u32,
        /// The port that it is bound to.
        port: u32,
    },
}

/// A security context.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Context<'a> {
    /// What it is: a whole context, or only its type.
    pub is: Cow<'a, [u8]>,
    /// What the policy says that it is, in the same form, where that is something else.
    pub expected: Option<Cow<'a, [u8]>>,
}

impl Context<'_> {
    /// What it says by itself, to be kept.
    pub fn into_owned(self) -> Context<'static> {
        Context { is: owned(self.is), expected: self.expected.map(owned) }
    }
}
