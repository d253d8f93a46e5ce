//! The `strax` command.
fn main() {}
