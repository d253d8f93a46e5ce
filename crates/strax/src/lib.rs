//! Every system call of a program, decoded, with your verdict on it.
//!
//! ```no_run
//! use strax::{Errno, Trace, Value, Verdict};
//!
//! // No program that make runs reads anything under /etc, or talks to anybody.
//! Trace::command(["make", "-j8"]).follow_forks().only(["openat", "connect"])?.each_call(|call| {
//!     match call.arg("pathname").and_then(Value::path) {
//!         Some(path) if !path.starts_with("/etc") => Verdict::Go,
//!         _ => Verdict::Fail(Errno::EACCES),
//!     }
//! })?;
//! # Ok::<(), strax::Error>(())
//! ```
//!
//! This is the library of strax, a system call tracer that shows what strace shows: the same decoders stand behind both.
//!
//! # The way of a trace
//!
//! 1. **Start or attach**: [`Trace::command`], [`Trace::attach`]. [`Trace::follow_forks`] includes children and threads.
//! 2. **Say which calls**: [`Trace::only`] takes the words of `-e trace=`: names, classes (`%file`), regular expressions.
//! 3. **Look.** [`Trace::each_call`] gives each [`Call`] before it is made; [`Trace::run`] gives an [`Event`] for each
//!    entry and each exit, for signals, new threads, executed programs and ends. A call has a name and arguments; an
//!    argument is a [`Value`]: a number with its names, a path, bytes, a struct with members, an array, an address.
//! 4. **Decide.** The callback answers with a [`Verdict`]: the call is made, fails, returns something else, is another;
//!    the process is killed; the thread, or everybody, goes on unwatched. A callback that only looks returns nothing, one
//!    that can fail a `Result`.
//!
//! ```
//! use strax::{Ending, Trace, What};
//!
//! let mut written = Vec::new();
//! let ending = Trace::command(["sh", "-c", "echo hello; exit 3"]).only(["write"])?.run(|event| {
//!     if let What::Exit(call) = &event.what {
//!         written.extend_from_slice(call.arg("buf").and_then(strax::Value::bytes).unwrap_or_default());
//!     }
//! })?;
//! assert_eq!(written, b"hello\n");
//! assert_eq!(ending, Ending::Exited(3));
//! # Ok::<(), strax::Error>(())
//! ```
//!
//! [`Call::place`] follows a path as the kernel would, seen from the thread that uses it, and says where it leads. A
//! recording made by `strax --record=FILE` is walked in the same way as a program: [`Trace::replay`].
//!
//! # What a check before a call can promise, and what it can't
//!
//! At a call's entry the thread stands still, but nobody else does. **What a pointer points to may be changed** after
//! your look and before the kernel's, by another thread of the process or by whoever shares its memory; so may the
//! file system on the way to a path. A program that wants to get past a check on a path can. A supervisor by seccomp's
//! user notification has the same flaw. What holds are **numbers and registers**: which call it is, its flags and
//! descriptors, the address and length of a buffer; and a verdict of [`Verdict::Fail`] or [`Verdict::Return`]: that call
//! is not made. So a check on paths keeps honest programs from mistakes, finds out what they do, tests how they fail.
//! Against dishonest ones use Landlock, seccomp or namespaces, which decide inside of the kernel.
//!
//! **Calls are not everything.** An io_uring does its work without calls: fail `io_uring_setup` with
//! [`Errno::ENOSYS`], and programs do without. What a process has got mapped it reads and writes without calls. A helper
//! that is asked by a socket is another process.
//!
//! # Costs
//!
//! Each call of a traced thread stops twice, told of or not, and each stop takes the kernel two switches between
//! processes. `docs/performance.md` measures what that comes to: a call costs 8 µs where tracer and tracee share a CPU,
//! and 118 µs where they don't, which is up to the kernel here. Decoding happens only for calls that are told of.
//!
//! # Threads, children, signals
//!
//! * The trace is driven by the thread that calls `run` or `each_call`, and the callback runs there: the kernel binds a
//!   traced thread to the thread that traces it. Several threads may each have a trace of their own.
//! * The thread waits for its own children while it traces, and takes note of the end of any of them: don't let it start
//!   others, such as by `std::process`, that somebody wants to wait for.
//! * A callback may take as long as it likes. Only the thread that the event is about stands still at first, then
//!   whoever else comes to an event.
//! * Signals to your program are left alone. A Ctrl-C at the terminal reaches the traced program as well as yours.
//!
//! # Ends
//!
//! However a trace ends, nobody stays stopped. If the callback panics or gives an error, or your program dies, a program
//! that was started is killed with all that it has made ([`Trace::kill_on_drop`] says otherwise), and a process that was
//! attached to goes on as if nothing had been. [`Verdict::End`] lets everybody go on.
//!
//! # Privileges
//!
//! None, for programs that you start and processes that are yours, unless an administrator has forbidden it. A program
//! that would get rights when it is executed (set-user-ID, file capabilities) doesn't get them while it is traced by
//! somebody without `CAP_SYS_PTRACE`.
//!
//! # Examples
//!
//! Each is a page, in `examples/`: `deny` (no file under a folder may be removed), `files` (what a build reads and
//! writes, as JSON), `fault` (every third `write` is short), `net` (who talks to whom), `replay` (a walk over a recording).
//! They are run by `cargo run -p strax --example NAME -- …`.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod api;

pub use api::{Answer, Call, Change, Ending, Errno, Error, Event, Origin, Place, Trace, Verdict, What};
pub use decode::{DeviceKind, Ends, FdInfo, Socket, SocketProtocol};
pub use ptrace::Command;
pub use render::{Members, Value};
pub use uapi::Abi;
