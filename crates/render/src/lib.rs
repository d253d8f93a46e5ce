//! Text and JSON output of decoded system calls.
