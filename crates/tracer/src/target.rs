//! The stopped tracee as the walker sees it.

use crate::fds::Describer;
use crate::stamp::read_comm;
use crate::sys;
use decode::{PidKind, Target};
use ptrace::{Addr, Memory, Tid};

/// A stopped tracee: its memory, and what its descriptors stand for.
pub(crate) struct Live<'a> {
    tid: Tid,
    memory: Memory,
    stack_pointer: Option<u64>,
    describer: &'a mut Describer,
}

impl<'a> Live<'a> {
    pub(crate) fn new(tid: Tid, stack_pointer: Option<u64>, describer: &'a mut Describer) -> Live<'a> {
        Live { tid, memory: Memory::of(tid), stack_pointer, describer }
    }
}

impl Target for Live<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.memory.read(Addr(addr), buf).unwrap_or(0)
    }

    fn describe_fd(&mut self, fd: i32, out: &mut Vec<u8>) -> bool {
        self.describer.fd(self.tid, fd, out)
    }

    fn describe_cwd(&mut self, out: &mut Vec<u8>) -> bool {
        self.describer.cwd(self.tid, out)
    }

    fn describe_pid(&mut self, _: PidKind, id: i32, out: &mut Vec<u8>) -> bool {
        self.describer.wants_comm() && id > 0 && read_comm(id, out)
    }

    fn stack_pointer(&mut self) -> Option<u64> {
        self.stack_pointer
    }

    fn interface(&mut self, index: u32) -> Option<String> {
        sys::interface_name(index)
    }

    fn socket_protocol(&mut self, fd: i32) -> Option<String> {
        self.describer.socket_protocol(self.tid, fd)
    }
}
