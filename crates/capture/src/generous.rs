//! Reading whatever any rendering of a call could ask for.

use crate::silence::Silence;
use decode::{Call, Cx, Options, Outcome, Pending, Question, Scratch, Target, Ty};

/// Walks calls by their rows and shows nothing: what matters is what is read meanwhile.
pub struct Generous {
    options: Options,
    scratch: Scratch,
}

/// Looks at the paths and descriptors of a call that begins, also those that are shown later: by them calls are chosen.
fn look_ahead(call: &Call, target: &mut dyn Target) {
    for (arg, value) in call.described_args().zip(call.args) {
        match arg.ty {
            Ty::Path if value != 0 => {
                look_at_path(value, target);
            }
            Ty::Fd | Ty::DirFd | Ty::FdLike(..) if value as i32 >= 0 => {
                target.ask(&Question::Fd(value as i32));
            }
            _ => {}
        }
    }
}

/// Reads a path. Most are short, for which the page behind theirs need not be read.
fn look_at_path(addr: u64, target: &mut dyn Target) {
    const SHORT: usize = 256;
    let mut first = [0; SHORT];
    let got = target.read_text(addr, &mut first);
    if got == first.len() && !first.contains(&0) {
        let rest = &mut [0; decode::PATH_MAX - SHORT];
        target.read_text(addr.wrapping_add(got as u64), rest);
    }
}

impl Generous {
    /// Of strings, so many bytes are read at most, and of arrays that are cut short as many elements.
    pub fn new(strings: usize) -> Generous {
        let options = Options { strings, abbrev: false, verbose: true, raw: false };
        Generous { options, scratch: Scratch::default() }
    }

    /// Reads what a call that begins is about. What it takes to go on at its end is in `pending`.
    pub fn enter(&mut self, call: &Call, pending: &mut Pending, target: &mut dyn Target) {
        if let Some(row) = call.row {
            decode::enter(&mut self.cx(call, Outcome::Running, pending, target, &mut Silence), row);
            if !pending.is_complete() {
                look_ahead(call, target);
            }
        }
    }

    /// Reads what a call that has returned is about.
    pub fn exit(&mut self, call: &Call, outcome: Outcome, pending: &mut Pending, target: &mut dyn Target) {
        if let Some(row) = call.row {
            decode::exit(&mut self.cx(call, outcome, pending, target, &mut Silence), row);
            decode::result(&mut self.cx(call, outcome, pending, target, &mut Silence), row);
        }
    }

    /// Reads what a signal's `siginfo_t` points to.
    pub fn signal(&mut self, abi: uapi::Abi, info: &[u8], target: &mut dyn Target) {
        let call = Call::new(abi, 0, [0; 6], None);
        let mut pending = Pending::default();
        syscalls::show_siginfo(
            &mut self.cx(&call, Outcome::Running, &mut pending, target, &mut Silence),
            info,
        );
    }

    fn cx<'a>(
        &'a mut self,
        call: &Call,
        outcome: Outcome,
        pending: &'a mut Pending,
        target: &'a mut dyn Target,
        out: &'a mut Silence,
    ) -> Cx<'a> {
        Cx::new(call.abi, call.args, outcome, &self.options, target, out, pending, &mut self.scratch)
    }
}
