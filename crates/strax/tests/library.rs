//! The library, as a program uses it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use strax::{Change, Ending, Errno, Error, Origin, Trace, Value, Verdict, What};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("library.{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::canonicalize(folder).expect("its path")
}

/// A program of C, compiled.
fn compile(name: &str, source: &str) -> PathBuf {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("library_{name}"));
    let file = program.with_extension("c");
    std::fs::write(&file, source).expect("a source");
    let compiled = Command::new("cc").args(["-pthread", "-w", "-o"]).arg(&program).arg(&file).status();
    assert!(compiled.expect("a compiler").success());
    program
}

/// The state of a process or thread in `/proc`, if there is one: `S`, `t`, `Z`, …
fn state(pid: i32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

fn shell(script: &str) -> Trace {
    Trace::command(["sh", "-c", script])
}

/// A process that is not traced, and killed at the end of a test.
struct Child(std::process::Child);

impl Child {
    fn start(program: &mut Command) -> Child {
        Child(program.stdin(Stdio::null()).spawn().expect("it starts"))
    }

    fn pid(&self) -> i32 {
        self.0.id() as i32
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = (self.0.kill(), self.0.wait());
    }
}

/// Reads a file. Into another file `cat` would copy it without reading, so its output must be none, whatever that of
/// the tests is.
fn cat(file: &Path) -> Trace {
    Trace::command(["sh".as_ref(), "-c".as_ref(), "exec cat \"$0\" >/dev/null".as_ref(), file.as_os_str()])
}

#[test]
fn calls_have_names_arguments_and_results() {
    let folder = folder("values");
    std::fs::write(folder.join("file"), "0123456789").unwrap();
    let mut seen = Vec::new();
    let trace = cat(&folder.join("file"));
    let ending = trace.only(["openat", "read", "?fstat", "newfstatat"]).unwrap().run(|event| {
        let (What::Enter(call) | What::Exit(call)) = &event.what else { return };
        let name = call.arg("pathname").and_then(Value::path).map(Path::to_owned);
        if call.is("openat") && name.as_ref().is_some_and(|path| path.ends_with("library.values/file")) {
            let flags = call.arg("flags").unwrap();
            assert!(flags.has("O_RDONLY") && !flags.has("O_CREAT"), "{:?}", flags.names());
            assert_eq!(call.arg("dirfd").and_then(Value::fd), Some(-100));
            assert_eq!(call.place("pathname").unwrap().path(), folder.join("file"));
            seen.push((call.name(), call.result(), call.to_string()));
        }
        if call.is("read") && call.arg("buf").and_then(Value::bytes) == Some(b"0123456789") {
            assert!(call.arg("count").and_then(Value::uint).unwrap() >= 10);
            seen.push((call.name(), call.result(), String::new()));
        }
        if call.is("read") && call.result().is_none() {
            assert!(call.arg("buf").unwrap().address().is_some(), "{call}");
        }
        if let (Some(data), Some(Ok(_))) = (call.arg("statbuf"), call.result()) {
            assert!(data.is_struct() && !data.is_cut());
            if data.get("st_size").and_then(Value::uint) == Some(10) {
                seen.push(("stat".to_owned(), call.result(), data.get("st_mode").unwrap().to_string()));
            }
        }
    });
    assert_eq!(ending.unwrap(), Ending::Exited(0));
    let path = folder.join("file");
    let open = format!("openat(AT_FDCWD, \"{}\", O_RDONLY)", path.display());
    let [entry, exit, stat, read] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!(entry, &("openat".to_owned(), None, open.clone()));
    assert_eq!(exit.2, format!("{open} = {}", exit.1.unwrap().unwrap()));
    assert!(stat.0 == "stat" && stat.2.starts_with("S_IFREG|0"), "{stat:?}");
    assert_eq!((read.0.as_str(), read.1), ("read", Some(Ok(10))));
}

#[test]
fn verdicts_are_done() {
    let folder = folder("verdicts");
    let script = format!(
        "cd {} && mkdir no; mkdir yes; mkdir other; echo 12345678; kill -0 $$ && echo alive",
        folder.display()
    );
    let mut output = Vec::new();
    let ending = shell(
        &format!("({script}) >out 2>&1; cat out; rm out")
            .replace("out", &folder.join("out").display().to_string()),
    )
    .follow_forks()
    .only(["mkdir", "write"])
    .unwrap()
    .run(|event| {
        let What::Enter(call) = &event.what else {
            let Some(call) = event.call().filter(|call| call.is("mkdir")) else { return Verdict::Go };
            output.push((call.was_changed(), call.result().unwrap()));
            return Verdict::Go;
        };
        let path = call.arg("pathname").and_then(Value::path);
        match path.and_then(|path| path.to_str()) {
            Some("no") => Verdict::Fail(Errno::EROFS),
            Some("yes") => Verdict::Return(0),
            Some("other") => Verdict::Change(Change::new().memory(call.registers()[0], *b"thing\0")),
            _ => Verdict::Go,
        }
    });
    assert_eq!(ending.unwrap(), Ending::Exited(0));
    assert_eq!(output, [(true, Err(Errno::EROFS)), (true, Ok(0)), (true, Ok(0))]);
    let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["thing"]);
}

#[test]
fn events_tell_of_children_programs_signals_and_ends() {
    let mut told = Vec::new();
    let ending =
        shell("sh -c 'kill -USR1 $$'; exec sh -c 'exit 7'").follow_forks().only(["?execve"]).unwrap().run(
            |event| match event.what {
                What::Started(origin) => told.push(format!("{origin:?}")),
                What::Executed => told.push("Executed".to_owned()),
                What::Signal(10) => told.push("Signal".to_owned()),
                What::Killed { signal, .. } => told.push(format!("Killed {signal}")),
                What::Exited(status) => told.push(format!("Exited {status}")),
                _ => {}
            },
        );
    assert_eq!(ending.unwrap(), Ending::Exited(7));
    assert_eq!(told, ["Command", "Followed", "Executed", "Signal", "Killed 10", "Executed", "Exited 7"]);
}

#[test]
fn changed_arguments_are_back_when_a_call_has_returned() {
    let program = compile(
        "registers",
        "#include <sys/syscall.h>
         int main(void)
         {
             long length = 8, result;
             const char *text = \"12345678\";
             // The compiler counts on registers that the kernel leaves alone.
             __asm__ volatile(\"syscall\" : \"=a\"(result), \"+d\"(length) : \"a\"(SYS_write), \"D\"(1), \"S\"(text)
                 : \"rcx\", \"r11\", \"memory\");
             return result == 3 && length == 8 ? 0 : 1;
         }",
    );
    if cfg!(not(target_arch = "x86_64")) {
        return;
    }
    let trace = Trace::command([&program]).only(["write"]).unwrap();
    let ending = trace.run(|event| match &event.what {
        What::Enter(_) => Verdict::Change(Change::new().argument(2, 3)),
        _ => Verdict::Go,
    });
    assert_eq!(ending.unwrap(), Ending::Exited(0));
}

#[test]
fn a_command_may_have_a_directory_and_an_environment_of_its_own() {
    let folder = folder("command");
    let mut command = strax::Command::new("sh");
    command.args(["-c", "mkdir \"$NAME\""]).current_dir(&folder).env("NAME", "made");
    assert_eq!(Trace::of(command).run(|_| ()).unwrap(), Ending::Exited(0));
    assert!(folder.join("made").is_dir());
    let error = Trace::of(strax::Command::new("no-such-program")).run(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "can't start no-such-program");
}

#[test]
fn what_can_not_begin_says_why() {
    let run = |trace: Trace| trace.run(|_| ()).unwrap_err();
    let none = run(Trace::command(["/nothing/there"]));
    assert_eq!(none.to_string(), "can't start /nothing/there");
    let source = std::error::Error::source(&none).and_then(|error| error.downcast_ref::<std::io::Error>());
    assert_eq!(source.map(std::io::Error::kind), Some(std::io::ErrorKind::NotFound));
    assert!(matches!(run(Trace::command::<&str>([])), Error::Start(..)));
    assert!(matches!(run(Trace::attach(i32::MAX)), Error::Attach(..)));
    assert!(matches!(Trace::attach(1).only(["no_such_call"]).err(), Some(Error::Calls(_))));
}

#[test]
fn an_error_of_the_callback_ends_the_trace_and_the_program() {
    let mut pid = 0;
    let error = shell("sleep 60 & sleep 60").follow_forks().run(|event| {
        pid = event.tid;
        match event.what {
            What::Started(Origin::Followed) => Err("enough"),
            _ => Ok(()),
        }
    });
    assert!(matches!(&error, Err(Error::Callback(error)) if error.to_string() == "enough"), "{error:?}");
    assert!(matches!(state(pid), None | Some('Z' | 'X')), "{:?}", state(pid));
}

#[test]
fn a_call_at_which_the_callback_fails_is_not_made() {
    let folder = folder("fails");
    let file = folder.join("file");
    let trace = Trace::command(["mkdir".as_ref(), file.as_os_str()]).only(["mkdir"]).unwrap();
    assert!(matches!(trace.each_call(|_| Err::<(), _>("no")), Err(Error::Callback(_))));
    assert!(!file.exists());
    let last = Trace::command(["true"]).run(|event| match event.what {
        What::Exited(_) => Err("too late"),
        _ => Ok(()),
    });
    assert!(matches!(&last, Err(Error::Callback(error)) if error.to_string() == "too late"), "{last:?}");
}

#[test]
fn verdicts_on_who_is_new_are_done() {
    let folder = folder("new");
    let script = format!("cd {}; (mkdir a; mkdir b); mkdir c; exit 5", folder.display());
    let run = |verdict: Verdict| {
        let mut made = 0;
        let trace = shell(&script).follow_forks().only(["mkdir"]).unwrap();
        let ending = trace.run(|event| match event.what {
            What::Started(Origin::Followed) => verdict.clone(),
            What::Enter(_) => {
                made += 1;
                Verdict::Go
            }
            _ => Verdict::Go,
        });
        (ending.unwrap(), made)
    };
    assert_eq!(run(Verdict::Kill), (Ending::Exited(5), 0));
    assert!(std::fs::read_dir(&folder).unwrap().next().is_none());
    assert_eq!(run(Verdict::Leave), (Ending::Exited(5), 0));
    assert!(["a", "b", "c"].iter().all(|name| comes_to_be(&folder.join(name))));
}

#[test]
fn what_is_written_to_no_memory_fails() {
    let trace = shell("mkdir /nothing 2>/dev/null || exit 6").only(["mkdir"]).unwrap().follow_forks();
    let mut results = Vec::new();
    let ending = trace.run(|event| match &event.what {
        What::Enter(_) => Verdict::Change(Change::new().memory(8, *b"no")),
        What::Exit(call) => {
            results.push(call.result());
            Verdict::Go
        }
        _ => Verdict::Go,
    });
    assert_eq!((ending.unwrap(), results), (Ending::Exited(6), vec![Some(Err(Errno::EFAULT))]));
}

#[test]
fn a_panic_ends_what_was_started() {
    let mut pids = Vec::new();
    let run = std::panic::AssertUnwindSafe(|| {
        let _ = shell("sleep 60 & sleep 60").follow_forks().run(|event| {
            if let What::Started(_) = event.what {
                pids.push(event.tid);
            }
            assert!(pids.len() < 2, "of no use");
        });
    });
    std::panic::catch_unwind(run).expect_err("it panics");
    assert_eq!(pids.len(), 2);
    assert!(pids.iter().all(|&pid| matches!(state(pid), None | Some('Z' | 'X'))));
}

/// Whether a process makes something within a minute, which it can only if it runs.
fn comes_to_be(file: &Path) -> bool {
    let is_there = |_: &i32| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        file.exists()
    };
    (0..6000).any(|i| is_there(&i))
}

#[test]
fn a_panic_lets_go_of_what_was_started_if_that_is_asked_for() {
    let folder = folder("goes_on");
    let script = format!("cd {}; mkdir a; mkdir b; touch done", folder.display());
    let run = std::panic::AssertUnwindSafe(|| {
        let trace = shell(&script).kill_on_drop(false).only(["mkdir"]).unwrap();
        let _ = trace.follow_forks().each_call(|call| assert!(!call.is("mkdir"), "of no use"));
    });
    std::panic::catch_unwind(run).expect_err("it panics");
    assert!(comes_to_be(&folder.join("done")));
    assert!(folder.join("a").exists() && folder.join("b").exists());
}

#[test]
fn the_end_of_a_trace_lets_everybody_go() {
    let folder = folder("end");
    let script =
        format!("cd {}; (mkdir a; touch one) & (mkdir b; touch two); wait; touch done", folder.display());
    let trace = shell(&script).follow_forks().only(["mkdir"]).unwrap();
    assert_eq!(trace.each_call(|_| Verdict::End).unwrap(), Ending::Left);
    assert!(["one", "two", "done"].map(|name| comes_to_be(&folder.join(name))).iter().all(|&is| is));
}

#[test]
fn who_is_left_goes_on_and_is_not_told_of() {
    let folder = folder("left");
    let script = format!("cd {}; mkdir a; mkdir b", folder.display());
    let mut told = 0;
    let trace = shell(&script).only(["mkdir"]).unwrap();
    let ending = trace.run(|event| match &event.what {
        What::Started(_) => Verdict::Go,
        _ => {
            told += 1;
            Verdict::Leave
        }
    });
    // Without `follow_forks`, the children of the shell are not told of.
    assert!(matches!(ending.unwrap(), Ending::Left | Ending::Exited(0)));
    assert!(told <= 1 && comes_to_be(&folder.join("b")));
}

#[test]
fn kill_kills_before_the_call_is_made() {
    let folder = folder("kill");
    let file = folder.join("file");
    let trace = Trace::command(["mkdir".as_ref(), file.as_os_str()]).only(["mkdir"]).unwrap();
    assert_eq!(trace.each_call(|_| Verdict::Kill).unwrap(), Ending::Killed(9));
    assert!(!file.exists());
}

#[test]
fn an_attached_process_goes_on_whatever_happens() {
    let folder = folder("attached");
    for (how, name) in ["panic", "error", "end", "leave"].into_iter().zip(["a", "b", "c", "d"]) {
        let file = folder.join(name);
        let go = folder.join(format!("{name}.go"));
        let script = format!(
            "while [ ! -e {} ]; do sleep 0.01; done; touch {}; exec sleep 60",
            go.display(),
            file.display()
        );
        let child = Child::start(Command::new("sh").args(["-c", &script]));
        let pid = child.pid();
        let run = std::panic::AssertUnwindSafe(|| {
            Trace::attach(pid).run(|event| match (&event.what, how) {
                (What::Started(origin), _) => {
                    assert_eq!((*origin, event.tid), (Origin::Running, pid));
                    Ok(Verdict::Go)
                }
                (_, "panic") => panic!("of no use"),
                (_, "error") => Err("enough"),
                (_, "end") => Ok(Verdict::End),
                _ => Ok(Verdict::Leave),
            })
        });
        // Who is left is no child that one could wait for: nothing more happens, but that its end is told to this
        // thread, which is its parent.
        std::fs::write(&go, "").unwrap();
        if how == "leave" {
            let killer = std::thread::spawn({
                let file = file.clone();
                move || {
                    assert!(comes_to_be(&file));
                    child
                }
            });
            let _ = run;
            drop(killer.join());
            continue;
        }
        let result = std::panic::catch_unwind(run);
        assert_eq!(result.is_err(), how == "panic");
        assert!(comes_to_be(&file), "{how}");
        assert!(matches!(state(pid), Some('S' | 'R' | 'D')), "{how}: {:?}", state(pid));
    }
}

#[test]
fn a_thread_that_executes_a_program_takes_the_leaders_place() {
    let program = compile(
        "executes",
        "#include <pthread.h>
         #include <stdio.h>
         #include <string.h>
         #include <unistd.h>
         /* The state of the first thread. */
         static char state(void)
         {
             char stat[512] = { 0 };
             FILE *file = fopen(\"/proc/self/stat\", \"r\");
             fread(stat, 1, sizeof stat - 1, file);
             fclose(file);
             return strrchr(stat, ')')[2];
         }
         static void *thread(void *unused)
         {
             while (state() != 'S')
                 usleep(1000);
             return execl(\"/bin/true\", \"true\", (char *)0), unused;
         }
         int main(void)
         {
             pthread_t other;
             pthread_create(&other, 0, thread, 0);
             for (;;)
                 pause();
         }",
    );
    let (mut told, mut leader) = (Vec::new(), 0);
    let trace = Trace::command([&program]).follow_forks().only(["?pause", "ppoll", "execve"]).unwrap();
    let ending = trace.run(|event| match &event.what {
        What::Started(Origin::Command) => leader = event.tid,
        What::Enter(call) => told.push((format!("enter {}", call.name()), event.tid == leader)),
        What::Unfinished(call) => told.push((format!("unfinished {}", call.name()), event.tid == leader)),
        What::Superseded => told.push(("superseded".to_owned(), event.tid == leader)),
        What::Executed => told.push(("executed".to_owned(), event.tid == leader)),
        What::Exit(call) => told.push((call.to_string(), event.tid == leader)),
        _ => {}
    });
    assert_eq!(ending.unwrap(), Ending::Exited(0));
    let told: Vec<_> = told.iter().map(|(what, is_leader)| (what.as_str(), *is_leader)).collect();
    let waits = told[0].0.trim_start_matches("enter ").to_owned();
    assert!(
        told[5].0.starts_with("execve(\"/bin/true\", [\"true\"], ") && told[5].0.ends_with(" = 0"),
        "{told:?}"
    );
    assert_eq!(
        told[..5],
        [
            (&*format!("enter {waits}"), true),
            ("enter execve", false),
            (&*format!("unfinished {waits}"), true),
            ("superseded", true),
            ("executed", true)
        ]
    );
}

#[test]
fn a_late_answer_is_as_good_as_an_early_one() {
    let mut answers = 0;
    let trace =
        shell("mkdir /nothing/a & mkdir /nothing/b & wait; exit 5").follow_forks().only(["mkdir"]).unwrap();
    let ending = trace.each_call(|_| {
        answers += 1;
        std::thread::sleep(std::time::Duration::from_millis(100));
        Verdict::Fail(Errno::EIO)
    });
    assert_eq!((ending.unwrap(), answers), (Ending::Exited(5), 2));
}

#[test]
fn an_answer_about_somebody_who_is_gone_changes_nothing() {
    for verdict in [Verdict::Go, Verdict::Fail(Errno::EIO), Verdict::Kill, Verdict::Leave] {
        let trace = shell("cd /; cd /").only(["chdir"]).unwrap();
        let ending = trace.run(|event| {
            if event.call().is_none() {
                return Verdict::Go;
            }
            // By another thread, since this one waits for its children itself.
            let pid = event.tid.to_string();
            let kill = move || Command::new("kill").args(["-KILL", &pid]).status();
            assert!(std::thread::spawn(kill).join().unwrap().unwrap().success());
            verdict.clone()
        });
        let is_left =
            verdict == Verdict::Leave && ending.as_ref().is_ok_and(|ending| *ending == Ending::Left);
        assert!(is_left || ending.as_ref().is_ok_and(|ending| *ending == Ending::Killed(9)), "{ending:?}");
    }
}

#[test]
fn all_threads_of_an_attached_process_go_on() {
    let program = compile(
        "threads",
        "#include <pthread.h>
         #include <unistd.h>
         static void *thread(void *unused)
         {
             for (;;)
                 usleep(1000);
             return unused;
         }
         int main(void)
         {
             pthread_t others[5];
             for (int i = 0; i < 5; i++)
                 pthread_create(&others[i], 0, thread, 0);
             thread(0);
         }",
    );
    let child = Child::start(&mut Command::new(program));
    let tasks = || {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", child.pid())).unwrap();
        tasks
            .map(|task| task.unwrap().file_name().to_str().unwrap().parse::<i32>().unwrap())
            .collect::<Vec<_>>()
    };
    while tasks().len() < 6 {
        std::thread::yield_now();
    }
    for verdict in [Err("enough"), Ok(Verdict::End)] {
        let mut seen = std::collections::BTreeSet::new();
        let _ = Trace::attach(child.pid()).run(|event| {
            seen.insert(event.tid);
            if seen.len() == 6 && event.call().is_some() { verdict.clone() } else { Ok(Verdict::Go) }
        });
        assert_eq!(seen.len(), 6);
        for tid in tasks() {
            assert!(matches!(state(tid), Some('S' | 'R' | 'D')), "{:?}", state(tid));
        }
    }
}

#[test]
fn descriptors_stand_for_something_if_that_is_asked_for() {
    let folder = folder("descriptors");
    std::fs::write(folder.join("file"), "text").unwrap();
    for asked in [false, true] {
        let trace = cat(&folder.join("file")).only(["read"]).unwrap();
        let trace = if asked { trace.descriptors() } else { trace };
        let mut found = false;
        let ending = trace.each_call(|call| {
            if let Some(strax::FdInfo::Path { path, .. }) = call.arg("fd").and_then(Value::stands_for) {
                found |= path.ends_with(b"/library.descriptors/file");
            }
        });
        assert_eq!((ending.unwrap(), found), (Ending::Exited(0), asked));
    }
}
