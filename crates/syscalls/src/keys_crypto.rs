//! What keys are used for: Diffie-Hellman, and operations on public keys.

use crate::keys::show_key;
use decode::Stretch;
use decode::prelude::*;
use uapi::consts::*;

const KEY: Ty = Scalar(W4, show_key);

/// `struct keyctl_dh_params`.
pub(crate) static DH_PARAMS: Record =
    record("keyctl_dh_params", &[arg("private", KEY), arg("prime", KEY), arg("base", KEY)]);

/// As much as is said beside it; where that is nothing, a pointer.
fn show_other_info(cx: &mut Cx<'_>, addr: u64) {
    match cx.field("otherinfolen") {
        0 => cx.out.addr(addr),
        len => cx.buffer(addr, len, Text::Plain),
    }
}

/// `struct keyctl_kdf_params`: how a secret is made a key.
pub(crate) static KDF_PARAMS: Record = record(
    "keyctl_kdf_params",
    &[
        arg("hashname", Str),
        arg(
            "otherinfo",
            Hook(&decode::Hook {
                dir: In,
                show: show_other_info,
                reads: &[Stretch::to(Start::Here, Bytes(Len::Field("otherinfolen")))],
            }),
        ),
        arg("otherinfolen", UINT),
        arg("__spare", Array(&X32, Len::Const(8))).nonzero(),
    ],
);

static SUPPORTS: Names = names(
    "KEYCTL_SUPPORTS_???",
    &[KEYCTL_SUPPORTS_ENCRYPT, KEYCTL_SUPPORTS_DECRYPT, KEYCTL_SUPPORTS_SIGN, KEYCTL_SUPPORTS_VERIFY],
);

/// `struct keyctl_pkey_query`.
pub(crate) static PKEY_QUERY: Record = record(
    "keyctl_pkey_query",
    &[
        arg("supported_ops", Flags(W4, &SUPPORTS)),
        arg("key_size", UINT),
        arg("max_data_size", U16),
        arg("max_sig_size", U16),
        arg("max_enc_size", U16),
        arg("max_dec_size", U16),
        arg("__spare", Array(&X32, Len::Const(10))).nonzero(),
    ],
);

/// `struct keyctl_pkey_params`, whose third member is a union of two lengths.
pub(crate) static PKEY_PARAMS: Record = record(
    "keyctl_pkey_params",
    &[
        arg("key_id", KEY),
        arg("in_len", UINT),
        arg("out_len", UINT),
        arg("__spare", Array(&X32, Len::Const(7))).nonzero(),
    ],
);
/// [`PKEY_PARAMS`] of a verification, which has two inputs.
pub(crate) static VERIFY_PARAMS: Record = record(
    "keyctl_pkey_params",
    &[
        arg("key_id", KEY),
        arg("in_len", UINT),
        arg("in2_len", UINT),
        arg("__spare", Array(&X32, Len::Const(7))).nonzero(),
    ],
);

/// The offsets of the lengths in [`PKEY_PARAMS`].
const IN_LEN: usize = 4;
const OUT_LEN: usize = 8;

/// Shows as many bytes as the call's parameters say at this offset.
fn show_data(cx: &mut Cx<'_>, addr: u64, len_at: usize) {
    let params = cx.arg(1) & cx.mask(Long);
    let mut raw = [0; 40];
    if params == 0 || !cx.read(params, &mut raw) {
        return cx.out.addr(addr);
    }
    let len = raw[len_at..len_at + 4].iter().rev().fold(0, |len, &b| len << 8 | u64::from(b));
    cx.buffer(addr, len, Text::Plain);
}

const fn data(dir: decode::Dir, show: decode::HookFn) -> decode::Hook {
    // How many bytes there are stands in the parameters; no more are shown than of any string.
    const READS: &[Stretch] = &[
        Stretch::to(Start::ArgWord(1), Bytes(Len::Const(40))),
        Stretch::to(Start::Here, CharArray(u32::MAX)),
    ];
    decode::Hook { dir, show, reads: READS }
}
/// What is to be encrypted, decrypted, signed or verified.
pub(crate) static PKEY_IN: decode::Hook = data(In, |cx, addr| show_data(cx, addr, IN_LEN));
/// What came of it.
pub(crate) static PKEY_OUT: decode::Hook = data(Out, |cx, addr| show_data(cx, addr, OUT_LEN));
/// The signature to verify.
pub(crate) static PKEY_IN2: decode::Hook = data(In, |cx, addr| show_data(cx, addr, OUT_LEN));
