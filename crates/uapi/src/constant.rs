//! A named constant with its value on each ABI.

use crate::Abi;

/// A constant of the kernel's interface.
///
/// Values are those of the C expression, converted to 64 bits: negative ones are sign-extended (`AT_FDCWD` is
/// `-100 as u64`), unsigned 32-bit ones are not (`CLONE_IO` is `0x8000_0000`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Const {
    /// The name in the headers.
    pub name: &'static str,
    /// The value on x86-64, or on the first ABI of [`Abi::ALL`] that has the constant.
    pub value: u64,
    /// The value on each ABI, `None` where it has no such constant; `None` altogether where all agree.
    pub per_abi: Option<&'static [Option<u64>; 5]>,
}

impl Const {
    /// The value, for constants that are the same everywhere; see [`Const::value`] for the others.
    #[must_use]
    pub const fn v(self) -> u64 {
        self.value
    }

    /// The value on `abi`, if it has the constant.
    #[must_use]
    pub const fn on(self, abi: Abi) -> Option<u64> {
        match self.per_abi {
            Some(values) => values[abi as usize],
            None => Some(self.value),
        }
    }
}
