//! Paths, strings and buffers.

use crate::cx::{Cx, PATH_MAX};
use crate::sink::Text;
use crate::ty::Width;
use std::ffi::CStr;

/// Where the first NUL is.
fn first_nul(bytes: &[u8]) -> Option<usize> {
    CStr::from_bytes_until_nul(bytes).ok().map(CStr::count_bytes)
}

/// The most bytes of one string, whatever limit the user sets.
const MAX_STRING: usize = 16 << 20;

impl Cx<'_> {
    /// Shows a path: a NUL-terminated string, whole.
    pub fn path(&mut self, addr: u64) {
        // Most paths are short: a small read first saves copying a page.
        const FIRST: usize = 256;
        let start = self.scratch.stack.len();
        let mut got = if addr == 0 { 0 } else { self.push_text(addr, FIRST) };
        let mut end = self.nul_in(start);
        if got == FIRST && end.is_none() {
            got += self.push_text(addr.wrapping_add(FIRST as u64), PATH_MAX - FIRST);
            end = self.nul_in(start);
        }
        match end {
            Some(end) => {
                // Lent for as long as the name is told of, which needs the rest of the scratch space.
                let stack = std::mem::take(&mut self.scratch.stack);
                self.file_name(&stack[start..start + end]);
                self.scratch.stack = stack;
            }
            None if got == PATH_MAX => {
                let bytes = &self.plain.scratch.stack[start..];
                self.plain.out.bytes(&bytes[..PATH_MAX - 1], Text::Plain, true);
            }
            None => self.cut_off(addr, got, PATH_MAX),
        }
        self.scratch.stack.truncate(start);
    }

    /// Where the first NUL of the scratch stack from `start` on is.
    fn nul_in(&self, start: usize) -> Option<usize> {
        first_nul(&self.scratch.stack[start..])
    }

    /// Shows a NUL-terminated string up to the string limit.
    pub fn string(&mut self, addr: u64) {
        self.c_string(addr, usize::MAX);
    }

    /// Shows a NUL-terminated string that stands in `size` bytes at most.
    pub fn c_string(&mut self, addr: u64, size: usize) {
        if size == 0 {
            return self.buffer(addr, 0, Text::Plain);
        }
        self.c_string_of(addr, size, size);
    }

    /// As [`Cx::c_string`], of which the last byte is the NUL's in any case: it is never shown.
    pub fn c_name(&mut self, addr: u64, size: usize) {
        self.c_string_of(addr, size, size.saturating_sub(1));
    }

    fn c_string_of(&mut self, addr: u64, size: usize, most: usize) {
        let want = size.min(self.options.strings.saturating_add(1)).min(MAX_STRING);
        let start = self.scratch.stack.len();
        let got = if addr == 0 { 0 } else { self.push_text(addr, want) };
        let bytes = &self.plain.scratch.stack[start..start + got];
        match first_nul(bytes) {
            Some(end) => self.plain.out.bytes(&bytes[..end], Text::Plain, false),
            None if got == want && got > 0 => {
                let shown = got.min(most).min(self.options.strings);
                self.plain.out.bytes(&bytes[..shown], Text::Plain, true);
            }
            None => self.cut_off(addr, got, want),
        }
        self.scratch.stack.truncate(start);
    }

    /// Shows the address of a string of which no more than `got` bytes can be read.
    fn cut_off(&mut self, addr: u64, got: usize, wanted: usize) {
        if got > 0 {
            self.note_cut_off(addr, got, wanted);
        }
        self.out.unread(addr);
    }

    /// Shows `len` bytes at `addr`, up to the string limit.
    pub fn buffer(&mut self, addr: u64, len: u64, text: Text) {
        if addr == 0 || addr > self.mask(Width::Long) {
            return self.out.unread(addr);
        }
        let shown = len.min(self.options.strings as u64).min(MAX_STRING as u64) as usize;
        // As strace does, one byte more must be there where there is more to show.
        let wanted = shown + usize::from(len > shown as u64);
        match self.push(addr, wanted) {
            Some(start) => {
                self.plain.out.bytes(
                    &self.plain.scratch.stack[start..start + shown],
                    text,
                    len > shown as u64,
                );
                self.scratch.stack.truncate(start);
            }
            None => self.out.unread(addr),
        }
    }
}
