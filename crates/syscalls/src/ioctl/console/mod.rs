//! The console and its keyboard: `ioctl_console(2)`.

mod font;
mod keys;

use super::shape::is_shown;
use super::{Request, bare, req, shape};
use crate::common::{Line, show_signal, uncommon};
use decode::prelude::*;
use decode::{Hook, Stretch};
use uapi::consts::*;

/// All requests.
pub(super) static REQUESTS: [&[Request]; 2] = [KEYBOARD_REQUESTS, font::REQUESTS];

static LEDS: Names = names("LED_???", &[LED_SCR, LED_NUM, LED_CAP]);
static MODES: Names = names("KD_???", &[KD_TEXT, KD_GRAPHICS, KD_TEXT0, KD_TEXT1]);
static KEYBOARD_MODES: Names = names("K_???", &[K_RAW, K_XLATE, K_MEDIUMRAW, K_UNICODE, K_OFF]);
static META_MODES: Names = names("K_???", &[K_METABIT, K_ESCPREFIX]);
static KEYBOARDS: Names = names("KB_???", &[KB_84, KB_101, KB_OTHER]);

/// The lights themselves: a byte of flags.
static LIGHTS: Ty = Flags(W1, &LEDS);
/// The states that lights stand for, and behind them those that they have by default.
static LED_STATES: Names = names(
    "LED_???",
    &[
        LED_SCR,
        LED_NUM,
        LED_CAP,
        uncommon("LED_SCR<<4", LED_SCR.v() << 4),
        uncommon("LED_NUM<<4", LED_NUM.v() << 4),
        uncommon("LED_CAP<<4", LED_CAP.v() << 4),
    ],
);
static LIGHT_STATES: Ty = Flags(W1, &LED_STATES);
static MODE: Ty = Enum(W4, &MODES);
static META_MODE: Ty = Enum(W4, &META_MODES);
static KEYBOARD: Ty = Enum(W1, &KEYBOARDS);
static KEYBOARD_MODE: Ty = Scalar(W4, |cx, v| {
    let mode = i64::from(v as i32);
    match KEYBOARD_MODES.find(v, u64::MAX, cx.abi) {
        Some(name) => cx.named(mode as u64, Base::Dec, name),
        None => cx.out.symbolic(mode as u64, Base::Dec, &[], KEYBOARD_MODES.unknown),
    }
});

/// A port of a graphics adapter: those that programs may use are counted from the first on (`GPFIRST` and `GPLAST`
/// of the console driver).
const PORT: Ty = Scalar(Long, |cx, v| {
    const FIRST: u64 = 0x3b4;
    const LAST: u64 = 0x3df;
    if (FIRST..=LAST).contains(&v) {
        let remark = Line::new(format_args!("GPFIRST + {}", v - FIRST));
        cx.out.remarked(v, Base::Hex, &[], remark.as_str());
    } else {
        cx.out.hex(v);
    }
});

/// The frequency of the timer by which tones are made.
const TIMER_HZ: u64 = 1_193_182;

/// A tone: the timer's divisor, and how long it sounds.
const TONE: Ty = Scalar(W4, |cx, v| {
    let (divisor, ms) = (v & 0xffff, v >> 16);
    let pitch = TIMER_HZ.checked_div(divisor).filter(|_| ms != 0);
    let remark = match pitch {
        Some(pitch) => Line::new(format_args!("{pitch} Hz, {ms} ms")),
        None => Line::new(format_args!("off")),
    };
    if ms == 0 {
        return cx.out.remarked(divisor, Base::Udec, &[], remark.as_str());
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.out.uint(ms);
    cx.out.shifted(16);
    cx.out.item();
    cx.out.remarked(divisor, Base::Udec, &[], remark.as_str());
    cx.out.close(Kind::Terms);
});

/// A sound that goes on until it is turned off, as the timer's divisor.
const SOUND: Ty = Scalar(Long, |cx, v| {
    let remark = match TIMER_HZ.checked_div(v).filter(|&pitch| pitch != 0) {
        Some(pitch) => Line::new(format_args!("{pitch} Hz")),
        None => Line::new(format_args!("off")),
    };
    cx.out.remarked(v, Base::Udec, &[], remark.as_str());
});

/// Shows the entry of a keymap, of which two members may be there without the third.
fn show_entry(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        let Some(which) = cx.read_uint(addr, 2).filter(|_| addr != 0) else { return cx.out.addr(addr) };
        cx.out.open(Kind::Struct);
        cx.out.field("kb_table");
        keys::show_table(cx, which & 0xff);
        cx.out.field("kb_index");
        cx.out.uint(which >> 8);
        cx.save(1);
        if cx.is(cx.arg(1), KDGKBENT) {
            return;
        }
    } else if cx.saved_here().is_none() {
        return;
    }
    if !cx.failed() {
        cx.out.field("kb_value");
        match cx.read_uint(addr.wrapping_add(2), 2) {
            Some(value) => keys::show_value(cx, value),
            None => cx.out.unknown(),
        }
    }
    cx.out.close(Kind::Struct);
}

const ENTRY_READ: &[Stretch] = &[Stretch::arg(2, 4)];
static GET_ENTRY: Hook = Hook { dir: InOut, show: show_entry, reads: ENTRY_READ };
static SET_ENTRY: Ty = Form(Len::Const(4), |cx, addr, _| show_entry(cx, addr));
static KEY_CODE: Record = record("kbkeycode", &[arg("scancode", X32), arg("keycode", X32)]);
/// A scan code, the key code that the caller has in its place, and that which the kernel gives for it.
static ASKED_KEY_CODE: Record = record("kbkeycode", &[arg("scancode", X32), arg("keycode", Changes(&X32))]);
static REPEAT: Record = record("kbd_repeat", &[arg("delay", INT), arg("period", INT)]);

const LETTER: Ty = Scalar(W1, |cx, v| cx.out.word(shape::character(v as u8).as_str()));
static DIACRITIC: Record =
    record("kbdiacr", &[arg("diacr", LETTER), arg("base", LETTER), arg("result", LETTER)]);
static DIACRITIC_UC: Record = record("kbdiacruc", &[arg("diacr", X32), arg("base", X32), arg("result", X32)]);

/// Shows a table of accents, of which the first word says how many there are.
fn show_diacritics(cx: &mut Cx<'_>, addr: u64, name: &str, of: &'static Record) {
    /// The most of them that the kernel keeps (`MAX_DIACR` in `include/uapi/linux/keyboard.h`).
    const MOST: u64 = MAX_DIACR.v();
    let count = cx.read_u32(addr).filter(|_| is_shown(cx, addr));
    let Some(count) = count else { return cx.out.addr(addr) };
    cx.out.open(Kind::Struct);
    cx.out.field("kb_cnt");
    cx.out.uint(u64::from(count));
    cx.out.field(name);
    let shown = u64::from(count).min(MOST);
    let size = of.size(cx.abi);
    let array = addr.wrapping_add(4);
    cx.array_with(array, shown, size, |cx, i, offset, at| {
        let mut bytes = [0; 12];
        bytes[..size].copy_from_slice(cx.element(offset, size));
        cx.record_from(of, &bytes[..size], at);
        if i + 1 == MOST && u64::from(count) > MOST {
            cx.out.more();
        }
    });
    cx.out.close(Kind::Struct);
}

static ACCENTS: Ty = Form(ACCENTS_SIZE, |cx, addr, _| show_diacritics(cx, addr, "kbdiacr", &DIACRITIC));
static UNICODE_ACCENTS: Ty =
    Form(ACCENTS_SIZE, |cx, addr, _| show_diacritics(cx, addr, "kbdiacruc", &DIACRITIC_UC));
const ACCENTS_SIZE: Len = Len::Const(4 + 256 * 12);
/// What a function key sends.
static KEY_STRING: Ty = CharArray(512);

/// Opens the entry of a function key; false, and the address shown, if it can't be read.
fn open_key_string(cx: &mut Cx<'_>, addr: u64) -> bool {
    let function = cx.read_uint(addr, 1).filter(|_| is_shown(cx, addr));
    let Some(function) = function else {
        cx.out.addr(addr);
        return false;
    };
    cx.out.open(Kind::Struct);
    cx.out.field("kb_func");
    keys::show_function(cx, function);
    true
}

fn close_key_string(cx: &mut Cx<'_>, addr: u64) {
    cx.out.field("kb_string");
    cx.deref(&KEY_STRING, addr.wrapping_add(1));
    cx.out.close(Kind::Struct);
}

fn show_set_string(cx: &mut Cx<'_>, addr: u64) {
    if open_key_string(cx, addr) {
        close_key_string(cx, addr);
    }
}

fn show_get_string(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        if open_key_string(cx, addr) {
            cx.save(1);
        }
    } else if cx.saved_here().is_some() {
        if cx.failed() { cx.out.close(Kind::Struct) } else { close_key_string(cx, addr) }
    }
}

const ENTRY: &[Stretch] = &[Stretch::arg(2, 513)];
static GET_STRING: Hook = Hook { dir: InOut, show: show_get_string, reads: ENTRY };
static SET_STRING: Ty = Form(Len::Const(513), |cx, addr, _| show_set_string(cx, addr));

/// A signal's number in a `long`.
const ACCEPTED_SIGNAL: Ty = Scalar(Long, |cx, v| match u32::try_from(v) {
    Ok(number) if crate::common::signal_name(v).is_some() => show_signal(cx, u64::from(number)),
    _ => cx.out.uint(v),
});

static KEYBOARD_REQUESTS: &[Request] = &[
    bare(KDENABIO),
    bare(KDDISABIO),
    bare(KDMAPDISP),
    bare(KDUNMAPDISP),
    req(KIOCSOUND, SOUND),
    req(KDADDIO, PORT),
    req(KDDELIO, PORT),
    req(KDMKTONE, TONE),
    req(KDGETLED, At(Out, &LIGHTS)),
    req(KDSETLED, LIGHTS),
    req(KDGKBLED, At(Out, &LIGHT_STATES)),
    req(KDSKBLED, LIGHT_STATES),
    req(KDGKBTYPE, At(Out, &KEYBOARD)),
    req(KDGETMODE, At(Out, &MODE)),
    req(KDSETMODE, MODE),
    req(KDGKBMODE, At(Out, &KEYBOARD_MODE)),
    req(KDSKBMODE, KEYBOARD_MODE),
    req(KDGKBMETA, At(Out, &META_MODE)),
    req(KDSKBMETA, META_MODE),
    req(KDGKBENT, Ty::Hook(&GET_ENTRY)),
    req(KDSKBENT, At(In, &SET_ENTRY)),
    req(KDGKBSENT, Ty::Hook(&GET_STRING)),
    req(KDSKBSENT, At(In, &SET_STRING)),
    req(KDGKBDIACR, At(Out, &ACCENTS)),
    req(KDSKBDIACR, At(In, &ACCENTS)),
    req(KDGKBDIACRUC, At(Out, &UNICODE_ACCENTS)),
    req(KDSKBDIACRUC, At(In, &UNICODE_ACCENTS)),
    req(KDGETKEYCODE, At(InOut, &Filled(&Struct(&ASKED_KEY_CODE), &Members(&ASKED_KEY_CODE, &[])))),
    req(KDSETKEYCODE, At(In, &Struct(&KEY_CODE))),
    req(KDSIGACCEPT, ACCEPTED_SIGNAL),
    req(
        KDKBDREP,
        At(InOut, &Becomes(&Members(&REPEAT, &["delay", "period"]), &Members(&REPEAT, &["delay", "period"]))),
    ),
];
