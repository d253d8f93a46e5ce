//! Every system call there is, under the name that a trace shows.

use super::syscalls::ClassOf;
use decode::Classes;
use uapi::{Abi, X32_SYSCALL_BIT};

/// A call of an ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// By its number, as a tracee passes it.
    Number(u64),
    /// What i386's `socketcall` does for this first argument.
    Socketcall(u32),
    /// What i386's `ipc` does for this first argument.
    Ipc(u32),
}

/// What `socketcall(n)` does (`include/uapi/linux/net.h`).
const SOCKETCALL: &[(u32, &str)] = &[
    (1, "socket"),
    (2, "bind"),
    (3, "connect"),
    (4, "listen"),
    (5, "accept"),
    (6, "getsockname"),
    (7, "getpeername"),
    (8, "socketpair"),
    (9, "send"),
    (10, "recv"),
    (11, "sendto"),
    (12, "recvfrom"),
    (13, "shutdown"),
    (14, "setsockopt"),
    (15, "getsockopt"),
    (16, "sendmsg"),
    (17, "recvmsg"),
    (18, "accept4"),
    (19, "recvmmsg"),
    (20, "sendmmsg"),
];

/// What `ipc(n)` does (`include/uapi/linux/ipc.h`).
const IPC: &[(u32, &str)] = &[
    (1, "semop"),
    (2, "semget"),
    (3, "semctl"),
    (4, "semtimedop"),
    (11, "msgsnd"),
    (12, "msgrcv"),
    (13, "msgget"),
    (14, "msgctl"),
    (21, "shmat"),
    (22, "shmdt"),
    (23, "shmget"),
    (24, "shmctl"),
];

/// Says every call of these ABIs with its name.
pub(super) fn each(abis: impl IntoIterator<Item = Abi>, mut say: impl FnMut(Abi, Call, &str)) {
    for abi in abis {
        for entry in abi.syscalls() {
            say(abi, Call::Number(u64::from(entry.nr)), entry.name);
        }
        match abi {
            Abi::X32 => each_foreign(|nr, name| say(abi, Call::Number(nr), name)),
            Abi::I386 => {
                SOCKETCALL.iter().for_each(|(n, name)| say(abi, Call::Socketcall(*n), name));
                IPC.iter().for_each(|(n, name)| say(abi, Call::Ipc(*n), name));
            }
            _ => {}
        }
    }
}

/// The numbers that x32 shares with x86_64 though the call is meant for the latter alone. The kernel lets them
/// through; a trace marks their names.
fn each_foreign(mut say: impl FnMut(u64, &str)) {
    for entry in Abi::X86_64.syscalls() {
        let nr = u64::from(entry.nr) | X32_SYSCALL_BIT;
        if Abi::X32.syscall(nr).is_none() {
            say(nr, &format!("{}#64", entry.name));
        }
    }
}

/// The classes of a call. What a multiplexer does is in those of the call of that name; `send` and `recv`,
/// which have no number anywhere, in those of `sendto` and `recvfrom`.
pub(super) fn classes(abi: Abi, call: Call, name: &str, class_of: ClassOf<'_>) -> Classes {
    let (abi, nr) = match call {
        Call::Number(nr) if abi == Abi::X32 && name.ends_with("#64") => (Abi::X86_64, nr & !X32_SYSCALL_BIT),
        Call::Number(nr) => (abi, nr),
        Call::Socketcall(_) | Call::Ipc(_) => {
            let name = match name {
                "send" => "sendto",
                "recv" => "recvfrom",
                name => name,
            };
            match Abi::X86_64.number(name) {
                Some(nr) => (Abi::X86_64, nr),
                None => return 0,
            }
        }
    };
    class_of(abi, nr)
}
