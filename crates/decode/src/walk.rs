//! The one walker: shows a call by its row, on entering as far as the arguments are known then, and the
//! rest on exiting.

use crate::cx::{Cx, Frame, Outcome, PATH_MAX, mask};
use crate::layout::{Class, size_align};
use crate::sink::{Base, Kind, Text};
use crate::ty::{Arg, Dir, Len, Record, Ret, Show, Syscall, Ty, Union, Width};
use uapi::Abi;

/// The most bytes read of an array at a time.
const CHUNK: usize = 4096;

/// The arguments of a call as its row and its command say.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    head: &'static [Arg],
    tail: &'static [Arg],
    ret: Ret,
}

impl Plan {
    fn of(row: &'static Syscall, abi: Abi, args: &[u64; 6]) -> Plan {
        let whole = Plan { head: row.args, tail: &[], ret: row.ret };
        let Some(switch) = &row.switch else { return whole };
        let on = usize::from(switch.on);
        // Of a long, all counts, and no command has more than 32 bits.
        if args[on] >> 32 != 0 && row.args.get(on).is_some_and(|a| is_long(&a.ty)) {
            return Plan { tail: switch.other, ..whole };
        }
        let key = args[on] as u32 & switch.mask;
        if let Some(found) = switch.find.and_then(|find| find(abi, key)) {
            return Plan { tail: found.tail, ret: found.ret, ..whole };
        }
        let hit =
            switch.cases.iter().find(|c| c.keys.iter().any(|k| k.on(abi).is_some_and(|v| v as u32 == key)));
        match hit {
            Some(case) => Plan { tail: case.tail, ret: case.ret, ..whole },
            None => Plan { tail: switch.other, ..whole },
        }
    }

    fn get(&self, i: usize) -> Option<&'static Arg> {
        self.head.get(i).or_else(|| self.tail.get(i - self.head.len()))
    }
}

/// The arguments of a row from the registers: a 64-bit number takes two registers of an i386 call.
pub fn arguments(row: &'static Syscall, abi: Abi, registers: [u64; 6]) -> [u64; 6] {
    if abi != Abi::I386 {
        return registers;
    }
    let mut args = registers;
    let plan = Plan::of(row, abi, &registers);
    let mut words = registers.into_iter().map(|r| r & 0xffff_ffff);
    for (i, arg) in args.iter_mut().enumerate() {
        *arg = words.next().unwrap_or(0);
        if plan.get(i).is_some_and(|a| is_wide(&a.ty)) {
            *arg |= words.next().unwrap_or(0) << 32;
        }
    }
    args
}

fn is_long(ty: &Ty) -> bool {
    matches!(
        ty,
        Ty::Int(Width::Long, _)
            | Ty::Flags(Width::Long, _)
            | Ty::Enum(Width::Long, _)
            | Ty::Scalar(Width::Long, _)
    )
}

fn is_wide(ty: &Ty) -> bool {
    matches!(
        ty,
        Ty::Int(Width::W8, _) | Ty::Flags(Width::W8, _) | Ty::Enum(Width::W8, _) | Ty::Scalar(Width::W8, _)
    )
}

/// Shows the arguments that are known on entering, up to the first that only the exit can tell.
pub fn enter(cx: &mut Cx<'_>, row: &'static Syscall) {
    let plan = Plan::of(row, cx.abi, &cx.args);
    cx.plan = Some(plan);
    let mut i = 0;
    while let Some(a) = plan.get(i) {
        cx.at_arg = i as u8;
        if !is_shown(cx, a) {
            i += 1;
            continue;
        }
        if waits(&a.ty) {
            return prepare(cx, &plan, i);
        }
        if cx.pending.shown > 0 {
            cx.out.arg_next();
        }
        cx.pending.shown += 1;
        name_arg(cx, a);
        let v = cx.arg(i);
        if let Ty::At(Dir::InOut, inner) = &a.ty {
            enter_inout(cx, inner, v);
        } else {
            cx.show_argument(&a.ty, v);
        }
        if is_inout(&a.ty) {
            cx.pending.open = true;
            prepare(cx, &plan, i + 1);
            cx.pending.next = i as u8;
            return;
        }
        i += 1;
    }
    cx.pending.next = i as u8;
    cx.pending.complete = true;
}

/// Shows the arguments that [`enter`] left.
pub fn exit(cx: &mut Cx<'_>, row: &'static Syscall) {
    let plan = Plan::of(row, cx.abi, &cx.args);
    cx.plan = Some(plan);
    let mut i = usize::from(cx.pending.next);
    while let Some(a) = plan.get(i) {
        cx.at_arg = i as u8;
        let v = cx.arg(i);
        if cx.pending.open {
            cx.pending.open = false;
            match &a.ty {
                Ty::At(_, inner) => exit_inout(cx, inner, v),
                ty => cx.show_argument(ty, v),
            }
        } else if is_shown(cx, a) {
            if cx.pending.shown > 0 {
                cx.out.arg_next();
            }
            cx.pending.shown += 1;
            name_arg(cx, a);
            match &a.ty {
                Ty::At(Dir::InOut, inner) => late_inout(cx, inner, v, cx.failed()),
                Ty::At(Dir::InOutLate, inner) => late_inout(cx, inner, v, false),
                ty => cx.show_argument(ty, v),
            }
        }
        i += 1;
    }
    cx.pending.next = i as u8;
}

/// Shows what a successful call returned, and what that means.
pub fn result(cx: &mut Cx<'_>, row: &'static Syscall) {
    let ret = Plan::of(row, cx.abi, &cx.args).ret;
    let Outcome::Value(v) = cx.outcome else { return };
    show_result(cx, ret, v);
}

fn show_result(cx: &mut Cx<'_>, ret: Ret, v: i64) {
    match ret {
        Ret::Dec | Ret::Udec => cx.out.uint(v as u64),
        Ret::Hex => cx.out.hex(v as u64),
        Ret::Mode => cx.out.mode(v as u64),
        // A result that is injected may be no descriptor at all.
        Ret::Fd => match i32::try_from(v) {
            Ok(fd) => cx.fd(fd),
            Err(_) => cx.out.int(v),
        },
        Ret::Pid(kind) => cx.pid(kind, v as i32),
        // That it has returned after all is told of a result that was injected.
        Ret::Never => cx.out.uint(v as u64),
        Ret::Shown(show) => show(cx),
        Ret::Pick(of) => show_result(cx, of(cx), v),
        Ret::Aux(value, means) => {
            show_result(cx, *value, v);
            means(cx);
        }
    }
}

/// Shows every argument as a bare hexadecimal number.
pub fn raw<'n>(cx: &mut Cx<'_>, names: impl Iterator<Item = &'n str>) {
    for (i, name) in names.enumerate().take(6) {
        if i > 0 {
            cx.out.arg_next();
        }
        cx.out.arg_name(name);
        let v = cx.args[i];
        cx.out.hex(v);
        cx.pending.shown += 1;
    }
    cx.pending.next = u8::MAX;
    cx.pending.complete = true;
}

fn name_arg(cx: &mut Cx<'_>, a: &Arg) {
    if a.labelled { cx.out.arg_label(a.name) } else { cx.out.arg_name(a.name) }
}

/// The kernel takes the whole register for a `long`, which has more bits than the tracee's own on x32.
fn in_register(width: Width) -> Width {
    if width == Width::Long { Width::KLong } else { width }
}

fn is_shown(cx: &Cx<'_>, a: &Arg) -> bool {
    a.when.is_none_or(|w| w(cx))
}

/// Whether an argument is not known before the call returns.
fn waits(ty: &Ty) -> bool {
    match ty {
        Ty::At(dir, _) => matches!(dir, Dir::Out | Dir::Late | Dir::InOutLate),
        Ty::Hook(h) => matches!(h.dir, Dir::Out | Dir::Late),
        _ => false,
    }
}

fn is_inout(ty: &Ty) -> bool {
    match ty {
        Ty::At(dir, _) => *dir == Dir::InOut,
        Ty::Hook(h) => h.dir == Dir::InOut,
        _ => false,
    }
}

/// Remembers where exiting goes on, and what the arguments from there on point to before the call changes it.
fn prepare(cx: &mut Cx<'_>, plan: &Plan, next: usize) {
    cx.pending.next = next as u8;
    let mut i = next;
    while let Some(a) = plan.get(i) {
        if let Ty::At(Dir::InOut | Dir::InOutLate, inner) = &a.ty {
            cx.at_arg = i as u8;
            let v = cx.arg(i);
            if let Some(word) = before(cx, inner, v) {
                cx.save(word);
            }
        }
        i += 1;
    }
}

/// What is kept of in-out data: a scalar's value, or a checksum by which a change is seen.
fn before(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64) -> Option<u64> {
    let size = cx.size_of(ty);
    if addr == 0 || size == 0 || size > crate::ty::MAX_RECORD {
        return None;
    }
    if size <= 8 && is_scalar(ty) {
        return cx.read_uint(addr, size);
    }
    let start = cx.push(addr, size)?;
    let sum = checksum(&cx.scratch.stack[start..]);
    cx.scratch.stack.truncate(start);
    Some(sum)
}

fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

fn is_scalar(ty: &Ty) -> bool {
    !matches!(
        ty,
        Ty::Struct(_)
            | Ty::Sized { .. }
            | Ty::Array(..)
            | Ty::Bytes(_)
            | Ty::Binary(_)
            | Ty::CharArray(_)
            | Ty::Union(_)
            | Ty::Inline(..)
            | Ty::Pad(_)
            | Ty::At(..)
    )
}

fn enter_inout(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64) {
    let word = if cx.options.verbose { before(cx, ty, addr) } else { None };
    let Some(word) = word else { return cx.out.addr(addr) };
    cx.save(word);
    cx.out.change_begin();
    if is_scalar(ty) {
        cx.out.open(Kind::Deref);
        cx.show(ty, word);
    } else {
        cx.deref(ty, addr);
    }
}

fn exit_inout(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64) {
    let Some(old) = cx.saved_here() else { return };
    let failed = cx.failed();
    close_inout(cx, ty, addr, old, failed);
}

/// Shows what in-out data has changed to from `old`, if it has and that is known, and that this is all.
fn close_inout(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64, old: u64, is_old: bool) {
    let new = if is_old { None } else { before(cx, ty, addr) };
    let changed = new.filter(|&new| new != old);
    if let Some(new) = changed {
        cx.out.changed();
        if is_scalar(ty) {
            cx.show(ty, new);
        } else {
            cx.deref(ty, addr);
        }
    }
    if is_scalar(ty) {
        cx.out.close(Kind::Deref);
    }
    cx.out.change_end();
}

/// In-out data that stands behind an argument that had to wait: shown as a whole on exiting. `is_old` says that the
/// call has not changed it.
fn late_inout(cx: &mut Cx<'_>, ty: &'static Ty, addr: u64, is_old: bool) {
    match cx.saved_here() {
        Some(old) if is_scalar(ty) && cx.options.verbose => {
            cx.out.change_begin();
            cx.out.open(Kind::Deref);
            cx.show(ty, old);
            close_inout(cx, ty, addr, old, is_old);
        }
        _ if is_scalar(ty) => cx.out.addr(addr),
        _ => cx.at(Dir::Out, ty, addr),
    }
}

impl Cx<'_> {
    /// Shows the value of an argument.
    fn show_argument(&mut self, ty: &'static Ty, v: u64) {
        match ty {
            Ty::Int(w, show) => self.int(in_register(*w), *show, v),
            Ty::Flags(w, table) => self.flags(in_register(*w), table, v),
            Ty::Enum(w, table) => self.enumerated(in_register(*w), table, v),
            Ty::Scalar(w, f) => f(self, v & self.mask(in_register(*w))),
            _ => self.show(ty, v),
        }
    }

    /// Shows a value of an argument or a field that has been loaded: a scalar, or a pointer and what is behind it.
    pub fn show(&mut self, ty: &'static Ty, v: u64) {
        match ty {
            Ty::Int(w, show) => self.int(*w, *show, v),
            Ty::Flags(w, table) => self.flags(*w, table, v),
            Ty::Enum(w, table) => self.enumerated(*w, table, v),
            Ty::Scalar(w, f) => f(self, v & self.mask(*w)),
            Ty::Addr => self.out.addr(v),
            Ty::Fd => self.fd(v as i32),
            Ty::DirFd => self.dirfd(v as i32),
            Ty::Pid(kind) => self.pid(*kind, v as i32),
            Ty::Path => self.path(v),
            Ty::Str => self.string(v),
            Ty::At(dir, inner) => self.at(*dir, inner, v),
            Ty::Hook(h) => self.hook(h, v),
            Ty::Pad(_) => {}
            // In place only: as an argument they can only be an address.
            Ty::Bytes(_)
            | Ty::Binary(_)
            | Ty::CharArray(_)
            | Ty::Struct(_)
            | Ty::Sized { .. }
            | Ty::Array(..)
            | Ty::Union(_)
            | Ty::Inline(..) => self.out.addr(v),
        }
    }

    fn hook(&mut self, hook: &crate::ty::Hook, v: u64) {
        if hook.dir == Dir::Out && self.failed() {
            return self.out.addr(v);
        }
        (hook.show)(self, v);
    }

    fn int(&mut self, width: Width, show: Show, v: u64) {
        let bytes = width.bytes(Class::of(self.abi));
        let v = v & mask(bytes);
        match show {
            Show::Dec => self.out.int(sign_extend(v, bytes)),
            Show::Udec => self.out.uint(v),
            Show::Hex => self.out.hex(v),
            Show::Oct => self.out.oct(v),
            Show::Mode => self.out.mode(v),
        }
    }

    /// Shows data behind a pointer, or the address where it can't or needn't be read.
    pub fn at(&mut self, dir: Dir, ty: &'static Ty, addr: u64) {
        if addr == 0 || (dir == Dir::Out && self.failed()) {
            return self.out.addr(addr);
        }
        self.deref(ty, addr);
    }

    /// Shows data at `addr`; shows the address if it can't be read.
    pub fn deref(&mut self, ty: &'static Ty, addr: u64) {
        match ty {
            Ty::Bytes(len) => {
                let len = self.len(len);
                self.buffer(addr, len, Text::Plain);
            }
            Ty::Binary(len) => {
                let len = self.len(len);
                self.buffer(addr, len, Text::Binary);
            }
            Ty::CharArray(n) => self.c_string(addr, *n as usize),
            Ty::Array(of, len) => {
                let len = self.len(len);
                self.array(of, addr, len);
            }
            _ if addr == 0 || !self.options.verbose => self.out.addr(addr),
            Ty::Struct(record) => self.record_at(record, addr, record.size(self.abi)),
            Ty::Sized { of, size, min } => {
                let size = self.len(size);
                self.sized(of, addr, size, *min as usize);
            }
            Ty::Union(_) | Ty::Inline(..) => self.out.addr(addr),
            scalar => {
                let size = self.size_of(scalar);
                match self.read_uint(addr, size.clamp(1, 8)) {
                    Some(v) => {
                        self.out.open(Kind::Deref);
                        self.show(scalar, v);
                        self.out.close(Kind::Deref);
                    }
                    None => self.out.addr(addr),
                }
            }
        }
    }

    /// The value of a length.
    pub fn len(&mut self, len: &Len) -> u64 {
        match len {
            Len::Const(n) => u64::from(*n),
            Len::Arg(i) => self.length_argument(usize::from(*i)),
            Len::ArgInt(i) => self.arg(usize::from(*i)) & 0xffff_ffff,
            Len::AtArg(i) => self.read_u32(self.arg(usize::from(*i))).map_or(0, u64::from),
            Len::Field(name) => self.field(name),
            Len::Ret => self.ret().max(0) as u64,
            Len::Min(a, b) => self.len(a).min(self.len(b)),
            Len::Div(a, by) => self.len(a) / u64::from((*by).max(1)),
        }
    }

    /// The value of argument `i` as a length: a register may hold more than its type.
    fn length_argument(&self, i: usize) -> u64 {
        let ty = self.plan.and_then(|plan| plan.get(i)).map(|a| &a.ty);
        let bytes = ty.map_or(8, |ty| match ty {
            Ty::Int(w, _) => in_register(*w).bytes(Class::of(self.abi)),
            _ => size_align(ty, Class::of(self.abi)).0,
        });
        let bytes = bytes.max(4);
        self.arg(i) & mask(bytes)
    }

    /// Shows a path: a NUL-terminated string, whole.
    pub fn path(&mut self, addr: u64) {
        // Most paths are short: a small read first saves copying a page.
        const FIRST: usize = 256;
        let start = self.scratch.stack.len();
        let mut got = if addr == 0 { 0 } else { self.push_some(addr, FIRST) };
        let mut end = self.nul_in(start);
        if got == FIRST && end.is_none() {
            got += self.push_some(addr.wrapping_add(FIRST as u64), PATH_MAX - FIRST);
            end = self.nul_in(start);
        }
        match end {
            Some(end) => {
                // Lent for as long as the name is told of, which needs the rest of the scratch space.
                let stack = std::mem::take(&mut self.scratch.stack);
                self.file_name(&stack[start..start + end]);
                self.scratch.stack = stack;
            }
            None if got == PATH_MAX => {
                let bytes = &self.scratch.stack[start..];
                self.out.bytes(&bytes[..PATH_MAX - 1], Text::Plain, true);
            }
            None => self.cut_off(addr, got, PATH_MAX),
        }
        self.scratch.stack.truncate(start);
    }

    /// Where the first NUL of the scratch stack from `start` on is.
    fn nul_in(&self, start: usize) -> Option<usize> {
        self.scratch.stack[start..].iter().position(|&b| b == 0)
    }

    /// Shows a NUL-terminated string up to the string limit.
    pub fn string(&mut self, addr: u64) {
        self.c_string(addr, usize::MAX);
    }

    /// Shows a NUL-terminated string that stands in `size` bytes at most.
    pub fn c_string(&mut self, addr: u64, size: usize) {
        if size == 0 {
            return self.buffer(addr, 0, Text::Plain);
        }
        self.c_string_of(addr, size, size);
    }

    /// As [`Cx::c_string`], of which the last byte is the NUL's in any case: it is never shown.
    pub fn c_name(&mut self, addr: u64, size: usize) {
        self.c_string_of(addr, size, size.saturating_sub(1));
    }

    fn c_string_of(&mut self, addr: u64, size: usize, most: usize) {
        let want = size.min(self.options.strings.saturating_add(1)).min(MAX_STRING);
        let start = self.scratch.stack.len();
        let got = if addr == 0 { 0 } else { self.push_some(addr, want) };
        let bytes = &self.scratch.stack[start..start + got];
        match bytes.iter().position(|&b| b == 0) {
            Some(end) => self.out.bytes(&bytes[..end], Text::Plain, false),
            None if got == want && got > 0 => {
                let shown = got.min(most).min(self.options.strings);
                self.out.bytes(&bytes[..shown], Text::Plain, true);
            }
            None => self.cut_off(addr, got, want),
        }
        self.scratch.stack.truncate(start);
    }

    /// Shows the address of a string of which no more than `got` bytes can be read.
    fn cut_off(&mut self, addr: u64, got: usize, wanted: usize) {
        if got > 0 {
            self.target.cut_off(addr, got, wanted);
        }
        self.out.addr(addr);
    }

    /// Shows `len` bytes at `addr`, up to the string limit.
    pub fn buffer(&mut self, addr: u64, len: u64, text: Text) {
        if addr == 0 || addr > self.mask(Width::Long) {
            return self.out.addr(addr);
        }
        let shown = len.min(self.options.strings as u64).min(MAX_STRING as u64) as usize;
        // As strace does, one byte more must be there where there is more to show.
        let wanted = shown + usize::from(len > shown as u64);
        match self.push(addr, wanted) {
            Some(start) => {
                self.out.bytes(&self.scratch.stack[start..start + shown], text, len > shown as u64);
                self.scratch.stack.truncate(start);
            }
            None => self.out.addr(addr),
        }
    }

    /// Shows `len` elements from `addr` on, as far as they can be read.
    pub fn array(&mut self, of: &'static Ty, addr: u64, len: u64) {
        self.array_with(addr, len, self.size_of(of), |cx, _, offset, at| cx.show_in_place(of, offset, at));
    }

    /// Shows `len` elements of `size` bytes from `addr` on with a function, which gets each element's index,
    /// where its bytes are ([`Cx::element`]), and its address.
    pub fn array_with(
        &mut self,
        addr: u64,
        len: u64,
        size: usize,
        mut show: impl FnMut(&mut Self, u64, usize, u64),
    ) {
        if addr == 0 {
            return self.out.addr(addr);
        }
        // That nothing is there is known without a look.
        if len == 0 || size == 0 {
            self.out.open(Kind::Array);
            return self.out.close(Kind::Array);
        }
        if !self.options.verbose {
            return self.out.addr(addr);
        }
        // No array goes beyond the end of all addresses.
        if len.checked_mul(size as u64).and_then(|bytes| addr.checked_add(bytes)).is_none() {
            return self.out.addr(addr);
        }
        // As strace does, the low half of the length decides whether an array is shortened.
        let strings = self.options.strings as u64;
        let limit = if self.abbrev() && len & 0xffff_ffff > strings { strings } else { len };
        let per_chunk = (CHUNK / size).max(1) as u64;
        let (mut done, mut opened) = (0, false);
        if limit == 0 && self.read_uint(addr, 1).is_none() {
            return self.out.addr(addr);
        }
        while done < limit {
            if self.elements == 0 {
                if !opened {
                    self.out.open(Kind::Array);
                }
                self.out.more();
                return self.out.close(Kind::Array);
            }
            let count = per_chunk.min(limit - done);
            let start = self.scratch.stack.len();
            let chunk_addr = addr.wrapping_add(done.wrapping_mul(size as u64));
            let got = self.push_some(chunk_addr, count as usize * size) / size;
            if got == 0 && !opened {
                return self.out.addr(addr);
            }
            if !opened {
                self.out.open(Kind::Array);
                opened = true;
            }
            self.elements = self.elements.saturating_sub(got);
            for i in 0..got {
                self.out.item();
                let at = chunk_addr.wrapping_add((i * size) as u64);
                show(self, done + i as u64, start + i * size, at);
            }
            self.scratch.stack.truncate(start);
            done += got as u64;
            if (got as u64) < count {
                self.out.more_at(addr.wrapping_add(done.wrapping_mul(size as u64)));
                return self.out.close(Kind::Array);
            }
        }
        if !opened {
            self.out.open(Kind::Array);
        }
        if limit < len {
            // An element that is left out must still be there.
            let next = addr.wrapping_add(limit.wrapping_mul(size as u64));
            match self.push(next, size) {
                Some(start) => {
                    self.scratch.stack.truncate(start);
                    self.out.more();
                }
                None => self.out.more_at(next),
            }
        }
        self.out.close(Kind::Array);
    }

    /// The bytes of an element that [`Cx::array_with`] is showing.
    pub fn element(&self, offset: usize, size: usize) -> &[u8] {
        &self.scratch.stack[offset..offset + size]
    }

    /// Shows a record at `addr`, of which the tracee gives `size` bytes, and after its fields those bytes beyond it
    /// that are not zero.
    pub fn sized(&mut self, record: &'static Record, addr: u64, size: u64, min: usize) {
        let known = record.size(self.abi) as u64;
        if size < min as u64 {
            return self.out.addr(addr);
        }
        let len = known.min(size) as usize;
        let Some(start) = self.push(addr, len) else { return self.out.addr(addr) };
        self.out.open(Kind::Struct);
        self.members(record, start, len, addr);
        self.scratch.stack.truncate(start);
        // The kernel takes a page of any struct at most.
        self.beyond(addr, known, size);
        self.out.close(Kind::Struct);
    }

    /// Shows, as a struct's last member, the bytes from `known` up to `size` of what is at `addr`, unless they
    /// are all zero: for structs that grow from version to version.
    pub fn beyond(&mut self, addr: u64, known: u64, size: u64) {
        let size = size.min(CHUNK as u64);
        if known >= size {
            return;
        }
        let Some(start) = self.push(addr.wrapping_add(known), (size - known) as usize) else {
            return self.out.beyond(known, size, None, false);
        };
        let bytes = &self.scratch.stack[start..];
        if bytes.iter().any(|&b| b != 0) {
            let shown = bytes.len().min(self.options.strings);
            self.out.beyond(known, size, Some(&bytes[..shown]), shown < bytes.len());
        }
        self.scratch.stack.truncate(start);
    }

    /// Shows the first `len` bytes of a record at `addr`, or the address.
    pub fn record_at(&mut self, record: &'static Record, addr: u64, len: usize) {
        match self.push(addr, len) {
            Some(start) => {
                self.fields(record, start, len, addr);
                self.scratch.stack.truncate(start);
            }
            None => self.out.addr(addr),
        }
    }

    /// Shows the value at `addr` as a member of a struct is shown, without what marks a pointer; the address if it
    /// can't be read.
    pub fn in_place(&mut self, ty: &'static Ty, addr: u64) {
        match self.push(addr, self.size_of(ty)) {
            Some(start) => {
                self.show_in_place(ty, start, addr);
                self.scratch.stack.truncate(start);
            }
            None => self.out.addr(addr),
        }
    }

    /// Shows a record at `addr`, or the address.
    pub fn deref_record(&mut self, record: &'static Record, addr: u64) {
        if !self.options.verbose {
            return self.out.addr(addr);
        }
        self.record_at(record, addr, record.size(self.abi));
    }

    /// Shows a record whose bytes are at hand: `addr` is where they came from.
    pub fn record_from(&mut self, record: &'static Record, bytes: &[u8], addr: u64) {
        let start = self.scratch.stack.len();
        self.scratch.stack.extend_from_slice(bytes);
        self.fields(record, start, bytes.len(), addr);
        self.scratch.stack.truncate(start);
    }

    /// Shows only the members of a record at hand, inside a struct that the caller opened.
    pub fn members_from(&mut self, record: &'static Record, bytes: &[u8], addr: u64) {
        let start = self.scratch.stack.len();
        self.scratch.stack.extend_from_slice(bytes);
        self.members(record, start, bytes.len(), addr);
        self.scratch.stack.truncate(start);
    }

    /// Runs `body` with a record's bytes at hand, so that [`Cx::field`] and [`Cx::raw`] see them; false, and
    /// nothing run, if they can't be read.
    pub fn with_record(&mut self, record: &'static Record, addr: u64, body: impl FnOnce(&mut Self)) -> bool {
        let len = record.size(self.abi);
        let Some(start) = self.push(addr, len) else { return false };
        let outer = self.frame.replace(Frame { record, start, len, addr });
        body(self);
        self.frame = outer;
        self.scratch.stack.truncate(start);
        true
    }

    fn fields(&mut self, record: &'static Record, start: usize, len: usize, addr: u64) {
        self.out.open(Kind::Struct);
        self.members(record, start, len, addr);
        self.out.close(Kind::Struct);
    }

    fn members(&mut self, record: &'static Record, start: usize, len: usize, addr: u64) {
        let frame = Frame { record, start, len, addr };
        let outer = self.frame.replace(frame);
        let mut left_out = false;
        for i in 0..record.fields.len() {
            left_out |= self.member_at(frame, i);
        }
        if left_out {
            self.out.more();
        }
        self.frame = outer;
    }

    /// Shows these members of the record at hand (see [`Cx::with_record`]), in this order: for calls that tell some
    /// of a struct's members before they return and others after, or in an order of their own.
    pub fn show_members(&mut self, names: &[&str]) {
        let Some(frame) = self.frame else { return };
        let mut left_out = false;
        for name in names {
            let member = frame.record.fields.iter().position(|f| f.name == *name);
            debug_assert!(member.is_some(), "{} has no {name}", frame.record.name);
            left_out |= member.is_some_and(|i| self.member_at(frame, i));
        }
        if left_out {
            self.out.more();
        }
    }

    /// Shows a member of the record at hand; true if it is left out because not everything is to be shown.
    fn member_at(&mut self, frame: Frame, i: usize) -> bool {
        let field = &frame.record.fields[i];
        let offset = usize::from(frame.record.layout(self.abi).offsets[i]);
        let size = self.size_of(&field.ty);
        if matches!(field.ty, Ty::Pad(_)) || offset + size > frame.len || !is_shown(self, field) {
            return false;
        }
        if field.nonzero && self.is_zero(offset, size) {
            return false;
        }
        if field.verbose && self.abbrev() {
            return true;
        }
        if !field.name.is_empty() {
            self.out.field(field.name);
        }
        self.member(field, frame.start, offset, frame.addr);
        false
    }

    fn member(&mut self, field: &'static Arg, start: usize, offset: usize, addr: u64) {
        if let Ty::Inline(_, _, f) = &field.ty {
            return f(self, offset as u64);
        }
        self.show_in_place(&field.ty, start + offset, addr.wrapping_add(offset as u64));
    }

    fn is_zero(&self, offset: usize, size: usize) -> bool {
        self.raw(offset, size).iter().all(|&b| b == 0)
    }

    /// Shows a value whose bytes are at `start` of the scratch stack and came from `addr`.
    fn show_in_place(&mut self, ty: &'static Ty, start: usize, addr: u64) {
        match ty {
            Ty::Struct(record) => self.fields(record, start, record.size(self.abi), addr),
            Ty::Array(of, Len::Const(n)) => self.array_in_place(of, *n as usize, start, addr),
            Ty::CharArray(n) => {
                let bytes = &self.scratch.stack[start..start + *n as usize];
                // Where there is no NUL the last byte should have been it, and is not shown.
                let end = bytes.iter().position(|&b| b == 0);
                let shown = &bytes[..end.unwrap_or(bytes.len().saturating_sub(1))];
                self.out.bytes(shown, Text::Plain, end.is_none());
            }
            Ty::Bytes(Len::Const(n)) => {
                self.out.bytes(&self.scratch.stack[start..start + *n as usize], Text::Plain, false);
            }
            Ty::Binary(Len::Const(n)) => {
                self.out.bytes(&self.scratch.stack[start..start + *n as usize], Text::Binary, false);
            }
            Ty::Union(u) => {
                let ty = self.choose(u);
                self.show_in_place(ty, start, addr);
            }
            Ty::Inline(..) | Ty::Pad(_) => {}
            Ty::Bytes(_) | Ty::Binary(_) | Ty::Array(..) | Ty::Sized { .. } => self.deref(ty, addr),
            scalar => {
                let size = size_align(scalar, Class::of(self.abi)).0 as usize;
                let mut raw = [0; 8];
                raw[..size].copy_from_slice(&self.scratch.stack[start..start + size]);
                self.show(scalar, u64::from_le_bytes(raw));
            }
        }
    }

    fn choose(&self, u: &'static Union) -> &'static Ty {
        let key = self.field(u.on);
        let hit = u.cases.iter().find(|(c, _)| self.is(key, *c));
        hit.map_or(&u.other, |(_, ty)| ty)
    }

    fn array_in_place(&mut self, of: &'static Ty, n: usize, start: usize, addr: u64) {
        let size = self.size_of(of);
        self.out.open(Kind::Array);
        for i in 0..n {
            if self.abbrev() && i >= self.options.strings {
                self.out.more();
                break;
            }
            self.out.item();
            self.show_in_place(of, start + i * size, addr.wrapping_add((i * size) as u64));
        }
        self.out.close(Kind::Array);
    }

    /// Reads `len` bytes onto the scratch stack; `None`, and nothing pushed, if any can't be read.
    fn push(&mut self, addr: u64, len: usize) -> Option<usize> {
        let start = self.scratch.stack.len();
        if self.push_some(addr, len) < len || !self.reaches(addr) {
            self.scratch.stack.truncate(start);
            return None;
        }
        Some(start)
    }

    /// Reads up to `len` bytes onto the scratch stack; returns how many.
    fn push_some(&mut self, addr: u64, len: usize) -> usize {
        let start = self.scratch.stack.len();
        if !self.reaches(addr) {
            return 0;
        }
        self.scratch.stack.resize(start + len, 0);
        let got = self.target.read(addr, &mut self.scratch.stack[start..]).min(len);
        self.scratch.stack.truncate(start + got);
        got
    }
}

/// The most bytes of one string, whatever limit the user sets.
const MAX_STRING: usize = 16 << 20;

/// Reads `v` as a signed number of this many bytes.
pub fn sign_extend(v: u64, bytes: u32) -> i64 {
    let shift = 64 - 8 * bytes.clamp(1, 8);
    ((v << shift) as i64) >> shift
}

/// Shows a signed number with a name, as `AT_FDCWD` is: for hooks that need the walker's forms.
pub fn named_int(cx: &mut Cx<'_>, v: i64, name: &'static str) {
    cx.named(v as u64, Base::Dec, name);
}
