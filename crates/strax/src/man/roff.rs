//! Writes the language of man(7).

/// The longest line of text that is written.
const WIDTH: usize = 78;

/// A manual page in the making.
pub(super) struct Page {
    text: String,
    /// Whether the last paragraph was an item of a list, indented by `.RS`.
    in_list: bool,
}

impl Page {
    /// A page of section 1.
    pub(super) fn new(name: &str, date: &str, source: &str) -> Self {
        Self { text: format!(".TH \"{name}\" 1 \"{date}\" \"{source}\"\n.nh\n.ad l\n"), in_list: false }
    }

    pub(super) fn section(&mut self, title: &str) {
        self.text += &format!(".SH \"{title}\"\n");
    }

    pub(super) fn subsection(&mut self, title: &str) {
        self.text += &format!(".SS \"{title}\"\n");
    }

    /// Paragraphs at the margin.
    pub(super) fn paragraphs(&mut self, paragraphs: &[&str]) {
        for (i, paragraph) in paragraphs.iter().enumerate() {
            if let Some(item) = item(paragraph) {
                self.item(item);
                continue;
            }
            if i > 0 {
                self.text += ".PP\n";
            }
            self.block(paragraph);
        }
    }

    /// A tagged entry: its tags, a line each, and indented paragraphs.
    pub(super) fn entry(&mut self, tags: &[String], paragraphs: &[&str]) {
        for (i, tag) in tags.iter().enumerate() {
            self.text += if i == 0 { ".TP\n" } else { ".TQ\n" };
            self.text += &format!("{}\n", styled(tag));
        }
        for (i, paragraph) in paragraphs.iter().enumerate() {
            match item(paragraph) {
                Some(item) => {
                    self.open_list();
                    self.item(item);
                }
                None => {
                    self.close_list();
                    if i > 0 {
                        self.text += ".IP\n";
                    }
                    self.block(paragraph);
                }
            }
        }
        self.close_list();
    }

    /// The page as a whole.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn open_list(&mut self) {
        if !std::mem::replace(&mut self.in_list, true) {
            self.text += ".RS\n";
        }
    }

    fn close_list(&mut self) {
        if std::mem::take(&mut self.in_list) {
            self.text += ".RE\n";
        }
    }

    fn item(&mut self, (term, text): (&str, &str)) {
        self.text += &format!(".TP\n{}\n", styled(term));
        self.fill(text);
    }

    fn block(&mut self, paragraph: &str) {
        if !paragraph.starts_with("    ") {
            return self.fill(paragraph);
        }
        self.text += ".RS 4\n.nf\n";
        for line in paragraph.lines() {
            let line = escaped(line.strip_prefix("    ").unwrap_or(line), true);
            self.text += &format!("{}\n", at_line_start(&line));
        }
        self.text += ".fi\n.RE\n";
    }

    /// Text over several lines.
    fn fill(&mut self, text: &str) {
        let mut line = String::new();
        for word in styled(text).split(' ') {
            if !line.is_empty() && line.len() + 1 + word.len() > WIDTH {
                self.text += &format!("{}\n", at_line_start(&line));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line += word;
        }
        self.text += &format!("{}\n", at_line_start(&line));
    }
}

/// `- TERM: TEXT`.
fn item(paragraph: &str) -> Option<(&str, &str)> {
    paragraph.strip_prefix("- ")?.split_once(": ")
}

/// A line of text that would be a request is none.
fn at_line_start(line: &str) -> String {
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() }
}

/// Markup with its fonts: `` `literal` `` in bold, `_variable_` in italics.
fn styled(markup: &str) -> String {
    let mut out = String::new();
    let mut rest = markup;
    // An underscore within a word is one.
    let mut in_word = false;
    while let Some(first) = rest.chars().next() {
        let quoted = match first {
            '`' => rest[1..]
                .split_once('`')
                .map(|(text, after)| (format!("\\fB{}\\fR", escaped(text, true)), after)),
            '_' if !in_word => rest[1..]
                .split_once('_')
                .map(|(text, after)| (format!("\\fI{}\\fR", escaped(text, true)), after)),
            _ => None,
        };
        in_word = quoted.is_none() && (first.is_alphanumeric() || first == '_');
        match quoted {
            Some((text, after)) => {
                out += &text;
                rest = after;
            }
            None => {
                out += &escaped(&rest[..first.len_utf8()], false);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// Text in which no character means something to roff, and in `code` each is what it is in ASCII.
fn escaped(text: &str, code: bool) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out += "\\e",
            '-' if code => out += "\\-",
            '\'' if code => out += "\\(aq",
            '`' => out += "\\(ga",
            '^' => out += "\\(ha",
            '~' => out += "\\(ti",
            '"' => out += "\\(dq",
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts() {
        assert_eq!(styled("`-s` _LENGTH_: exit_group(2)"), "\\fB\\-s\\fR \\fILENGTH\\fR: exit_group(2)");
        assert_eq!(styled("`arg`_N_`=`"), "\\fBarg\\fR\\fIN\\fR\\fB=\\fR");
        assert_eq!(styled("a-b ~"), "a-b \\(ti");
    }

    #[test]
    fn lines_are_no_requests() {
        let mut page = Page::new("X", "D", "S");
        page.paragraphs(&["...", "    .so /etc/passwd\n    'x"]);
        let text = page.finish();
        assert!(text.contains("\n\\&...\n"), "{text}");
        assert!(text.contains("\n\\&.so /etc/passwd\n\\(aqx\n"), "{text}");
    }
}
