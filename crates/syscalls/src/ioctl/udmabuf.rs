//! Memory of files as DMA buffers: `include/uapi/linux/udmabuf.h`.

use super::{Request, req};
use decode::prelude::*;
use uapi::consts::*;

static UDMABUF_FLAGS: Names = names("UDMABUF_FLAGS_???", &[UDMABUF_FLAGS_CLOEXEC]);
static UDMABUF_CREATE_ARG: Record = record(
    "udmabuf_create",
    &[arg("memfd", Fd), arg("flags", Flags(W4, &UDMABUF_FLAGS)), arg("offset", U64), arg("size", U64)],
);
static UDMABUF_ITEM: Record =
    record("udmabuf_create_item", &[arg("memfd", Fd), pad(4), arg("offset", U64), arg("size", U64)]);
static UDMABUF_ITEM_TY: Ty = Struct(&UDMABUF_ITEM);
static UDMABUF_LIST: Record = record(
    "udmabuf_create_list",
    &[
        arg("flags", Flags(W4, &UDMABUF_FLAGS)),
        arg("count", UINT),
        arg("list", Array(&UDMABUF_ITEM_TY, Len::Field("count"))),
    ],
);

pub(super) static REQUESTS: &[Request] = &[
    req(UDMABUF_CREATE, At(In, &Struct(&UDMABUF_CREATE_ARG))),
    req(UDMABUF_CREATE_LIST, At(In, &Struct(&UDMABUF_LIST))),
];
