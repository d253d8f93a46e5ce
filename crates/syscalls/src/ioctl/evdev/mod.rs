//! Input devices (`include/uapi/linux/input.h`, `drivers/input/evdev.c`).

mod effect;
mod keys;
mod names;

use super::shape::is_shown;
use super::{Request, bits, req};
use decode::Found;
use decode::prelude::*;
use keys::KEYS;
use uapi::consts::*;

static INPUT_ID: Record =
    record("input_id", &[arg("bustype", U16), arg("vendor", U16), arg("product", U16), arg("version", U16)]);
static ABSINFO: Record = record(
    "input_absinfo",
    &[
        arg("value", UINT),
        arg("minimum", UINT),
        arg("maximum", UINT).verbose(),
        arg("fuzz", UINT).verbose(),
        arg("flat", UINT).verbose(),
        arg("resolution", UINT).verbose(),
    ],
);
static KEYMAP_ENTRY: Record = record(
    "input_keymap_entry",
    &[
        arg("flags", U8),
        arg("len", U8),
        arg("index", U16).verbose(),
        arg("keycode", Enum(W4, &KEYS)).verbose(),
        arg("scancode", Array(&HEX_BYTE, Len::Const(32))).verbose(),
    ],
);
static HEX_BYTE: Ty = X8;

/// Shows how long a key is to be held until it repeats, and then between the repeats, in milliseconds.
fn show_repeat(cx: &mut Cx<'_>, addr: u64) {
    let both = cx.read_uint(addr, PAIR).filter(|_| is_shown(cx, addr));
    let Some(both) = both else { return cx.out.addr(addr) };
    cx.out.open(Kind::Array);
    for number in [both & 0xffff_ffff, both >> 32] {
        cx.out.item();
        cx.out.uint(number);
    }
    cx.out.close(Kind::Array);
}

/// A scan code and the key that it stands for.
fn show_keycode(cx: &mut Cx<'_>, addr: u64) {
    match cx.read_uint(addr, PAIR).filter(|_| is_shown(cx, addr)) {
        Some(both) => {
            cx.out.open(Kind::Array);
            cx.out.item();
            cx.out.uint(both & 0xffff_ffff);
            cx.out.item();
            cx.enumerated(W4, &KEYS, both >> 32);
            cx.out.close(Kind::Array);
        }
        None => cx.out.addr(addr),
    }
}

/// The size of two numbers, in bytes.
const PAIR: usize = 8;
static REPEAT: Ty = Form(Len::Const(PAIR as u32), |cx, addr, _| show_repeat(cx, addr));
static KEYCODE: Ty = Form(Len::Const(PAIR as u32), |cx, addr, _| show_keycode(cx, addr));
pub(super) static REQUESTS: &[Request] = &[
    req(EVIOCGVERSION, At(Out, &X32)),
    req(EVIOCGEFFECTS, At(Out, &UINT)),
    req(EVIOCGID, At(Out, &Struct(&INPUT_ID))),
    req(EVIOCGREP, At(Out, &REPEAT)),
    req(EVIOCSREP, At(In, &REPEAT)),
    req(EVIOCGKEYCODE, At(Out, &KEYCODE)),
    req(EVIOCSKEYCODE, At(In, &KEYCODE)),
    req(EVIOCGKEYCODE_V2, At(Out, &Struct(&KEYMAP_ENTRY))),
    req(EVIOCSKEYCODE_V2, At(In, &Struct(&KEYMAP_ENTRY))),
    req(EVIOCSFF, At(In, &Struct(&effect::FF_EFFECT))),
    req(EVIOCRMFF, INT),
    req(EVIOCGRAB, ULONG),
    req(EVIOCREVOKE, ULONG),
    req(EVIOCSCLOCKID, At(In, &UINT)),
];

/// The numbers of the requests whose size varies (`_IOC_NR`), and those that ask for one of many things.
mod number {
    pub(super) const NAME: u32 = 0x06;
    pub(super) const UNIQ: u32 = 0x08;
    pub(super) const PROP: u32 = 0x09;
    pub(super) const MT_SLOTS: u32 = 0x0a;
    pub(super) const KEY: u32 = 0x18;
    pub(super) const LED: u32 = 0x19;
    pub(super) const SOUND: u32 = 0x1a;
    pub(super) const SW: u32 = 0x1b;
    pub(super) const BIT: u32 = 0x20;
    pub(super) const BIT_KEY: u32 = 0x21;
    pub(super) const BIT_END: u32 = 0x3f;
    pub(super) const ABS: u32 = 0x40;
    pub(super) const ABS_END: u32 = 0x7f;
    pub(super) const SET_ABS: u32 = 0xc0;
    pub(super) const SET_ABS_END: u32 = 0xff;
}

static TEXT: Arg = arg("argp", At(Out, &Bytes(Len::Ret)));
static BITS: Arg = arg("argp", At(Out, &Form(BITMAP, |cx, addr, _| show_bits(cx, addr))));
static SLOTS: Arg = arg("argp", At(Out, &Form(EVERYTHING, |cx, addr, _| show_slots(cx, addr))));
static GET_AXIS: Arg = arg("argp", At(Out, &AXIS));
static SET_AXIS: Arg = arg("argp", At(In, &AXIS));
static OTHER: Arg = arg("argp", Addr);
static POWER: Arg = arg("argp", At(Out, &INT));
const BITMAP: Len = Len::Const(MOST_BITS as u32 / 8);
static AXIS: Ty = Form(Len::Const(24), |cx, addr, _| show_axis(cx, addr));
const EVERYTHING: Len = Len::Const(bits::SIZE_MASK);

/// The direction of a request that asks for something, and of one that sets something.
const READ: u32 = 2;
const WRITE: u32 = 1;

/// The argument of a request that belongs to a family.
pub(super) fn find(code: u32) -> Option<Found> {
    if (code >> bits::TYPE) as u8 != b'E' {
        return None;
    }
    let argument = match (code >> bits::DIR, code & 0xff) {
        (READ, number::NAME..=number::UNIQ) => &TEXT,
        (READ, number::MT_SLOTS) => &SLOTS,
        (READ, nr) if nr == number::BIT + EV_PWR.v() as u32 => &POWER,
        (READ, nr) if table(nr).is_some() => &BITS,
        (READ, number::ABS..=number::ABS_END) => &GET_AXIS,
        (WRITE, number::SET_ABS..=number::SET_ABS_END) => &SET_AXIS,
        (READ | WRITE, _) => &OTHER,
        _ => return None,
    };
    Some(Found { tail: std::slice::from_ref(argument), ret: Ret::Dec })
}

/// The names of the bits that a request asks for, and their count.
fn table(nr: u32) -> Option<(&'static Names, usize)> {
    let kind = match nr {
        number::PROP => return Some((&names::PROPERTIES, INPUT_PROP_MAX.v() as usize)),
        number::KEY => EV_KEY,
        number::LED => EV_LED,
        number::SOUND => EV_SND,
        number::SW => EV_SW,
        number::BIT => return Some((&names::EVENTS, EV_MAX.v() as usize)),
        number::BIT_KEY..=number::BIT_END => {
            return names::OF_EVENTS
                .iter()
                .find(|e| e.0.v() as u32 == nr - number::BIT)
                .map(|e| (e.1, e.2.v() as usize));
        }
        _ => return None,
    };
    table(number::BIT + kind.v() as u32)
}

/// The most bits that any map has.
const MOST_BITS: usize = 1024;
/// The most words of a map, where a word has 32 bits.
const MOST_WORDS: usize = MOST_BITS / 32;

/// Shows the set of the bits that the call has filled in; it returns how many bytes.
fn show_bits(cx: &mut Cx<'_>, addr: u64) {
    /// How many of them an abbreviated set shows.
    const FEW: usize = 4;
    let Some((names, count)) = table(cx.arg(1) as u32 & 0xff) else { return cx.out.addr(addr) };
    let bits = cx.ret().clamp(0, MOST_BITS as i64 / 8) as usize * 8;
    let bits = bits.min(count);
    let size = bits.div_ceil(cx.word() * 8) * cx.word();
    let mut map = [0; MOST_BITS / 8];
    if bits == 0 || !is_shown(cx, addr) || !cx.read(addr, &mut map[..size]) {
        return cx.out.addr(addr);
    }
    let mut words = [0; MOST_WORDS];
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
    for (word, bytes) in words.iter_mut().zip(map[..size].chunks(cx.word())) {
        *word = number(bytes);
    }
    let words = Kind::BitMap(&words[..size / cx.word()]);
    cx.out.open(words);
    cx.out.open(Kind::Set);
    let members = (0..bits).filter(|i| map[i / 8] >> (i % 8) & 1 != 0);
    for (shown, bit) in members.enumerate() {
        if cx.abbrev() && shown == FEW {
            cx.out.more();
            break;
        }
        cx.out.item();
        cx.enumerated(W8, names, bit as u64);
    }
    cx.out.close(Kind::Set);
    cx.out.close(words);
}

/// Shows the values of a multi-touch axis, one per slot; the request's size says how many.
fn show_slots(cx: &mut Cx<'_>, addr: u64) {
    let slots = u64::from(cx.arg(1) as u32 >> bits::SIZE & bits::SIZE_MASK) / 4;
    let code = cx.read_u32(addr).filter(|_| slots > 0 && is_shown(cx, addr));
    let Some(code) = code else { return cx.out.addr(addr) };
    cx.out.open(Kind::Struct);
    cx.out.field("code");
    cx.enumerated(W4, &names::SLOT_AXES, u64::from(code));
    cx.out.field("values");
    cx.array(&INT, addr.wrapping_add(4), slots - 1);
    cx.out.close(Kind::Struct);
}

/// Shows an axis; old programs do not know its last member, and newer ones may know more.
fn show_axis(cx: &mut Cx<'_>, addr: u64) {
    const WHOLE: usize = 24;
    const WITHOUT_RESOLUTION: usize = 20;
    let size = (cx.arg(1) as u32 >> bits::SIZE & bits::SIZE_MASK) as usize;
    let known = if size >= WHOLE { WHOLE } else { WITHOUT_RESOLUTION };
    let mut bytes = [0; WHOLE];
    if size < known || !is_shown(cx, addr) || !cx.read(addr, &mut bytes[..known]) {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Struct);
    cx.members_from(&ABSINFO, &bytes[..known], addr);
    if size > known && !cx.abbrev() {
        cx.out.more();
    }
    cx.out.close(Kind::Struct);
}
