//! A program or library: how to leave its functions, and what they are called.

use crate::cfi::{Cfi, Context, Step};
use crate::debug_file;
use crate::demangle::demangle;
use crate::elf::Elf;
use crate::lines::Lines;
use crate::machine::State;
use crate::memory::Memory;
use crate::stack::Source;
use crate::symbols::Symbols;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{Read, Seek};
use std::path::Path;
use std::rc::Rc;

/// What an address is called.
#[derive(Clone, Default)]
pub(crate) struct Place {
    pub(crate) function: Option<Rc<[u8]>>,
    pub(crate) offset: u64,
    pub(crate) source: Option<Rc<Source>>,
}

/// A program or library that can be mapped.
pub(crate) struct Image {
    elf: Elf,
    cfi: Vec<Cfi>,
    /// Symbol tables in the order in which they are asked.
    symbols: Vec<Symbols>,
    lines: Option<Lines>,
    /// Places that have been asked for: by address, and whether it is the one after a call.
    places: RefCell<HashMap<(u64, bool), Place>>,
}

/// How many places are remembered.
const PLACES: usize = 64 << 10;

impl Image {
    /// Reads a file that has this path, if it has one. `lines`: whether lines of the source are wanted.
    pub(crate) fn read<F: Read + Seek>(file: F, path: Option<&Path>, lines: bool) -> Option<Image> {
        let mut elf = Elf::read(file, lines)?;
        let lacks_lines = lines && !elf.debug.iter().any(|(name, _)| name == ".debug_line");
        let mut separate = None;
        if elf.symbols.is_empty() || lacks_lines {
            separate = debug_file::find(&elf, path, lines);
        }
        let mut cfi = Vec::new();
        if let Some(section) = elf.eh_frame.take() {
            cfi.push(Cfi::eh_frame(section, elf.eh_frame_hdr.take(), elf.text, elf.got, elf.address_size));
        }
        let mut symbols = vec![std::mem::take(&mut elf.symbols)];
        let mut debug = std::mem::take(&mut elf.debug);
        let mut debug_frames = vec![elf.debug_frame.take()];
        if let Some(separate) = separate {
            debug_frames.push(separate.debug_frame);
            symbols.push(separate.symbols);
            if lacks_lines {
                debug = separate.debug;
            }
        }
        symbols.push(std::mem::take(&mut elf.dynamic_symbols));
        symbols.retain(|table| !table.is_empty());
        let frames = debug_frames.into_iter().flatten();
        cfi.extend(frames.map(|section| Cfi::debug_frame(section, elf.address_size)));
        let lines = if lines { Lines::new(&debug) } else { None };
        Some(Image { elf, cfi, symbols, lines, places: RefCell::default() })
    }

    /// The address at which code at an offset of the file asks to be.
    pub(crate) fn address(&self, offset: u64) -> Option<u64> {
        self.elf.address(offset)
    }

    /// The step from a frame that is in this image. `address`: where in the image its function is looked up; the image
    /// is mapped `bias` higher. `None` if nothing is known of it.
    pub(crate) fn step(
        &self,
        address: u64,
        bias: u64,
        state: &State,
        memory: &mut dyn Memory,
        context: &mut Context,
    ) -> Option<Step> {
        self.cfi.iter().find_map(|cfi| cfi.step(address, bias, state, memory, context))
    }

    /// What an address is called; `called`: it is what a call returns to, so that it belongs to what stands before it.
    pub(crate) fn place(&self, address: u64, called: bool) -> Place {
        if let Some(place) = self.places.borrow().get(&(address, called)) {
            return place.clone();
        }
        let place = self.name(address, called);
        let mut places = self.places.borrow_mut();
        if places.len() >= PLACES {
            places.clear();
        }
        places.insert((address, called), place.clone());
        place
    }

    fn name(&self, address: u64, called: bool) -> Place {
        let within = address.wrapping_sub(called.into());
        let source = self.lines.as_ref().and_then(|lines| lines.find(within)).map(Rc::new);
        match self.symbols.iter().find_map(|table| table.find(within)) {
            Some((name, start)) => {
                let function = Some(demangle(name).into());
                Place { function, offset: address.wrapping_sub(start), source }
            }
            None => Place { function: None, offset: 0, source },
        }
    }

    /// Bytes of memory it takes, but for what has been asked for.
    pub(crate) fn bytes(&self) -> usize {
        self.cfi.iter().map(Cfi::bytes).sum::<usize>()
            + self.symbols.iter().map(Symbols::bytes).sum::<usize>()
            + self.lines.as_ref().map_or(0, Lines::bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;
    use std::io::Cursor;

    /// Memory without an end.
    struct Counting;

    impl Memory for Counting {
        fn read(&mut self, address: u64, buffer: &mut [u8]) -> bool {
            buffer.copy_from_slice(&address.wrapping_add(0x1001).to_le_bytes()[..buffer.len()]);
            true
        }
    }

    /// Does with a file what unwinding does.
    fn exercise(bytes: &[u8], lines: bool, offsets: impl Iterator<Item = u64>) -> usize {
        let Some(image) = Image::read(Cursor::new(bytes), None, lines) else { return 0 };
        let mut state = State::new(Machine::X86_64, 0);
        (0..16).for_each(|i| state.set(i, Some(0x10_0000 + 0x100 * i as u64)));
        let context = &mut Context::new();
        let mut known = 0;
        for address in offsets.filter_map(|offset| image.address(offset)) {
            let step = image.step(address, 0, &state, &mut Counting, context);
            known += usize::from(matches!(step, Some(Step::Caller(..))));
            image.place(address, true);
        }
        known
    }

    /// Numbers that a file may have anywhere, and that are bad to have.
    const BAD: [u64; 8] = [0, 1, 0x7f, 0xff, 0xffff_ffff, u64::MAX, 1 << 40, 0x8000_0000];

    #[test]
    fn spoilt_files_do_no_harm() {
        let whole = std::fs::read("/bin/sh").unwrap();
        let offsets = || (0..whole.len() as u64).step_by(997);
        assert!(exercise(&whole, true, offsets()) > 20, "as long as it is not spoilt");
        let number = |i: usize, below: usize| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) % below;
        // Where its sections are said to be.
        let sections = u64::from_le_bytes(whole[40..48].try_into().unwrap()) as usize;
        for i in 0..400 {
            let mut bytes = whole.clone();
            for j in 0..3 {
                let within = if j == 0 { 0..0x400 } else { sections..whole.len() };
                let at = within.start + number(3 * i + j, within.len().saturating_sub(8).max(1));
                let bad = BAD[number(i + j, BAD.len())].to_le_bytes();
                let size = 1 << number(7 * i + j, 4);
                bytes[at..at + size].copy_from_slice(&bad[..size]);
            }
            if i % 10 == 0 {
                bytes.truncate(number(i, whole.len()));
            }
            exercise(&bytes, i % 2 == 0, offsets().step_by(10));
        }
    }

    #[test]
    fn what_is_no_file_of_code_is_no_image() {
        for bytes in [&b""[..], b"\x7fELF", b"#!/bin/sh\n", &[0; 4096], b"\x7fELF\x02\x01\x01"] {
            assert!(Image::read(Cursor::new(bytes), None, true).is_none());
        }
    }
}
