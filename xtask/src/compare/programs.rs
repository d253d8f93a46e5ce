//! The programs that are traced when none is named.

/// A program to trace.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) name: String,
    /// A shell script that makes what the program works on, in an empty folder. Empty where nothing is needed.
    pub(super) setup: &'static str,
    pub(super) command: Vec<String>,
    /// Options of the tracer without which the trace would miss the point.
    pub(super) options: &'static str,
}

impl Program {
    /// A program given on the command line.
    pub(super) fn given(command: &[String]) -> Self {
        Self { name: command.join(" "), setup: "", command: command.to_vec(), options: "" }
    }

    fn new(name: &str, options: &'static str, setup: &'static str, command: &[&str]) -> Self {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Self { name: name.to_owned(), setup, command, options }
    }
}

/// Programs of every day, and the ends that programs come to.
pub(super) fn builtin() -> Vec<Program> {
    vec![
        Program::new("ls", "", "", &["ls", "-la", "/usr/bin"]),
        Program::new("cat", "", "seq 2000 > file", &["cat", "file"]),
        Program::new("sh", "", "", &["sh", "-c", "echo a | tr a b; exit 3"]),
        Program::new("python3", "", "", &["python3", "-c", "import json,threading"]),
        Program::new("gcc", "-f", HELLO, &["gcc", "-o", "hello", "hello.c"]),
        Program::new("git", "-f", GIT, &["git", "status"]),
        Program::new(
            "tar",
            "-f",
            "mkdir d; seq 9999 > d/a; ln d/a d/b; ln -s a d/c",
            &["tar", "czf", "d.tgz", "d"],
        ),
        Program::new("find", "", "", &["find", "/usr/include"]),
        Program::new("make", "-f", MAKE, &["make", "-j2"]),
        Program::new("segv", "", SEGV, &["./segv"]),
        Program::new("sleep", "-f", "", &["timeout", "--signal=TERM", "0.3", "sleep", "5"]),
        Program::new("m32", "", M32, &["./hello32"]),
    ]
}

const HELLO: &str = r#"
cat > hello.c <<'END'
#include <stdio.h>
int main(void) { puts("hello, world"); return 0; }
END
"#;

const GIT: &str = r#"
git init --quiet --initial-branch=main .
git config user.name nobody
git config user.email nobody@example.org
mkdir d
seq 100 > a
seq 200 > d/b
git add a d
git commit --quiet --message=first
seq 300 > a
echo new > c
"#;

const MAKE: &str = r#"
cat > Makefile <<'END'
all: a.out.1 a.out.2 a.out.3 a.out.4
a.out.%: a.in
	tr a-z A-Z < a.in > $@
END
echo abc > a.in
"#;

const SEGV: &str = r#"
cat > segv.c <<'END'
int main(void) { *(volatile int *)8 = 1; return 0; }
END
gcc -O1 -o segv segv.c
"#;

const M32: &str = r#"
cat > hello32.c <<'END'
#include <stdio.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <unistd.h>
int main(void)
{
	struct stat st;
	int pair[2];
	stat("hello32.c", &st);
	lseek(0, 0, SEEK_CUR);
	if (!socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		write(pair[0], "x", 1);
	puts("hello, world");
	return 4;
}
END
gcc -m32 -o hello32 hello32.c 2>/dev/null
"#;
