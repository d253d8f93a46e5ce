//! Terminals: `ioctl_tty(2)`.

use super::{Request, bare, req};
use decode::prelude::*;
use uapi::consts::*;

static C_IFLAG: Names = names(
    "",
    &[
        IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, ISTRIP, INLCR, IGNCR, ICRNL, IUCLC, IXON, IXANY, IXOFF,
        IMAXBEL, IUTF8,
    ],
);
static C_OFLAG: Names = names("", &[OPOST, OLCUC, ONLCR, OCRNL, ONOCR, ONLRET, OFILL, OFDEL]);
static C_CFLAG: Names = names("", &[CSTOPB, CREAD, PARENB, PARODD, HUPCL, CLOCAL, CMSPAR, CRTSCTS]);
static C_LFLAG: Names = names(
    "",
    &[
        ISIG, ICANON, XCASE, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, IEXTEN, ECHOCTL, ECHOPRT, ECHOKE, FLUSHO,
        PENDIN, TOSTOP, EXTPROC,
    ],
);
/// Delays: each takes a few bits of `c_oflag`.
static NL_DELAYS: Names = names("", &[NL0, NL1]);
static CR_DELAYS: Names = names("", &[CR0, CR1, CR2, CR3]);
static TAB_DELAYS: Names = names("", &[TAB0, TAB1, TAB2, XTABS]);
static BS_DELAYS: Names = names("", &[BS0, BS1]);
static VT_DELAYS: Names = names("", &[VT0, VT1]);
static FF_DELAYS: Names = names("", &[FF0, FF1]);
static CHAR_SIZES: Names = names("", &[CS5, CS6, CS7, CS8]);
static BAUDS: Names = names(
    "B???",
    &[
        B0, B50, B75, B110, B134, B150, B200, B300, B600, B1200, B1800, B2400, B4800, B9600, B19200, B38400,
        BOTHER, B57600, B115200, B230400, B460800, B500000, B576000, B921600, B1000000, B1152000, B1500000,
        B2000000, B2500000, B3000000, B3500000, B4000000,
    ],
);
static LINES: Names = names(
    "N_???",
    &[
        N_TTY,
        N_SLIP,
        N_MOUSE,
        N_PPP,
        N_STRIP,
        N_AX25,
        N_X25,
        N_6PACK,
        N_MASC,
        N_R3964,
        N_PROFIBUS_FDL,
        N_IRDA,
        N_SMSBLOCK,
        N_HDLC,
        N_SYNC_PPP,
        N_HCI,
        N_GIGASET_M101,
        N_SLCAN,
        N_PPS,
        N_V253,
        N_CAIF,
        N_GSM0710,
        N_TI_WL,
        N_TRACESINK,
        N_TRACEROUTER,
        N_NCI,
        N_SPEAKUP,
        N_NULL,
    ],
);
static CONTROL_CHARS: [Const; 17] = [
    VINTR, VQUIT, VERASE, VKILL, VEOF, VTIME, VMIN, VSWTC, VSTART, VSTOP, VSUSP, VEOL, VREPRINT, VDISCARD,
    VWERASE, VLNEXT, VEOL2,
];
static MODEM: Names = names(
    "TIOCM_???",
    &[
        TIOCM_LE, TIOCM_DTR, TIOCM_RTS, TIOCM_ST, TIOCM_SR, TIOCM_CTS, TIOCM_CAR, TIOCM_RNG, TIOCM_DSR,
        TIOCM_OUT1, TIOCM_OUT2, TIOCM_LOOP,
    ],
);

/// Shows one of several names that share the bits `mask` of a word.
fn show_masked(cx: &mut Plain<'_>, table: &'static Names, v: u64, mask: Const) {
    let mask = mask.on(cx.abi).unwrap_or(0);
    cx.out.item();
    cx.enumerated(W4, table, v & mask);
}

/// Shows the bits of a word beyond `masks` as flags, without a word for there being none.
fn show_bits(cx: &mut Plain<'_>, table: &'static Names, v: u64, masks: &[Const]) {
    let taken = masks.iter().filter_map(|m| m.on(cx.abi)).fold(0, |a, b| a | b);
    match v & !taken {
        0 => cx.out.word(""),
        bits => cx.flags(W4, table, bits),
    }
}

fn show_iflag(cx: &mut Plain<'_>, v: u64) {
    show_bits(cx, &C_IFLAG, v, &[]);
}

fn show_oflag(cx: &mut Plain<'_>, v: u64) {
    cx.out.open(Kind::Terms);
    let delays = [
        (&NL_DELAYS, NLDLY),
        (&CR_DELAYS, CRDLY),
        (&TAB_DELAYS, TABDLY),
        (&BS_DELAYS, BSDLY),
        (&VT_DELAYS, VTDLY),
        (&FF_DELAYS, FFDLY),
    ];
    for (table, mask) in delays {
        show_masked(cx, table, v, mask);
    }
    cx.out.item();
    show_bits(cx, &C_OFLAG, v, &delays.map(|d| d.1));
    cx.out.close(Kind::Terms);
}

fn show_cflag(cx: &mut Plain<'_>, v: u64) {
    cx.out.open(Kind::Terms);
    show_masked(cx, &BAUDS, v, CBAUD);
    let input = v & CIBAUD.on(cx.abi).unwrap_or(0);
    if input != 0 {
        cx.out.item();
        cx.out.open(Kind::Shift);
        cx.out.item();
        cx.enumerated(W4, &BAUDS, input >> IBSHIFT.v());
        cx.out.item();
        cx.named(IBSHIFT.v(), Base::Hex, IBSHIFT.name);
        cx.out.close(Kind::Shift);
    }
    show_masked(cx, &CHAR_SIZES, v, CSIZE);
    cx.out.item();
    show_bits(cx, &C_CFLAG, v, &[CBAUD, CIBAUD, CSIZE]);
    cx.out.close(Kind::Terms);
}

fn show_lflag(cx: &mut Plain<'_>, v: u64) {
    show_bits(cx, &C_LFLAG, v, &[]);
}

/// Shows `count` control characters at `offset` of the record.
fn show_chars(cx: &mut Plain<'_>, offset: u64, count: usize) {
    cx.out.open(Kind::Array);
    for i in 0..count {
        let name = CONTROL_CHARS.iter().find(|c| c.on(cx.abi) == Some(i as u64));
        match name {
            Some(c) => cx.out.index(c.name),
            None => cx.out.index(&i.to_string()),
        }
        let c = cx.load(offset as usize + i, 1);
        cx.out.hex(c);
    }
    cx.out.close(Kind::Array);
}

const LINE: Arg = arg("c_line", Enum(W1, &LINES)).verbose();
const CHARS: Arg = arg("c_cc", Inline([19, 19, 19], 1, |cx, at| show_chars(cx, at, 19))).verbose();

static TERMIO: Record = record(
    "termio",
    &[
        arg("c_iflag", Scalar(W2, show_iflag)),
        arg("c_oflag", Scalar(W2, show_oflag)),
        arg("c_cflag", Scalar(W2, show_cflag)),
        arg("c_lflag", Scalar(W2, show_lflag)),
        LINE,
        arg("c_cc", Inline([8, 8, 8], 1, |cx, at| show_chars(cx, at, 8))).verbose(),
    ],
);
static TERMIOS: Record = record(
    "termios",
    &[
        arg("c_iflag", Scalar(W4, show_iflag)),
        arg("c_oflag", Scalar(W4, show_oflag)),
        arg("c_cflag", Scalar(W4, show_cflag)),
        arg("c_lflag", Scalar(W4, show_lflag)),
        LINE,
        CHARS,
    ],
);
static TERMIOS2: Record = record(
    "termios2",
    &[
        arg("c_iflag", Scalar(W4, show_iflag)),
        arg("c_oflag", Scalar(W4, show_oflag)),
        arg("c_cflag", Scalar(W4, show_cflag)),
        arg("c_lflag", Scalar(W4, show_lflag)),
        LINE,
        CHARS,
        arg("c_ispeed", UINT).verbose(),
        arg("c_ospeed", UINT).verbose(),
    ],
);
static WINSIZE: Record = record(
    "winsize",
    &[arg("ws_row", U16), arg("ws_col", U16), arg("ws_xpixel", U16), arg("ws_ypixel", U16)],
);
static FLOW: Names = names("TC???", &[TCOOFF, TCOON, TCIOFF, TCION]);
static QUEUES: Names = names("TC???", &[TCIFLUSH, TCOFLUSH, TCIOFLUSH]);

static PGRP: Ty = Pid(PidKind::Pgid);
static SESSION: Ty = Pid(PidKind::Sid);
static MODEM_BITS: Ty = Flags(W4, &MODEM);

pub(super) static REQUESTS: &[Request] = &[
    req(TCGETS, At(Out, &Struct(&TERMIOS))),
    req(TCSETS, At(In, &Struct(&TERMIOS))),
    req(TCSETSW, At(In, &Struct(&TERMIOS))),
    req(TCSETSF, At(In, &Struct(&TERMIOS))),
    req(TIOCGLCKTRMIOS, At(Out, &Struct(&TERMIOS))),
    req(TIOCSLCKTRMIOS, At(In, &Struct(&TERMIOS))),
    req(TCGETS2, At(Out, &Struct(&TERMIOS2))),
    req(TCSETS2, At(In, &Struct(&TERMIOS2))),
    req(TCSETSW2, At(In, &Struct(&TERMIOS2))),
    req(TCSETSF2, At(In, &Struct(&TERMIOS2))),
    req(TCGETA, At(Out, &Struct(&TERMIO))),
    req(TCSETA, At(In, &Struct(&TERMIO))),
    req(TCSETAW, At(In, &Struct(&TERMIO))),
    req(TCSETAF, At(In, &Struct(&TERMIO))),
    req(TIOCGWINSZ, At(Out, &Struct(&WINSIZE))),
    req(TIOCSWINSZ, At(In, &Struct(&WINSIZE))),
    req(TCXONC, Enum(Long, &FLOW)),
    req(TCFLSH, Enum(Long, &QUEUES)),
    req(TCSBRK, INT),
    req(TCSBRKP, INT),
    req(TIOCSCTTY, INT),
    req(TIOCMGET, At(Out, &MODEM_BITS)),
    req(TIOCMBIS, At(In, &MODEM_BITS)),
    req(TIOCMBIC, At(In, &MODEM_BITS)),
    req(TIOCMSET, At(In, &MODEM_BITS)),
    req(TIOCGPGRP, At(Out, &PGRP)),
    req(TIOCSPGRP, At(In, &PGRP)),
    req(TIOCGSID, At(Out, &SESSION)),
    req(TIOCSTI, At(In, &Bytes(Len::Const(1)))),
    req(TIOCOUTQ, At(Out, &INT)),
    req(FIONREAD, At(Out, &INT)),
    req(TIOCGSOFTCAR, At(Out, &INT)),
    req(TIOCGPTN, At(Out, &INT)),
    req(TIOCGDEV, At(Out, &INT)),
    req(TIOCGETD, At(Out, &INT)),
    req(TIOCGEXCL, At(Out, &INT)),
    req(TIOCSSOFTCAR, At(In, &INT)),
    req(TIOCPKT, At(In, &INT)),
    req(TIOCSETD, At(In, &INT)),
    req(TIOCSPTLCK, At(In, &INT)),
    req(FIONBIO, At(In, &INT)),
    req(FIOASYNC, At(In, &INT)),
    bare(FIOCLEX),
    bare(FIONCLEX),
    bare(TIOCEXCL),
    bare(TIOCNXCL),
    bare(TIOCCONS),
    bare(TIOCNOTTY),
    bare(TIOCSBRK),
    bare(TIOCCBRK),
    bare(TIOCSSERIAL),
    bare(TIOCVHANGUP),
];
