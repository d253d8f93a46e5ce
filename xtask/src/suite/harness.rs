//! The upstream test programs: built once, in the cache, outside the repository.
//!
//! The source package of Debian's strace 6.1 carries a test suite that runs any tracer named by the variable
//! `STRACE`. Only its test programs are built, for both ABIs; the tracer itself is not. The build is kept in
//! `suite/VERSION/build` of the cache, and made anew when the version of the source, of the
//! compiler or of a library changes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::outcome::{Abi, TestId};
use crate::Result;
use crate::debian;

/// Kernel headers of the suite's own age, both personalities, and no failure for a newer compiler's warnings.
const CONFIGURE: [&str; 3] = ["--enable-bundled=yes", "--enable-mpers=check", "--disable-gcc-Werror"];

/// What the build needs. Without one of the libraries, tests would skip for the want of it.
const PACKAGES: [&str; 8] = [
    "gcc",
    "gcc-multilib",
    "gawk",
    "make",
    "libbluetooth-dev",
    "libiberty-dev",
    "libselinux1-dev",
    "libunwind-dev",
];

/// A built test suite.
pub(super) struct Harness {
    /// `suite/VERSION` of the cache.
    root: PathBuf,
}

/// How the upstream makefiles run the tests of one ABI.
pub(super) struct Tests {
    pub(super) abi: Abi,
    /// Where the scripts are.
    pub(super) source: PathBuf,
    /// The program that runs a script, and the words before the script's path.
    pub(super) launcher: Vec<String>,
    /// File names of the scripts.
    pub(super) scripts: Vec<String>,
}

impl Tests {
    /// The test that a script is: `NAME.test`, or `NAME.gen.test` where upstream generates it.
    pub(super) fn id(&self, script: &str) -> TestId {
        let name = script.strip_suffix(".test").unwrap_or(script);
        TestId { abi: self.abi, name: name.strip_suffix(".gen").unwrap_or(name).to_owned() }
    }
}

impl Harness {
    /// Builds what is not built yet.
    ///
    /// # Errors
    ///
    /// When the source cannot be fetched, tools are missing, or the build fails (its log is named).
    pub(super) fn prepare() -> Result<Self> {
        let cache = debian::cache()?;
        let source = debian::suite_source()?;
        let root = cache.join("suite").join(version(&source)?);
        fs::create_dir_all(&root)?;
        let harness = Self { root };
        let lock = File::create(harness.root.join("lock"))?;
        lock.lock()?;
        harness.build(&source)?;
        Ok(harness)
    }

    /// Where the test programs of `abi` are.
    pub(super) fn programs(&self, abi: Abi) -> PathBuf {
        self.build_folder().join(abi.folder())
    }

    /// Where the configured, but unbuilt, tracer is.
    pub(super) fn sources(&self) -> PathBuf {
        self.build_folder().join("src")
    }

    /// Where folders of single runs go.
    pub(super) fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// How long each test took when last run: lines `ABI NAME MILLISECONDS`.
    pub(super) fn durations(&self) -> PathBuf {
        self.root.join("durations")
    }

    /// How the tests call their tracer.
    pub(super) fn recording(&self) -> PathBuf {
        self.root.join("calls")
    }

    /// What the makefiles say about the tests of `abi`.
    pub(super) fn tests(&self, abi: Abi) -> Result<Tests> {
        let mut launcher = Vec::new();
        for variable in ["TEST_LOG_COMPILER", "AM_TEST_LOG_FLAGS"] {
            launcher.extend(self.variable(abi, variable)?);
        }
        let source = self.variable(abi, "srcdir")?.into_iter().next().ok_or("the makefile has no srcdir")?;
        let scripts = self.variable(abi, "TESTS")?;
        Ok(Tests { abi, source: source.into(), launcher, scripts })
    }

    /// The words of a variable of the makefile of `abi`.
    fn variable(&self, abi: Abi, name: &str) -> Result<Vec<String>> {
        let rule = format!("print-variable:;@printf '%s\\n' $({name})");
        let mut make = self.make(abi);
        let text = debian::output(make.args(["--silent", "--eval", &rule, "print-variable"]))?;
        Ok(text.lines().map(String::from).collect())
    }

    fn make(&self, abi: Abi) -> Command {
        let mut make = Command::new("make");
        // Where xtask itself runs below make, that make's flags are not for this one.
        make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL").arg("-C").arg(self.programs(abi));
        make
    }

    fn build_folder(&self) -> PathBuf {
        self.root.join("build")
    }

    fn build(&self, source: &Path) -> Result<()> {
        let key = format!("{}\n{}", CONFIGURE.join(" "), installed_packages()?);
        let is_done = |step: &str| fs::read_to_string(self.root.join(step)).is_ok_and(|text| text == key);
        if is_done("built") {
            return Ok(());
        }
        let log = self.root.join("build.log");
        eprintln!("suite: building the test programs (a few minutes, once); log: {}", log.display());
        let log_file = File::create(&log)?;
        let step = |command: &mut Command| -> Result<()> {
            command.stdin(Stdio::null()).stdout(log_file.try_clone()?).stderr(log_file.try_clone()?);
            debian::run(command).map_err(|error| format!("{error}; see {}", log.display()).into())
        };
        if !is_done("configured") {
            let _ = fs::remove_dir_all(self.build_folder());
            fs::create_dir_all(self.build_folder())?;
            step(Command::new(source.join("configure")).args(CONFIGURE).current_dir(self.build_folder()))?;
            fs::write(self.root.join("configured"), &key)?;
        }
        let jobs = std::thread::available_parallelism().map_or(2, |n| n.get());
        for abi in Abi::ALL {
            // With no tests to run, `check` builds the programs and stops.
            step(self.make(abi).args(["check", "TESTS=", &format!("-j{jobs}")]))?;
        }
        Ok(fs::write(self.root.join("built"), &key)?)
    }
}

/// The version of the source package unpacked in `source`: `strace (6.1-0.1) unstable; …` gives `6.1-0.1`.
fn version(source: &Path) -> Result<String> {
    let path = source.join("debian/changelog");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let version = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(version, _)| version);
    version.map(String::from).ok_or_else(|| format!("{}: no version", path.display()).into())
}

/// What is installed of [`PACKAGES`], one `NAME VERSION` a line.
///
/// # Errors
///
/// When one of them is missing.
fn installed_packages() -> Result<String> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status} ${Package} ${Version}\n"]).args(PACKAGES);
    let packages = query.stderr(Stdio::null()).output()?;
    let packages = String::from_utf8(packages.stdout)?;
    let installed: Vec<&str> = packages.lines().filter_map(|line| line.strip_prefix("installed ")).collect();
    if installed.len() == PACKAGES.len() {
        return Ok(installed.join("\n") + "\n");
    }
    let command = format!("apt-get install --no-install-recommends {}", PACKAGES.join(" "));
    Err(format!("the test programs need more packages to be built: {command}").into())
}
