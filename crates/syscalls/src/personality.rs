//! `personality`: which other system's ways a process wants.

use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

/// Those that are a number only; others stand for a number and flags together.
static PERSONALITIES: Names =
    names("PER_???", &[PER_LINUX, PER_BSD, PER_LINUX32, PER_RISCOS, PER_OSF4, PER_HPUX, PER_MASK]);
static FLAGS: Names = names(
    "",
    &[
        UNAME26,
        ADDR_NO_RANDOMIZE,
        FDPIC_FUNCPTRS,
        MMAP_PAGE_ZERO,
        ADDR_COMPAT_LAYOUT,
        READ_IMPLIES_EXEC,
        ADDR_LIMIT_32BIT,
        SHORT_INODE,
        WHOLE_SECONDS,
        STICKY_TIMEOUTS,
        ADDR_LIMIT_3GB,
    ],
);

/// Asks what the personality is, and changes nothing.
const QUERY: u64 = 0xffff_ffff;

fn show_personality(cx: &mut Plain<'_>, v: u64) {
    let (kind, flags) = (v & PER_MASK.v(), v & !PER_MASK.v());
    if flags == 0 {
        return cx.enumerated(W4, &PERSONALITIES, kind);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.enumerated(W4, &PERSONALITIES, kind);
    cx.out.item();
    cx.flags(W4, &FLAGS, flags);
    cx.out.close(Kind::Terms);
}

fn explain_personality(cx: &mut Plain<'_>) {
    let v = cx.ret() as u64 & u64::from(u32::MAX);
    cx.aux(|cx| {
        cx.out.aux_part("");
        show_personality(cx, v);
    });
}

pub(crate) static ROWS: &[Syscall] = &[syscall(
    "personality",
    NONE,
    Ret::Aux(&Ret::Hex, explain_personality),
    &[arg(
        "persona",
        Scalar(W4, |cx, v| match v {
            QUERY => cx.out.hex(v),
            _ => show_personality(cx, v),
        }),
    )],
)];
