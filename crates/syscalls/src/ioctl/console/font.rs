//! Fonts, palettes, and maps between characters and their pictures.

use crate::common::Line;
use crate::ioctl::shape::{around, is_shown};
use crate::ioctl::{Request, bare, req};
use decode::prelude::*;
use decode::{Hook, Stretch};
use uapi::consts::*;

/// How many bytes the picture of a character of up to 8 pixels' width has.
const PICTURE: u64 = 32;

static OPERATIONS: Names =
    names("KD_FONT_OP_???", &[KD_FONT_OP_SET, KD_FONT_OP_GET, KD_FONT_OP_SET_DEFAULT, KD_FONT_OP_COPY]);
static FLAGS: Names = names(
    "KD_FONT_FLAG_???",
    &[
        KD_FONT_FLAG_DONT_RECALC,
        // Known to the kernel alone (`include/linux/console.h` of old).
        crate::common::uncommon("KD_FONT_FLAG_OLD", 0x8000_0000),
    ],
);

/// Whether an operation is this one.
fn operation_is(cx: &Plain<'_>, c: Const) -> bool {
    cx.is(cx.field("op"), c)
}

/// Whether an operation is about pictures, and not about a font as a whole.
fn is_about_pictures(cx: &Plain<'_>) -> bool {
    !operation_is(cx, KD_FONT_OP_SET_DEFAULT) && !operation_is(cx, KD_FONT_OP_COPY)
}

/// Whether an operation's data is told: a copy has none, and the default font's name stays what it was.
fn tells_data(cx: &Plain<'_>) -> bool {
    is_about_pictures(cx) || operation_is(cx, KD_FONT_OP_SET_DEFAULT) && !cx.exiting()
}

/// Shows what an operation gives or gets: the name of a font, or the pictures of its characters.
fn show_operation_data(cx: &mut Cx<'_>, data: u64) {
    /// The size of a font's name (`MAX_FONT_NAME` of `include/linux/console.h`).
    const NAME: usize = 32;
    let is_set = operation_is(cx, KD_FONT_OP_SET);
    let is_got = operation_is(cx, KD_FONT_OP_GET) && cx.exiting();
    if operation_is(cx, KD_FONT_OP_SET_DEFAULT) {
        cx.c_name(data, NAME);
    } else if is_set || is_got {
        let bytes =
            cx.field("width").div_ceil(8).saturating_mul(PICTURE).saturating_mul(cx.field("charcount"));
        cx.buffer(data, bytes, Text::Binary);
    } else {
        cx.out.addr(data);
    }
}

/// As much of pictures as is shown of any string, and no less than a name has.
const SHOWN: &[Stretch] = &[Stretch::to(Start::Here, CharArray(u32::MAX)), Stretch::here(33)];

static OPERATION: Record = record(
    "console_font_op",
    &[
        arg("op", Enum(W4, &OPERATIONS)),
        arg("flags", Flags(W4, &FLAGS)).when(is_about_pictures),
        arg("width", UINT).when(|cx| !operation_is(cx, KD_FONT_OP_COPY)),
        arg("height", UINT),
        arg("charcount", UINT).when(is_about_pictures),
        arg("data", ScalarHook(Long, &decode::Hook { dir: In, show: show_operation_data, reads: SHOWN }))
            .when(tells_data),
    ],
);

fn show_operation(cx: &mut Cx<'_>, addr: u64) {
    around(
        cx,
        addr,
        |cx| {
            cx.with_record(&OPERATION, addr, |cx| {
                cx.out.change_begin();
                cx.out.open(Kind::Struct);
                cx.show_members(&["op", "flags", "width", "height", "charcount", "data"]);
                cx.out.close(Kind::Struct);
            })
        },
        |cx| {
            if cx.failed() {
                return;
            }
            cx.with_record(&OPERATION, addr, |cx| {
                if operation_is(cx, KD_FONT_OP_SET) || operation_is(cx, KD_FONT_OP_COPY) {
                    return;
                }
                cx.out.changed();
                cx.out.open(Kind::Struct);
                cx.show_members(&["width", "height", "charcount", "data"]);
                cx.out.close(Kind::Struct);
            });
        },
    );
}

/// Shows a font's pictures: when they are given, and when the caller has got them.
fn show_font_data(cx: &mut Cx<'_>, data: u64) {
    if cx.is(cx.arg(1), PIO_FONTX) || cx.exiting() {
        let bytes = PICTURE * cx.field("charcount");
        cx.buffer(data, bytes, Text::Binary);
    } else {
        cx.out.addr(data);
    }
}

static FONT: Record = record(
    "consolefontdesc",
    &[
        arg("charcount", U16),
        arg("charheight", U16),
        arg("chardata", ScalarHook(Long, &decode::Hook { dir: In, show: show_font_data, reads: SHOWN })),
    ],
);
const GET_FONT: Ty = At(
    InOut,
    &Becomes(
        &Members(&FONT, &["charcount", "charheight", "chardata"]),
        &Members(&FONT, &["charcount", "charheight", "chardata"]),
    ),
);

static PAIR: Record = record("unipair", &[arg("unicode", X16), arg("fontpos", X16)]);
static PAIR_TY: Ty = Struct(&PAIR);
static UNIMAP: Record = record(
    "unimapdesc",
    &[arg("entry_ct", U16), arg("entries", At(In, &Array(&PAIR_TY, Len::Field("entry_ct"))))],
);
static UNIMAP_INIT: Record = record(
    "unimapinit",
    &[arg("advised_hashsize", U16), arg("advised_hashstep", U16), arg("advised_hashlevel", U16)],
);

/// Shows a map that the caller gets: the kernel may say that it has more entries than there is room for.
fn show_get_unimap(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        let mut count = 0;
        let opened = is_shown(cx, addr)
            && cx.with_record(&UNIMAP, addr, |cx| {
                count = cx.field("entry_ct");
                cx.out.open(Kind::Struct);
                cx.out.field("entry_ct");
                cx.out.change_begin();
                cx.out.uint(count);
            });
        return if opened { cx.save(count) } else { cx.out.addr(addr) };
    }
    let Some(count) = cx.saved_here() else { return };
    let (mut after, mut entries) = (count, None);
    cx.with_record(&UNIMAP, addr, |cx| {
        after = cx.field("entry_ct");
        entries = Some(cx.field("entries"));
    });
    if after != count {
        cx.out.changed();
        cx.out.uint(after);
    }
    cx.out.change_end();
    if let Some(entries) = entries {
        cx.out.field("entries");
        if cx.failed() { cx.out.addr(entries) } else { cx.array(&PAIR_TY, entries, count) }
    }
    cx.out.close(Kind::Struct);
}

static OPERATION_HOOK: Hook =
    Hook { dir: InOut, show: show_operation, reads: &[Stretch::to(Start::Here, Struct(&OPERATION))] };
static GET_UNIMAP: Hook = Hook {
    dir: InOut,
    show: show_get_unimap,
    reads: &[Stretch::arg(2, 16), Stretch::to(Start::Here, Struct(&GOT_UNIMAP)).exiting()],
};
/// A map that the caller has got: how much room for entries there was only the caller knows.
static GOT_UNIMAP: Record = record(
    "unimapdesc",
    &[arg("entry_ct", U16), arg("entries", At(Out, &Array(&PAIR_TY, Len::Const(u16::MAX as u32))))],
);

static PALETTE: Ty = Binary(Len::Const(16 * 3));
static PICTURES: Ty = Binary(Len::Const(256 * 32));
static SCREEN_MAP: Ty = Binary(Len::Const(E_TABSZ.v() as u32));
/// A Unicode character, or one of the font's pictures.
static CHARACTER: Ty = Scalar(W2, |cx, v| {
    if v & !UNI_DIRECT_MASK.v() == UNI_DIRECT_BASE.v() {
        let base = UNI_DIRECT_BASE.name;
        let name = match v & UNI_DIRECT_MASK.v() {
            0 => Line::new(format_args!("{base}+0")),
            above => Line::new(format_args!("{base}+{above:#x}")),
        };
        cx.out.spelled(v, Base::Hex, name.as_str());
    } else {
        cx.out.hex(v);
    }
});
static UNICODE_SCREEN_MAP: Ty = Array(&CHARACTER, Len::Const(E_TABSZ.v() as u32));

pub(super) static REQUESTS: &[Request] = &[
    req(KDFONTOP, Ty::Hook(&OPERATION_HOOK)),
    req(GIO_FONT, At(Out, &PICTURES)),
    req(PIO_FONT, At(In, &PICTURES)),
    req(GIO_FONTX, GET_FONT),
    req(PIO_FONTX, At(In, &Struct(&FONT))),
    bare(PIO_FONTRESET),
    req(GIO_CMAP, At(Out, &PALETTE)),
    req(PIO_CMAP, At(In, &PALETTE)),
    req(GIO_SCRNMAP, At(Out, &SCREEN_MAP)),
    req(PIO_SCRNMAP, At(In, &SCREEN_MAP)),
    req(GIO_UNISCRNMAP, At(Out, &UNICODE_SCREEN_MAP)),
    req(PIO_UNISCRNMAP, At(In, &UNICODE_SCREEN_MAP)),
    req(GIO_UNIMAP, Ty::Hook(&GET_UNIMAP)),
    req(PIO_UNIMAP, At(In, &Struct(&UNIMAP))),
    req(PIO_UNIMAPCLR, At(In, &Struct(&UNIMAP_INIT))),
];
