//! Functions by address.

/// A function as a symbol table has it.
struct Symbol {
    start: u64,
    size: u64,
    /// Where its name begins in the names.
    name: usize,
}

/// The functions of a file, sorted by address.
#[derive(Default)]
pub(crate) struct Symbols {
    symbols: Vec<Symbol>,
    /// The highest end of a symbol up to each.
    reach: Vec<u64>,
    names: Vec<u8>,
}

/// How many symbols before an address are looked at: only such as overlap one another are in the way of the right one.
const OVERLAPPING: usize = 1000;

impl Symbols {
    /// The functions of a table: of each the address, the size, and where its name begins in `names`.
    pub(crate) fn new(functions: impl Iterator<Item = (u64, u64, usize)>, names: Vec<u8>) -> Self {
        let mut symbols: Vec<_> = functions.map(|(start, size, name)| Symbol { start, size, name }).collect();
        // Of several names for one function the first in the table counts, as for strace; the sort keeps their order.
        symbols.sort_by_key(|symbol| symbol.start);
        let reach = symbols.iter().scan(0, |reach: &mut u64, symbol| {
            *reach = (*reach).max(symbol.start.saturating_add(symbol.size));
            Some(*reach)
        });
        let reach = reach.collect();
        Self { symbols, reach, names }
    }

    /// The function that an address is in, by the beginning that is next to it: its name and its address.
    pub(crate) fn find(&self, address: u64) -> Option<(&[u8], u64)> {
        let end = self.symbols.partition_point(|symbol| symbol.start <= address);
        let mut found: Option<&Symbol> = None;
        for i in (0..end).rev().take(OVERLAPPING) {
            let symbol = &self.symbols[i];
            if found.is_some_and(|found| found.start != symbol.start) || self.reach[i] <= address {
                break;
            }
            if address - symbol.start < symbol.size {
                found = Some(symbol);
            }
        }
        let found = found?;
        let name = self.names.get(found.name..)?;
        let end = name.iter().position(|&b| b == 0)?;
        Some((&name[..end], found.start))
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }

    /// Bytes of memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.names.len() + self.symbols.len() * (size_of::<Symbol>() + size_of::<u64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(symbols: &Symbols, address: u64) -> Option<(String, u64)> {
        symbols.find(address).map(|(name, start)| (String::from_utf8(name.to_vec()).unwrap(), start))
    }

    #[test]
    fn the_innermost_function_counts_and_its_first_name() {
        let names = b"outer\0inner\0alias\0".to_vec();
        let table = [(100, 100, 0), (120, 10, 6), (120, 10, 12), (300, 0, 0), (u64::MAX, 5, 0), (400, 4, 99)];
        let symbols = Symbols::new(table.into_iter(), names);
        let named = |name: &str, start| Some((name.to_owned(), start));
        assert_eq!(find(&symbols, 99), None);
        assert_eq!(find(&symbols, 119), named("outer", 100));
        assert_eq!(find(&symbols, 120), named("inner", 120));
        assert_eq!(find(&symbols, 129), named("inner", 120));
        assert_eq!(find(&symbols, 130), named("outer", 100));
        assert_eq!(find(&symbols, 200), None);
        assert_eq!(find(&symbols, 300), None);
        assert_eq!(find(&symbols, 401), None);
        assert_eq!(find(&symbols, u64::MAX), None);
    }

    #[test]
    fn made_up_tables_take_no_time() {
        let table = (0..200_000).map(|i| (i, if i == 0 { u64::MAX } else { 0 }, 0));
        let symbols = Symbols::new(table, b"x\0".to_vec());
        for address in (0..200_000).step_by(70) {
            symbols.find(address);
        }
    }
}
