//! Reads the input as a recording, and as what stands in a block of one, whose checksum is right.

#![no_main]

#[path = "../../crates/recording/tests/format/made_up.rs"]
mod made_up;

use libfuzzer_sys::fuzz_target;
use strax_recording::MOST_CONTENT;

fuzz_target!(|given: &[u8]| {
    let [how, stored @ ..] = given else { return };
    let file = match how % 4 {
        0 => stored.to_vec(),
        1 => made_up::file(b'I', 0, stored, stored.len() as u32),
        2 => made_up::file(b'E', 1, stored, 1 << 12),
        _ => made_up::file(b'E', 0, stored, stored.len() as u32),
    };
    let (_, most) = made_up::walk(&file);
    assert!(most <= MOST_CONTENT);
});
