//! The state of a virtual processor before and after it has run (`-e kvm=vcpu+`): `struct kvm_run` of `linux/kvm.h`,
//! which the kernel shares with the tracee, in a line of its own each.

use crate::config::Symbols;
use decode::{Answer, Call, Options, Outcome, Question, Target};
use std::fmt::Write as _;

/// `KVM_RUN`, `KVM_EXIT_IO` and `KVM_EXIT_MMIO` of `linux/kvm.h`.
const KVM_RUN: u64 = 0xae80;
const KVM_EXIT_IO: u32 = 2;
const KVM_EXIT_MMIO: u32 = 6;

/// How much of the struct is shown: its head, and the part of its union for reads and writes.
const SIZE: usize = 56;

/// A virtual processor that is about to run.
#[derive(Debug)]
pub(crate) struct Vcpu {
    /// Its number in its machine.
    number: u32,
    /// Where its state is in the tracee.
    at: u64,
    before: State,
}

/// The bytes of a `struct kvm_run`.
#[derive(Debug)]
struct State([u8; SIZE]);

/// How much to show, and how.
#[derive(Clone, Copy)]
struct Manner {
    symbols: Symbols,
    /// The most elements of an array.
    most: usize,
    /// Arrays that are pointed to are shown.
    verbose: bool,
    failed: bool,
}

impl Vcpu {
    /// The one that a call is about to run.
    pub(crate) fn about_to_run(call: &Call, target: &mut dyn Target) -> Option<Vcpu> {
        if call.name() != Some("ioctl") || call.args[1] & 0xffff_ffff != KVM_RUN {
            return None;
        }
        let Answer::Vcpu { number, state: at } = target.ask(&Question::Vcpu(call.args[0] as i32))? else {
            return None;
        };
        Some(Vcpu { number, at, before: State::read(target, at)? })
    }

    /// The lines that show the state before and, if the call has not failed, after.
    pub(crate) fn lines(
        &self,
        symbols: Symbols,
        options: &Options,
        outcome: Outcome,
        target: &mut dyn Target,
    ) -> String {
        let manner = Manner {
            symbols,
            most: if options.abbrev { options.strings } else { usize::MAX },
            verbose: options.verbose,
            failed: matches!(outcome, Outcome::Error(_)),
        };
        let mut text = format!(" VCPU:{}< ", self.number);
        self.before.show(&mut text, target, self.at, manner);
        text.push('\n');
        if let Some(after) = State::read(target, self.at).filter(|_| !manner.failed) {
            let _ = write!(text, " VCPU:{}> ", self.number);
            after.show(&mut text, target, self.at, manner);
            text.push('\n');
        }
        text
    }
}

impl State {
    fn read(target: &mut dyn Target, at: u64) -> Option<State> {
        let mut bytes = [0; SIZE];
        (target.read(at, &mut bytes) == SIZE).then_some(State(bytes))
    }

    /// The little-endian number of `N` bytes at `offset`; only machines of that order have such virtual processors.
    fn number(&self, offset: usize, bytes: usize) -> u64 {
        self.0[offset..offset + bytes].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
    }

    fn show(&self, out: &mut String, target: &mut dyn Target, at: u64, manner: Manner) {
        let reason = self.number(8, 4) as u32;
        let _ = write!(
            out,
            "{{request_interrupt_window={}, immediate_exit={}, exit_reason={reason}",
            self.number(0, 1),
            self.number(1, 1)
        );
        if let Some(name) = syscalls::vcpu_exit_reason(reason) {
            let _ = write!(out, " /* {name} */");
        }
        let _ = write!(
            out,
            ", ready_for_interrupt_injection={}, if_flag={}, flags={}, cr8={}, apic_base={}",
            self.number(12, 1),
            self.number(13, 1),
            hex(self.number(14, 2), 0),
            hex(self.number(16, 8), 16),
            hex(self.number(24, 8), 16)
        );
        match reason {
            KVM_EXIT_IO => self.show_io(out, target, at, manner),
            KVM_EXIT_MMIO => self.show_mmio(out, manner),
            _ => {}
        }
        out.push('}');
    }

    fn show_io(&self, out: &mut String, target: &mut dyn Target, at: u64, manner: Manner) {
        let (size, count, offset) = (self.number(33, 1), self.number(36, 4), self.number(40, 8));
        out.push_str(", {io={direction=");
        show_direction(out, self.number(32, 1), manner.symbols);
        let _ = write!(
            out,
            ", size={size}, port={}, count={count}, data_offset={}, data=",
            hex(self.number(34, 2), 4),
            hex(offset, 16)
        );
        let at = at.wrapping_add(offset);
        let bytes = size * count;
        if bytes != 0 && (manner.failed || !manner.verbose) {
            let _ = write!(out, "{at:#x}");
        } else {
            show_bytes_at(out, target, at, bytes, manner.most);
        }
        out.push_str("}}");
    }

    fn show_mmio(&self, out: &mut String, manner: Manner) {
        let _ = write!(out, ", {{mmio={{phys_addr={}, data=", hex(self.number(32, 8), 16));
        show_bytes(out, &self.0[40..48], self.0[40..48].len() > manner.most, manner.most);
        let _ = write!(out, ", len={}, is_write={}}}}}", self.number(48, 4), self.number(52, 1));
    }
}

fn show_direction(out: &mut String, direction: u64, symbols: Symbols) {
    let name = ["KVM_EXIT_IO_IN", "KVM_EXIT_IO_OUT"].get(direction as usize);
    let number = hex(direction, 0);
    let _ = match (symbols, name) {
        (Symbols::Raw, _) => write!(out, "{number}"),
        (Symbols::Abbrev, Some(name)) => write!(out, "{name}"),
        (_, name) => write!(out, "{number} /* {} */", name.unwrap_or(&"KVM_EXIT_IO_???")),
    };
}

/// Shows `count` bytes of the tracee's memory: its address, if there are none to be read.
fn show_bytes_at(out: &mut String, target: &mut dyn Target, at: u64, count: u64, most: usize) {
    /// The kernel gives one page to this data.
    const MOST: u64 = 4096;
    let mut bytes = vec![0; count.min(MOST).min(most as u64) as usize];
    if target.read(at, &mut bytes) < bytes.len() {
        let _ = write!(out, "{at:#x}");
        return;
    }
    show_bytes(out, &bytes, count > bytes.len() as u64, most);
}

fn show_bytes(out: &mut String, bytes: &[u8], more: bool, most: usize) {
    let shown: Vec<String> = bytes.iter().take(most).map(|&byte| hex(byte.into(), 0)).collect();
    let _ = write!(out, "[{}", shown.join(", "));
    if more {
        out.push_str(if shown.is_empty() { "..." } else { ", ..." });
    }
    out.push(']');
}

/// A hexadecimal number in `width` characters at least; zero has no `0x`.
fn hex(number: u64, width: usize) -> String {
    if number == 0 {
        format!("{number:0width$}", width = width.max(1))
    } else {
        format!("{number:#0width$x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANNER: Manner = Manner { symbols: Symbols::Abbrev, most: 32, verbose: true, failed: false };

    /// A tracee whose memory these bytes are.
    struct Bytes<'a>(&'a [u8]);

    impl Bytes<'_> {
        const AT: u64 = 0x1000;
    }

    impl Target for Bytes<'_> {
        fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
            let there =
                addr.checked_sub(Bytes::AT).and_then(|at| self.0.get(at as usize..)).unwrap_or_default();
            let got = there.len().min(buf.len());
            buf[..got].copy_from_slice(&there[..got]);
            got
        }
    }

    fn shown(state: &State, manner: Manner) -> String {
        let mut out = String::new();
        state.show(&mut out, &mut Bytes(&state.0), Bytes::AT, manner);
        out
    }

    fn state(reason: u8) -> State {
        let mut state = State([0; SIZE]);
        state.0[8] = reason;
        state.0[24..28].copy_from_slice(&[0, 9, 0xe0, 0xfe]);
        state
    }

    #[test]
    fn states_without_details() {
        let head = "{request_interrupt_window=0, immediate_exit=0, exit_reason=";
        let rest = "ready_for_interrupt_injection=0, if_flag=0, flags=0, cr8=0000000000000000, apic_base=0x000000fee00900}";
        assert_eq!(shown(&state(5), MANNER), format!("{head}5 /* KVM_EXIT_HLT */, {rest}"));
        assert_eq!(shown(&state(99), MANNER), format!("{head}99, {rest}"));
    }

    #[test]
    fn port_accesses() {
        let mut io = state(2);
        io.0[32..40].copy_from_slice(&[1, 1, 0xf8, 3, 2, 0, 0, 0]);
        // The data are the first bytes of the state itself.
        io.0[..2].copy_from_slice(&[0xa, 0]);
        let end = |manner| shown(&io, manner).split_once(", {").unwrap().1.to_owned();
        let head =
            "io={direction=KVM_EXIT_IO_OUT, size=1, port=0x3f8, count=2, data_offset=0000000000000000, ";
        assert_eq!(end(MANNER), format!("{head}data=[0xa, 0]}}}}}}"));
        assert_eq!(end(Manner { most: 1, ..MANNER }), format!("{head}data=[0xa, ...]}}}}}}"));
        assert_eq!(end(Manner { failed: true, ..MANNER }), format!("{head}data={:#x}}}}}}}", Bytes::AT));
        assert!(end(Manner { symbols: Symbols::Verbose, ..MANNER }).contains("=0x1 /* KVM_EXIT_IO_OUT */"));
    }

    #[test]
    fn memory_accesses() {
        let mut mmio = state(6);
        mmio.0[32..34].copy_from_slice(&[0x34, 0x12]);
        mmio.0[41] = 0x10;
        mmio.0[48] = 1;
        let text = shown(&mmio, MANNER);
        let end = "{mmio={phys_addr=0x00000000001234, data=[0, 0x10, 0, 0, 0, 0, 0, 0], len=1, is_write=0}}}";
        assert!(text.ends_with(end), "{text}");
    }
}
