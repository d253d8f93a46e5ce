//! What the kernel tells of a thread in `/proc/TID/status` (`proc_pid_status(5)`).

use crate::sys;
use std::os::fd::AsRawFd;

/// Its text. A name in it may be of any bytes, which must not hide the rest.
pub(crate) fn text(of: impl std::fmt::Display) -> Option<String> {
    Some(String::from_utf8_lossy(&std::fs::read(format!("/proc/{of}/status")).ok()?).into_owned())
}

/// What its text says behind `key`, with its colon.
pub(crate) fn field<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim)
}

/// A set of bits in its text.
pub(crate) fn bits(text: &str, key: &str) -> Option<u64> {
    u64::from_str_radix(field(text, key)?, 16).ok()
}

/// The tracer's own id as `/proc` has it, which may show another PID namespace than the tracer's.
pub(crate) fn own_id() -> Option<i32> {
    std::fs::read_link("/proc/self").ok()?.to_str()?.parse().ok()
}

/// The id as `/proc` has it of a process or thread that has this id for the tracer.
pub(crate) fn id_in_proc(tid: i32) -> Option<i32> {
    let pidfd = sys::pidfd(tid)?;
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", pidfd.as_raw_fd())).ok()?;
    let id = info.lines().find_map(|line| line.strip_prefix("Pid:"))?.trim().parse().ok()?;
    (id > 0).then_some(id)
}

/// What matters of it to who wants to trace the thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Status {
    /// The id of its process.
    pub(crate) process: i32,
    /// The thread that traces it, if one does.
    pub(crate) tracer: Option<i32>,
    /// It is a zombie, or about to vanish.
    pub(crate) has_ended: bool,
    pub(crate) is_kernel_thread: bool,
    /// Its command name, as the kernel shows it: any bytes.
    pub(crate) name: Vec<u8>,
}

impl Status {
    /// That of a thread; `None` if there is no such thread, or it is hidden.
    pub(crate) fn of(tid: i32) -> Option<Status> {
        Status::parse(&std::fs::read(format!("/proc/{tid}/status")).ok()?)
    }

    /// From the file's text.
    pub(crate) fn parse(text: &[u8]) -> Option<Status> {
        let field = |name: &[u8]| {
            let value = text.split(|&b| b == b'\n').find_map(|line| line.strip_prefix(name))?;
            Some(value.trim_ascii())
        };
        let number = |name| str::from_utf8(field(name)?).ok()?.parse().ok();
        let has_ended = matches!(field(b"State:")?.first(), Some(b'Z' | b'X'));
        let is_kernel_thread = match field(b"Kthread:") {
            Some(value) => value == b"1",
            // Before Linux 6.8: it has no memory of its own.
            None => !has_ended && field(b"VmSize:").is_none(),
        };
        Some(Status {
            process: number(b"Tgid:")?,
            tracer: number(b"TracerPid:").filter(|&tracer| tracer != 0),
            has_ended,
            is_kernel_thread,
            name: field(b"Name:").unwrap_or_default().to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let text = b"Name:\ta \xff\\n\nState:\tS (sleeping)\nTgid:\t7\nPid:\t8\nTracerPid:\t9\nKthread:\t0\n";
        let status = Status { process: 7, tracer: Some(9), name: b"a \xff\\n".to_vec(), ..Status::default() };
        assert_eq!(Status::parse(text), Some(status));
        assert_eq!(Status::parse(b"Name:\tsh\n"), None);
    }

    #[test]
    fn zombies_and_kernel_threads() {
        let of = |text: &str| {
            let status = Status::parse(format!("Tgid:\t7\nTracerPid:\t0\n{text}").as_bytes()).unwrap();
            assert_eq!(status.tracer, None);
            (status.has_ended, status.is_kernel_thread)
        };
        assert_eq!(of("State:\tZ (zombie)\nKthread:\t0\n"), (true, false));
        assert_eq!(of("State:\tI (idle)\nKthread:\t1\n"), (false, true));
        assert_eq!(of("State:\tZ (zombie)\n"), (true, false));
        assert_eq!(of("State:\tS (sleeping)\n"), (false, true));
        assert_eq!(of("State:\tS (sleeping)\nVmSize:\t1 kB\n"), (false, false));
    }

    #[test]
    fn of_this_process() {
        let own = std::process::id() as i32;
        let status = Status::of(own).unwrap();
        assert_eq!((status.process, status.has_ended, status.is_kernel_thread), (own, false, false));
        assert_eq!(own_id(), Some(own));
        // Kernels before 5.3 have no such descriptors.
        assert!(id_in_proc(own).is_none_or(|id| id == own));
    }
}
