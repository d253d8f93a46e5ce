//! `NETLINK_CRYPTO` (`linux/cryptouser.h`): the kernel's ciphers and hashes.

use super::attr::Is::{Raw, Value};
use super::attr::{Scope, Set, set, show_attributes, show_raw};
use super::chain::{ALIGN, Data, show_both};
use super::message::Message;
use super::protocol::Request;
use decode::prelude::*;
use uapi::consts::*;

/// The kind of request that a message is.
pub(super) fn request(cx: &Plain<'_>, kind: u64) -> Request {
    match () {
        () if cx.is(kind, CRYPTO_MSG_NEWALG) => Request::New,
        () if cx.is(kind, CRYPTO_MSG_DELALG) || cx.is(kind, CRYPTO_MSG_DELRNG) => Request::Delete,
        () if cx.is(kind, CRYPTO_MSG_GETALG) => Request::Get,
        () => Request::Other,
    }
}

/// `CRYPTO_MAX_NAME`
const NAME: Ty = CharArray(64);

static ALGORITHM: Record = record(
    "crypto_user_alg",
    &[
        arg("cru_name", NAME),
        arg("cru_driver_name", NAME),
        arg("cru_module_name", NAME),
        arg("cru_type", X32),
        arg("cru_mask", X32),
        arg("cru_refcnt", UINT),
        arg("cru_flags", X32),
    ],
);

static ATTRIBUTES: Set = set(
    "CRYPTOCFGA_???",
    &[
        (CRYPTOCFGA_UNSPEC, Raw),
        (CRYPTOCFGA_PRIORITY_VAL, Value(UINT)),
        (CRYPTOCFGA_REPORT_LARVAL, Value(Struct(&LARVAL))),
        (CRYPTOCFGA_REPORT_HASH, Value(Struct(&HASH))),
        (CRYPTOCFGA_REPORT_BLKCIPHER, Value(Struct(&BLOCK_CIPHER))),
        (CRYPTOCFGA_REPORT_AEAD, Value(Struct(&AEAD))),
        (CRYPTOCFGA_REPORT_COMPRESS, Value(Struct(&COMPRESSION))),
        (CRYPTOCFGA_REPORT_RNG, Value(Struct(&RANDOM))),
        (CRYPTOCFGA_REPORT_CIPHER, Value(Struct(&CIPHER))),
        (CRYPTOCFGA_REPORT_AKCIPHER, Value(Struct(&PUBLIC_KEY))),
        (CRYPTOCFGA_REPORT_KPP, Value(Struct(&KEY_AGREEMENT))),
        (CRYPTOCFGA_REPORT_ACOMP, Value(Struct(&ASYNC_COMPRESSION))),
    ],
);

static LARVAL: Record = record("crypto_report_larval", &[arg("type", NAME)]);
static HASH: Record =
    record("crypto_report_hash", &[arg("type", NAME), arg("blocksize", UINT), arg("digestsize", UINT)]);
static CIPHER: Record = record(
    "crypto_report_cipher",
    &[arg("type", NAME), arg("blocksize", UINT), arg("min_keysize", UINT), arg("max_keysize", UINT)],
);
static BLOCK_CIPHER: Record = record(
    "crypto_report_blkcipher",
    &[
        arg("type", NAME),
        arg("geniv", NAME),
        arg("blocksize", UINT),
        arg("min_keysize", UINT),
        arg("max_keysize", UINT),
        arg("ivsize", UINT),
    ],
);
static AEAD: Record = record(
    "crypto_report_aead",
    &[
        arg("type", NAME),
        arg("geniv", NAME),
        arg("blocksize", UINT),
        arg("maxauthsize", UINT),
        arg("ivsize", UINT),
    ],
);
static COMPRESSION: Record = record("crypto_report_comp", &[arg("type", NAME)]);
static RANDOM: Record = record("crypto_report_rng", &[arg("type", NAME), arg("seedsize", UINT)]);
static PUBLIC_KEY: Record = record("crypto_report_akcipher", &[arg("type", NAME)]);
static KEY_AGREEMENT: Record = record("crypto_report_kpp", &[arg("type", NAME)]);
static ASYNC_COMPRESSION: Record = record("crypto_report_acomp", &[arg("type", NAME)]);

/// Shows what is in a message.
pub(super) fn show(cx: &mut Cx<'_>, message: Message, data: Data) {
    let about_algorithm = [CRYPTO_MSG_NEWALG, CRYPTO_MSG_DELALG, CRYPTO_MSG_UPDATEALG, CRYPTO_MSG_GETALG]
        .iter()
        .any(|kind| cx.is(message.kind, *kind));
    let size = ALGORITHM.size(cx.abi);
    if !about_algorithm || data.len < size as u64 {
        return show_raw(cx, data);
    }
    let rest = data.after((size as u64).next_multiple_of(ALIGN));
    show_both(
        cx,
        rest,
        |cx| cx.record_at(&ALGORITHM, data.addr, size),
        |cx| {
            show_attributes(cx, rest, &ATTRIBUTES, &mut Scope::default());
        },
    );
}
