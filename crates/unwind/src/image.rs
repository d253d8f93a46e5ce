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
    pub(crate) function: Option<Rc<str>>,
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
