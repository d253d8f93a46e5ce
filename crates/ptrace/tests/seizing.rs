//! Seizing a process that executes a program meanwhile: nobody waits for ever.

mod common;

use common::{drain, tracee};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};
use strax_ptrace::{Options, Resume, Session, Stop, Tid};

/// A program with many threads that executes another as soon as its main thread is seized.
fn start(program: &Path) -> (Child, Tid) {
    let mut child = Command::new(program).arg("500").stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    let tid = Tid::from_raw(child.id() as i32);
    (child, tid)
}

#[test]
fn a_process_that_executes_a_program_can_be_seized() {
    let program = tracee("execs_when_traced", "seizing");
    for options in [Options::EXEC, Options::EXEC | Options::EXIT, Options::EXIT | Options::FOLLOW] {
        for _ in 0..10 {
            let (child, tid) = start(&program);
            let mut session = Session::new();
            session.seize(tid, options).expect("it can be seized");
            let seen = drain(&mut session, Resume::Cont);
            let ends = seen.iter().filter(|(of, stop)| *of == tid && stop.is_end());
            let ends: Vec<_> = ends.map(|(_, stop)| *stop).collect();
            assert_eq!(ends.last(), Some(&Stop::Exited { status: 7 }), "{options:?} {ends:?}");
            // The session has seen it to its end.
            drop(child);
        }
    }
}
