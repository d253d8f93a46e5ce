//! Video devices (`include/uapi/linux/videodev2.h`).

mod buffer;
mod control;
mod format;
mod fourcc;
mod ids;
mod input;
mod names;
mod stream;

use super::Request;
use crate::common::Line;
use decode::prelude::*;

/// All requests.
pub(super) static REQUESTS: [&[Request]; 5] =
    [format::REQUESTS, buffer::REQUESTS, stream::REQUESTS, input::REQUESTS, control::REQUESTS];

/// A fraction: `struct v4l2_fract`.
const FRACTION: Ty = Inline([8; 3], 4, |cx, at| {
    let at = at as usize;
    let text = Line::new(format_args!("{}/{}", cx.load(at, 4), cx.load(at + 4, 4)));
    cx.out.word(text.as_str());
});

static RECT: Record =
    record("v4l2_rect", &[arg("left", INT), arg("top", INT), arg("width", UINT), arg("height", UINT)]);
