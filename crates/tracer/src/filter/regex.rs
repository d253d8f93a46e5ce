//! POSIX extended regular expressions, as the C library has them.
//!
//! Names of calls are matched by `regcomp` because users of strace write its dialect; other engines differ in
//! what they make of braces, back-slashes and character classes.

use std::ffi::CString;
use std::mem::MaybeUninit;

/// A compiled expression that says no more than whether a text matches.
pub(crate) struct Regex {
    compiled: libc::regex_t,
}

impl Regex {
    /// Compiles `pattern`.
    ///
    /// # Errors
    /// What `regerror` says of it.
    pub(crate) fn new(pattern: &str) -> Result<Self, String> {
        let text = CString::new(pattern).map_err(|_| "NUL byte in pattern".to_owned())?;
        let mut compiled = MaybeUninit::<libc::regex_t>::uninit();
        // SAFETY: `compiled` has room for a regex_t, and `text` ends with NUL.
        let code = unsafe {
            libc::regcomp(compiled.as_mut_ptr(), text.as_ptr(), libc::REG_EXTENDED | libc::REG_NOSUB)
        };
        if code != 0 {
            return Err(message(code, &compiled));
        }
        // SAFETY: regcomp has returned 0, so that it has initialised all of it.
        Ok(Self { compiled: unsafe { compiled.assume_init() } })
    }

    /// Whether some part of `text` matches; a text with a NUL byte does not.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        let Ok(text) = CString::new(text) else { return false };
        // SAFETY: `compiled` is a compiled expression, `text` ends with NUL, and there is no array of matches.
        unsafe { libc::regexec(&self.compiled, text.as_ptr(), 0, std::ptr::null_mut(), 0) == 0 }
    }
}

impl Drop for Regex {
    fn drop(&mut self) {
        // SAFETY: `compiled` comes from a regcomp that succeeded, and is freed only here.
        unsafe { libc::regfree(&mut self.compiled) };
    }
}

fn message(code: i32, compiled: &MaybeUninit<libc::regex_t>) -> String {
    let mut buffer = [0u8; 256];
    // SAFETY: regerror takes what regcomp was given, whatever it made of it, and writes within `buffer`,
    // at most its size with the final NUL.
    let size = unsafe { libc::regerror(code, compiled.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()) };
    let text = &buffer[..size.saturating_sub(1).min(buffer.len() - 1)];
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_match() {
        let regex = Regex::new("^(.*_)?statv?fs").unwrap();
        assert!(regex.is_match("statfs64") && regex.is_match("osf_statfs"));
        assert!(!regex.is_match("fstatfs"));
    }

    #[test]
    fn errors_are_those_of_the_c_library() {
        assert!(Regex::new("[").err().is_some_and(|reason| !reason.is_empty()));
    }
}
