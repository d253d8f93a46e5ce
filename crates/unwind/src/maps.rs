//! What is mapped into a process (`/proc/PID/maps`, `proc_pid_maps(5)`).

use crate::image::Image;
use std::cell::OnceCell;
use std::rc::Rc;

/// A mapping of code that has a name: of a file, or of the kernel.
pub(crate) struct Mapping {
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Where in the file it begins.
    pub(crate) offset: u64,
    /// The file system's device number, major and minor.
    pub(crate) device: (u32, u32),
    pub(crate) inode: u64,
    /// The name as the kernel writes it, with `\012` for a newline and ` (deleted)` behind a file's that is gone.
    pub(crate) name: Rc<[u8]>,
    /// The program in it, once somebody has asked for it.
    pub(crate) image: OnceCell<Option<Rc<Image>>>,
}

impl Mapping {
    /// Whether it shows the same part of the same file at the same place.
    fn is(&self, other: &Self) -> bool {
        let key = |m: &Self| (m.start, m.end, m.offset, m.device, m.inode);
        key(self) == key(other) && self.name == other.name
    }

    /// The offset in its file of an address in it.
    pub(crate) fn file_offset(&self, address: u64) -> u64 {
        address.wrapping_sub(self.start).wrapping_add(self.offset)
    }
}

/// The named code of a process, by address.
#[derive(Default)]
pub(crate) struct Maps {
    mappings: Vec<Mapping>,
}

impl Maps {
    /// Takes apart what the kernel wrote.
    pub(crate) fn parse(text: &[u8]) -> Maps {
        // The kernel sorts them.
        Maps { mappings: text.split(|&b| b == b'\n').filter_map(mapping).collect() }
    }

    /// The mapping that an address is in.
    pub(crate) fn find(&self, address: u64) -> Option<&Mapping> {
        let i = self.mappings.partition_point(|m| m.end <= address);
        self.mappings.get(i).filter(|m| m.start <= address)
    }

    /// Takes over what is known of mappings that are still there.
    pub(crate) fn inherit(&mut self, old: Maps) {
        for mut mapping in old.mappings {
            let i = self.mappings.partition_point(|m| m.start < mapping.start);
            if let Some(new) = self.mappings.get_mut(i)
                && new.is(&mapping)
            {
                new.image = std::mem::take(&mut mapping.image);
            }
        }
    }
}

/// `start-end perms offset major:minor inode name`, where it is code with a name.
fn mapping(line: &[u8]) -> Option<Mapping> {
    let mut rest = line;
    let mut field = || {
        let end = rest.iter().position(|&b| b == b' ').unwrap_or(rest.len());
        let (field, more) = rest.split_at(end);
        rest = more.get(1..).unwrap_or_default();
        std::str::from_utf8(field).ok()
    };
    let (start, end) = field()?.split_once('-')?;
    let permissions = field()?;
    let offset = field()?;
    let (major, minor) = field()?.split_once(':')?;
    let inode = field()?;
    let name = rest.trim_ascii_start();
    if !permissions.contains('x') || name.is_empty() {
        return None;
    }
    let hex = |text| u64::from_str_radix(text, 16).ok();
    Some(Mapping {
        start: hex(start)?,
        end: hex(end)?,
        offset: hex(offset)?,
        device: (hex(major)? as u32, hex(minor)? as u32),
        inode: inode.parse().ok()?,
        name: name.into(),
        image: OnceCell::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"\
55d0c8a00000-55d0c8a01000 r--p 00000000 fe:01 42                         /usr/bin/a b\n\
55d0c8a01000-55d0c8a02000 r-xp 00001000 fe:01 42                         /usr/bin/a b\n\
7f0000000000-7f0000001000 rwxp 00000000 00:00 0 \n\
7f0000002000-7f0000004000 r-xp 00003000 00:1f 7                          /lib/x.so (deleted)\n\
7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                          [vdso]\n";

    #[test]
    fn finds_named_code() {
        let maps = Maps::parse(TEXT);
        let name = |address| maps.find(address).map(|m| m.name.to_vec());
        assert_eq!(name(0x55d0_c8a0_1000).unwrap(), b"/usr/bin/a b");
        assert_eq!(name(0x55d0_c8a0_0000), None);
        assert_eq!(name(0x55d0_c8a0_2000), None);
        assert_eq!(name(0x7f00_0000_0000), None);
        assert_eq!(name(0x7f00_0000_3fff).unwrap(), b"/lib/x.so (deleted)");
        assert_eq!(name(0x7ffd_0000_1fff).unwrap(), b"[vdso]");
        assert_eq!(name(u64::MAX), None);
        let library = maps.find(0x7f00_0000_2010).unwrap();
        assert_eq!((library.device, library.inode), ((0, 0x1f), 7));
        assert_eq!(library.file_offset(0x7f00_0000_2010), 0x3010);
    }

    #[test]
    fn what_is_no_mapping_is_skipped() {
        for text in ["", "\n\n", "x", "1-", "1-2 r-xp", "zz-2 r-xp 0 0:0 0 /x", "1-2 r-xp 0 00 0 /x"] {
            assert!(Maps::parse(text.as_bytes()).mappings.is_empty(), "{text}");
        }
    }

    #[test]
    fn knowledge_of_a_mapping_survives() {
        let old = Maps::parse(TEXT);
        for mapping in &old.mappings {
            let _ = mapping.image.set(None);
        }
        let text = String::from_utf8(TEXT.to_vec()).unwrap().replace("fe:01 42", "fe:01 43");
        let mut new = Maps::parse(text.as_bytes());
        new.inherit(old);
        let known: Vec<_> = new.mappings.iter().map(|m| m.image.get().is_some()).collect();
        assert_eq!(known, [false, true, true]);
    }
}
