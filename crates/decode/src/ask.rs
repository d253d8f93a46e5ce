//! What is asked of the target while a call is shown, and shown with what it stands for.

use crate::cx::{AT_FDCWD, Plain};
use crate::question::{Answer, FdOwner, Labelled, NamespaceKind, PidKind, Question};
use crate::sink::{Remark, Text};
use std::borrow::Cow;
use std::time::Duration;
use uapi::SyscallEntry;

/// Values that are shown with what they stand for.
impl Plain<'_> {
    /// Shows a descriptor and what it stands for.
    pub fn fd(&mut self, fd: i32) {
        if self.in_aux {
            // It stands among the arguments already, with what it stands for.
            return self.out.fd(fd, None);
        }
        match self.target.ask(&Question::Fd(fd)) {
            Some(Answer::Fd(info)) => self.out.fd(fd, Some(&info)),
            _ => self.out.fd(fd, None),
        }
        self.context_of(Labelled::Fd(fd));
    }

    /// Shows a descriptor of another process and what it stands for there.
    pub fn fd_of(&mut self, owner: FdOwner, fd: i32) {
        match self.target.ask(&Question::FdOf(owner, fd)) {
            Some(Answer::Fd(info)) => self.out.fd(fd, Some(&info)),
            _ => self.out.fd(fd, None),
        }
    }

    /// Shows a directory's descriptor or `AT_FDCWD`.
    pub fn dirfd(&mut self, fd: i32) {
        self.directory = (fd != AT_FDCWD).then_some(fd);
        if fd != AT_FDCWD {
            return self.fd(fd);
        }
        match self.target.ask(&Question::WorkingDirectory) {
            Some(Answer::Path(path)) => self.out.cwd(Some(&path)),
            _ => self.out.cwd(None),
        }
    }

    /// Shows a file's path.
    pub fn file_name(&mut self, path: &[u8]) {
        let directory = self.directory.take();
        self.out.bytes(path, Text::Plain, false);
        self.context_of(Labelled::Path { directory, path: Cow::Borrowed(path) });
    }

    /// Adds the security context of what has been shown, if it is wanted.
    fn context_of(&mut self, what: Labelled<'_>) {
        if let Some(Answer::Context(context)) = self.target.ask(&Question::Context(what)) {
            self.out.remark(Remark::Context(&context));
        }
    }

    /// Shows an id of a process, thread, group or session.
    pub fn pid(&mut self, kind: PidKind, id: i32) {
        match self.target.ask(&Question::Command(kind, id)) {
            Some(Answer::Name(command)) => self.out.pid(id, Some(&command)),
            _ => self.out.pid(id, None),
        }
        if let Some(Answer::Id(there)) = self.target.ask(&Question::Translated(kind, id)) {
            self.out.remark(Remark::Elsewhere(there));
        }
    }

    /// Shows the index of a network interface as its name.
    pub fn interface(&mut self, index: u32) {
        let answer = if index == 0 { None } else { self.target.ask(&Question::Interface(index)) };
        match answer {
            Some(Answer::Name(name)) => self.out.interface(index, Some(&name)),
            _ => self.out.interface(index, None),
        }
    }
}

/// Facts on which it depends what is shown.
impl Plain<'_> {
    /// See [`Question::Namespace`].
    pub fn namespace(&mut self, process: Option<i32>, kind: NamespaceKind) -> Option<u64> {
        self.number(&Question::Namespace(process, kind))
    }

    /// The address of the `struct kvm_run` of the virtual processor behind a descriptor.
    pub fn vcpu_state(&mut self, fd: i32) -> Option<u64> {
        match self.target.ask(&Question::Vcpu(fd))? {
            Answer::Vcpu { state, .. } => Some(state),
            _ => None,
        }
    }

    /// Whether a descriptor is of this kind of object without a file: `bpf-map`.
    pub fn anonymous_inode(&mut self, fd: i32) -> Option<Cow<'_, [u8]>> {
        self.name(&Question::AnonymousInode(fd))
    }

    /// When the system was started, since the epoch.
    pub fn boot_time(&mut self) -> Option<Duration> {
        match self.target.ask(&Question::BootTime)? {
            Answer::Time(time) => Some(time),
            _ => None,
        }
    }

    /// Whether a descriptor is one of a terminal.
    pub fn is_terminal(&mut self, fd: i32) -> bool {
        self.target.ask(&Question::IsTerminal(fd)) == Some(Answer::Yes)
    }

    /// See [`Question::SocketProtocol`].
    pub fn socket_protocol(&mut self, fd: i32) -> Option<Cow<'_, [u8]>> {
        self.name(&Question::SocketProtocol(fd))
    }

    /// See [`Question::NetlinkProtocol`].
    pub fn netlink_protocol(&mut self, fd: i32) -> Option<u64> {
        self.number(&Question::NetlinkProtocol(fd))
    }

    /// See [`Question::GenericFamily`].
    pub fn generic_family(&mut self, id: u16) -> Option<String> {
        let name = self.name(&Question::GenericFamily(id))?;
        String::from_utf8(name.into_owned()).ok()
    }

    /// See [`Question::StackPointer`].
    pub fn stack_pointer(&mut self) -> Option<u64> {
        self.number(&Question::StackPointer)
    }

    /// See [`Question::InterruptedCall`].
    pub fn interrupted_call(&mut self) -> Option<&'static SyscallEntry> {
        match self.target.ask(&Question::InterruptedCall)? {
            Answer::Call(abi, number) => abi.syscall(number),
            _ => None,
        }
    }

    fn number(&mut self, question: &Question<'_>) -> Option<u64> {
        match self.target.ask(question)? {
            Answer::Number(number) => Some(number),
            _ => None,
        }
    }

    fn name(&mut self, question: &Question<'_>) -> Option<Cow<'_, [u8]>> {
        match self.target.ask(question)? {
            Answer::Name(name) => Some(name),
            _ => None,
        }
    }
}
