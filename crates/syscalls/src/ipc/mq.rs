//! POSIX message queues.

use crate::common::{TIMESPEC, TIMESPEC64};
use crate::file::show_open_flags;
use crate::time::SIGEVENT;
use decode::class::{DESC, NONE};
use decode::prelude::*;
use uapi::consts::*;

/// `struct mq_attr` for a new queue, for which its flags mean nothing.
static NEW_ATTR: Record = record(
    "mq_attr",
    &[
        arg("mq_flags", Int(KLong, Hex)),
        arg("mq_maxmsg", KLONG),
        arg("mq_msgsize", KLONG),
        arg("mq_curmsgs", KLONG),
        arg("", Array(&KLONG, Len::Const(4))).when(|_| false),
    ],
);
/// All that a queue's flags may be (`mq_getattr(3)`).
static QUEUE_FLAGS: Names = names("O_???", &[O_NONBLOCK]);
static ATTR: Record = record(
    "mq_attr",
    &[
        arg("mq_flags", Flags(KLong, &QUEUE_FLAGS)),
        arg("mq_maxmsg", KLONG),
        arg("mq_msgsize", KLONG),
        arg("mq_curmsgs", KLONG),
        arg("", Array(&KLONG, Len::Const(4))).when(|_| false),
    ],
);

/// Whether a queue may be made.
fn creates(cx: &Plain<'_>) -> bool {
    cx.has(cx.arg(1), O_CREAT)
}

const MQDES: Arg = arg("mqdes", Fd);
const MSG_LEN: Arg = arg("msg_len", ULONG);
const PRIO: Arg = arg("msg_prio", UINT);
static MESSAGE: Ty = Bytes(Len::Arg(2));
static GOT: Ty = Bytes(Len::Ret);
const SENT: Arg = arg("msg_ptr", At(In, &MESSAGE));
const RECEIVED: Arg = arg("msg_ptr", At(Out, &GOT));
const GOT_PRIO: Arg = arg("msg_prio", At(Out, &UINT));

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "mq_open",
        DESC,
        Ret::Fd,
        &[
            arg("name", Path),
            arg("flags", Scalar(W4, show_open_flags)),
            arg("mode", Int(W2, Mode)).when(creates),
            arg("attr", At(In, &Struct(&NEW_ATTR))).when(creates),
        ],
    ),
    syscall("mq_unlink", NONE, Ret::Dec, &[arg("path", Path)]),
    syscall("mq_notify", DESC, Ret::Dec, &[MQDES, arg("sevp", At(In, &Struct(&SIGEVENT)))]),
    syscall(
        "mq_getsetattr",
        DESC,
        Ret::Dec,
        &[MQDES, arg("newattr", At(In, &Struct(&ATTR))), arg("oldattr", At(Out, &Struct(&ATTR)))],
    ),
    syscall(
        "mq_timedsend",
        DESC,
        Ret::Dec,
        &[MQDES, SENT, MSG_LEN, PRIO, arg("abs_timeout", At(In, &Struct(&TIMESPEC)))],
    ),
    syscall(
        "mq_timedsend_time64",
        DESC,
        Ret::Dec,
        &[MQDES, SENT, MSG_LEN, PRIO, arg("abs_timeout", At(In, &Struct(&TIMESPEC64)))],
    ),
    syscall(
        "mq_timedreceive",
        DESC,
        Ret::Dec,
        &[MQDES, RECEIVED, MSG_LEN, GOT_PRIO, arg("abs_timeout", At(In, &Struct(&TIMESPEC)))],
    ),
    syscall(
        "mq_timedreceive_time64",
        DESC,
        Ret::Dec,
        &[MQDES, RECEIVED, MSG_LEN, GOT_PRIO, arg("abs_timeout", At(In, &Struct(&TIMESPEC64)))],
    ),
];
