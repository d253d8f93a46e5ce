//! Numbers in as many bytes as they need: seven bits in each, the lowest first.

/// A stretch of bytes that numbers are taken from. `None` is a number, or bytes, that are not there as they should be.
pub struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    /// What stands from `at` on.
    pub fn new(bytes: &'a [u8], at: usize) -> Input<'a> {
        Input { bytes, at }
    }

    /// Where the next byte is.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Whether there is no more.
    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// A byte.
    pub fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// A number.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number that may be below zero.
    pub fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// A count or an index that is at most `most`.
    pub fn count(&mut self, most: usize) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|&count| count <= most)
    }

    /// So many bytes.
    pub fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(len)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    /// Bytes behind their length, of which there are at most `most`.
    pub fn text(&mut self, most: usize) -> Option<&'a [u8]> {
        let len = self.count(most)?;
        self.bytes(len)
    }
}

/// Puts a number.
pub fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Puts a number that may be below zero.
pub fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, (number << 1 ^ number >> 63) as u64);
}

/// Puts bytes behind their length.
pub fn put_text(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        let numbers = (0..64).flat_map(|bit| [(1u64 << bit) - 1, 1 << bit, u64::MAX >> bit]);
        for number in numbers {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            put_signed(&mut bytes, number as i64);
            let mut input = Input::new(&bytes, 0);
            assert_eq!((input.number(), input.signed()), (Some(number), Some(number as i64)));
            assert!(input.is_empty());
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let number = |bytes: &[u8]| Input::new(bytes, 0).number();
        assert_eq!([number(&[]), number(&[0x80]), number(&[0xff; 10]), number(&[0xff; 11])], [None; 4]);
        assert_eq!(number(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]), None);
    }
}
