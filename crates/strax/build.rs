//! How the command is linked.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The tables of descriptions are full of addresses. In a position-independent executable the loader computes each
    // of 35,000 anew at every start, and copies the pages that they stand in: most of what `strax true` would cost. At a
    // fixed address they are right as they are, and pages are read when they are needed. `docs/performance.md` has the
    // figures. Stack, heap and libraries are still at random addresses.
    let target = |key: &str| var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    if target("OS") == "linux" && target("ENV") == "gnu" && !is_static {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
