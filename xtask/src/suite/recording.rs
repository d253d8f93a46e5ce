//! How the tests call their tracer: recorded once, so that the calls can be repeated with other tracers.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::filter::Filter;
use super::harness::Harness;
use super::outcome::{Abi, TestId};
use super::runner::{self, RunFolder};
use crate::Result;

/// Between the words of a call, and between calls: bytes that no option of a test contains.
const SEPARATORS: [char; 2] = ['\u{1f}', '\u{1e}'];

/// How long a test may take to be recorded. Those that take longer repeat calls thousands of times; what they call
/// until then is kept.
const LIMIT: Duration = Duration::from_secs(5);

/// A call of the tracer by a test.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    test: TestId,
    /// Options, program and arguments; without the option `-o`, and with absolute paths of test programs.
    pub(crate) words: Vec<String>,
}

impl Call {
    /// The test, as `ABI NAME`.
    pub(crate) fn test(&self) -> String {
        self.test.to_string()
    }

    /// The ABI of the traced programs, as the suite calls it.
    pub(crate) fn abi(&self) -> String {
        self.test.abi.to_string()
    }
}

/// The calls that tests make which trace one program from its start and write to a file. `filter` chooses tests.
///
/// A recording of all tests is kept; one of chosen tests is made for this once, where there is none of all.
///
/// # Errors
///
/// When the suite cannot be built, or run.
pub(crate) fn calls(tracer: &Path, filter: Option<&str>) -> Result<Vec<Call>> {
    let harness = Harness::prepare()?;
    let filter = filter.map(Filter::new);
    let is_chosen = |id: &TestId| filter.as_ref().is_none_or(|filter| filter.matches(&id.name));
    let kept = harness.recording();
    let text = if kept.exists() { fs::read_to_string(kept)? } else { record(&harness, tracer, is_chosen)? };
    if filter.is_none() {
        fs::write(harness.recording(), &text)?;
    }
    let calls = text.split_terminator(SEPARATORS[1]).filter_map(|record| call(&harness, record));
    let mut calls: Vec<Call> = calls.filter(|call| is_chosen(&call.test)).collect();
    calls.sort();
    calls.dedup();
    Ok(calls)
}

/// Runs tests with a tracer that writes down how it is called; what it wrote.
fn record(harness: &Harness, tracer: &Path, is_chosen: impl Fn(&TestId) -> bool) -> Result<String> {
    let stem = harness.recording().with_extension(std::process::id().to_string());
    let (file, wrapper) = (stem.with_extension("out"), stem.with_extension("sh"));
    fs::write(&file, "")?;
    fs::write(&wrapper, wrapper_script(tracer, &file))?;
    fs::set_permissions(&wrapper, Permissions::from_mode(0o755))?;
    let folder = RunFolder::new(harness, &wrapper)?;
    let mut jobs = Vec::new();
    for abi in Abi::ALL {
        jobs.extend(runner::jobs(&harness.tests(abi)?));
    }
    jobs.retain(|job| is_chosen(&job.id));
    eprintln!("compare: recording how {} tests call their tracer", jobs.len());
    let parallel = std::thread::available_parallelism().map_or(2, |n| n.get());
    runner::run(&folder, &jobs, parallel, |_| LIMIT, |_, _| ())?;
    let text = String::from_utf8_lossy(&fs::read(&file)?).into_owned();
    for path in [file, wrapper] {
        fs::remove_file(path)?;
    }
    Ok(text)
}

/// A shell script that appends the working folder and the arguments to `file` in one write, and goes on as `tracer`.
fn wrapper_script(tracer: &Path, file: &Path) -> String {
    let [word, call] = SEPARATORS.map(|separator| format!("\\{:03o}", u32::from(separator)));
    format!(
        "#!/bin/sh\n\
         case \"$*\" in *-o*) printf '%s{call}' \"$(printf '%s{word}' \"$PWD\" \"$@\")\" >>'{}';; esac\n\
         exec '{}' \"$@\"\n",
        file.display(),
        tracer.display(),
    )
}

/// Understands a record: the working folder (`…/tests/NAME.dir`), then the arguments.
fn call(harness: &Harness, record: &str) -> Option<Call> {
    let mut words = record.split_terminator(SEPARATORS[0]);
    let folder = Path::new(words.next()?);
    let name = folder.file_name()?.to_str()?.strip_suffix(".dir")?;
    let name = name.strip_suffix(".gen").unwrap_or(name).to_owned();
    let tests = folder.parent()?.file_name()?;
    let abi = Abi::ALL.into_iter().find(|abi| tests == abi.folder())?;
    let programs = harness.programs(abi);
    let absolute = |word: &str| match word.strip_prefix("../") {
        Some(program) => programs.join(program).display().to_string(),
        None => word.to_owned(),
    };
    let words = without_output(words)?.into_iter().map(absolute).collect();
    Some(Call { test: TestId { abi, name }, words })
}

/// The words without `-o FILE`; nothing for a call that writes elsewhere, attaches to a process, or detaches.
fn without_output<'a>(words: impl Iterator<Item = &'a str>) -> Option<Vec<&'a str>> {
    let words: Vec<&str> = words.collect();
    let output = words.iter().position(|word| *word == "-o")?;
    let file = words.get(output + 1)?;
    let unfit = ["-p", "--attach", "-D", "--daemon", "-ff", "-A", "--output"];
    let is_unfit = |word: &&&str| unfit.iter().any(|option| word.starts_with(option));
    if file.starts_with(['|', '!', '/']) || words.iter().any(|word| is_unfit(&word)) {
        return None;
    }
    Some([&words[..output], &words[output + 2..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_taken_out() {
        let without = |line: &'static str| without_output(line.split(' '));
        assert_eq!(without("-o log -f ../a b"), Some(vec!["-f", "../a", "b"]));
        for line in ["-f ../a", "-o log -p 12", "-o |cat ../a", "-o log -ff ../a", "-o"] {
            assert_eq!(without(line), None, "{line}");
        }
    }

    #[test]
    fn script() {
        let script = wrapper_script(Path::new("/t"), Path::new("/f"));
        assert!(script.contains(r"printf '%s\036'") && script.contains(r"printf '%s\037'"), "{script}");
    }
}
