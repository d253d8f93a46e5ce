//! Keys and keyrings.

use crate::common::{ID, uncommon};
use crate::keys_crypto::{
    DH_PARAMS, KDF_PARAMS, PKEY_IN, PKEY_IN2, PKEY_OUT, PKEY_PARAMS, PKEY_QUERY, VERIFY_PARAMS,
};
use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

static OPERATIONS: Names = names(
    "KEYCTL_???",
    &[
        KEYCTL_GET_KEYRING_ID,
        KEYCTL_JOIN_SESSION_KEYRING,
        KEYCTL_UPDATE,
        KEYCTL_REVOKE,
        KEYCTL_CHOWN,
        KEYCTL_SETPERM,
        KEYCTL_DESCRIBE,
        KEYCTL_CLEAR,
        KEYCTL_LINK,
        KEYCTL_UNLINK,
        KEYCTL_SEARCH,
        KEYCTL_READ,
        KEYCTL_INSTANTIATE,
        KEYCTL_NEGATE,
        KEYCTL_SET_REQKEY_KEYRING,
        KEYCTL_SET_TIMEOUT,
        KEYCTL_ASSUME_AUTHORITY,
        KEYCTL_GET_SECURITY,
        KEYCTL_SESSION_TO_PARENT,
        KEYCTL_REJECT,
        KEYCTL_INSTANTIATE_IOV,
        KEYCTL_INVALIDATE,
        KEYCTL_GET_PERSISTENT,
        KEYCTL_DH_COMPUTE,
        KEYCTL_PKEY_QUERY,
        KEYCTL_PKEY_ENCRYPT,
        KEYCTL_PKEY_DECRYPT,
        KEYCTL_PKEY_SIGN,
        KEYCTL_PKEY_VERIFY,
        KEYCTL_RESTRICT_KEYRING,
        KEYCTL_MOVE,
        KEYCTL_CAPABILITIES,
        KEYCTL_WATCH_KEY,
    ],
);

static SPECIAL_KEYS: Names = names(
    "",
    &[
        KEY_SPEC_THREAD_KEYRING,
        KEY_SPEC_PROCESS_KEYRING,
        KEY_SPEC_SESSION_KEYRING,
        KEY_SPEC_USER_KEYRING,
        KEY_SPEC_USER_SESSION_KEYRING,
        KEY_SPEC_GROUP_KEYRING,
        KEY_SPEC_REQKEY_AUTH_KEY,
        KEY_SPEC_REQUESTOR_KEYRING,
    ],
);

/// Where keys that are asked for are put.
static REQKEY_DEFAULTS: Names = names(
    "KEY_REQKEY_DEFL_???",
    &[
        KEY_REQKEY_DEFL_NO_CHANGE,
        KEY_REQKEY_DEFL_DEFAULT,
        KEY_REQKEY_DEFL_THREAD_KEYRING,
        KEY_REQKEY_DEFL_PROCESS_KEYRING,
        KEY_REQKEY_DEFL_SESSION_KEYRING,
        KEY_REQKEY_DEFL_USER_KEYRING,
        KEY_REQKEY_DEFL_USER_SESSION_KEYRING,
        KEY_REQKEY_DEFL_GROUP_KEYRING,
        KEY_REQKEY_DEFL_REQUESTOR_KEYRING,
    ],
);
static MOVE_FLAGS: Names = names("KEYCTL_MOVE_???", &[KEYCTL_MOVE_EXCL]);

/// Who may do what with a key (`include/linux/key.h` of the kernel): possessor, user, group, others.
static PERMISSIONS: Names = names(
    "KEY_???",
    &[
        uncommon("KEY_POS_VIEW", 0x1000000),
        uncommon("KEY_POS_READ", 0x2000000),
        uncommon("KEY_POS_WRITE", 0x4000000),
        uncommon("KEY_POS_SEARCH", 0x8000000),
        uncommon("KEY_POS_LINK", 0x10000000),
        uncommon("KEY_POS_SETATTR", 0x20000000),
        uncommon("KEY_USR_VIEW", 0x10000),
        uncommon("KEY_USR_READ", 0x20000),
        uncommon("KEY_USR_WRITE", 0x40000),
        uncommon("KEY_USR_SEARCH", 0x80000),
        uncommon("KEY_USR_LINK", 0x100000),
        uncommon("KEY_USR_SETATTR", 0x200000),
        uncommon("KEY_GRP_VIEW", 0x100),
        uncommon("KEY_GRP_READ", 0x200),
        uncommon("KEY_GRP_WRITE", 0x400),
        uncommon("KEY_GRP_SEARCH", 0x800),
        uncommon("KEY_GRP_LINK", 0x1000),
        uncommon("KEY_GRP_SETATTR", 0x2000),
        uncommon("KEY_OTH_VIEW", 0x1),
        uncommon("KEY_OTH_READ", 0x2),
        uncommon("KEY_OTH_WRITE", 0x4),
        uncommon("KEY_OTH_SEARCH", 0x8),
        uncommon("KEY_OTH_LINK", 0x10),
        uncommon("KEY_OTH_SETATTR", 0x20),
    ],
);

/// What the kernel can do, by the byte that tells it.
static CAPABILITIES_0: Names = names(
    "KEYCTL_CAPS0_???",
    &[
        KEYCTL_CAPS0_CAPABILITIES,
        KEYCTL_CAPS0_PERSISTENT_KEYRINGS,
        KEYCTL_CAPS0_DIFFIE_HELLMAN,
        KEYCTL_CAPS0_PUBLIC_KEY,
        KEYCTL_CAPS0_BIG_KEY,
        KEYCTL_CAPS0_INVALIDATE,
        KEYCTL_CAPS0_RESTRICT_KEYRING,
        KEYCTL_CAPS0_MOVE,
    ],
);
static CAPABILITIES_1: Names = names(
    "KEYCTL_CAPS1_???",
    &[KEYCTL_CAPS1_NS_KEYRING_NAME, KEYCTL_CAPS1_NS_KEY_TAG, KEYCTL_CAPS1_NOTIFICATIONS],
);

/// Shows a key's number, or which of the process's own it is.
pub(crate) fn show_key(cx: &mut Plain<'_>, v: u64) {
    let key = v as i32;
    match SPECIAL_KEYS.find(v, u64::from(u32::MAX), cx.abi) {
        Some(name) => cx.named(i64::from(key) as u64, Base::Dec, name),
        None => cx.out.int(i64::from(key)),
    }
}
const KEY_TYPE: Ty = Scalar(W4, show_key);

fn show_default(cx: &mut Plain<'_>, v: u64) {
    let name = REQKEY_DEFAULTS.find(v, u64::from(u32::MAX), cx.abi).map(Part::Name);
    cx.out.symbolic(i64::from(v as i32) as u64, Base::Dec, name.as_slice(), REQKEY_DEFAULTS.unknown);
}

fn show_errno(cx: &mut Plain<'_>, v: u64) {
    match uapi::errno::name_of(v as u32) {
        Some(name) => cx.named(v, Base::Udec, name),
        None => cx.out.uint(v),
    }
}

fn show_capabilities(cx: &mut Cx<'_>, addr: u64) {
    let given = (cx.ret().max(0) as u64).min(cx.arg(2));
    cx.array_with(addr, given, 1, |cx, i, at, _| {
        let byte = u64::from(cx.element(at, 1).first().copied().unwrap_or(0));
        match i {
            0 => cx.flags(W1, &CAPABILITIES_0, byte),
            1 => cx.flags(W1, &CAPABILITIES_1, byte),
            _ => cx.out.hex(byte),
        }
    });
}

/// Text that ends with a NUL, if the buffer was long enough.
fn show_text(cx: &mut Cx<'_>, addr: u64, mut len: u64) {
    let (end, mut last) = (len.checked_sub(1).and_then(|len| addr.checked_add(len)), [0xff]);
    if end.is_some_and(|end| cx.read(end, &mut last)) && last == [0] {
        len -= 1;
    }
    cx.buffer(addr, len, Text::Plain);
}

fn show_payload_vector(cx: &mut Cx<'_>, addr: u64) {
    let count = cx.arg(3);
    crate::iovec::show_iov(cx, addr, count, None);
}

const KEY: Arg = arg("key", KEY_TYPE);
const KEYRING: Arg = arg("keyring", KEY_TYPE);
const DEST_KEYRING: Arg = arg("dest_keyring", KEY_TYPE);
const TYPE: Arg = arg("type", Str);
const DESCRIPTION: Arg = arg("description", Str);
const PAYLOAD: Arg = arg("payload", At(In, &Bytes(Len::Arg(3))));
const PLEN: Arg = arg("plen", ULONG);
const TIMEOUT: Arg = arg("timeout", UINT);
const BUFLEN: Arg = arg("buflen", ULONG);
/// What a call has written into a buffer, of which it says how much there would be.
const BUFFER: Arg = arg("buffer", At(Out, &Bytes(Len::Min(&Len::Ret, &Len::Arg(3)))));

pub(crate) static ROWS: &[Syscall] = &[
    syscall("add_key", NONE, Ret::Dec, &[TYPE, DESCRIPTION, PAYLOAD, PLEN, KEYRING]),
    syscall("request_key", NONE, Ret::Dec, &[TYPE, DESCRIPTION, arg("callout_info", Str), DEST_KEYRING]),
    syscall("keyctl", NONE, Ret::Dec, &[arg("operation", Enum(W4, &OPERATIONS))]).switch(
        0,
        &[
            case(&[KEYCTL_GET_KEYRING_ID], &[KEY, arg("create", INT)], Ret::Dec),
            case(&[KEYCTL_JOIN_SESSION_KEYRING], &[arg("name", Str)], Ret::Dec),
            case(&[KEYCTL_UPDATE], &[KEY, arg("payload", At(In, &Bytes(Len::Arg(3)))), PLEN], Ret::Dec),
            case(
                &[KEYCTL_REVOKE, KEYCTL_CLEAR, KEYCTL_ASSUME_AUTHORITY, KEYCTL_INVALIDATE],
                &[KEY],
                Ret::Dec,
            ),
            case(&[KEYCTL_CHOWN], &[KEY, arg("uid", ID), arg("gid", ID)], Ret::Dec),
            case(&[KEYCTL_SETPERM], &[KEY, arg("perms", Flags(W4, &PERMISSIONS))], Ret::Dec),
            case(&[KEYCTL_READ], &[KEY, BUFFER, BUFLEN], Ret::Dec),
            case(
                &[KEYCTL_DESCRIBE, KEYCTL_GET_SECURITY],
                &[KEY, arg("buffer", At(Out, &Form(Len::Min(&Len::Ret, &Len::Arg(3)), show_text))), BUFLEN],
                Ret::Dec,
            ),
            case(&[KEYCTL_LINK, KEYCTL_UNLINK], &[KEY, KEYRING], Ret::Dec),
            case(&[KEYCTL_SEARCH], &[KEYRING, TYPE, DESCRIPTION, DEST_KEYRING], Ret::Dec),
            case(&[KEYCTL_INSTANTIATE], &[KEY, PAYLOAD, PLEN, KEYRING], Ret::Dec),
            case(&[KEYCTL_NEGATE], &[KEY, TIMEOUT, KEYRING], Ret::Dec),
            case(&[KEYCTL_SET_REQKEY_KEYRING], &[arg("reqkey_defl", Scalar(W4, show_default))], Ret::Dec),
            case(&[KEYCTL_SET_TIMEOUT], &[KEY, TIMEOUT], Ret::Dec),
            case(&[KEYCTL_SESSION_TO_PARENT], &[], Ret::Dec),
            case(&[KEYCTL_REJECT], &[KEY, TIMEOUT, arg("error", Scalar(W4, show_errno)), KEYRING], Ret::Dec),
            case(
                &[KEYCTL_INSTANTIATE_IOV],
                &[
                    KEY,
                    arg(
                        "payload",
                        Hook(&decode::Hook {
                            dir: In,
                            show: show_payload_vector,
                            reads: &[Stretch::to(Start::Here, Array(&crate::iov::IOVEC_TY, Len::Arg(3)))],
                        }),
                    ),
                    PLEN,
                    KEYRING,
                ],
                Ret::Dec,
            ),
            case(&[KEYCTL_GET_PERSISTENT], &[arg("uid", ID), KEYRING], Ret::Dec),
            case(
                &[KEYCTL_DH_COMPUTE],
                &[
                    arg("dh_params", At(In, &Struct(&DH_PARAMS))),
                    BUFFER,
                    BUFLEN,
                    arg("kdf_params", At(In, &Struct(&KDF_PARAMS))),
                ],
                Ret::Dec,
            ),
            case(
                &[KEYCTL_PKEY_QUERY],
                &[
                    KEY,
                    arg("reserved", XLONG),
                    arg("params", Str),
                    arg("info", At(Out, &Struct(&PKEY_QUERY))),
                ],
                Ret::Dec,
            ),
            case(
                &[KEYCTL_PKEY_ENCRYPT, KEYCTL_PKEY_DECRYPT, KEYCTL_PKEY_SIGN],
                &[
                    arg("params", At(In, &Struct(&PKEY_PARAMS))),
                    arg("info", Str),
                    arg("in", Hook(&PKEY_IN)),
                    arg("out", Hook(&PKEY_OUT)),
                ],
                Ret::Dec,
            ),
            case(
                &[KEYCTL_PKEY_VERIFY],
                &[
                    arg("params", At(In, &Struct(&VERIFY_PARAMS))),
                    arg("info", Str),
                    arg("in", Hook(&PKEY_IN)),
                    arg("in2", Hook(&PKEY_IN2)),
                ],
                Ret::Dec,
            ),
            case(&[KEYCTL_RESTRICT_KEYRING], &[KEYRING, TYPE, arg("restriction", Str)], Ret::Dec),
            case(
                &[KEYCTL_MOVE],
                &[
                    KEY,
                    arg("from_keyring", KEY_TYPE),
                    arg("to_keyring", KEY_TYPE),
                    arg("flags", Flags(W4, &MOVE_FLAGS)),
                ],
                Ret::Dec,
            ),
            case(
                &[KEYCTL_CAPABILITIES],
                &[
                    arg(
                        "buffer",
                        Hook(&decode::Hook {
                            dir: Out,
                            show: show_capabilities,
                            reads: &[Stretch::to(Start::Here, Bytes(Len::Arg(2)))],
                        }),
                    ),
                    BUFLEN,
                ],
                Ret::Dec,
            ),
        ],
        &[arg("arg2", XLONG), arg("arg3", XLONG), arg("arg4", XLONG), arg("arg5", XLONG)],
    ),
];
