//! Calls that the kernel does not know.

use std::path::Path;
use std::process::Command;

const SOURCE: &str = "
    #define _GNU_SOURCE
    #include <sys/syscall.h>
    #include <unistd.h>

    int main(void)
    {
        syscall(-1L);
        syscall(100000);
        syscall(SYS_getpid);
    #ifdef __x86_64__
        int result;
        __asm__ volatile(\"int $0x80\" : \"=a\"(result) : \"a\"(20));
    #endif
        return 0;
    }
";

fn trace(name: &str, options: &[&str]) -> String {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("unknown_calls.{name}"));
    let source = program.with_extension("c");
    std::fs::write(&source, SOURCE).expect("a source");
    let compiled = Command::new("cc").arg("-o").arg(&program).arg(&source).status();
    assert!(compiled.expect("a compiler").success());
    let output = Command::new(env!("CARGO_BIN_EXE_strax")).args(options).arg(&program).output();
    String::from_utf8(output.expect("strax starts").stderr).expect("text")
}

#[test]
fn call_minus_one_has_no_number() {
    let lines = trace("number", &["-n"]);
    assert!(lines.contains("\n[???] syscall_0xffffffffffffffff("), "{lines}");
    assert!(lines.contains("\n[100000] syscall_0x186a0("), "{lines}");
    assert!(lines.contains("\n[  39] getpid()") || lines.contains("\n[ 172] getpid()"), "{lines}");
    // A change of ABI is told with the number of the call before.
    if let Some((before, _)) = lines.split_once("[ Process PID=") {
        assert!(before.ends_with("\n[  39] "), "{lines}");
    }
}

#[test]
fn their_names_widen_the_table_and_come_last() {
    let table = trace("table", &["-c", "-S", "none", "-U", "name,calls", "-q"]);
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines[0], "syscall                         calls");
    assert_eq!(lines[1], "--------------------------- ---------");
    let end = lines[2..].iter().position(|line| *line == lines[1]).expect("a rule") + 2;
    let last = ["syscall_0xffffffffffffffff          1", "syscall_0x186a0                     1"];
    assert_eq!(lines[end - 2..end], last);
    let total = lines[end + 1];
    assert!(total.starts_with("total                       ") && total.len() == lines[0].len(), "{table}");
}
