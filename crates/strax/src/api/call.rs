//! A call, decoded.

use super::place::{self, Place};
use super::verdict::Errno;
use decode::{Cx, Options, Outcome, Pending, Scratch, Target, Ty};
use render::{Tree, Value};
use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::io;
use uapi::Abi;

/// A system call: who makes it, what it is called, and its arguments as values.
///
/// At a call's entry its arguments are what the kernel is about to be given; at its exit they are what they were at the
/// entry, with what the call has filled.
pub struct Call<'a> {
    pub(super) tid: i32,
    pub(super) is_live: bool,
    pub(super) call: &'a decode::Call,
    pub(super) stage: Stage<'a>,
    pub(super) target: RefCell<&'a mut dyn Target>,
}

/// How far a call is.
pub(super) enum Stage<'a> {
    /// Its entry: what is known of it, and all of it, once somebody has asked.
    Entry(&'a Begun, OnceCell<Tree>),
    /// It is over.
    Over { tree: &'a Tree, outcome: Outcome, was_injected: bool },
}

/// A call that has been decoded as far as that can be done before it is made.
pub(super) struct Begun {
    pub(super) options: Options,
    pub(super) tree: Tree,
    pub(super) pending: Pending,
}

impl Begun {
    /// Decodes what is known when a call begins.
    pub(super) fn new(call: &decode::Call, options: Options, target: &mut dyn Target) -> Begun {
        let mut begun = Begun { options, tree: Tree::new(), pending: Pending::default() };
        begun.walk(call, Outcome::Running, target, |cx| match call.row {
            Some(row) => decode::enter(cx, row),
            None => decode::raw(cx, REGISTERS.into_iter()),
        });
        begun
    }

    /// Decodes the rest.
    pub(super) fn end(&mut self, call: &decode::Call, outcome: Outcome, target: &mut dyn Target) {
        let Some(row) = call.row else { return };
        self.walk(call, outcome, target, |cx| decode::exit(cx, row));
        if matches!(outcome, Outcome::Value(_)) {
            self.tree.begin_result();
            self.walk(call, outcome, target, |cx| decode::result(cx, row));
        }
    }

    /// All arguments before the call is made: those that it fills are addresses.
    fn whole(&self, call: &decode::Call, target: &mut dyn Target) -> Tree {
        let mut begun =
            Begun { options: self.options, tree: self.tree.clone(), pending: self.pending.clone() };
        // Of a call that has failed, what it would have filled is shown by its address.
        begun.end(call, Outcome::Error(0), target);
        begun.tree
    }

    fn walk(
        &mut self,
        call: &decode::Call,
        outcome: Outcome,
        target: &mut dyn Target,
        how: impl FnOnce(&mut Cx<'_>),
    ) {
        let (tree, pending, mut scratch) = (&mut self.tree, &mut self.pending, Scratch::default());
        how(&mut Cx::new(call.abi, call.args, outcome, &self.options, target, tree, pending, &mut scratch));
    }
}

/// What the arguments of a call are called that nobody knows.
const REGISTERS: [&str; 6] = ["arg0", "arg1", "arg2", "arg3", "arg4", "arg5"];

/// What it is.
impl Call<'_> {
    /// Its name as in the kernel's tables: `openat`, `newfstatat`; also for the calls that i386 makes by way of
    /// `socketcall` and `ipc`. A number that the kernel has no call for gives `syscall_0x1234`.
    pub fn name(&self) -> String {
        self.call.with_name(str::to_owned)
    }

    /// Whether this is its name; [`Call::name`] without an allocation.
    pub fn is(&self, name: &str) -> bool {
        self.call.with_name(|known| known == name)
    }

    /// The ABI that it is made by. A 64-bit program may make calls of i386 (`int $0x80`), and x86-64 has x32: names and
    /// arguments are the same, numbers and layouts are not.
    pub fn abi(&self) -> Abi {
        self.call.abi
    }

    /// Its number, as its ABI counts; with bit 30 on x32.
    pub fn number(&self) -> u64 {
        self.call.number
    }

    /// The thread that makes it.
    pub fn tid(&self) -> i32 {
        self.tid
    }

    /// The registers that arguments are passed in, first to last; those that the call does not take hold anything.
    pub fn registers(&self) -> [u64; 6] {
        self.call.registers
    }
}

/// Its arguments and its result.
impl Call<'_> {
    /// The arguments in their order, with their names: those of the manual pages (`pathname`, `flags`).
    pub fn args(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.tree().args()
    }

    /// The argument with this name; `docs/syscalls.md` lists them.
    pub fn arg(&self, name: &str) -> Option<Value<'_>> {
        self.tree().get(name)
    }

    /// What it came to: what it returned, or its error. `None` if it has not returned.
    pub fn result(&self) -> Option<Result<i64, Errno>> {
        match self.stage {
            Stage::Over { outcome: Outcome::Value(value), .. } => Some(Ok(value)),
            Stage::Over { outcome: Outcome::Error(errno), .. } => Some(Err(Errno(errno))),
            _ => None,
        }
    }

    /// What it returned, decoded: a descriptor with what it stands for, flags with their names. `None` if it has not
    /// returned, or failed.
    pub fn returned(&self) -> Option<Value<'_>> {
        self.tree().result()
    }

    /// Whether an earlier verdict has changed the call, or kept it from being made.
    pub fn was_changed(&self) -> bool {
        matches!(self.stage, Stage::Over { was_injected: true, .. })
    }

    fn tree(&self) -> &Tree {
        match &self.stage {
            Stage::Entry(begun, _) if begun.pending.is_complete() => &begun.tree,
            Stage::Entry(begun, whole) => {
                whole.get_or_init(|| begun.whole(self.call, &mut **self.target.borrow_mut()))
            }
            Stage::Over { tree, .. } => tree,
        }
    }
}

/// What stands behind it.
impl Call<'_> {
    /// Reads the program's memory from this address on, until the buffer is full or there is no more; how many bytes
    /// were read.
    pub fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        self.target.borrow_mut().read(address, buffer)
    }

    /// The file that a path among the arguments means, found as the kernel would: from the directory whose descriptor
    /// the call gives along with it, or from the thread's own working directory, in the thread's own root, through
    /// symbolic links and `..`. The last name itself is not followed, as in calls that remove or rename files.
    ///
    /// # Errors
    /// There is no such argument, it is no path, or a directory on the way is not there or can't be looked into. In a
    /// recording nothing can be.
    pub fn place(&self, argument: &str) -> io::Result<Place> {
        let missing = || io::Error::new(io::ErrorKind::InvalidInput, format!("no path called {argument}"));
        let path = self.arg(argument).and_then(Value::path).ok_or_else(missing)?;
        if !self.is_live {
            return Err(io::ErrorKind::Unsupported.into());
        }
        place::find(self.tid, self.directory_of(argument), path)
    }

    /// The descriptor of the directory that a path among the arguments begins at, if the call gives one.
    fn directory_of(&self, argument: &str) -> Option<i32> {
        let position = self.call.described_args().position(|arg| arg.name == argument)?;
        let before = position.checked_sub(1)?;
        let is_directory = matches!(self.call.described_args().nth(before)?.ty, Ty::DirFd);
        let fd = *self.call.args.get(before)? as i32;
        (is_directory && fd != decode::AT_FDCWD).then_some(fd)
    }
}

/// As strace shows it: `openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3`; without a result at its entry.
impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        f.write_str("(")?;
        for (i, (_, value)) in self.args().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            value.fmt(f)?;
        }
        f.write_str(")")?;
        match (self.result(), self.returned()) {
            (Some(Ok(_)), Some(value)) => write!(f, " = {value}"),
            (Some(Ok(number)), None) => write!(f, " = {number}"),
            (Some(Err(errno)), _) => write!(f, " = -1 {errno}"),
            (None, _) => Ok(()),
        }
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
