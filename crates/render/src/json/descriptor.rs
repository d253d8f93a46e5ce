//! What descriptors stand for: strace's text of it, and what it is made of as fields.

use super::{Bracket, Json};
use crate::about;
use decode::{DeviceKind, Ends, FdInfo, Socket};
use std::io::Write as _;

impl Json {
    /// A descriptor, and what it stands for.
    pub(super) fn descriptor(&mut self, fd: i32, info: &FdInfo<'_>) {
        self.open_group(Bracket::Own);
        self.number("fd", fd.into());
        self.raw_text("about", &about::whole_descriptor(info));
        match info {
            FdInfo::Path { path, deleted } => {
                self.raw_text("path", path);
                if *deleted {
                    self.flag("deleted");
                }
            }
            FdInfo::Device { path, kind, major, minor, .. } => {
                self.raw_text("path", path);
                self.text("device", if *kind == DeviceKind::Char { "char" } else { "block" });
                self.number("major", (*major).into());
                self.number("minor", (*minor).into());
            }
            FdInfo::Socket(socket) => self.socket(socket),
            FdInfo::Eventfd { count, .. } => {
                self.key("eventfd_count");
                self.decimal(*count);
            }
            FdInfo::Signalfd { mask } => {
                self.key("signals");
                self.decimal(*mask);
            }
            FdInfo::Pidfd { pid, command } => {
                self.number("pid", (*pid).into());
                if let Some(command) = command {
                    self.raw_text("comm", command);
                }
            }
        }
        self.close_group();
    }

    fn socket(&mut self, socket: &Socket<'_>) {
        self.key("socket");
        self.decimal(socket.inode);
        match &socket.ends {
            None => {}
            Some(Ends::Internet { local, remote }) => {
                self.key("local");
                let _ = write!(self.value(), "\"{local}\"");
                if let Some(remote) = remote {
                    self.key("remote");
                    let _ = write!(self.value(), "\"{remote}\"");
                }
            }
            Some(Ends::Unix { peer, name }) => {
                if let Some(peer) = peer {
                    self.number("peer", (*peer).into());
                }
                match name.as_deref() {
                    Some([0, name @ ..]) => self.raw_text("abstract_name", name),
                    Some(path) => self.raw_text("path", path),
                    None => {}
                }
            }
            Some(Ends::Netlink { protocol, port }) => {
                self.number("netlink_protocol", (*protocol).into());
                self.number("port", (*port).into());
            }
        }
    }
}
