//! Which tests are meant: names with `*` for any text, separated by commas.

/// A choice of tests by name.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    patterns: Vec<String>,
}

impl Filter {
    /// Reads `NAME[,NAME...]`. A name may be given as upstream writes it, with `.test` or `.gen.test`.
    pub(super) fn new(text: &str) -> Self {
        let bare = |name: &str| {
            let name = name.strip_suffix(".test").unwrap_or(name);
            name.strip_suffix(".gen").unwrap_or(name).to_owned()
        };
        Self { patterns: text.split(',').map(str::trim).map(bare).collect() }
    }

    /// Whether the test called `name` is among those chosen.
    pub(super) fn matches(&self, name: &str) -> bool {
        self.patterns.iter().any(|pattern| glob(pattern.as_bytes(), name.as_bytes()))
    }
}

/// Whether `text` is `pattern`, in which each `*` stands for any text.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|skipped| glob(rest, &text[skipped..])),
        Some((first, rest)) => {
            text.split_first().is_some_and(|(byte, text)| byte == first && glob(rest, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let filter = Filter::new("read-write,ioctl_*-v,strace-r.test,a.gen.test");
        for name in ["read-write", "ioctl_kd-v", "ioctl_-v", "strace-r", "a"] {
            assert!(filter.matches(name), "{name}");
        }
        for name in ["read", "read-writes", "ioctl_kd", "xioctl_kd-v", ""] {
            assert!(!filter.matches(name), "{name}");
        }
    }
}
