//! Where lines go: standard error, a file, a pipe, a file per tracee; and who owns the line at hand.

mod channel;
mod channels;
mod names;
mod place;

use self::channels::{Channels, Key};
use self::names::Names;
use self::place::Place;
use crate::config::{Config, Format, Interruptible, OutputTo};
use crate::error::Error;
use crate::keeper::Keeper;
use ptrace::Tid;
use render::{CallName, Head, Json, Line, Palette, Partial, Render, Style, Symbols, Text, visible};
use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;

/// One trace: a renderer, the place where its lines go, and whose line is open.
pub(crate) struct Stream {
    render: Box<dyn Render>,
    /// Where its bytes go: a channel of these, if anywhere.
    channels: Rc<RefCell<Channels>>,
    key: Option<Key>,
    /// Whether each piece is written at once.
    is_prompt: bool,
    /// Whether what it has is passed on by [`Output::flush`], should nothing else come.
    is_shared: bool,
    /// The tracee inside a call whose line has no end yet.
    open: Option<i32>,
}

impl Stream {
    /// The renderer, for a new line; an open one is ended as unfinished.
    pub(crate) fn line(&mut self) -> &mut dyn Render {
        if self.open.take().is_some() {
            self.render.call_interrupt();
        }
        &mut *self.render
    }

    /// The renderer, to go on with what [`Stream::line`] or [`Stream::resume`] began.
    pub(crate) fn render(&mut self) -> &mut dyn Render {
        &mut *self.render
    }

    /// The tracee is inside its call: its line stays open. Its beginning is passed on now, if somebody shows or keeps
    /// it; otherwise there is time until the end of the line, or until the next tick.
    pub(crate) fn pause(&mut self, tid: i32) -> Partial {
        self.open = Some(tid);
        let kept = self.render.call_pause();
        if self.is_prompt || !self.is_shared || self.channels.borrow().are_kept() {
            self.settle();
        }
        kept
    }

    /// Goes on with the tracee's line.
    pub(crate) fn resume(&mut self, tid: i32, head: &Head<'_>, call: &CallName<'_>, kept: Partial) {
        let interrupted = self.open != Some(tid);
        if interrupted {
            self.line();
        }
        self.open = None;
        self.render.call_resume(head, call, kept, interrupted);
    }

    /// Whether this tracee's line is the open one.
    pub(crate) fn is_open_for(&self, tid: i32) -> bool {
        self.open == Some(tid)
    }

    /// The open line has got its end.
    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    /// A way for the beginning of a line, if there is somebody to keep it and it costs no call of the kernel.
    pub(crate) fn passage(&self) -> Option<Passage> {
        let key = self.key.filter(|_| !self.is_prompt && self.channels.borrow().are_kept())?;
        Some(Passage { channels: Rc::clone(&self.channels), key })
    }

    /// Passes on what has been rendered.
    pub(crate) fn settle(&mut self) {
        let bytes = self.render.buffer();
        if !bytes.is_empty() {
            if let Some(key) = self.key {
                self.channels.borrow_mut().push(key, bytes);
            }
            self.render.taken();
        }
    }

    /// Passes on whole lines that were rendered elsewhere.
    pub(crate) fn push(&mut self, lines: &[u8]) {
        self.settle();
        if let Some(key) = self.key {
            self.channels.borrow_mut().push(key, lines);
        }
    }

    /// Writes all that waits.
    pub(crate) fn flush(&mut self) {
        self.settle();
        if let Some(key) = self.key {
            self.channels.borrow_mut().flush(key);
        }
    }
}

/// A way to the place of a sheet, past the sheet: for the beginning of a line that is being written.
pub(crate) struct Passage {
    channels: Rc<RefCell<Channels>>,
    key: Key,
}

impl Passage {
    pub(crate) fn push(&self, bytes: &[u8]) {
        self.channels.borrow_mut().push(self.key, bytes);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.channels.borrow_mut().close(key);
        }
    }
}

/// All the places of a trace.
pub(crate) struct Output {
    /// The trace that all tracees share; without use where each has its own file.
    shared: Stream,
    channels: Rc<RefCell<Channels>>,
    format: Format,
    style: Style,
    palette: Option<Palette>,
    /// The names of files, where each tracee has its own, and whether they are appended to.
    separate: Option<(Names, bool)>,
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
    pub(crate) fn open(config: &Config, keeper: &Rc<Keeper>) -> Result<Output, Error> {
        let style = style(config);
        let mut reader = None;
        let mut separate = None;
        let place = match &config.output.to {
            OutputTo::Stderr => Place::Stderr,
            OutputTo::Stdout => {
                Place::stdout().map_err(|source| cannot_open(Path::new("/dev/stdout"), source))?
            }
            OutputTo::Nowhere => Place::Nowhere,
            OutputTo::File { path, append } if config.output.separately => {
                separate = Some((Names::new(path), *append));
                Place::Nowhere
            }
            OutputTo::File { path, append } => {
                Place::file(path, *append).map_err(|source| cannot_open(path, source))?
            }
            OutputTo::Pipe(command) => {
                let (child, stdin) = start_reader(command)?;
                reader = Some(child);
                Place::Pipe(stdin, command.clone())
            }
        };
        let format = config.output.format;
        let palette = place.palette(config.style.color);
        let goes_on = matches!(config.interruptible, Interruptible::Never | Interruptible::NeverTstp);
        let mark = move |lines, why: &str| {
            let mut render = renderer(format, style, None);
            render.lost(lines, why);
            render.buffer().to_vec()
        };
        let is_prompt = place.is_prompt();
        let mut channels = Channels::new(config.program.clone(), goes_on, mark, Rc::clone(keeper));
        let key = separate.is_none().then(|| channels.add(place));
        let channels = Rc::new(RefCell::new(channels));
        let mut render = renderer(format, style, palette.as_ref());
        if key.is_some() {
            render.line(&Head::default(), Line::Start);
        }
        Ok(Output {
            shared: Stream {
                render,
                channels: Rc::clone(&channels),
                key,
                is_prompt,
                is_shared: true,
                open: None,
            },
            channels,
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
    pub(crate) fn separate(&mut self, tid: Tid) -> Result<Option<Box<Stream>>, Error> {
        let Some((names, append)) = &mut self.separate else { return Ok(None) };
        let path = names.next(tid).map_err(Error::OutputName)?;
        let open = || Place::file(&path, *append);
        let opened = self.channels.borrow_mut().add_separate(&open);
        let key = opened.map_err(|source| cannot_open(&path, source))?;
        Ok(Some(self.stream(Some(key))))
    }

    /// In place of a file that can't be opened: what is written is dropped.
    pub(crate) fn nowhere(&self) -> Box<Stream> {
        self.stream(None)
    }

    fn stream(&self, key: Option<Key>) -> Box<Stream> {
        let mut render = renderer(self.format, self.style, self.palette.as_ref());
        render.line(&Head::default(), Line::Start);
        Box::new(Stream {
            render,
            channels: Rc::clone(&self.channels),
            key,
            is_prompt: false,
            is_shared: false,
            open: None,
        })
    }

    /// A renderer for a call that is shown only once it is over.
    pub(crate) fn draft(&self) -> Box<dyn Render> {
        renderer(self.format, self.style, self.palette.as_ref())
    }

    /// The trace that tracees share.
    pub(crate) fn shared(&mut self) -> &mut Stream {
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

    /// Whether something waits to be written.
    pub(crate) fn is_waiting(&self) -> bool {
        self.channels.borrow().is_waiting() || !self.shared.render.buffer().is_empty()
    }

    /// Writes all that waits; says whether there was something.
    pub(crate) fn flush(&mut self) -> bool {
        self.shared.settle();
        self.channels.borrow_mut().flush_all()
    }

    /// Writes all, and closes the shared file or pipe.
    pub(crate) fn finish(&mut self) {
        self.shared.line();
        self.shared.settle();
        self.channels.borrow_mut().finish();
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

fn cannot_open(path: &Path, source: io::Error) -> Error {
    Error::Output { path: path.as_os_str().to_owned(), source }
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
