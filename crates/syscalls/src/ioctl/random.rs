//! The pool of randomness: `random(4)`.

use super::{Request, bare, req};
use decode::prelude::*;
use uapi::consts::*;

/// `struct rand_pool_info`: a size, and as many bytes behind it.
static RAND_POOL: Record = record(
    "rand_pool_info",
    &[
        arg("entropy_count", INT),
        arg("buf_size", INT),
        arg(
            "buf",
            Inline([0, 0, 0], 1, |cx, offset| {
                let at = cx.record_addr().wrapping_add(offset);
                let size = i64::from(cx.field("buf_size") as i32);
                cx.buffer(at, size as u64, Text::Plain);
            }),
        ),
    ],
);

pub(super) static REQUESTS: &[Request] = &[
    req(RNDGETENTCNT, At(Out, &INT)),
    req(RNDADDTOENTCNT, At(In, &INT)),
    req(RNDADDENTROPY, At(In, &Struct(&RAND_POOL))),
    bare(RNDZAPENTCNT),
    bare(RNDCLEARPOOL),
    bare(RNDRESEEDCRNG),
];
