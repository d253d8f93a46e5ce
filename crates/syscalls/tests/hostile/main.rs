//! Every row over arbitrary registers and memory: no panic, bounded output, nothing that a terminal acts on, and
//! JSON that is JSON. `fuzz/` does the same with numbers that a fuzzer finds.

mod case;
#[path = "../kept/mod.rs"]
mod kept;
mod reads;
mod rounds;

use case::{ABIS, Case, Hostile, check, outputs, show};
use kept::Kept;
use rounds::{Random, rounds, times};

#[test]
fn every_row_stands_every_tracee() {
    // Another number gives other calls.
    let seed =
        std::env::var("HOSTILE_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0x5eed_5eed_5eed_5eed);
    let mut random = Random(std::cmp::max(seed, 1));
    let mut texts = outputs();
    for _ in 0..rounds() {
        for row in strax_syscalls::all_rows() {
            for abi in ABIS.into_iter().filter(|&abi| row.holds_on(abi)) {
                for _ in 0..times(row) {
                    let case = Case::new(row, abi, &mut random);
                    check(&case, &mut random, &mut texts);
                }
            }
        }
    }
}

#[test]
fn what_is_kept_of_a_call_says_what_was_said() {
    let mut random = Random(0x5eed_5eed_5eed);
    for row in strax_syscalls::all_rows() {
        for abi in ABIS.into_iter().filter(|&abi| row.holds_on(abi)) {
            for _ in 0..times(row).div_ceil(4) {
                let case = Case::new(row, abi, &mut random);
                let (mut before, mut after) = (Hostile::new(&mut random), Hostile::new(&mut random));
                for (mut direct, kept) in outputs().into_iter().zip(outputs()) {
                    let direct = show(&case, &case.options, &mut before, &mut after, &mut direct);
                    let mut keeper = Kept::new(kept);
                    let kept = show(&case, &case.options, &mut before, &mut after, &mut keeper);
                    assert_eq!(kept.escape_ascii().to_string(), direct.escape_ascii().to_string());
                    let tree = keeper.tree();
                    tree.args().map(|(_, value)| value).chain(tree.result()).for_each(look);
                }
            }
        }
    }
}

/// Asks a value everything, and those inside of it.
fn look(value: render::Value<'_>) {
    let numbers = (value.int(), value.uint(), value.address(), value.fd(), value.pid());
    if let (Some(int), Some(uint)) = (numbers.0, numbers.1) {
        assert_eq!(int as u64, uint);
    }
    assert!(value.path().is_none() || value.bytes().is_some() && !value.is_cut());
    assert!(value.names().iter().all(|name| value.has(name)));
    let _ = (value.ip(), value.socket_address(), value.word(), value.is_struct(), value.is_array());
    value.after().into_iter().for_each(look);
    for (i, (name, member)) in value.members().enumerate() {
        // To look for a member takes a walk over those before it.
        assert!(i > 8 || value.at(i).is_some() && (name.is_empty() || value.get(name).is_some()));
        look(member);
    }
}
