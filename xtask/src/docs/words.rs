//! What a description says, in words.

use decode::{Arg, Classes, Dir, Len, PidKind, Record, Ret, Show, Ty, Width, class};

use super::tables::Tables;
use uapi::Abi;

/// Words with links to the tables of a page.
pub(super) struct Words<'a> {
    pub(super) tables: &'a Tables,
}

impl Words<'_> {
    /// An argument or a member; `names` are those of all the arguments, for lengths refer to others.
    pub(super) fn argument(&self, arg: &'static Arg, names: &[&str]) -> String {
        let ty = self.ty(&arg.ty, names);
        let mut remarks = Vec::new();
        remarks.extend(arg.when.map(|_| "only at times"));
        remarks.extend(arg.verbose.then_some("with `-v`"));
        remarks.extend(arg.elided.then_some("not shown"));
        remarks.extend(arg.nonzero.then_some("unless zero"));
        let remarks = if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join(", ")) };
        if arg.name.is_empty() { format!("{ty}{remarks}") } else { format!("`{}`: {ty}{remarks}", arg.name) }
    }

    /// A type.
    pub(super) fn ty(&self, ty: &'static Ty, names: &[&str]) -> String {
        match ty {
            Ty::Int(width, show) => integer(*width, *show),
            Ty::Flags(_, table) => format!("flags {}", self.link(&self.tables.name(table))),
            Ty::Enum(_, table) => format!("one of {}", self.link(&self.tables.name(table))),
            Ty::Scalar(width, _) | Ty::ScalarHook(width, _) => format!("a value, {}", size(*width)),
            Ty::Addr => "an address".to_owned(),
            Ty::Fd => "a descriptor".to_owned(),
            Ty::FdLike(..) => "a descriptor, or what stands in its place".to_owned(),
            Ty::DirFd => "a directory's descriptor, or `AT_FDCWD`".to_owned(),
            Ty::Pid(kind) => pid(*kind).to_owned(),
            Ty::Path => "in: a path".to_owned(),
            Ty::Str => "in: a string".to_owned(),
            Ty::At(dir, inner) => format!("{}: {}", direction(*dir), self.ty(inner, names)),
            Ty::Wide(pointer) => format!("{} (64 bits)", self.ty(pointer, names)),
            Ty::Bytes(len) | Ty::Binary(len) => format!("bytes ({})", length(len, names)),
            Ty::CharArray(size) => format!("a string in {size} bytes"),
            Ty::Struct(record) => self.record(record),
            Ty::Members(record, members) => {
                let members: Vec<String> =
                    members.iter().filter(|m| !m.is_empty()).map(|m| format!("`{m}`")).collect();
                format!("{} of {}", members.join(", "), self.record(record))
            }
            Ty::Form(len, _) => format!("data of its own form, of bytes: {}", length(len, names)),
            Ty::If(_, inner) => format!("{}, only at times", self.ty(inner, names)),
            Ty::ByAbi(of) => self.ty(of(Abi::X86_64), names),
            Ty::Changes(inner) => format!("{}, which may change", self.ty(inner, names)),
            Ty::InPlace(inner) => self.ty(inner, names),
            Ty::Filled(given, got) => {
                format!("given: {}; filled in: {}", self.ty(given, names), self.ty(got, names))
            }
            Ty::Becomes(given, got) | Ty::Replaced(given, got) => {
                format!("before: {}; after: {}", self.ty(given, names), self.ty(got, names))
            }
            Ty::Sized { of, size, .. } => format!("{} (bytes: {})", self.record(of), length(size, names)),
            Ty::Array(of, len) => format!("an array ({}) of {}", length(len, names), self.ty(of, names)),
            Ty::Union(union) => {
                let kinds: Vec<String> = union.cases.iter().map(|(_, ty)| self.ty(ty, names)).collect();
                format!("by `{}`: {}", union.on, kinds.join("; "))
            }
            Ty::Inline(..) | Ty::InlineHook(_) => "a value of its own form".to_owned(),
            Ty::Pad(bytes) => format!("{bytes} bytes that are not shown"),
            Ty::Hook(hook) => format!("{}: data of its own form", direction(hook.dir)),
        }
    }

    fn record(&self, record: &'static Record) -> String {
        self.link(&self.tables.record_name(record))
    }

    /// A link to a heading.
    fn link(&self, heading: &str) -> String {
        format!("[`{heading}`](#{})", anchor(heading))
    }
}

/// The anchor that a heading gets on the pages of usual forges.
pub(super) fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn size(width: Width) -> &'static str {
    match width {
        Width::W1 => "8 bits",
        Width::W2 => "16 bits",
        Width::W4 => "32 bits",
        Width::W8 => "64 bits",
        Width::Long => "a `long`",
        Width::KLong => "a `__kernel_long_t`",
    }
}

fn integer(width: Width, show: Show) -> String {
    let form = match show {
        Show::Dec => "a number",
        Show::Udec => "an unsigned number",
        Show::Hex => "a hexadecimal number",
        Show::Oct => "an octal number",
        Show::Mode => "permissions",
    };
    format!("{form}, {}", size(width))
}

fn pid(kind: PidKind) -> &'static str {
    match kind {
        PidKind::Tid => "a thread's id",
        PidKind::Tgid => "a process's id",
        PidKind::Pgid => "a process group's id",
        PidKind::Sid => "a session's id",
    }
}

fn direction(dir: Dir) -> &'static str {
    match dir {
        Dir::In => "in",
        Dir::Out => "out",
        Dir::InOut => "in and out",
        Dir::Late => "out, of failed calls too",
        Dir::InOutLate => "in and out, of failed calls too",
    }
}

fn length(len: &Len, names: &[&str]) -> String {
    let argument = |i: &u8| names.get(usize::from(*i)).copied().unwrap_or("?");
    match len {
        Len::Const(n) => n.to_string(),
        Len::Arg(i) | Len::ArgInt(i) => format!("as many as `{}`", argument(i)),
        Len::AtArg(i) => format!("as many as `{}` points to", argument(i)),
        Len::Field(name) => format!("as many as `{name}`"),
        Len::Ret => "as many as the call returns".to_owned(),
        Len::Min(one, other) => format!("{}, but at most {}", length(one, names), length(other, names)),
        Len::Div(len, by) => format!("{} divided by {by}", length(len, names)),
        Len::DivUp(len, by) => format!("{} divided by {by}, rounded up", length(len, names)),
    }
}

/// What a call returns.
pub(super) fn returned(ret: Ret) -> String {
    match ret {
        Ret::Dec | Ret::Udec => "a number".to_owned(),
        Ret::Hex => "a hexadecimal number".to_owned(),
        Ret::Addr => "an address".to_owned(),
        Ret::Mode => "permissions".to_owned(),
        Ret::Fd => "a descriptor".to_owned(),
        Ret::Pid(kind) => pid(kind).to_owned(),
        Ret::Never => "never".to_owned(),
        Ret::Aux(value, _) | Ret::AuxHook(value, ..) => format!("{} and what it means", returned(*value)),
        Ret::Shown(..) => "a value of its own form".to_owned(),
        Ret::Pick(_) => "what its command says".to_owned(),
    }
}

/// The names of the classes in a set.
pub(super) fn classes(set: Classes) -> impl Iterator<Item = &'static str> {
    const CLASSES: [(Classes, &str); 17] = [
        (class::FILE, "file"),
        (class::DESC, "desc"),
        (class::PROCESS, "process"),
        (class::NETWORK, "network"),
        (class::SIGNAL, "signal"),
        (class::IPC, "ipc"),
        (class::MEMORY, "memory"),
        (class::CREDS, "creds"),
        (class::STAT, "stat"),
        (class::LSTAT, "lstat"),
        (class::FSTAT, "fstat"),
        (class::STAT_LIKE, "%stat"),
        (class::STATFS, "statfs"),
        (class::FSTATFS, "fstatfs"),
        (class::STATFS_LIKE, "%statfs"),
        (class::CLOCK, "clock"),
        (class::PURE, "pure"),
    ];
    CLASSES.into_iter().filter(move |(bit, _)| set & bit != 0).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors() {
        assert_eq!(anchor("O_???"), "o_");
        assert_eq!(anchor("struct timespec (2)"), "struct-timespec-2");
    }

    #[test]
    fn lengths() {
        assert_eq!(
            length(&Len::Min(&Len::Ret, &Len::Arg(1)), &["fd", "len"]),
            "as many as the call returns, but at most as many as `len`"
        );
    }
}
