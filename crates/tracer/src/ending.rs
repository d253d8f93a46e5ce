//! How a trace ends: what the tracer's own exit tells its parent.

/// How the traced command ended, or what ended the tracer; the tracer ends the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By exiting with this status, 0 to 255.
    Exit(i32),
    /// By this signal.
    Signal(i32),
}
