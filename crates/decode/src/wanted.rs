//! What somebody wants to see of answers.

use crate::question::{Answer, Context, FdInfo, Question};
use crate::target::Target;
use std::borrow::Cow;

/// What is wanted of answers to questions that are asked only to tell the user more.
///
/// A full answer that is [cut down](Wanted::cut) is the one that is given where no more than that is asked for: so a
/// recording of full answers serves everybody. Answers that decide how something is decoded are given in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Paths of descriptors and of the working directory.
    pub paths: bool,
    /// Addresses of sockets.
    pub sockets: bool,
    /// Numbers of devices.
    pub devices: bool,
    /// The state of eventfds.
    pub eventfds: bool,
    /// The masks of signalfds.
    pub signalfds: bool,
    /// The processes of pidfds.
    pub pidfds: bool,
    /// Command names of processes.
    pub commands: bool,
    /// Ids in the tracer's PID namespace.
    pub translations: bool,
    /// Security contexts, and how much of them.
    pub contexts: Option<WantedContext>,
    /// Namespaces that are entered.
    pub namespaces: bool,
    /// Why virtual processors stop.
    pub vcpus: bool,
}

/// What is wanted of a security context beside its type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WantedContext {
    /// All of it.
    pub whole: bool,
    /// Of a file, also what the policy says, where that is something else.
    pub expected: bool,
}

impl Wanted {
    /// Whatever there is.
    pub const EVERYTHING: Wanted = Wanted {
        paths: true,
        sockets: true,
        devices: true,
        eventfds: true,
        signalfds: true,
        pidfds: true,
        commands: true,
        translations: true,
        contexts: Some(WantedContext { whole: true, expected: true }),
        namespaces: true,
        vcpus: true,
    };

    /// Whether anything of descriptors is wanted.
    pub fn descriptors(&self) -> bool {
        self.paths || self.sockets || self.devices || self.eventfds || self.signalfds || self.pidfds
    }

    /// As much as is wanted of a full answer.
    pub fn cut<'a>(&self, question: &Question<'_>, answer: Answer<'a>) -> Option<Answer<'a>> {
        let is_wanted = match question {
            Question::WorkingDirectory => self.paths,
            Question::Command(..) => self.commands,
            Question::Translated(..) => self.translations,
            Question::Namespace(..) => self.namespaces,
            Question::Vcpu(_) => self.vcpus,
            _ => true,
        };
        match answer {
            Answer::Fd(info) => self.of_descriptor(info).map(Answer::Fd),
            Answer::Context(context) => self.contexts?.of(context).map(Answer::Context),
            answer => is_wanted.then_some(answer),
        }
    }

    fn of_descriptor<'a>(&self, info: FdInfo<'a>) -> Option<FdInfo<'a>> {
        let is_wanted = match &info {
            FdInfo::Path { .. } => self.paths,
            FdInfo::Device { .. } => self.devices,
            FdInfo::Socket(_) => self.sockets,
            FdInfo::Eventfd { .. } => self.eventfds,
            FdInfo::Signalfd { .. } => self.signalfds,
            FdInfo::Pidfd { .. } => self.pidfds,
        };
        match info {
            FdInfo::Pidfd { pid, .. } if is_wanted && !self.commands => {
                Some(FdInfo::Pidfd { pid, command: None })
            }
            info if is_wanted => Some(info),
            info => self.paths.then(|| FdInfo::Path { path: info.into_path(), deleted: false }),
        }
    }
}

impl<'a> FdInfo<'a> {
    /// What the link in `/proc/PID/fd` says.
    pub fn into_path(self) -> Cow<'a, [u8]> {
        match self {
            FdInfo::Path { path, .. } | FdInfo::Device { path, .. } => path,
            FdInfo::Socket(socket) => Cow::Owned(format!("socket:[{}]", socket.inode).into_bytes()),
            FdInfo::Eventfd { .. } => Cow::Borrowed(FdInfo::EVENTFD),
            FdInfo::Signalfd { .. } => Cow::Borrowed(FdInfo::SIGNALFD),
            FdInfo::Pidfd { .. } => Cow::Borrowed(FdInfo::PIDFD),
        }
    }
}

impl FdInfo<'_> {
    /// The names that the kernel has for these objects.
    pub const EVENTFD: &'static [u8] = b"anon_inode:[eventfd]";
    /// See [`FdInfo::EVENTFD`].
    pub const SIGNALFD: &'static [u8] = b"anon_inode:[signalfd]";
    /// See [`FdInfo::EVENTFD`].
    pub const PIDFD: &'static [u8] = b"anon_inode:[pidfd]";
}

impl WantedContext {
    /// As much as is wanted of a context; `None` if nothing is left.
    pub fn of<'a>(self, context: Context<'a>) -> Option<Context<'a>> {
        let Context { is, expected } = context;
        let is = if self.whole { is } else { kind(is) };
        let expected = expected.filter(|_| self.expected);
        let expected = expected.map(|expected| if self.whole { expected } else { kind(expected) });
        let expected = expected.filter(|expected| *expected != is);
        (!is.is_empty()).then_some(Context { is, expected })
    }
}

/// The type in a context: `tmp_t` of `system_u:object_r:tmp_t:s0`.
fn kind(context: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let nth = |context: &[u8]| {
        let before: usize = context.split(|&b| b == b':').take(2).map(|part| part.len() + 1).sum();
        let len = context.split(|&b| b == b':').nth(2)?.len();
        Some(before..before + len)
    };
    let Some(range) = nth(&context) else { return context };
    match context {
        Cow::Borrowed(context) => Cow::Borrowed(&context[range]),
        Cow::Owned(context) => Cow::Owned(context[range].to_vec()),
    }
}

/// A target that cuts the full answers of another down to what is wanted.
pub struct CutDown<'a> {
    target: &'a mut dyn Target,
    wanted: Wanted,
}

impl<'a> CutDown<'a> {
    /// What is `wanted` of what `target` answers.
    pub fn new(target: &'a mut dyn Target, wanted: Wanted) -> CutDown<'a> {
        CutDown { target, wanted }
    }
}

impl Target for CutDown<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.target.read(addr, buf)
    }

    fn read_text(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.target.read_text(addr, buf)
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        let answer = self.target.ask(question)?;
        self.wanted.cut(question, answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(
        whole: bool,
        expects: bool,
        is: &str,
        expected: Option<&str>,
    ) -> Option<(String, Option<String>)> {
        let text = |bytes: Cow<'_, [u8]>| String::from_utf8(bytes.into_owned()).unwrap();
        let bytes = |text: &str| Cow::Owned(text.as_bytes().to_vec());
        let context = Context { is: bytes(is), expected: expected.map(bytes) };
        let left = WantedContext { whole, expected: expects }.of(context)?;
        Some((text(left.is), left.expected.map(text)))
    }

    #[test]
    fn as_much_of_a_context_as_is_wanted() {
        let (is, should) = ("system_u:object_r:tmp_t:s0", "system_u:object_r:bin_t:s0");
        let some = |is: &str, should: Option<&str>| Some((is.to_owned(), should.map(str::to_owned)));
        assert_eq!(shown(false, true, is, None), some("tmp_t", None));
        assert_eq!(shown(true, true, is, None), some(is, None));
        assert_eq!(shown(false, true, is, Some(should)), some("tmp_t", Some("bin_t")));
        assert_eq!(shown(true, true, is, Some(should)), some(is, Some(should)));
        assert_eq!(shown(true, false, is, Some(should)), some(is, None));
        assert_eq!(shown(false, true, is, Some("user_u:object_r:tmp_t:s0")), some("tmp_t", None));
        assert_eq!(shown(false, true, "odd", None), some("odd", None));
        assert_eq!(shown(false, true, "a:b::c", None), None);
    }
}
