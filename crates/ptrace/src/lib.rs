//! One process controlling another: a typed, safe interface to Linux ptrace.
//!
//! A tracer stops a running program at its system calls, signals, forks and ends, looks at it, changes it, and lets it
//! go on. This crate is what such a program is written with:
//!
//! ```
//! use strax_ptrace::{Command, Options, Resume, Session, Stop};
//!
//! let mut session = Session::new();
//! session.spawn(Command::new("echo").arg("hello"), Options::FOLLOW)?;
//! while let Some(event) = session.next_event()? {
//!     if let Stop::SyscallEnter(call) = event.stop {
//!         println!("{} asks for call {} of {:?}", event.tid, call.number(), call.abi());
//!     }
//!     session.resume(event, Resume::Syscall)?;
//! }
//! # Ok::<(), strax_ptrace::Error>(())
//! ```
//!
//! # What it does for you
//!
//! * **A wrong order does not compile.** Requests are methods of [`Stopped`], those that resume take it and give back a
//!   [`Running`], and only waiting gives a [`Stopped`] again.
//! * **Every stop is one value of one enum**, [`Stop`], with what comes with it: the call and its arguments, the tid of
//!   the new child, the signal.
//! * **A kill is not an error.** A `SIGKILL` may end a tracee at any moment, and any request then fails with `ESRCH`:
//!   that is [`Error::Gone`], to be told from true errors, and passed over by [`UnlessGone`].
//! * **Tracees do not notice.** Programs are started with the signal mask, dispositions and streams they would have had
//!   untraced ([`StartState`]); job control works under trace; a program that is let go runs on.
//! * **32-bit programs** are read by the length of their registers and the architecture of each call, not by that of
//!   the tracer.
//!
//! # Two levels
//!
//! [`Session`] is the comfortable one: it knows all tracees of a thread, and asks what the status of a stop leaves out.
//! Beneath it, [`wait_any`], [`WaitStatus`], [`Stopped::assume`] and [`Running::assume`] are one system call each,
//! without a table or an allocation, for tracers that keep their own:
//!
//! ```no_run
//! use strax_ptrace::{Status, Stopped, SyscallInfo, WaitFlags, wait_any};
//!
//! while let Some(waited) = wait_any(WaitFlags::BLOCK)? {
//!     let Some(tracee) = waited.stopped() else { continue };
//!     if waited.status.status() == Status::Syscall
//!         && let SyscallInfo::Entry(call) = tracee.syscall_info()?
//!     {
//!         println!("{}", call.nr);
//!     }
//!     tracee.syscall(None)?;
//! }
//! # Ok::<(), strax_ptrace::Error>(())
//! ```
//!
//! # Requirements and limits
//!
//! Linux 4.8 and later on x86-64 (with i386 and x32 tracees), aarch64 and riscv64. Linux 5.3 tells syscall-enter-stops
//! from syscall-exit-stops; before, a [`Session`] counts. Linux 6.16 sets call and result by a request of their own;
//! before, the registers are used.
//!
//! Tracees belong to the *thread* that started or seized them: requests from any other are answered with
//! [`Error::Gone`]. A tracer is not a sandbox: another thread of the tracee can change what a pointer points to after
//! the tracer has looked. Where it has to hold, use seccomp or Landlock.
//!
//! # Examples
//!
//! `examples/` holds five programs of a page each: `first_syscall`, `attach`, `return_value`, `breakpoint`, `overhead`.

#![deny(missing_docs)]

mod arch;
mod attach;
mod attendance;
mod breakpoint;
mod error;
mod memory;
mod options;
mod pages;
mod regs;
mod request;
mod restart;
mod seccomp;
mod session;
mod shared;
mod siginfo;
mod signal;
mod spawn;
mod start_state;
mod stop;
mod stopped;
mod syscall_info;
mod tid;
mod wait;

pub use arch::{Abi, Arch};
pub use attach::{attach, seize, seize_process, threads_of, traceme};
pub use attendance::Attendance;
pub use breakpoint::{Breakpoints, StepOver};
pub use error::{Error, Result, Step, UnlessGone};
pub use memory::{Addr, CStrEnd, CStrRead, Memory, Pod, ReadPart, Remote};
pub use options::Options;
pub use pages::Pages;
pub use regs::*;
pub use restart::ERESTARTNOHAND;
pub use seccomp::{Filter, Instruction};
pub use session::{Next, Session};
pub use shared::SharedWords;
pub use siginfo::SigInfo;
pub use signal::{Signal, SignalSet};
pub use spawn::{Command, ExecOutcome, Spawned};
pub use start_state::StartState;
pub use stop::{Event, Stop};
pub use stopped::{Resume, Running, Stopped, SyscallStop};
pub use syscall_info::{Errno, SyscallEntry, SyscallExit, SyscallInfo};
pub use tid::Tid;
pub use wait::{
    CallStop, PtraceEvent, Status, Usage, WaitFlags, WaitStatus, Waited, wait_any, wait_any_with_usage,
    wait_tid, wait_tid_with_usage,
};
