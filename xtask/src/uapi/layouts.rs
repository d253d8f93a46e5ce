//! Layouts: the size of every structure and union of the headers, and where its fields are, for each ABI.
//!
//! They come from the compiler's debugging information, asked for types that nothing uses too.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gimli::{AttributeValue, DebuggingInformationEntry, EndianSlice, LittleEndian, Unit, UnitOffset};
use object::{Object as _, ObjectSection as _};

use super::Generated;
use super::abi::Abi;
use super::compiler::Compiler;
use crate::Result;

type Reader<'a> = EndianSlice<'a, LittleEndian>;
type Entry<'a, 'u> = DebuggingInformationEntry<'u, 'u, Reader<'a>, usize>;

/// Every type by its name in C (`struct stat`, `union bpf_attr`, or a typedef for those without a tag), and for each
/// the values of one ABI, or of all.
type Types<Number> = BTreeMap<String, Layout<Number>>;

/// The layout of a structure or union.
#[derive(Clone, Debug, Default)]
struct Layout<Number> {
    /// Size in bytes.
    size: Number,
    /// Fields in their order, with the path of those within structures that have no name of their own.
    fields: Vec<(String, Field<Number>)>,
}

/// Where a field is: in bits from the beginning, and how many.
#[derive(Clone, Debug, Default)]
struct Field<Number> {
    offset: Number,
    size: Number,
    is_bits: bool,
}

/// A number for each ABI that has one.
type PerAbi = [Option<u64>; 5];

pub(super) fn generate(compilers: &[(Compiler, Vec<String>)]) -> Result<Vec<Generated>> {
    let mut merged: Types<PerAbi> = BTreeMap::new();
    for (compiler, units) in compilers {
        let mut types = Types::new();
        for unit in units {
            let flags = ["-shared", "-nostdlib", "-fPIC", "-gdwarf-5", "-fno-eliminate-unused-debug-types"];
            let Ok(object) = compiler.compile(unit, &flags)? else {
                return Err(format!("{:?}: layouts: a unit no longer compiles", compiler.abi).into());
            };
            for (name, layout) in read(&object)? {
                types.entry(name).or_insert(layout);
            }
        }
        for (name, layout) in types {
            merge(merged.entry(name).or_default(), &layout, compiler.abi);
        }
    }
    Ok(vec![("facts/layouts.tsv".into(), render(&merged))])
}

fn merge(into: &mut Layout<PerAbi>, layout: &Layout<u64>, abi: Abi) {
    into.size[abi as usize] = Some(layout.size);
    for (name, field) in &layout.fields {
        let at =
            into.fields.iter().position(|known| known.0 == *name && known.1.offset[abi as usize].is_none());
        let at = at.unwrap_or_else(|| {
            into.fields.push((name.clone(), Field { is_bits: field.is_bits, ..Field::default() }));
            into.fields.len() - 1
        });
        into.fields[at].1.offset[abi as usize] = Some(field.offset);
        into.fields[at].1.size[abi as usize] = Some(field.size);
    }
}

/// Reads the debugging information of an object file.
fn read(object: &[u8]) -> Result<Types<u64>> {
    let file = object::File::parse(object)?;
    let section = |id: gimli::SectionId| -> std::result::Result<Reader<'_>, object::Error> {
        let data = file.section_by_name(id.name()).map_or(Ok(&[][..]), |section| section.data())?;
        Ok(EndianSlice::new(data, LittleEndian))
    };
    let dwarf = gimli::Dwarf::load(section)?;
    let mut types = Types::new();
    let mut headers = dwarf.units();
    while let Some(header) = headers.next()? {
        let unit = dwarf.unit(header)?;
        Walk { dwarf: &dwarf, unit: &unit }.types(&mut types)?;
    }
    Ok(types)
}

/// One unit of debugging information.
struct Walk<'a, 'u> {
    dwarf: &'u gimli::Dwarf<Reader<'a>>,
    unit: &'u Unit<Reader<'a>>,
}

impl<'a, 'u> Walk<'a, 'u> {
    fn types(&self, types: &mut Types<u64>) -> Result<()> {
        let mut entries = self.unit.entries();
        while let Some((_, entry)) = entries.next_dfs()? {
            let name = self.name(entry)?;
            let (tag, structure) = match (entry.tag(), name) {
                (gimli::DW_TAG_structure_type, Some(name)) => (format!("struct {name}"), entry.offset()),
                (gimli::DW_TAG_union_type, Some(name)) => (format!("union {name}"), entry.offset()),
                (gimli::DW_TAG_typedef, Some(name)) => match type_of(entry) {
                    Some(target) if self.is_nameless(target)? => (name.to_owned(), target),
                    _ => continue,
                },
                _ => continue,
            };
            let entry = self.unit.entry(structure)?;
            // A declaration only, as of a structure that there are but pointers to.
            let Some(size) = number(&entry, gimli::DW_AT_byte_size) else { continue };
            let mut fields = Vec::new();
            self.fields(structure, "", 0, &mut fields)?;
            types.entry(tag).or_insert(Layout { size, fields });
        }
        Ok(())
    }

    /// Adds the fields of a structure that begins `base` bits into the one described, and has the path `prefix`.
    fn fields(
        &self,
        at: UnitOffset,
        prefix: &str,
        base: u64,
        fields: &mut Vec<(String, Field<u64>)>,
    ) -> Result<()> {
        let mut tree = self.unit.entries_tree(Some(at))?;
        let mut children = tree.root()?.children();
        while let Some(child) = children.next()? {
            let entry = child.entry();
            let (gimli::DW_TAG_member, Some(target)) = (entry.tag(), type_of(entry)) else { continue };
            let bytes = number(entry, gimli::DW_AT_data_member_location).unwrap_or(0);
            let offset = base + number(entry, gimli::DW_AT_data_bit_offset).unwrap_or(bytes * 8);
            let bits = number(entry, gimli::DW_AT_bit_size);
            let path = self.name(entry)?.map(|name| format!("{prefix}{name}"));
            if let Some(path) = &path {
                let size = bits.map_or_else(|| self.size(target).map(|size| size * 8), Ok)?;
                fields.push((path.clone(), Field { offset, size, is_bits: bits.is_some() }));
            }
            if self.is_nameless(target)? {
                let prefix = path.map_or_else(|| prefix.to_owned(), |path| path + ".");
                self.fields(target, &prefix, offset, fields)?;
            }
        }
        Ok(())
    }

    /// Size in bytes of a type; 0 where it has none, as a flexible array.
    fn size(&self, at: UnitOffset) -> Result<u64> {
        let entry = self.unit.entry(at)?;
        if let Some(size) = number(&entry, gimli::DW_AT_byte_size) {
            return Ok(size);
        }
        let Some(target) = type_of(&entry) else { return Ok(0) };
        let mut size = self.size(target)?;
        if entry.tag() == gimli::DW_TAG_array_type {
            let mut tree = self.unit.entries_tree(Some(at))?;
            let mut children = tree.root()?.children();
            while let Some(child) = children.next()? {
                let range = child.entry();
                let last = number(range, gimli::DW_AT_upper_bound).map(|last| last.wrapping_add(1));
                size *= number(range, gimli::DW_AT_count).or(last).unwrap_or(0);
            }
        }
        Ok(size)
    }

    /// Whether a type is a structure or union without a tag.
    fn is_nameless(&self, at: UnitOffset) -> Result<bool> {
        let entry = self.unit.entry(at)?;
        let composite = matches!(entry.tag(), gimli::DW_TAG_structure_type | gimli::DW_TAG_union_type);
        Ok(composite && self.name(&entry)?.is_none())
    }

    fn name(&self, entry: &Entry<'a, '_>) -> Result<Option<&'a str>> {
        let Some(value) = entry.attr_value(gimli::DW_AT_name)? else { return Ok(None) };
        Ok(Some(std::str::from_utf8(self.dwarf.attr_string(self.unit, value)?.slice())?))
    }
}

fn type_of(entry: &Entry<'_, '_>) -> Option<UnitOffset> {
    match entry.attr_value(gimli::DW_AT_type).ok()?? {
        AttributeValue::UnitRef(offset) => Some(offset),
        _ => None,
    }
}

fn number(entry: &Entry<'_, '_>, name: gimli::DwAt) -> Option<u64> {
    entry.attr_value(name).ok()??.udata_value()
}

const FORMAT: &str = "\
# Sizes and offsets of the structures and unions of the UAPI headers. Generated by `cargo xtask uapi`; used by tests.
#
# A line that does not begin with a tab is a type: its name in C, a tab, its size in bytes. The lines after it that do
# are its fields, in order: tab, name, tab, offset in bytes, tab, size in bytes. Types of no name within others have no
# lines of their own: their fields stand in the outer type, as `field.inner`, or `inner` where they have no field name
# either. A flexible array has size 0. The offset of a bit-field is `BYTE.BIT`, its size is the number of bits and `b`.
#
# A number that is not the same on all ABIs is five, with `/` between: x86_64, i386, x32, aarch64, riscv64; `-` where
# the ABI has no such type or field.
#
# This is what a program sees. On x32 the kernel serves most calls with the code of x86_64, and writes the structure of
# x86_64 where the two disagree: `statfs` of an x32 program gets 120 bytes, though the headers give it 64.
";

fn render(types: &Types<PerAbi>) -> String {
    let mut text = String::from(FORMAT);
    for (name, layout) in types {
        let _ = writeln!(text, "{name}\t{}", per_abi(&layout.size, |size| size.to_string()));
        for (name, Field { offset, size, is_bits }) in &layout.fields {
            let offset = per_abi(offset, |bit| {
                if *is_bits { format!("{}.{}", bit / 8, bit % 8) } else { (bit / 8).to_string() }
            });
            let size =
                per_abi(size, |size| if *is_bits { format!("{size}b") } else { (size / 8).to_string() });
            let _ = writeln!(text, "\t{name}\t{offset}\t{size}");
        }
    }
    text
}

/// One number if all are the same, else all.
fn per_abi(values: &PerAbi, show: impl Fn(u64) -> String) -> String {
    match values[0] {
        Some(value) if values.iter().all(|other| *other == Some(value)) => show(value),
        _ => values.map(|value| value.map_or("-".into(), &show)).join("/"),
    }
}
