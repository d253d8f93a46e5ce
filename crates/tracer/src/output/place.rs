//! Where a trace goes.

use crate::config::Color;
use render::{Palette, visible};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Seek, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ChildStdin;
use std::time::Duration;

/// A place that takes bytes.
#[derive(Debug)]
pub(super) enum Place {
    Stderr,
    /// Standard output, by a descriptor of its own.
    Stdout(File),
    File(OutputFile),
    /// A command's standard input, and the command.
    Pipe(ChildStdin, OsString),
    Nowhere,
}

/// A file by its path, which may be closed for a time.
#[derive(Debug)]
pub(super) struct OutputFile {
    path: PathBuf,
    file: Option<File>,
}

impl Place {
    /// Opens a file, and empties it unless it is to be appended to.
    pub(super) fn file(path: &Path, append: bool) -> io::Result<Place> {
        let mut options = OpenOptions::new();
        let mut file = options.create(true).write(true).append(append).truncate(!append).open(path)?;
        go_to_end(&mut file);
        Ok(Place::File(OutputFile { path: path.to_owned(), file: Some(file) }))
    }

    /// Standard output.
    pub(super) fn stdout() -> io::Result<Place> {
        Ok(Place::Stdout(io::stdout().as_fd().try_clone_to_owned()?.into()))
    }

    /// How a message names it, if messages do.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Place::File(OutputFile { path, .. }) => Some(visible(path.as_os_str().as_bytes())),
            Place::Pipe(_, command) => Some(format!("|{}", visible(command.as_bytes()))),
            Place::Stdout(_) => Some("standard output".to_owned()),
            Place::Stderr | Place::Nowhere => None,
        }
    }

    /// Whether somebody may be watching, so that each piece is to be written at once.
    pub(super) fn is_prompt(&self) -> bool {
        matches!(self, Place::Stderr | Place::Pipe(..))
    }

    /// The descriptor of a file that is open.
    pub(super) fn file_descriptor(&self) -> Option<i32> {
        let Place::File(OutputFile { file: Some(file), .. }) = self else { return None };
        Some(file.as_raw_fd())
    }

    /// Whether it is a file that is open.
    pub(super) fn is_open_file(&self) -> bool {
        matches!(self, Place::File(OutputFile { file: Some(_), .. }))
    }

    /// Whether it is a file that must be opened again before it can be written to.
    pub(super) fn is_closed_file(&self) -> bool {
        matches!(self, Place::File(OutputFile { file: None, .. }))
    }

    /// Gives a file's descriptor back.
    pub(super) fn close(&mut self) {
        if let Place::File(file) = self {
            file.file = None;
        }
    }

    /// Opens a file again that has been closed, to go on at its end.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        if let Place::File(OutputFile { path, file: file @ None }) = self {
            let mut opened = OpenOptions::new().create(true).append(true).open(path)?;
            go_to_end(&mut opened);
            *file = Some(opened);
        }
        Ok(())
    }

    /// Writes what it takes, at least one byte; waits where the file is in non-blocking mode, which a tracee may have
    /// set.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let written = match self {
                Place::Stderr => io::stderr().write(bytes),
                Place::Stdout(file) => file.write(bytes),
                Place::File(OutputFile { file: Some(file), .. }) => file.write(bytes),
                Place::File(OutputFile { file: None, .. }) => Err(io::ErrorKind::NotConnected.into()),
                Place::Pipe(pipe, _) => pipe.write(bytes),
                Place::Nowhere => Ok(bytes.len()),
            };
            match written {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                written => return written,
            }
        }
    }

    /// Whether something has come to stand there, if that can be told.
    pub(super) fn has_bytes(&self) -> bool {
        let Place::File(OutputFile { file: Some(file), .. }) = self else { return true };
        file.metadata().map_or(true, |file| file.len() > 0)
    }

    /// Takes the last bytes back, if they are the last of the file; false if that can't be.
    pub(super) fn take_back(&mut self, count: u64) -> bool {
        let Place::File(OutputFile { file: Some(file), .. }) = self else { return false };
        let mut take_back = || {
            let end = file.stream_position()?;
            if file.metadata()?.len() != end || count > end {
                return Ok(false);
            }
            file.set_len(end - count)?;
            file.seek(io::SeekFrom::Start(end - count))?;
            io::Result::Ok(true)
        };
        take_back().unwrap_or(false)
    }

    /// Whether people see colours there, and want to: it is a terminal that has some, and no `NO_COLOR`.
    fn shows_colors(&self) -> bool {
        let is_terminal = match self {
            Place::Stderr => io::stderr().is_terminal(),
            Place::Stdout(file) => file.is_terminal(),
            Place::File(file) => file.file.as_ref().is_some_and(File::is_terminal),
            Place::Pipe(..) | Place::Nowhere => false,
        };
        let has_colors = |term: &OsString| !term.is_empty() && term != "dumb";
        is_terminal
            && std::env::var_os("NO_COLOR").is_none()
            && std::env::var_os("TERM").as_ref().is_some_and(has_colors)
    }

    /// The colours of text that goes there, if it has any; `STRACE_COLORS` changes them.
    pub(super) fn palette(&self, color: Color) -> Option<Palette> {
        let colored = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.shows_colors(),
        };
        colored.then(|| {
            let changes = std::env::var_os("STRACE_COLORS").unwrap_or_default();
            Palette::default().with(&changes.to_string_lossy())
        })
    }
}

/// A file that is appended to stands at its beginning until it is written to: how far a write has gone is told by
/// where it stands.
fn go_to_end(file: &mut File) {
    // One without positions has no end.
    let _ = file.seek(io::SeekFrom::End(0));
}
