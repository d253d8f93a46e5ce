//! How lines begin in text: the id of the tracee, padded where it is not followed by a name.

use strax_render::{Head, Line, PidForm, Render, Style, Text};

fn line(pid: i32, form: PidForm, comm: Option<&str>) -> String {
    let mut text = Text::new(Style::default());
    let comm = comm.map(str::as_bytes);
    text.line(&Head { pid, form, comm, ..Head::default() }, Line::Exited(0));
    String::from_utf8(text.buffer().to_vec()).expect("the name is ASCII")
}

#[test]
fn ids() {
    assert_eq!(line(7, PidForm::None, None), "+++ exited with 0 +++\n");
    assert_eq!(line(7, PidForm::Plain, None), "7     +++ exited with 0 +++\n");
    assert_eq!(line(7, PidForm::Bracketed, None), "[pid     7] +++ exited with 0 +++\n");
}

#[test]
fn numbers() {
    let line = |number| {
        let mut text = Text::new(Style::default());
        text.line(&Head { number: Some(number), ..Head::default() }, Line::Exited(0));
        String::from_utf8(text.buffer().to_vec()).expect("text")
    };
    assert_eq!(line(1), "[   1] +++ exited with 0 +++\n");
    assert_eq!(line(100_000), "[100000] +++ exited with 0 +++\n");
    assert_eq!(line(-1_i64 as u64), "[???] +++ exited with 0 +++\n");
    assert_eq!(line(-2_i64 as u64), "[18446744073709551614] +++ exited with 0 +++\n");
}

#[test]
fn ids_with_names() {
    assert_eq!(line(7, PidForm::Plain, Some("sh")), "7<sh> +++ exited with 0 +++\n");
    assert_eq!(line(7, PidForm::Bracketed, Some("sh")), "[pid     7<sh>] +++ exited with 0 +++\n");
}
