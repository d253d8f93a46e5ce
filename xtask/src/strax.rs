//! strax's own binary, as the tracer under test.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::debian;

/// The path of strax's release build, which is brought up to date first if `build` says so.
pub(crate) fn release(build: bool) -> Result<PathBuf> {
    if build {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        debian::run(Command::new(cargo).args(["build", "--quiet", "--release", "--package", "strax"]))?;
    }
    // This program is TARGET/PROFILE/xtask.
    let this = env::current_exe()?;
    let target = this.ancestors().nth(2).ok_or("no target folder")?;
    Ok(target.join("release/strax"))
}
