//! What the kernel tells about its generic netlink families (`linux/genetlink.h`): their names, by their numbers.

use super::attributes::attributes;
use crate::sys;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Names of families that have been asked for.
#[derive(Debug, Default)]
pub(super) struct Families {
    names: HashMap<u16, String>,
}

/// The family that tells of the others, its command, and the attributes of question and answer.
const GENL_ID_CTRL: u16 = 16;
const CTRL_CMD_GETFAMILY: u8 = 3;
const CTRL_ATTR_FAMILY_ID: u16 = 1;
const CTRL_ATTR_FAMILY_NAME: u16 = 2;
/// The sizes of `struct nlmsghdr` and `struct genlmsghdr`.
const HEADERS: usize = 16 + 4;

impl Families {
    /// The name of family `id`.
    pub(super) fn name(&mut self, id: u16) -> Option<&str> {
        match self.names.entry(id) {
            Entry::Occupied(known) => Some(known.into_mut()),
            // That there is none is not remembered: a module may be loaded that makes it.
            Entry::Vacant(place) => Some(place.insert(ask(id)?)),
        }
    }
}

fn ask(id: u16) -> Option<String> {
    let mut answer = [0; 4096];
    let len = sys::netlink(libc::NETLINK_GENERIC, &request(id), &mut answer)?;
    name_in(answer.get(..len)?)
}

/// A message with one attribute.
fn request(id: u16) -> [u8; HEADERS + 8] {
    let mut request = [0; HEADERS + 8];
    request[0..4].copy_from_slice(&(HEADERS as u32 + 8).to_ne_bytes());
    request[4..6].copy_from_slice(&GENL_ID_CTRL.to_ne_bytes());
    request[6..8].copy_from_slice(&(libc::NLM_F_REQUEST as u16).to_ne_bytes());
    request[16] = CTRL_CMD_GETFAMILY;
    request[17] = 1;
    request[20..22].copy_from_slice(&6u16.to_ne_bytes());
    request[22..24].copy_from_slice(&CTRL_ATTR_FAMILY_ID.to_ne_bytes());
    request[24..26].copy_from_slice(&id.to_ne_bytes());
    request
}

/// The name in an answer.
fn name_in(answer: &[u8]) -> Option<String> {
    if answer.get(4..6)? != GENL_ID_CTRL.to_ne_bytes() {
        return None;
    }
    let mut attributes = attributes(answer.get(HEADERS..)?);
    let (_, name) = attributes.find(|&(kind, _)| kind == CTRL_ATTR_FAMILY_NAME)?;
    String::from_utf8(name.split(|&byte| byte == 0).next()?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        let mut answer = request(21).to_vec();
        answer.extend_from_slice(&[12, 0, 2, 0]);
        answer.extend_from_slice(b"ethtool\0");
        assert_eq!(name_in(&answer).as_deref(), Some("ethtool"));
        assert_eq!(name_in(&answer[..HEADERS + 10]), None);
        assert_eq!(name_in(&[]), None);
    }
}
