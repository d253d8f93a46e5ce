//! Names as their language has them.

use std::fmt;

/// The most bytes of a name: what a few letters stand for may grow without end.
const LONGEST: usize = 16 << 10;

/// The function's name as it was written, where its symbol is a mangled name of C++ or Rust.
pub(crate) fn demangle(symbol: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(symbol).ok().filter(|text| text.len() <= LONGEST);
    match text.and_then(|text| rust(text).or_else(|| cpp(text))) {
        Some(name) => name.into_bytes(),
        None => symbol[..symbol.len().min(LONGEST)].to_vec(),
    }
}

/// A name of Rust, without the hash that only tells versions of a crate apart.
fn rust(symbol: &str) -> Option<String> {
    let name = rustc_demangle::try_demangle(symbol).ok()?;
    limited(|out| fmt::Write::write_fmt(out, format_args!("{name:#}")))
}

/// A name of C++ (the Itanium ABI).
fn cpp(symbol: &str) -> Option<String> {
    let rest = symbol.strip_prefix("_Z")?;
    if let Some((kind, function)) = thunk(rest) {
        return Some(format!("{kind} thunk to {}", cpp(&format!("_Z{function}"))?));
    }
    let name = cpp_demangle::Symbol::new(symbol).ok()?;
    let options = cpp_demangle::DemangleOptions::new();
    limited(|out| name.structured_demangle(out, &options))
}

/// The kind of a thunk, which adjusts `this` on the way to a function, and that function: `Th` and an offset, or `Tv`
/// and two.
fn thunk(name: &str) -> Option<(&'static str, &str)> {
    let offset = |text| {
        let (digits, rest) = str::split_once(text, '_')?;
        let digits = digits.strip_prefix('n').unwrap_or(digits);
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(rest)
    };
    // What is adjusted by a thunk is no thunk.
    let target = |rest: &'_ str| !rest.starts_with('T');
    if let Some(offsets) = name.strip_prefix("Th") {
        return offset(offsets).filter(|rest| target(rest)).map(|rest| ("non-virtual", rest));
    }
    let rest = offset(offset(name.strip_prefix("Tv")?)?)?;
    target(rest).then_some(("virtual", rest))
}

/// What is written, if all goes well and it is not too long.
fn limited(write: impl FnOnce(&mut Limited) -> fmt::Result) -> Option<String> {
    let mut out = Limited(String::new());
    write(&mut out).ok().map(|()| out.0)
}

struct Limited(String);

impl fmt::Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_each_language() {
        for (symbol, name) in [
            ("main", "main"),
            ("_ZN2ns2f3Ei", "ns::f3(int)"),
            ("_ZNSt6vectorIiSaIiEE9push_backEOi", "std::vector<int, std::allocator<int> >::push_back(int&&)"),
            ("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad"),
            ("_RNvC6_123foo3bar", "123foo::bar"),
            ("_ZThn16_N3fooD1Ev", "non-virtual thunk to foo::~foo()"),
            ("_ZTv0_n24_N3foo3barEi", "virtual thunk to foo::bar(int)"),
            ("_ZN3fooC2Ev.cold", "foo::foo() [clone .cold]"),
            ("_Zgarbage", "_Zgarbage"),
            ("_Z", "_Z"),
            ("", ""),
        ] {
            assert_eq!(demangle(symbol.as_bytes()), name.as_bytes());
        }
        assert_eq!(demangle(b"_Z1f\xff"), b"_Z1f\xff", "a name of no language");
    }

    #[test]
    fn names_that_explode_stay_as_they_are() {
        // Each substitution doubles what the one before it stands for.
        let mut symbol = String::from("_Z1fSt4pairIiiE");
        for i in 0..30_u32 {
            let digit = char::from_digit(i % 36, 36).unwrap().to_ascii_uppercase();
            symbol.push_str(&format!("St4pairIS{digit}_S{digit}_E"));
        }
        assert!(demangle(symbol.as_bytes()).len() <= LONGEST);
        assert!(demangle("é".repeat(LONGEST).as_bytes()).len() <= LONGEST);
        let nested = format!("_Z1f{}i", "P".repeat(10_000));
        assert!(demangle(nested.as_bytes()).len() <= LONGEST);
    }
}
