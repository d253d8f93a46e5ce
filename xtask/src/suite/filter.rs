//! Which tests are meant: names with `*` for any text, separated by commas; `!` before a name leaves it out.

/// A choice of tests by name.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Filter {
    /// Reads `NAME[,NAME...]`. A name may be given as upstream writes it, with `.test` or `.gen.test`.
    pub(super) fn new(text: &str) -> Self {
        let bare = |name: &str| {
            let name = name.strip_suffix(".test").unwrap_or(name);
            name.strip_suffix(".gen").unwrap_or(name).to_owned()
        };
        let (unwanted, wanted): (Vec<_>, _) =
            text.split(',').map(str::trim).partition(|name| name.starts_with('!'));
        Self {
            wanted: wanted.into_iter().map(bare).collect(),
            unwanted: unwanted.into_iter().map(|name| bare(&name[1..])).collect(),
        }
    }

    /// Whether the test called `name` is among those chosen.
    pub(super) fn matches(&self, name: &str) -> bool {
        let is_hit = |pattern: &String| glob(pattern.as_bytes(), name.as_bytes());
        (self.wanted.is_empty() || self.wanted.iter().any(is_hit)) && !self.unwanted.iter().any(is_hit)
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

    #[test]
    fn left_out() {
        let filter = Filter::new("!count,!a*");
        assert!(filter.matches("read") && !filter.matches("count") && !filter.matches("ab"));
        let filter = Filter::new("read*,!read-v");
        assert!(filter.matches("read") && !filter.matches("read-v") && !filter.matches("write"));
    }
}
