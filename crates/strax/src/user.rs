//! Whose rights the command runs with: `-u`.

use crate::error::{Error, quoting};
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use tracer::config::Credentials;
use tracer::filter::unsigned;

/// The rights that the value of `-u` means: those of a user by name, or `UID:GID`.
///
/// # Errors
/// There is no such user, or the ids are none.
pub(crate) fn credentials(user: &OsStr) -> Result<Credentials, Error> {
    if user.as_bytes().contains(&b':') {
        return ids(user).ok_or_else(|| Error::failure(quoting("Invalid UID:GID pair", user)));
    }
    by_name(user).ok_or_else(|| Error::failure(quoting("Cannot find user", user)))
}

fn ids(pair: &OsStr) -> Option<Credentials> {
    // What follows a second colon is ignored.
    let mut parts = pair.to_str()?.split(':');
    let (uid, gid) = (parts.next()?, parts.next()?);
    // The greatest id means "leave it as it is" to the kernel.
    let id = |text| unsigned(text, u64::from(u32::MAX) - 1).map(|id| id as u32);
    Some(Credentials { uid: id(uid)?, gid: id(gid)?, groups: Vec::new() })
}

fn by_name(name: &OsStr) -> Option<Credentials> {
    let name = CString::new(name.as_bytes()).ok()?;
    // The entry points into memory of the C library that the next look-up overwrites; it is read before that,
    // and there is no other thread.
    // SAFETY: `name` ends with NUL.
    let entry = unsafe { libc::getpwnam(name.as_ptr()) };
    if entry.is_null() {
        return None;
    }
    // SAFETY: getpwnam gave an entry, which stays as it is until the next look-up.
    let (uid, gid) = unsafe { ((*entry).pw_uid, (*entry).pw_gid) };
    Some(Credentials { uid, gid, groups: groups(&name, gid) })
}

/// The groups that a user is in, with the primary one.
fn groups(name: &CString, gid: u32) -> Vec<u32> {
    let mut groups: Vec<u32> = vec![0; 64];
    loop {
        let mut count = i32::try_from(groups.len()).unwrap_or(i32::MAX);
        // SAFETY: `name` ends with NUL, and `groups` has room for `count` ids.
        let found = unsafe { libc::getgrouplist(name.as_ptr(), gid, groups.as_mut_ptr(), &raw mut count) };
        let count = usize::try_from(count).unwrap_or(0);
        if found >= 0 {
            groups.truncate(count);
            return groups;
        }
        // There are more: `count` says how many.
        groups.resize(count.max(groups.len() * 2), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs() {
        let of = |text: &str| credentials(OsStr::new(text));
        assert_eq!(of("1:2"), Ok(Credentials { uid: 1, gid: 2, groups: Vec::new() }));
        assert_eq!(of("1:2:x"), of("1:2"));
        for not in [":", "1:", ":1", "x:1", "1:x", "-1:0", "1::2", "4294967295:0", "4294967296:0"] {
            let message = format!("Invalid UID:GID pair '{not}'");
            assert_eq!(of(not), Err(Error::failure(message)), "{not}");
        }
    }

    #[test]
    fn names() {
        let root = credentials(OsStr::new("root")).unwrap();
        assert_eq!((root.uid, root.gid), (0, 0));
        assert!(root.groups.contains(&0));
        for not in ["", "no such user"] {
            let message = format!("Cannot find user '{not}'");
            assert_eq!(credentials(OsStr::new(not)), Err(Error::failure(message)));
        }
    }
}
