//! The generated tables.

pub(crate) mod aarch64;
pub(crate) mod errno;
pub(crate) mod i386;
pub(crate) mod riscv64;
pub(crate) mod signal;
pub(crate) mod x32;
pub(crate) mod x86_64;
