//! Errors in words.

use std::sync::OnceLock;

/// What the kernel's internal errno says about a call that a signal has interrupted; `None` for errors that
/// a program sees.
pub fn restart_meaning(errno: u32) -> Option<&'static str> {
    Some(match errno {
        512 => "To be restarted if SA_RESTART is set",
        513 => "To be restarted",
        514 => "To be restarted if no handler",
        516 => "Interrupted by signal",
        _ => return None,
    })
}

/// The C library's message for an errno, in the C locale.
pub fn errno_message(errno: u32) -> &'static str {
    // Each is asked for when it is first needed: most programs meet a few of them.
    static MESSAGES: [OnceLock<String>; 200] = [const { OnceLock::new() }; 200];
    match MESSAGES.get(errno as usize) {
        Some(message) => message.get_or_init(|| ask(errno as i32)),
        None => "Unknown error",
    }
}

/// An error of the tracer's own in the C library's words, if it has a number; the standard library adds one in brackets.
pub fn error_message(error: &std::io::Error) -> String {
    error
        .raw_os_error()
        .map_or_else(|| error.to_string(), |errno| errno_message(errno.unsigned_abs()).to_owned())
}

fn ask(errno: i32) -> String {
    // The standard library asks strerror_r, and puts the number behind what it says.
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    let suffix = format!(" (os error {errno})");
    text.strip_suffix(&suffix).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn messages_are_the_c_librarys() {
        assert_eq!(super::errno_message(2), "No such file or directory");
        assert_eq!(super::errno_message(9999), "Unknown error");
        let refused = std::io::Error::from_raw_os_error(1);
        assert_eq!(super::error_message(&refused), "Operation not permitted");
        assert_eq!(super::error_message(&std::io::Error::other("no room")), "no room");
    }
}
