//! Lines of the source by address.

use crate::stack::Source;
use gimli::{EndianRcSlice, LittleEndian};
use std::rc::Rc;

/// The line tables of a file.
pub(crate) struct Lines {
    context: addr2line::Context<EndianRcSlice<LittleEndian>>,
    bytes: usize,
}

impl Lines {
    /// The lines by the sections of debugging information; `None` where there are no line tables.
    pub(crate) fn new(sections: &[(String, Rc<[u8]>)]) -> Option<Lines> {
        sections.iter().find(|(name, _)| name == ".debug_line")?;
        let section = |id: gimli::SectionId| {
            let found = sections.iter().find(|(name, _)| name == id.name());
            let bytes = found.map_or_else(|| [].into(), |(_, bytes)| Rc::clone(bytes));
            Ok::<_, gimli::Error>(EndianRcSlice::new(bytes, LittleEndian))
        };
        let context = addr2line::Context::from_dwarf(gimli::Dwarf::load(section).ok()?).ok()?;
        Some(Lines { context, bytes: sections.iter().map(|(_, bytes)| bytes.len()).sum() })
    }

    /// The line that the code at an address was made of.
    pub(crate) fn find(&self, address: u64) -> Option<Source> {
        let location = self.context.find_location(address).ok()??;
        let file = location.file?.to_owned();
        Some(Source { file, line: location.line.filter(|line| *line != 0)? })
    }

    /// Bytes of memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}
