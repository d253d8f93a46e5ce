//! Where lines go: standard error, a file, a pipe, a file per tracee; and who owns the line at hand.

use crate::config::{Color, Config, Format, Interruptible, OutputTo};
use crate::error::Error;
use crate::sys;
use ptrace::Tid;
use render::{CallName, Head, Json, Palette, Partial, Render, Style, Symbols, Text, error_message, visible};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// A place that takes bytes.
#[derive(Debug)]
enum Place {
    Stderr,
    /// A file, and how a message names it: the tracer's name and the path.
    File(File, String),
    /// A command's standard input, and how a message names it where writing goes on although nobody reads.
    Pipe(ChildStdin, Option<String>),
    Nowhere,
}

impl Place {
    /// Whether people see colours there, and want to: it is a terminal that has some, and no `NO_COLOR`.
    fn shows_colors(&self) -> bool {
        let is_terminal = match self {
            Place::Stderr => io::stderr().is_terminal(),
            Place::File(file, _) => file.is_terminal(),
            Place::Pipe(..) | Place::Nowhere => false,
        };
        let has_colors = |term: &OsString| !term.is_empty() && term != "dumb";
        is_terminal
            && std::env::var_os("NO_COLOR").is_none()
            && std::env::var_os("TERM").as_ref().is_some_and(has_colors)
    }

    /// The colours of text that goes there, if it has any; `STRACE_COLORS` changes them.
    fn palette(&self, color: Color) -> Option<Palette> {
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

/// Bytes on their way to a place. What people watch goes there at once, a file gets large pieces.
#[derive(Debug)]
struct Channel {
    place: Place,
    waiting: Vec<u8>,
    prompt: bool,
}

/// The most bytes that wait for a file.
const WAITING: usize = 64 << 10;

impl Channel {
    fn new(place: Place) -> Channel {
        let prompt = matches!(place, Place::Stderr | Place::Pipe(..));
        Channel { place, waiting: Vec::new(), prompt }
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.prompt && self.waiting.is_empty() {
            return self.write(bytes);
        }
        self.waiting.extend_from_slice(bytes);
        if self.prompt || self.waiting.len() >= WAITING {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.write(&waiting);
        self.waiting = waiting;
        self.waiting.clear();
    }

    /// Writes all of it. A place that takes no more ends the trace, as `SIGPIPE` would, unless the user wants the trace
    /// to go on whatever signals come.
    fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let result = match &mut self.place {
            Place::Stderr => write_all(&mut io::stderr(), bytes),
            Place::File(file, _) => write_all(file, bytes),
            Place::Pipe(pipe, _) => write_all(pipe, bytes),
            Place::Nowhere => Ok(()),
        };
        if let Err(error) = result {
            if let Place::Pipe(_, Some(name)) = &self.place {
                let _ = writeln!(io::stderr(), "{name}: {}", error_message(&error));
                return;
            }
            if let Place::File(_, name) = std::mem::replace(&mut self.place, Place::Nowhere) {
                let _ = writeln!(io::stderr(), "{name}: {}", error_message(&error));
            }
            if error.kind() == io::ErrorKind::BrokenPipe {
                sys::interrupt(libc::SIGPIPE);
            }
        }
    }
}

/// As [`Write::write_all`], but waits where the file is in non-blocking mode, which a tracee may have set.
fn write_all(to: &mut dyn Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// One trace: a renderer, the place where its lines go, and whose line is open.
pub(crate) struct Sheet {
    render: Box<dyn Render>,
    channel: Channel,
    /// The tracee inside a call whose line has no end yet.
    open: Option<Tid>,
}

impl Sheet {
    fn new(render: Box<dyn Render>, place: Place) -> Sheet {
        Sheet { render, channel: Channel::new(place), open: None }
    }

    /// The renderer, for a new line; an open one is ended as unfinished.
    pub(crate) fn line(&mut self) -> &mut dyn Render {
        if self.open.take().is_some() {
            self.render.call_interrupt();
        }
        &mut *self.render
    }

    /// The renderer, to go on with what [`Sheet::line`] or [`Sheet::resume`] began.
    pub(crate) fn render(&mut self) -> &mut dyn Render {
        &mut *self.render
    }

    /// The tracee is inside its call: its line stays open.
    pub(crate) fn pause(&mut self, tid: Tid) -> Partial {
        self.open = Some(tid);
        self.render.call_pause()
    }

    /// Goes on with the tracee's line.
    pub(crate) fn resume(&mut self, tid: Tid, head: &Head<'_>, call: &CallName<'_>, kept: Partial) {
        let interrupted = self.open != Some(tid);
        if interrupted {
            self.line();
        }
        self.open = None;
        self.render.call_resume(head, call, kept, interrupted);
    }

    /// Whether this tracee's line is the open one.
    pub(crate) fn is_open_for(&self, tid: Tid) -> bool {
        self.open == Some(tid)
    }

    /// The open line has got its end.
    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    /// Passes on what has been rendered.
    pub(crate) fn settle(&mut self) {
        let bytes = self.render.buffer();
        if !bytes.is_empty() {
            self.channel.push(bytes);
            self.render.taken();
        }
    }

    /// Passes on whole lines that were rendered elsewhere.
    pub(crate) fn push(&mut self, lines: &[u8]) {
        self.settle();
        self.channel.push(lines);
    }

    /// Writes all that waits.
    pub(crate) fn flush(&mut self) {
        self.settle();
        self.channel.flush();
    }

    /// Whether something waits to be written.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.channel.waiting.is_empty()
    }
}

/// All the places of a trace.
pub(crate) struct Output {
    /// The trace that all tracees share; without use where each has its own file.
    shared: Sheet,
    format: Format,
    style: Style,
    palette: Option<Palette>,
    /// `FILE` of `FILE.PID`.
    separate: Option<(PathBuf, bool)>,
    /// The command that reads the trace.
    reader: Option<Child>,
    to_stderr: bool,
    program: String,
}

impl Output {
    /// Opens what the user asked for.
    ///
    /// # Errors
    /// The file can't be opened, or the reading command not be started.
    pub(crate) fn open(config: &Config) -> Result<Output, Error> {
        let style = style(config);
        let mut reader = None;
        let mut separate = None;
        let place = match &config.output.to {
            OutputTo::Stderr => Place::Stderr,
            OutputTo::File { path, append } if config.output.separately => {
                separate = Some((path.clone(), *append));
                Place::Nowhere
            }
            OutputTo::File { path, append } => file(path, *append, &config.program)?,
            OutputTo::Pipe(command) => {
                let (child, stdin) = start_reader(command)?;
                reader = Some(child);
                let goes_on = matches!(config.interruptible, Interruptible::Never | Interruptible::NeverTstp);
                let name = || format!("{}: |{}", config.program, visible(command.as_bytes()));
                Place::Pipe(stdin, goes_on.then(name))
            }
        };
        let format = config.output.format;
        let palette = place.palette(config.style.color);
        Ok(Output {
            shared: Sheet::new(renderer(format, style, palette.as_ref()), place),
            format,
            style,
            palette,
            separate,
            reader,
            to_stderr: config.output.to == OutputTo::Stderr,
            program: config.program.clone(),
        })
    }

    /// A file of its own for this tracee, where each has one.
    ///
    /// # Errors
    /// It can't be opened.
    pub(crate) fn separate(&self, tid: Tid) -> Result<Option<Box<Sheet>>, Error> {
        /// What a path may have with the number of a tracee behind it, as strace reckons.
        const LONGEST: usize = libc::PATH_MAX as usize - 3 * size_of::<i32>();
        let Some((path, append)) = &self.separate else { return Ok(None) };
        let mut name = path.clone().into_os_string();
        if name.len() >= LONGEST {
            return Err(Error::OutputName(name));
        }
        name.push(format!(".{tid}"));
        Ok(Some(self.sheet(file(Path::new(&name), *append, &self.program)?)))
    }

    /// In place of a file that can't be opened: what is written is dropped.
    pub(crate) fn nowhere(&self) -> Box<Sheet> {
        self.sheet(Place::Nowhere)
    }

    fn sheet(&self, place: Place) -> Box<Sheet> {
        Box::new(Sheet::new(renderer(self.format, self.style, self.palette.as_ref()), place))
    }

    /// A renderer for a call that is shown only once it is over.
    pub(crate) fn draft(&self) -> Box<dyn Render> {
        renderer(self.format, self.style, self.palette.as_ref())
    }

    /// The trace that tracees share.
    pub(crate) fn shared(&mut self) -> &mut Sheet {
        &mut self.shared
    }

    /// Tells the user something, on standard error whatever the place of the trace is.
    pub(crate) fn message(&mut self, text: &str) {
        if self.to_stderr {
            self.shared.settle();
            if self.format == Format::Json {
                self.shared.render.message(&format!("{}: {text}", self.program));
                return self.shared.settle();
            }
        }
        // Text in the midst of an open line: the line goes on behind it, as strace's does.
        let _ = writeln!(io::stderr(), "{}: {}", self.program, visible(text.as_bytes()));
    }

    /// Whether this is the command that reads the trace.
    pub(crate) fn is_reader(&self, tid: Tid) -> bool {
        self.reader.as_ref().is_some_and(|child| child.id() as i32 == tid.raw())
    }

    /// Writes all, and closes the shared file or pipe.
    pub(crate) fn finish(&mut self) {
        self.shared.line();
        self.shared.flush();
        self.shared.channel.place = Place::Nowhere;
    }

    /// Whether the command that reads the trace is still there.
    pub(crate) fn is_being_read(&mut self) -> bool {
        // It may have been reaped already with the tracees.
        self.reader.as_mut().is_some_and(|reader| matches!(reader.try_wait(), Ok(None)))
    }
}

fn style(config: &Config) -> Style {
    let style = &config.style;
    Style {
        symbols: match style.symbols {
            crate::config::Symbols::Raw => Symbols::Raw,
            crate::config::Symbols::Abbrev => Symbols::Abbrev,
            crate::config::Symbols::Verbose => Symbols::Verbose,
        },
        escape: style.escape.rendered(),
        arg_names: style.arg_names,
        columns: style.columns,
        spent_digits: style.spent.map_or(6, crate::config::Precision::digits),
    }
}

fn renderer(format: Format, style: Style, palette: Option<&Palette>) -> Box<dyn Render> {
    match (format, palette) {
        (Format::Text, None) => Box::new(Text::new(style)),
        (Format::Text, Some(palette)) => Box::new(Text::colored(style, palette.clone())),
        (Format::Json, _) => Box::new(Json::new()),
    }
}

fn file(path: &Path, append: bool, program: &str) -> Result<Place, Error> {
    let opened = OpenOptions::new().create(true).write(true).append(append).truncate(!append).open(path);
    let file = opened.map_err(|source| Error::Output { path: path.as_os_str().to_owned(), source })?;
    Ok(Place::File(file, format!("{program}: {}", visible(path.as_os_str().as_bytes()))))
}

fn start_reader(command: &OsString) -> Result<(Child, ChildStdin), Error> {
    let mut child = Command::new("/bin/sh")
        .arg0("sh")
        .arg("-c")
        .arg(std::ffi::OsStr::from_bytes(command.as_bytes()))
        .stdin(Stdio::piped())
        .spawn()
        .map_err(Error::Pipe)?;
    match child.stdin.take() {
        Some(stdin) => Ok((child, stdin)),
        None => Err(Error::Pipe(io::ErrorKind::BrokenPipe.into())),
    }
}
