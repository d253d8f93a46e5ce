//! What sockets are: protocol, addresses and peers.

use std::ffi::CString;

/// Finds out about sockets.
#[derive(Debug, Default)]
pub(crate) struct Sockets {}

impl Sockets {
    /// Appends what the socket behind `link` (`/proc/TID/fd/FD`) is; false if that can't be known.
    pub(crate) fn describe(&mut self, link: &str, inode: u64, out: &mut Vec<u8>) -> bool {
        let Some(protocol) = protocol(link) else { return false };
        out.extend_from_slice(format!("{protocol}:[{inode}]").as_bytes());
        true
    }
}

/// The protocol of the socket behind `link`, such as `TCP`, from its attribute `system.sockprotoname`.
pub(crate) fn protocol(link: &str) -> Option<String> {
    let path = CString::new(link).ok()?;
    let mut value = [0; 64];
    let len = crate::sys::getxattr(&path, c"system.sockprotoname", &mut value)?;
    let name = value[..len].split(|&b| b == 0).next()?;
    String::from_utf8(name.to_vec()).ok()
}
