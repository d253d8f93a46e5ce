//! The system call itself.

use std::io;

use crate::{Error, Result, Tid};

/// One ptrace request: its number (`linux/ptrace.h`) and its name for messages.
#[derive(Clone, Copy)]
pub(crate) struct Request {
    code: usize,
    name: &'static str,
}

macro_rules! requests {
    ($($name:ident = $code:literal),* $(,)?) => {
        impl Request {
            $(pub(crate) const $name: Request =
                Request { code: $code, name: concat!("PTRACE_", stringify!($name)) };)*
        }
    };
}

requests! {
    TRACEME = 0, POKEDATA = 5, PEEKDATA = 2, CONT = 7, SINGLESTEP = 9, ATTACH = 16, DETACH = 17, SYSCALL = 24,
    SETOPTIONS = 0x4200, GETEVENTMSG = 0x4201, GETSIGINFO = 0x4202, SETSIGINFO = 0x4203, GETREGSET = 0x4204,
    SETREGSET = 0x4205, SEIZE = 0x4206, INTERRUPT = 0x4207, LISTEN = 0x4208, GETSIGMASK = 0x420a,
    SETSIGMASK = 0x420b, GET_SYSCALL_INFO = 0x420e, SET_SYSCALL_INFO = 0x4212,
}

// x86 alone has these.
#[cfg(any(test, target_arch = "x86_64", target_arch = "x86"))]
requests! { GETREGS = 12, SETREGS = 13 }

impl Request {
    /// Makes the request and gives back what the system call returned.
    ///
    /// The C library's `ptrace` is not used: it hides the return value of the PEEK requests.
    ///
    /// # Safety
    ///
    /// Where this request takes `addr` or `data` for a pointer into the tracer's memory, it must point to memory that
    /// is valid for what the kernel reads from or writes to it.
    #[inline]
    pub(crate) unsafe fn make(self, tid: Tid, addr: usize, data: usize) -> Result<usize> {
        // SAFETY: the caller vouches for the pointers; all else is checked by the kernel.
        let returned =
            unsafe { libc::syscall(libc::SYS_ptrace, self.code, tid.raw() as libc::c_long, addr, data) };
        if returned == -1 { Err(self.error(tid, io::Error::last_os_error())) } else { Ok(returned as usize) }
    }

    /// Makes a request neither argument of which is a pointer into the tracer's memory.
    #[inline]
    pub(crate) fn plain(self, tid: Tid, addr: usize, data: usize) -> Result<()> {
        // SAFETY: by this function's contract, kept by its callers in this crate, no pointer is involved.
        unsafe { self.make(tid, addr, data) }.map(drop)
    }

    #[cold]
    fn error(self, tid: Tid, source: io::Error) -> Error {
        match source.raw_os_error() {
            Some(libc::ESRCH) => Error::Gone(tid),
            _ => Error::Request { request: self.name, tid, source },
        }
    }
}

/// The answer to a request that is not to be had as [`Error::Unsupported`]: the kernel does not know it (`EIO`), or a
/// filter around the tracer answers in its place, with whatever its author thought fit. The kernel itself has neither of
/// the other two for the requests that are asked for here.
pub(crate) fn unsupported(error: Error) -> Error {
    match error.raw_os_error() {
        Some(libc::EIO | libc::EPERM | libc::ENOSYS) => match error {
            Error::Request { request, .. } => Error::Unsupported { request },
            error => error,
        },
        _ => error,
    }
}
