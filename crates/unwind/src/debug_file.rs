//! Separate files with the symbols and the debugging information that programs are shipped without.

use crate::elf::Elf;
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Where systems keep them.
const DIRECTORY: &str = "/usr/lib/debug";
/// `O_NONBLOCK` and `O_NOCTTY` of `asm-generic/fcntl.h`: whoever has put a pipe or a terminal there shall not be waited
/// for.
const FLAGS: i32 = 0o4000 | 0o400;

/// Opens a file if it is an ordinary one.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Opening a device may set it going.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = OpenOptions::new().read(true).custom_flags(FLAGS).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(file)
}

/// Opens a folder.
pub(crate) fn open_folder(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_dir() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    OpenOptions::new().read(true).custom_flags(FLAGS).open(path)
}

/// The debugging information of the program at `path`, of the same build. `debug`: whether more than its symbols is
/// wanted.
pub(crate) fn find(elf: &Elf, path: Option<&Path>, debug: bool) -> Option<Elf> {
    let id = elf.build_id.as_deref()?;
    candidates(id, elf.debug_link.as_deref(), path)
        .into_iter()
        .filter_map(|path| Elf::read(open(&path).ok()?, debug))
        .find(|found| found.build_id.as_deref() == Some(id))
}

/// Where to look: by build id, and by name beside the program and in the same place below the system's directory.
fn candidates(id: &[u8], link: Option<&[u8]>, path: Option<&Path>) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    if let [first, rest @ ..] = id
        && (1..64).contains(&rest.len())
    {
        let rest: String = rest.iter().map(|byte| format!("{byte:02x}")).collect();
        paths.push(format!("{DIRECTORY}/.build-id/{first:02x}/{rest}.debug").into());
    }
    let is_name = |name: &&[u8]| !name.is_empty() && !name.contains(&b'/');
    if let (Some(link), Some(directory)) = (link.filter(is_name), path.and_then(Path::parent)) {
        let link = OsStr::from_bytes(link);
        paths.push(directory.join(link));
        paths.push(directory.join(".debug").join(link));
        let below_root = directory.strip_prefix("/").unwrap_or(directory);
        paths.push(Path::new(DIRECTORY).join(below_root).join(link));
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_debug_files_are() {
        let paths = candidates(&[0xab, 0xcd, 0x01], Some(b"x.debug"), Some(Path::new("/opt/bin/x")));
        let expected = [
            "/usr/lib/debug/.build-id/ab/cd01.debug",
            "/opt/bin/x.debug",
            "/opt/bin/.debug/x.debug",
            "/usr/lib/debug/opt/bin/x.debug",
        ];
        assert_eq!(paths, expected.map(PathBuf::from));
        assert!(candidates(&[1], Some(b"../x"), Some(Path::new("/x"))).is_empty());
        assert!(candidates(&[], Some(b""), None).is_empty());
    }

    #[test]
    fn only_ordinary_files_are_opened() {
        assert!(open(Path::new("/dev/null")).is_err());
        assert!(open(Path::new("/")).is_err());
        assert!(open(Path::new("/proc/self/exe")).is_ok());
    }
}
