//! Headers and the compiler that reads them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::abi::Abi;
use super::{Inputs, kernel};
use crate::Result;
use crate::debian::output;

/// Included before everything: what the UAPI headers expect a program to have included.
const PRELUDE: &[&str] = &[
    "stddef.h",
    "stdint.h",
    "string.h",
    "sys/types.h",
    "sys/socket.h",
    "time.h",
    "linux/time_types.h",
    "linux/in.h",
    "linux/in6.h",
    "linux/if.h",
    "xen/interface/xen.h",
    "asm/signal.h",
    "asm/siginfo.h",
    "asm/sigcontext.h",
];

/// Folders of the UAPI headers that all architectures share. `asm-generic` is read through `asm`, where an architecture
/// takes part in it.
const FOLDERS: [&str; 12] =
    ["cxl", "drm", "fwctl", "linux", "misc", "mtd", "rdma", "regulator", "scsi", "sound", "video", "xen"];

/// Headers that are not for programs on these machines, or are parts of others.
const LEFT_OUT: &[&str] = &[
    // For the other byte order.
    "linux/byteorder/big_endian.h",
    // A part of linux/soundcard.h, and an error by itself.
    "linux/patchkey.h",
];

/// Parts of `asm` that another header of it includes where they apply.
const ASM_VARIANTS: [&str; 6] = ["_32.h", "_64.h", "_x32.h", "posix_types_", "unistd", "sigcontext32.h"];

/// gcc, set up to read the UAPI headers as a program of one ABI would.
pub(super) struct Compiler {
    pub(super) abi: Abi,
    include: Vec<PathBuf>,
    headers: PathBuf,
    work: PathBuf,
}

/// An error at a line of a file.
pub(super) struct Diagnostic {
    pub(super) file: PathBuf,
    pub(super) line: usize,
    pub(super) message: String,
}

impl Compiler {
    /// Prepares the compiler, and writes the [`kernel`] header for it, in the existing folder `work`.
    pub(super) fn new(inputs: &Inputs, abi: Abi, work: &Path) -> Result<Self> {
        fs::write(work.join(kernel::HEADER), kernel::extract(&inputs.linux)?)?;
        let own = output(Command::new("gcc").arg("-print-file-name=include"))?;
        let include = vec![
            inputs.headers.join("lib/linux/uapi").join(abi.arch()),
            inputs.headers.join("include"),
            Path::new(env!("CARGO_MANIFEST_DIR")).join("src/uapi/libc"),
            PathBuf::from(own.trim()),
        ];
        Ok(Self { abi, include, headers: inputs.headers.clone(), work: work.to_owned() })
    }

    /// The translation units that together read every header once: a large one with those that get along with each
    /// other, then one for each that does not.
    pub(super) fn units(&self) -> Result<Vec<String>> {
        let mut together = self.all_headers()?;
        let mut alone: Vec<String> = Vec::new();
        loop {
            let Err(errors) = self.compile(&unit(&together), &["-fsyntax-only"])? else { break };
            let before = together.len();
            for error in &errors {
                let name = self.include.iter().find_map(|folder| error.file.strip_prefix(folder).ok());
                if let Some(at) = together.iter().position(|header| name == Some(Path::new(header))) {
                    alone.push(together.remove(at));
                }
            }
            if together.len() == before {
                return Err(first(&errors).into());
            }
        }
        let mut units = vec![unit(&together)];
        for header in alone {
            let single = unit(std::slice::from_ref(&header));
            match self.compile(&single, &["-fsyntax-only"])? {
                Ok(_) => units.push(single),
                Err(errors) if errors.iter().any(is_for_other_architectures) => {}
                Err(errors) => return Err(first(&errors).into()),
            }
        }
        Ok(units)
    }

    /// Whether a file is one of those that facts are taken from, not the compiler's own nor a stand-in.
    pub(super) fn is_source(&self, file: &str) -> bool {
        Path::new(file).starts_with(&self.headers) || Path::new(file) == self.work.join(kernel::HEADER)
    }

    /// Runs the preprocessor, keeping line markers and `#define`s.
    pub(super) fn preprocess(&self, source: &str) -> Result<String> {
        let file = self.write(source)?;
        output(self.gcc().args(["-E", "-dD", "-w"]).arg(file))
    }

    /// Compiles `source` with further `flags`: `-c`, `-shared` or `-fsyntax-only` among them. Gives the file that the
    /// compiler wrote, if any, or the errors that it found.
    pub(super) fn compile(
        &self,
        source: &str,
        flags: &[&str],
    ) -> Result<std::result::Result<Vec<u8>, Vec<Diagnostic>>> {
        let object = self.work.join("unit.o");
        let _ = fs::remove_file(&object);
        let mut gcc = self.gcc();
        gcc.args([
            "-w",
            "-fmax-errors=0",
            "-ftrack-macro-expansion=0",
            "-fno-diagnostics-show-caret",
            "-fno-show-column",
        ]);
        let run = gcc.arg("-o").arg(&object).args(flags).arg(self.write(source)?).output()?;
        if run.status.success() {
            return Ok(Ok(fs::read(&object).unwrap_or_default()));
        }
        let text = String::from_utf8_lossy(&run.stderr);
        let errors: Vec<Diagnostic> = text.lines().filter_map(diagnostic).collect();
        if errors.is_empty() { Err(format!("gcc: {text}").into()) } else { Ok(Err(errors)) }
    }

    /// The path of the source file that [`Compiler::compile`] compiles.
    pub(super) fn source_path(&self) -> PathBuf {
        self.work.join("unit.c")
    }

    fn write(&self, source: &str) -> Result<PathBuf> {
        fs::write(self.source_path(), source)?;
        Ok(self.source_path())
    }

    fn gcc(&self) -> Command {
        let mut gcc = Command::new("gcc");
        gcc.env("LC_ALL", "C")
            .args(["-std=gnu11", "-ffreestanding", "-nostdinc"])
            .args(self.abi.compiler_flags());
        for folder in &self.include {
            gcc.arg("-I").arg(folder);
        }
        gcc.arg("-I").arg(&self.work);
        gcc
    }

    /// Every header, as an `#include` names it.
    fn all_headers(&self) -> Result<Vec<String>> {
        let mut found = BTreeSet::new();
        for folder in FOLDERS {
            list(&self.include[1], Path::new(folder), &mut found)?;
        }
        found.retain(|header| !LEFT_OUT.contains(&header.as_str()));
        let mut asm = BTreeSet::new();
        list(&self.include[0], Path::new("asm"), &mut asm)?;
        asm.retain(|header| !ASM_VARIANTS.iter().any(|variant| header.contains(variant)));
        Ok(found.into_iter().chain(asm).collect())
    }
}

/// A translation unit that includes `headers` after the prelude and the [`kernel`] header.
fn unit(headers: &[String]) -> String {
    let include = |header: &str| format!("#include <{header}>\n");
    let prelude = PRELUDE.iter().map(|header| include(header)).chain([include(kernel::HEADER)]);
    prelude.chain(headers.iter().map(|header| include(header))).collect()
}

fn list(root: &Path, folder: &Path, found: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            list(root, &path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "h") {
            found.insert(path.display().to_string());
        }
    }
    Ok(())
}

/// Parses `FILE:LINE: error: MESSAGE`.
fn diagnostic(line: &str) -> Option<Diagnostic> {
    let (place, message) = line.split_once(": error: ").or_else(|| line.split_once(": fatal error: "))?;
    let (file, line) = place.rsplit_once(':')?;
    Some(Diagnostic { file: file.into(), line: line.parse().ok()?, message: message.into() })
}

/// Whether the error is that the architecture has no such header in `asm`, as with `linux/a.out.h`.
fn is_for_other_architectures(error: &Diagnostic) -> bool {
    error.message.starts_with("asm/") && error.message.ends_with("No such file or directory")
}

/// The first error, as text.
fn first(errors: &[Diagnostic]) -> String {
    errors.first().map_or_else(String::new, |error| {
        format!("{}:{}: {}", error.file.display(), error.line, error.message)
    })
}
