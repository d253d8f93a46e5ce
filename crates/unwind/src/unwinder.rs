//! Walks stacks, and remembers what it has read on the way.

use crate::cfi::{Context, Step};
use crate::debug_file;
use crate::image::Image;
use crate::machine::State;
use crate::maps::{Mapping, Maps};
use crate::memory::{Memory, Tracee};
use crate::perf_map::{PerfMap, PerfMaps, Traced};
use crate::signal_frame;
use crate::stack::{Frame, Stack};
use crate::step;
use ptrace::{Stopped, Tid};
use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What is wanted of stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The most frames of a stack.
    pub frames: usize,
    /// Whether lines of the source are wanted.
    pub lines: bool,
}

/// Walks the stacks of stopped threads. See the crate's documentation.
pub struct Unwinder {
    options: Options,
    /// What is mapped into the process of each thread.
    processes: HashMap<Tid, Process>,
    /// Counts how often mappings may have changed.
    changes: u64,
    images: Images,
    perf_maps: PerfMaps,
    context: Box<Context>,
}

/// What is known of a thread's process, as of a number of changes.
struct Process {
    maps: Maps,
    changes: u64,
    /// Whose map of code made at run time it has, once that has been asked.
    traced: OnceCell<Option<Traced>>,
}

/// The most frames that are followed, whatever was asked for: a stack of a few bytes each for a gigabyte.
const DEEPEST: usize = 1 << 20;
/// How often a stack may lead downwards: to another stack, where a signal was handled on one of its own.
const DOWNWARDS: usize = 64;
/// The most bytes of a process's list of mappings.
const MAPS: u64 = 64 << 20;

impl Unwinder {
    /// One that has seen nothing yet.
    pub fn new(options: Options) -> Unwinder {
        Unwinder {
            options,
            processes: HashMap::new(),
            changes: 0,
            images: Images { lines: options.lines, ..Images::default() },
            perf_maps: PerfMaps::default(),
            context: Box::default(),
        }
    }

    /// Whether stacks of this build's machine can be walked.
    pub const fn is_supported() -> bool {
        cfg!(any(target_arch = "x86_64", target_arch = "x86"))
    }

    /// Mappings may have changed, of whatever process: `mmap`, `munmap`, `execve`, … To be called when a thread that has
    /// called one of them has stopped again.
    pub fn mappings_changed(&mut self) {
        self.changes += 1;
    }

    /// A thread has ended.
    pub fn forget(&mut self, tid: Tid) {
        self.processes.remove(&tid);
    }

    /// The stack of a stopped thread; empty if the thread is gone.
    pub fn stack(&mut self, thread: &Stopped) -> Stack {
        let state = thread.registers().ok().as_ref().and_then(State::of);
        let (Some(state), Ok(process)) = (state, self.process(thread.tid())) else {
            return Stack::default();
        };
        let mut walk = Walk {
            tid: thread.tid(),
            maps: &process.maps,
            images: &mut self.images,
            made: Made {
                tid: thread.tid(),
                process: &process.traced,
                maps: Cell::new(Some(&mut self.perf_maps)),
                map: OnceCell::new(),
            },
            memory: Tracee::new(thread.tid()),
            context: &mut self.context,
        };
        let stack = walk.stack(state, self.options.frames.min(DEEPEST));
        self.processes.insert(thread.tid(), process);
        stack
    }

    /// Takes out what is known of a thread's process, brought up to date.
    fn process(&mut self, tid: Tid) -> io::Result<Process> {
        let old = self.processes.remove(&tid);
        match old {
            Some(process) if process.changes == self.changes => Ok(process),
            old => {
                let mut text = Vec::new();
                File::open(format!("/proc/{tid}/maps"))?.take(MAPS).read_to_end(&mut text)?;
                let mut maps = Maps::parse(&text);
                if let Some(old) = old {
                    maps.inherit(old.maps);
                }
                Ok(Process { maps, changes: self.changes, traced: OnceCell::new() })
            }
        }
    }
}

impl std::fmt::Debug for Unwinder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unwinder").field("options", &self.options).finish_non_exhaustive()
    }
}

/// The way through one stack.
struct Walk<'a> {
    tid: Tid,
    maps: &'a Maps,
    images: &'a mut Images,
    made: Made<'a>,
    memory: Tracee,
    context: &'a mut Context,
}

/// Code that the process has made at run time, as its map tells it, which is read once a stack may lead there.
struct Made<'a> {
    tid: Tid,
    process: &'a OnceCell<Option<Traced>>,
    /// Until the map has been asked for.
    maps: Cell<Option<&'a mut PerfMaps>>,
    map: OnceCell<Option<&'a PerfMap>>,
}

impl<'a> Made<'a> {
    fn map(&self) -> Option<(&'a Traced, &'a PerfMap)> {
        let process = self.process.get_or_init(|| Traced::of(self.tid)).as_ref()?;
        let map = self.map.get_or_init(|| self.maps.take()?.of(self.tid, process));
        map.map(|map| (process, map))
    }

    /// Gives a frame the name of the code that it is in; false if that has none.
    fn name(&self, frame: &mut Frame, pc: u64, called: bool) -> bool {
        let Some((process, map)) = self.map() else { return false };
        let Some((name, start)) = map.find(pc.wrapping_sub(called.into())) else { return false };
        frame.binary.get_or_insert_with(|| process.path().into_bytes().into());
        (frame.function, frame.offset) = (Some(Rc::clone(name)), pc.wrapping_sub(start));
        true
    }

    /// Whether this is code with a name.
    fn is_code(&self, address: u64) -> bool {
        self.map().is_some_and(|(_, map)| map.find(address).is_some())
    }
}

impl Walk<'_> {
    fn stack(&mut self, mut state: State, most: usize) -> Stack {
        let mut stack = Stack::default();
        // A frame's address is where it goes on: after a call, but for one that was interrupted.
        let mut called = false;
        let mut downwards = 0;
        loop {
            if stack.frames.len() >= most {
                stack.truncated = true;
                return stack;
            }
            let (frame, step) = self.frame(&state, called);
            stack.frames.push(frame);
            let Step::Caller(caller, interrupted) = step else { return stack };
            let upwards = caller.stack_pointer() > state.stack_pointer();
            downwards += usize::from(!upwards);
            if downwards > DOWNWARDS {
                return stack;
            }
            (state, called) = (caller, !interrupted);
        }
    }

    /// A frame, and the step to its caller.
    fn frame(&mut self, state: &State, called: bool) -> (Frame, Step) {
        let Some(mapping) = self.maps.find(state.pc) else {
            let mut frame =
                Frame { address: state.pc, binary: None, function: None, offset: 0, source: None };
            if !self.made.name(&mut frame, state.pc, called) {
                return (frame, Step::Bottom);
            }
            return (frame, self.step_without_information(state, called));
        };
        let image = mapping.image.get_or_init(|| self.images.of(self.tid, mapping, &mut self.memory));
        let offset = mapping.file_offset(state.pc);
        let mut frame = Frame {
            address: offset,
            binary: Some(Rc::clone(&mapping.name)),
            function: None,
            offset: 0,
            source: None,
        };
        let mut step = None;
        if let Some(image) = image
            && let Some(address) = image.address(offset)
        {
            let place = image.place(address, called);
            (frame.function, frame.offset, frame.source) = (place.function, place.offset, place.source);
            let bias = state.pc.wrapping_sub(address);
            let mut at = |address| image.step(address, bias, state, &mut self.memory, self.context);
            step = at(address.wrapping_sub(called.into()));
            // A function that ends with the call that the thread is in: the call (rt_sigreturn) does not return to it.
            if step.is_none() && !called && at(address.wrapping_sub(1)).is_some() {
                step = Some(Step::Bottom);
            }
        }
        if image.is_none() {
            self.made.name(&mut frame, state.pc, called);
        }
        let step = step.unwrap_or_else(|| self.step_without_information(state, called));
        (frame, step)
    }

    fn step_without_information(&mut self, state: &State, called: bool) -> Step {
        if let Some(caller) = signal_frame::interrupted(state, &mut self.memory) {
            return Step::Caller(caller, true);
        }
        let is_code = |address| self.maps.find(address).is_some() || self.made.is_code(address);
        let caller = step::guess(state, called, &mut self.memory, is_code);
        caller.map_or(Step::Bottom, |caller| Step::Caller(caller, false))
    }
}

/// Which file it is, and in what state: device, inode, size, time of the last change.
type Identity = (u64, u64, u64, i64, i64);

/// Files that have been read, for all processes.
#[derive(Default)]
struct Images {
    lines: bool,
    files: HashMap<Identity, Option<Rc<Image>>>,
    /// What the kernel maps without a file, by its bytes: one for each ABI.
    kernel: Vec<(Vec<u8>, Option<Rc<Image>>)>,
    /// Bytes that all of them take.
    bytes: usize,
}

/// The most bytes that all files take which are kept.
const KEPT: usize = 1 << 30;
/// The most files that are kept.
const FILES: usize = 4096;
/// The most bytes of the kernel's own code.
const VDSO: u64 = 64 << 10;
/// How many different ones of that are kept.
const VDSOS: usize = 8;

impl Images {
    /// The program that is mapped there, if it can be read.
    fn of(&mut self, tid: Tid, mapping: &Mapping, memory: &mut Tracee) -> Option<Rc<Image>> {
        if mapping.name.starts_with(b"/") {
            return self.file(tid, mapping);
        }
        if *mapping.name == *b"[vdso]" { self.vdso(mapping, memory) } else { None }
    }

    fn file(&mut self, tid: Tid, mapping: &Mapping) -> Option<Rc<Image>> {
        let file = open(tid, mapping)?;
        let about = file.metadata().ok()?;
        let identity = (about.dev(), about.ino(), about.len(), about.mtime(), about.mtime_nsec());
        if let Some(image) = self.files.get(&identity) {
            return image.clone();
        }
        let path = Path::new(OsStr::from_bytes(&mapping.name));
        let image = Image::read(file, Some(path), self.lines).map(Rc::new);
        self.make_room(image.as_deref());
        self.files.insert(identity, image.clone());
        image
    }

    fn vdso(&mut self, mapping: &Mapping, memory: &mut Tracee) -> Option<Rc<Image>> {
        let size = mapping.end.checked_sub(mapping.start).filter(|size| *size <= VDSO)?;
        let mut bytes = vec![0; size as usize];
        if !memory.read(mapping.start, &mut bytes) {
            return None;
        }
        if let Some((_, image)) = self.kernel.iter().find(|(known, _)| *known == bytes) {
            return image.clone();
        }
        let image = Image::read(Cursor::new(&bytes), None, false).map(Rc::new);
        if self.kernel.len() >= VDSOS {
            self.kernel.clear();
        }
        self.kernel.push((bytes, image.clone()));
        image
    }

    fn make_room(&mut self, image: Option<&Image>) {
        let bytes = image.map_or(0, Image::bytes);
        if self.files.len() >= FILES || self.bytes.saturating_add(bytes) > KEPT {
            self.files.clear();
            self.bytes = 0;
        }
        self.bytes += bytes;
    }
}

/// Opens the file that is mapped there: by the mapping, which only the privileged can, or by its name.
fn open(tid: Tid, mapping: &Mapping) -> Option<File> {
    let mapped = format!("/proc/{tid}/map_files/{:x}-{:x}", mapping.start, mapping.end);
    if let Ok(file) = debug_file::open(Path::new(&mapped)) {
        return Some(file);
    }
    let mut path = PathBuf::from(format!("/proc/{tid}/root"));
    path.push(OsStr::from_bytes(mapping.name.strip_prefix(b"/")?));
    let file = debug_file::open(&path).ok()?;
    // Another file may have taken its name.
    let about = file.metadata().ok()?;
    (about.ino() == mapping.inode && is_same_device(about.dev(), mapping.device)).then_some(file)
}

/// Whether two device numbers may be the same. Where a file system has no device of its own (major 0), as those that
/// are made of others, the two may differ for the same file.
fn is_same_device(device: u64, (major, minor): (u32, u32)) -> bool {
    // The kernel's encoding for user space (`sysmacros.h` of the C library).
    let found_major = ((device >> 8) & 0xfff | (device >> 32) & !0xfff) as u32;
    let found_minor = (device & 0xff | (device >> 12) & !0xff) as u32;
    (found_major, found_minor) == (major, minor) || major == 0 || found_major == 0
}
