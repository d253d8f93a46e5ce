//! ELF files: what unwinding and naming need of them.

use crate::bounded::Bounded;
use crate::symbols::Symbols;
use object::elf::{
    ELFCOMPRESS_ZLIB, FileHeader32, FileHeader64, PF_X, PT_GNU_EH_FRAME, PT_LOAD, SHN_UNDEF, SHT_DYNSYM,
    SHT_SYMTAB, STT_FUNC, STT_GNU_IFUNC,
};
use object::read::elf::{CompressionHeader, FileHeader, ProgramHeader, SectionHeader, SectionTable, Sym};
use object::{LittleEndian, ReadRef};
use std::io::{Read, Seek};
use std::rc::Rc;

/// Bytes of a file, and the address they have in memory when the file is mapped where it asks to be.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) address: u64,
    pub(crate) bytes: Vec<u8>,
}

/// Where a part of a file is mapped to.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) offset: u64,
    pub(crate) address: u64,
    pub(crate) size: u64,
    /// Whether it is code.
    code: bool,
}

/// An ELF file of a little-endian machine.
pub(crate) struct Elf {
    /// Bytes of an address.
    pub(crate) address_size: u8,
    pub(crate) segments: Vec<Segment>,
    pub(crate) eh_frame: Option<Piece>,
    pub(crate) eh_frame_hdr: Option<Piece>,
    pub(crate) debug_frame: Option<Piece>,
    /// Addresses of `.text` and `.got`, which pointers may be relative to.
    pub(crate) text: u64,
    pub(crate) got: u64,
    /// Functions of `.symtab`.
    pub(crate) symbols: Symbols,
    /// Functions of `.dynsym`.
    pub(crate) dynamic_symbols: Symbols,
    pub(crate) build_id: Option<Vec<u8>>,
    /// The name of a separate file with debugging information.
    pub(crate) debug_link: Option<Vec<u8>>,
    /// The sections of debugging information by name, if they were asked for.
    pub(crate) debug: Vec<(String, Rc<[u8]>)>,
}

impl Elf {
    /// Reads a file; `None` if it is no ELF file that this can make sense of. `debug`: whether debugging information
    /// is wanted.
    pub(crate) fn read<F: Read + Seek>(file: F, debug: bool) -> Option<Elf> {
        let file = Bounded::new(file);
        let data = &file;
        let ident = data.read_bytes_at(0, 16).ok()?;
        match ident[4] {
            1 => read::<FileHeader32<LittleEndian>, _>(data, 4, debug),
            2 => read::<FileHeader64<LittleEndian>, _>(data, 8, debug),
            _ => None,
        }
    }

    /// The address of code at an offset of the file.
    pub(crate) fn address(&self, offset: u64) -> Option<u64> {
        let holds = |s: &&Segment| s.code && offset.checked_sub(s.offset).is_some_and(|into| into < s.size);
        let segment = self.segments.iter().find(holds)?;
        Some(segment.address.wrapping_add(offset - segment.offset))
    }
}

fn read<H, F>(data: &Bounded<F>, address_size: u8, debug: bool) -> Option<Elf>
where
    H: FileHeader<Endian = LittleEndian>,
    F: Read + Seek,
{
    let header = H::parse(data).ok()?;
    let endian = header.endian().ok()?;
    let programs = header.program_headers(endian, data).ok()?;
    let segments: Vec<_> = programs
        .iter()
        .filter(|p| p.p_type(endian) == PT_LOAD)
        .map(|p| Segment {
            offset: p.p_offset(endian).into(),
            address: p.p_vaddr(endian).into(),
            size: p.p_filesz(endian).into(),
            code: p.p_flags(endian) & PF_X != 0,
        })
        .collect();
    // A file may do without sections.
    let sections =
        Sections::<H, F> { table: header.sections(endian, data).unwrap_or_default(), endian, data };
    let mut elf = Elf {
        address_size,
        eh_frame: sections.piece(".eh_frame"),
        eh_frame_hdr: sections.piece(".eh_frame_hdr"),
        debug_frame: sections.piece(".debug_frame"),
        text: sections.address(".text"),
        got: sections.address(".got"),
        symbols: sections.functions(SHT_SYMTAB),
        dynamic_symbols: sections.functions(SHT_DYNSYM),
        build_id: sections.build_id(),
        debug_link: sections.debug_link(),
        debug: if debug { sections.debug() } else { Vec::new() },
        segments,
    };
    if elf.eh_frame.is_none()
        && let Some(program) = programs.iter().find(|p| p.p_type(endian) == PT_GNU_EH_FRAME)
    {
        let (offset, size) = program.file_range(endian);
        let bytes = data.read_bytes_at(offset, size).ok()?.to_vec();
        let hdr = Piece { address: program.p_vaddr(endian).into(), bytes };
        elf.eh_frame = frame_behind(&hdr, &elf.segments, data);
        elf.eh_frame_hdr = Some(hdr);
    }
    Some(elf)
}

/// The encoding of a pointer to `.eh_frame` that linkers write: 4 signed bytes, relative to where they stand.
pub(crate) const RELATIVE_POINTER: u8 = 0x1b;

/// `.eh_frame` where only its table can be found: it ends with its segment at the latest.
fn frame_behind<F: Read + Seek>(hdr: &Piece, segments: &[Segment], data: &Bounded<F>) -> Option<Piece> {
    let [1, RELATIVE_POINTER, _, _, a, b, c, d, ..] = *hdr.bytes else { return None };
    let distance = i32::from_le_bytes([a, b, c, d]);
    let address = hdr.address.wrapping_add(4).wrapping_add_signed(distance.into());
    let (into, segment) = segments.iter().find_map(|segment| {
        let into = address.checked_sub(segment.address).filter(|into| *into < segment.size)?;
        Some((into, segment))
    })?;
    let bytes = data.read_bytes_at(segment.offset.checked_add(into)?, segment.size - into).ok()?;
    Some(Piece { address, bytes: bytes.to_vec() })
}

/// The sections of a file.
struct Sections<'a, H: FileHeader, F: Read + Seek> {
    table: SectionTable<'a, H, &'a Bounded<F>>,
    endian: H::Endian,
    data: &'a Bounded<F>,
}

impl<'a, H: FileHeader, F: Read + Seek> Sections<'a, H, F> {
    fn find(&self, name: &str) -> Option<&'a H::SectionHeader> {
        self.table.section_by_name(self.endian, name.as_bytes()).map(|(_, section)| section)
    }

    fn address(&self, name: &str) -> u64 {
        self.find(name).map_or(0, |section| section.sh_addr(self.endian).into())
    }

    fn piece(&self, name: &str) -> Option<Piece> {
        let section = self.find(name)?;
        let bytes = self.contents(section)?;
        (!bytes.is_empty()).then(|| Piece { address: section.sh_addr(self.endian).into(), bytes })
    }

    /// What is in a section, decompressed.
    fn contents(&self, section: &H::SectionHeader) -> Option<Vec<u8>> {
        match section.compression(self.endian, self.data).ok()? {
            None => Some(section.data(self.endian, self.data).ok()?.to_vec()),
            Some((header, offset, size)) if header.ch_type(self.endian) == ELFCOMPRESS_ZLIB => {
                let packed = self.data.read_bytes_at(offset, size).ok()?;
                let size = header.ch_size(self.endian).into();
                self.data.spend(size).ok()?;
                miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, size as usize).ok()
            }
            Some(_) => None,
        }
    }

    fn functions(&self, kind: u32) -> Symbols {
        self.symbols(kind).unwrap_or_default()
    }

    fn symbols(&self, kind: u32) -> Option<Symbols> {
        let endian = self.endian;
        let section = self.table.iter().find(|section| section.sh_type(endian) == kind)?;
        let symbols: &[H::Sym] = section.data_as_array(endian, self.data).ok()?;
        let link = object::SectionIndex(section.sh_link(endian) as usize);
        let names = self.contents(self.table.section(link).ok()?)?;
        let functions = symbols.iter().filter(|symbol| {
            matches!(symbol.st_type(), STT_FUNC | STT_GNU_IFUNC) && symbol.st_shndx(endian) != SHN_UNDEF
        });
        let functions = functions.map(|symbol| {
            let name = symbol.st_name(endian) as usize;
            (symbol.st_value(endian).into(), symbol.st_size(endian).into(), name)
        });
        Some(Symbols::new(functions, names))
    }

    fn build_id(&self) -> Option<Vec<u8>> {
        let note = self.piece(".note.gnu.build-id")?.bytes;
        // namesz, descsz, type NT_GNU_BUILD_ID, the name, the id (elf(5)).
        let head = b"\x04\0\0\0....\x03\0\0\0GNU\0";
        let matches = note.len() > head.len()
            && note.iter().zip(head).enumerate().all(|(i, (a, b))| (4..8).contains(&i) || a == b);
        let size = u32::from_le_bytes(note.get(4..8)?.try_into().ok()?) as usize;
        let id = note.get(head.len()..)?.get(..size)?;
        matches.then(|| id.to_vec())
    }

    /// The name in `.gnu_debuglink`, which a checksum follows.
    fn debug_link(&self) -> Option<Vec<u8>> {
        let mut name = self.piece(".gnu_debuglink")?.bytes;
        let end = name.iter().position(|&b| b == 0)?;
        name.truncate(end);
        Some(name)
    }

    fn debug(&self) -> Vec<(String, Rc<[u8]>)> {
        let sections = self.table.iter().filter_map(|section| {
            let name = self.table.section_name(self.endian, section).ok()?;
            let name = std::str::from_utf8(name).ok().filter(|name| name.starts_with(".debug_"))?;
            Some((name.to_owned(), self.contents(section)?.into()))
        });
        // Names are short, and there are some twenty of them.
        sections.take(100).collect()
    }
}
