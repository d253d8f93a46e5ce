//! Stack traces of stopped processes.
//!
//! [`Unwinder::stack`] takes the registers of a stopped thread and finds its way from frame to frame by the call frame
//! information of the files that are mapped into it, back to where the thread began. Each frame is told by the file it
//! is in, the function and, if asked for, the line of the source.
//!
//! Duties: unwinding of x86-64, x32 and i386 threads by `.eh_frame` or `.debug_frame`, through signal frames and PLT
//! entries; without such information by what is on the stack. Names of functions from symbol tables, those of separate
//! debug files included (found by build id or debug link), demangled; of code that was made at run time, from
//! `/tmp/perf-PID.map`. Lines from DWARF.
//!
//! Limits: no line information from split DWARF, nor from sections compressed by anything but zlib; inlined functions
//! are not told apart from those that they stand in; code that was made at run time and has no name ends a stack.
//!
//! Everything is read from files and memory that whoever runs the traced program may have made up. So sizes are
//! bounded before anything is read, the programs in it (rows of tables, expressions) by length and steps, stacks by
//! frames.
//!
//! Cost: the first stack in a file reads its tables; all others take some microseconds per frame.
#![forbid(unsafe_code)]

mod bounded;
mod cfi;
mod debug_file;
mod demangle;
mod elf;
mod image;
mod lines;
mod machine;
mod maps;
mod memory;
mod perf_map;
mod signal_frame;
mod stack;
mod step;
mod symbols;
mod unwinder;

pub use stack::{Frame, Source, Stack};
pub use unwinder::{Options, Unwinder};
