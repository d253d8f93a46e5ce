//! The pool of randomness: `random(4)`.

use super::{Request, bare, req};
use decode::prelude::*;
use uapi::consts::*;

/// `struct rand_pool_info`: a size, and as many bytes behind it.
static RAND_POOL: Record = record(
    "rand_pool_info",
    &[arg("entropy_count", INT), arg("buf_size", INT), arg("buf", Bytes(Len::Field("buf_size")))],
);

pub(super) static REQUESTS: &[Request] = &[
    req(RNDGETENTCNT, At(Out, &INT)),
    req(RNDADDTOENTCNT, At(In, &INT)),
    req(RNDADDENTROPY, At(In, &Struct(&RAND_POOL))),
    bare(RNDZAPENTCNT),
    bare(RNDCLEARPOOL),
    bare(RNDRESEEDCRNG),
];
