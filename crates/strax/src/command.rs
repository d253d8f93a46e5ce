//! Finds the command to run.

use crate::args::Args;
use crate::error::{Error, quoting};
use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tracer::config::{Command, Credentials};

/// The longest path that the kernel takes, with its final NUL (`PATH_MAX`).
const PATH_MAX: usize = 4096;

/// The command of a command line, `None` if it has none.
///
/// # Errors
/// There is no such file. The output of `-o` is made first, as it is when all goes well, and may have an error of
/// its own.
pub(crate) fn resolve(args: &Args, credentials: Option<Credentials>) -> Result<Option<Command>, Error> {
    let Some(name) = args.command.first() else { return Ok(None) };
    let path = match find(name, std::env::var_os("PATH").as_deref()) {
        Ok(path) => path,
        Err(error) => return Err(create_output(args).err().unwrap_or(error)),
    };
    let mut argv = args.command.clone();
    if let Some(argv0) = &args.argv0 {
        argv[0].clone_from(argv0);
    }
    Ok(Some(Command { path, argv, env: args.env.clone(), credentials }))
}

/// The file that `name` means: a path if it has a slash, else the first executable file of that name in the
/// directories of `search`.
fn find(name: &OsStr, search: Option<&OsStr>) -> Result<PathBuf, Error> {
    if name.as_bytes().contains(&b'/') {
        return match std::fs::metadata(name) {
            Ok(_) => Ok(PathBuf::from(name)),
            // The kernel's own words for these are those of the execve that is not reached.
            Err(_) if name.len() >= PATH_MAX => Err(Error::failure("exec: File name too long")),
            Err(error) => {
                let mut message = quoting("Cannot stat", name);
                message.push(": ");
                message.push(render::error_message(&error));
                Err(Error::failure(message))
            }
        };
    }
    if name.len() >= PATH_MAX {
        return Err(Error::failure("exec: File name too long"));
    }
    search
        .filter(|_| !name.is_empty())
        .into_iter()
        .flat_map(|search| search.as_bytes().split(|byte| *byte == b':'))
        .map(|directory| candidate(OsStr::from_bytes(directory), name))
        .find(|path| is_executable(path))
        .ok_or_else(|| Error::failure(quoting("Cannot find executable", name)))
}

/// `name` in `directory`; an empty directory is the working directory.
fn candidate(directory: &OsStr, name: &OsStr) -> PathBuf {
    let directory = if directory.is_empty() { OsStr::new(".") } else { directory };
    let mut path = OsString::from(directory);
    if !directory.as_bytes().ends_with(b"/") {
        path.push("/");
    }
    path.push(name);
    PathBuf::from(path)
}

fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Makes the file of `-o`, which is there even if there is nothing to trace.
pub(crate) fn create_output(args: &Args) -> Result<(), Error> {
    let Some(path) = args.output_file() else { return Ok(()) };
    let opened =
        OpenOptions::new().write(true).create(true).truncate(!args.append).append(args.append).open(&path);
    opened.map(drop).map_err(|error| {
        let mut message = quoting("Can't fopen", path.as_os_str());
        message.push(": ");
        message.push(render::error_message(&error));
        Error::failure(message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(name: &str, search: Option<&str>) -> String {
        let error = find(OsStr::new(name), search.map(OsStr::new)).unwrap_err();
        error.message.into_string().unwrap()
    }

    #[test]
    fn directories_in_turn() {
        let found = find(OsStr::new("sh"), Some(OsStr::new("/nowhere:/bin/"))).unwrap();
        assert_eq!(found, Path::new("/bin/sh"));
    }

    #[test]
    fn paths_are_not_searched() {
        assert_eq!(find(OsStr::new("/bin/sh"), None).unwrap(), Path::new("/bin/sh"));
    }

    #[test]
    fn what_is_not_there() {
        assert_eq!(message("no-such-command", Some("/bin")), "Cannot find executable 'no-such-command'");
        assert_eq!(message("sh", None), "Cannot find executable 'sh'");
        assert_eq!(message("", Some("/bin")), "Cannot find executable ''");
        assert_eq!(message("./no/such", Some("/bin")), "Cannot stat './no/such': No such file or directory");
        assert_eq!(message("/bin/sh/x", None), "Cannot stat '/bin/sh/x': Not a directory");
    }

    #[test]
    fn directories_are_no_commands() {
        assert_eq!(message("bin", Some("/usr")), "Cannot find executable 'bin'");
    }

    #[test]
    fn the_empty_directory_is_the_working_directory() {
        assert_eq!(candidate(OsStr::new(""), OsStr::new("a")), Path::new("./a"));
        assert_eq!(candidate(OsStr::new("/"), OsStr::new("a")), Path::new("/a"));
    }
}
