//! What a decoder asks of the tracee beyond its registers.

/// Which kind of id a number is; used where ids are translated or annotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FdOwner {
    /// The process or thread that has this id for the tracee.
    Process(i32),
    /// The process that this descriptor of the tracee's refers to.
    PidFd(i32),
}

/// Something that may have a security context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labelled<'a> {
    /// What a descriptor stands for.
    Fd(i32),
    /// The file that a path means.
    Path {
        /// The descriptor of the directory that it begins at if it is relative; `None` for the working directory.
        directory: Option<i32>,
        /// The path.
        path: &'a [u8],
    },
}

/// The tracee as the walker sees it: memory, and what its descriptors stand for.
///
/// Every byte it gives is hostile. Replays and tests implement it over recorded memory.
pub trait Target {
    /// Reads from `addr` until `buf` is full or a byte can't be read; returns how many bytes were.
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize;

    /// Whether to read there is to ask the tracee, which may take for ever, so that what is shown of its call so far is
    /// to be passed on before, by [`Target::pass_on`].
    fn may_hang(&self, addr: u64, len: usize) -> bool {
        let _ = (addr, len);
        false
    }

    /// Takes what is shown of the call so far.
    fn pass_on(&mut self, shown: &[u8]) {
        let _ = shown;
    }

    /// Is told that of a string of up to `wanted` bytes at `addr` only `got` can be read, without its end.
    fn cut_off(&mut self, addr: u64, got: usize, wanted: usize) {
        let _ = (addr, got, wanted);
    }

    /// Appends what descriptor `fd` stands for (a path, a socket's addresses) to `out`, escaped for
    /// printing; returns whether there was anything to say. Says nothing unless the user asked for it.
    fn describe_fd(&mut self, fd: i32, out: &mut Vec<u8>) -> bool {
        let _ = (fd, out);
        false
    }

    /// As [`Target::describe_fd`], for a descriptor of another process.
    fn describe_fd_of(&mut self, owner: FdOwner, fd: i32, out: &mut Vec<u8>) -> bool {
        let _ = (owner, fd, out);
        false
    }

    /// Appends the security context of something, escaped for printing; returns whether it has one. Says nothing
    /// unless the user asked for it.
    fn describe_context(&mut self, of: Labelled<'_>, out: &mut Vec<u8>) -> bool {
        let _ = (of, out);
        false
    }

    /// Appends what is known of the tracee's working directory; see [`Target::describe_fd`].
    fn describe_cwd(&mut self, out: &mut Vec<u8>) -> bool {
        let _ = out;
        false
    }

    /// Appends what is known of process or thread `id` (its command name), if the user asked for it.
    fn describe_pid(&mut self, kind: PidKind, id: i32, out: &mut Vec<u8>) -> bool {
        let _ = (kind, id, out);
        false
    }

    /// The id that process, thread, group or session `id` has for the tracer, if that is another and the user
    /// asked for it.
    fn translate_pid(&mut self, kind: PidKind, id: i32) -> Option<i32> {
        let _ = (kind, id);
        None
    }

    /// The namespace of this kind (its name in `/proc/PID/ns`) that a process is in, as in `net:[4026531840]`, if the
    /// user asked for namespaces that are entered. `None` is the tracee, other processes have its id for them.
    fn entered_namespace(&mut self, process: Option<i32>, kind: &str) -> Option<String> {
        let _ = (process, kind);
        None
    }

    /// The address of the `struct kvm_run` of the virtual processor behind a descriptor, if the user asked for why
    /// virtual processors stop.
    fn vcpu_state(&mut self, fd: i32) -> Option<u64> {
        let _ = fd;
        None
    }

    /// The name of the network interface with this index.
    fn interface(&mut self, index: u32) -> Option<Vec<u8>> {
        let _ = index;
        None
    }

    /// What kind of object without a file a descriptor stands for: `bpf-map`, of `anon_inode:bpf-map`.
    fn anonymous_inode(&mut self, fd: i32) -> Option<String> {
        let _ = fd;
        None
    }

    /// When the system was started, since the epoch.
    fn boot_time(&mut self) -> Option<std::time::Duration> {
        None
    }

    /// Whether a descriptor is one of a terminal.
    fn is_terminal(&mut self, fd: i32) -> bool {
        let _ = fd;
        false
    }

    /// Asks for the protocol of a socket, where a decoder's choice depends on it (netlink families, for
    /// one): the text after `:` in `getxattr(system.sockprotoname)`, such as `NETLINK` or `TCP`.
    fn socket_protocol(&mut self, fd: i32) -> Option<String> {
        let _ = fd;
        None
    }

    /// The protocol of a netlink socket (`NETLINK_ROUTE`), if it can be told: that takes one that is bound.
    fn netlink_protocol(&mut self, fd: i32) -> Option<u32> {
        let _ = fd;
        None
    }

    /// The name of the generic netlink family with this number, such as `nl80211`.
    fn generic_family(&mut self, id: u16) -> Option<String> {
        let _ = id;
        None
    }

    /// The tracee's stack pointer, for the calls whose arguments the kernel finds on the stack (`rt_sigreturn`).
    fn stack_pointer(&mut self) -> Option<u64> {
        None
    }

    /// The name of the call that the tracee made last, which is the one that `restart_syscall` goes on with.
    fn interrupted_call(&mut self) -> Option<&'static str> {
        None
    }
}
