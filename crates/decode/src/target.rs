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

/// The tracee as the walker sees it: memory, and what its descriptors stand for.
///
/// Every byte it gives is hostile. Replays and tests implement it over recorded memory.
pub trait Target {
    /// Reads from `addr` until `buf` is full or a byte can't be read; returns how many bytes were.
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize;

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

    /// The name of the network interface with this index.
    fn interface(&mut self, index: u32) -> Option<String> {
        let _ = index;
        None
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
