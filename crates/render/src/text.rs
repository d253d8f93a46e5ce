//! strace's text.

mod head;
mod line;
mod sink;
mod stack;
mod value;

use crate::color::{Palette, RESET, Role};
use crate::number::octal_digits;
use crate::quote::Escape;

/// How values with names are shown (`-X`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Symbols {
    /// By name.
    #[default]
    Abbrev,
    /// By number.
    Raw,
    /// By number, with the name as a comment.
    Verbose,
}

/// The user's taste.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// How values with names are shown.
    pub symbols: Symbols,
    /// How strings are escaped.
    pub escape: Escape,
    /// Arguments are named (`-N`).
    pub arg_names: bool,
    /// The column of the `=` before return values (`-a`).
    pub columns: usize,
    /// Digits of the seconds' fraction in `<…>` (`-T`).
    pub spent_digits: usize,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            symbols: Symbols::Abbrev,
            escape: Escape::Octal,
            arg_names: false,
            columns: 40,
            spent_digits: 6,
        }
    }
}

/// Renders in strace's format, in colour or not.
///
/// Colours are escape sequences between the same bytes; without them no code is there that would ask.
#[derive(Debug)]
pub struct Text<const COLOR: bool = false> {
    style: Style,
    out: Vec<u8>,
    /// How much of the current line has been passed on, and where in `out` the rest begins.
    taken: usize,
    line: usize,
    /// Whether the group at hand has a member before the next.
    comma: bool,
    /// What stands between members: terms are never groups themselves, so that one level is enough.
    separator: Separator,
    /// Whether an aux part stands before the next.
    aux_comma: bool,
    /// Whether what follows is itself a remark, on the return value.
    in_aux: bool,
    palette: Palette,
    /// How many bytes of the line are escape sequences.
    invisible: usize,
    /// Whether what follows has but one colour.
    muted: bool,
    /// Where groups begin that may turn out to be shown as something else, and how much was invisible there.
    hidden: Vec<(usize, usize)>,
    /// Whether a return value has been begun whose colour has no end yet.
    in_value: bool,
}

/// What stands between the members of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Comma,
    Bar,
    Shift,
    Plus,
    Blank,
}

impl Separator {
    const fn text(self) -> &'static str {
        match self {
            Separator::Comma => ", ",
            Separator::Bar => "|",
            Separator::Shift => "<<",
            Separator::Plus => "+",
            Separator::Blank => " ",
        }
    }
}

impl Text {
    /// An empty output.
    pub fn new(style: Style) -> Text {
        Text::with(style, Palette::default())
    }
}

impl Text<true> {
    /// An empty output that will be coloured.
    pub fn colored(style: Style, palette: Palette) -> Text<true> {
        Text::with(style, palette)
    }
}

impl<const COLOR: bool> Text<COLOR> {
    fn with(style: Style, palette: Palette) -> Self {
        Text {
            style,
            out: Vec::with_capacity(8192),
            taken: 0,
            line: 0,
            comma: false,
            separator: Separator::Comma,
            aux_comma: false,
            in_aux: false,
            palette,
            invisible: 0,
            muted: false,
            hidden: Vec::new(),
            in_value: false,
        }
    }

    /// Switches to the colour of `role`.
    fn color(&mut self, role: Role) {
        if COLOR && !self.muted {
            let code = self.palette.code(role);
            self.out.extend_from_slice(code.as_bytes());
            self.invisible += code.len();
        }
    }

    /// Ends all colours.
    fn reset(&mut self) {
        if COLOR && !self.muted {
            self.put(RESET);
            self.invisible += RESET.len();
        }
    }

    /// Writes text in a colour; values follow.
    #[inline]
    fn put_as(&mut self, role: Role, text: &str) {
        self.color(role);
        self.put(text);
        self.color(Role::ArgVal);
    }

    #[inline]
    fn punct(&mut self, text: &str) {
        self.put_as(Role::Punct, text);
    }

    /// Ends the arguments of a call or of what looks like one.
    fn close_call(&mut self) {
        self.color(Role::Punct);
        self.put(")");
        self.reset();
    }

    /// Writes text about the return value.
    fn about_value(&mut self, text: &str) {
        self.end_value();
        self.put(" ");
        self.color(Role::RetVal);
        self.put(text);
        self.reset();
    }

    /// Ends the colour of the return value.
    fn end_value(&mut self) {
        if std::mem::take(&mut self.in_value) {
            self.reset();
        }
    }

    #[inline]
    fn put(&mut self, s: &str) {
        self.out.extend_from_slice(s.as_bytes());
    }

    /// Bytes written since the line began.
    fn column(&self) -> usize {
        self.taken + self.out.len() - self.line - self.invisible
    }
}

/// Permission bits: three octal digits at least.
fn mode(out: &mut Vec<u8>, v: u64) {
    let zeroes: &[u8] = match v {
        0..0o10 => b"00",
        0o10..0o100 => b"0",
        _ => b"",
    };
    // A mode is written with the leading zero of an octal constant, which counts as one of the three.
    if v >= 0o100 {
        out.push(b'0');
    }
    out.extend_from_slice(zeroes);
    octal_digits(out, v);
}
