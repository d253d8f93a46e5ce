//! Trusted execution environments (`include/uapi/linux/tee.h`).

use super::shape::is_shown;
use super::{Request, req};
use crate::common::{ADDR64, Line, uncommon};
use decode::prelude::*;
use decode::{Hook, Stretch};
use uapi::consts::*;

static IMPLEMENTATIONS: Names =
    names("TEE_IMPL_ID_???", &[TEE_IMPL_ID_OPTEE, TEE_IMPL_ID_AMDTEE, TEE_IMPL_ID_TSTEE, TEE_IMPL_ID_QTEE]);
static CAPABILITIES: Names = names(
    "TEE_GEN_CAP_???",
    &[
        TEE_GEN_CAP_GP,
        TEE_GEN_CAP_PRIVILEGED,
        TEE_GEN_CAP_REG_MEM,
        TEE_GEN_CAP_MEMREF_NULL,
        TEE_GEN_CAP_OBJREF,
    ],
);
static OPTEE_CAPABILITIES: Names = names("TEE_OPTEE_CAP_???", &[TEE_OPTEE_CAP_TZ]);
/// Flags of shared memory: the kernel's own ones (`include/linux/tee_core.h` and those before it) are none of the
/// caller's business, and are shown all the same.
static MEMORY_FLAGS: Names = names(
    "TEE_IOCTL_SHM_???",
    &[
        uncommon("TEE_IOCTL_SHM_MAPPED", 1 << 0),
        uncommon("TEE_IOCTL_SHM_DMA_BUF", 1 << 1),
        uncommon("TEE_IOCTL_SHM_EXT_DMA_BUF", 1 << 2),
        uncommon("TEE_IOCTL_SHM_REGISTER", 1 << 3),
        uncommon("TEE_IOCTL_SHM_USER_MAPPED", 1 << 4),
        uncommon("TEE_IOCTL_SHM_POOL", 1 << 5),
        uncommon("TEE_IOCTL_SHM_KERNEL_MAPPED", 1 << 6),
    ],
);
static LOGINS: Names = names(
    "TEE_IOCTL_LOGIN_???",
    &[
        TEE_IOCTL_LOGIN_PUBLIC,
        TEE_IOCTL_LOGIN_USER,
        TEE_IOCTL_LOGIN_GROUP,
        TEE_IOCTL_LOGIN_APPLICATION,
        TEE_IOCTL_LOGIN_USER_APPLICATION,
        TEE_IOCTL_LOGIN_GROUP_APPLICATION,
    ],
);
/// Where a result comes from, by GlobalPlatform's client API.
static ORIGINS: Names = names(
    "TEEC_ORIGIN_???",
    &[
        uncommon("TEEC_ORIGIN_API", 1),
        uncommon("TEEC_ORIGIN_COMMS", 2),
        uncommon("TEEC_ORIGIN_TEE", 3),
        uncommon("TEEC_ORIGIN_TRUSTED_APP", 4),
    ],
);
static KINDS: Names = names(
    "TEE_IOCTL_PARAM_ATTR_",
    &[
        TEE_IOCTL_PARAM_ATTR_TYPE_NONE,
        TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_UBUF_INPUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_UBUF_OUTPUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_UBUF_INOUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_OBJREF_INPUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_OBJREF_OUTPUT,
        TEE_IOCTL_PARAM_ATTR_TYPE_OBJREF_INOUT,
    ],
);

static VERSION: Record = record(
    "tee_ioctl_version_data",
    &[
        arg("impl_id", Enum(W4, &IMPLEMENTATIONS)),
        arg(
            "impl_caps",
            Scalar(W4, |cx, v| {
                if cx.is(cx.field("impl_id"), TEE_IMPL_ID_OPTEE) {
                    cx.flags(W4, &OPTEE_CAPABILITIES, v);
                } else {
                    cx.out.hex(v);
                }
            }),
        ),
        arg("gen_caps", Flags(W4, &CAPABILITIES)),
    ],
);
static ALLOC: Record = record(
    "tee_ioctl_shm_alloc_data",
    &[arg("size", X64), arg("flags", Flags(W4, &MEMORY_FLAGS)), arg("id", INT)],
);
static REGISTER: Record = record(
    "tee_ioctl_shm_register_data",
    &[arg("addr", ADDR64), arg("length", X64), arg("flags", Flags(W4, &MEMORY_FLAGS)), arg("id", INT)],
);
static REGISTER_FD: Record = record(
    "tee_ioctl_shm_register_fd_data",
    &[
        arg("fd", Scalar(W8, |cx, v| cx.fd(v as i32))),
        arg("size", X64),
        arg("flags", Flags(W4, &MEMORY_FLAGS)),
        arg("id", INT),
    ],
);
static CANCEL: Record = record("tee_ioctl_cancel_arg", &[arg("cancel_id", UINT), arg("session", X32)]);
static CLOSE: Record = record("tee_ioctl_close_session_arg", &[arg("session", X32)]);

/// Shows a parameter's kind, and whether it is one of the kernel's own.
fn show_attribute(cx: &mut Plain<'_>, attribute: u64) {
    let meta = TEE_IOCTL_PARAM_ATTR_META.v();
    if attribute & meta == 0 {
        return cx.enumerated(W8, &KINDS, attribute);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.enumerated(W8, &KINDS, attribute & !meta);
    cx.out.item();
    cx.out.word(TEE_IOCTL_PARAM_ATTR_META.name);
    cx.out.close(Kind::Terms);
}

/// How a parameter's number is shown whose name depends on what the parameter is: in memory, in the caller's memory,
/// an object, or three values. One without a name is not shown.
struct Number {
    memory: &'static str,
    buffer: &'static str,
    object: &'static str,
    value: &'static str,
}

impl Number {
    fn name(&self, cx: &Plain<'_>) -> &'static str {
        let attribute = cx.field("attr");
        let is = |first: Const, last: Const| (first.v()..=last.v()).contains(&attribute);
        if attribute == TEE_IOCTL_PARAM_ATTR_TYPE_NONE.v() {
            ""
        } else if is(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT, TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT) {
            self.memory
        } else if is(TEE_IOCTL_PARAM_ATTR_TYPE_UBUF_INPUT, TEE_IOCTL_PARAM_ATTR_TYPE_UBUF_INOUT) {
            self.buffer
        } else if is(TEE_IOCTL_PARAM_ATTR_TYPE_OBJREF_INPUT, TEE_IOCTL_PARAM_ATTR_TYPE_OBJREF_INOUT) {
            self.object
        } else {
            self.value
        }
    }

    fn show(&self, cx: &mut Plain<'_>, offset: u64) {
        let (name, v) = (self.name(cx), cx.load(offset as usize, 8));
        if name.is_empty() {
            return;
        }
        cx.out.field(name);
        match name {
            "shm_id" => cx.out.uint(v),
            "buf" => cx.out.addr(v),
            _ => cx.out.hex(v),
        }
    }
}

const A: Number = Number { memory: "shm_offs", buffer: "buf", object: "obj_id", value: "a" };
const B: Number = Number { memory: "size", buffer: "size", object: "flags", value: "b" };
const C: Number = Number { memory: "shm_id", buffer: "", object: "", value: "c" };
static PARAMETER: Record = aligned(
    "tee_ioctl_param",
    &[
        arg("attr", Scalar(W8, show_attribute)),
        arg("", Inline([8; 3], 8, |cx, at| A.show(cx, at))),
        arg("", Inline([8; 3], 8, |cx, at| B.show(cx, at))),
        arg("", Inline([8; 3], 8, |cx, at| C.show(cx, at))),
    ],
);
static PARAMETER_TY: Ty = Struct(&PARAMETER);
/// The parameters, which stand behind a struct that says how many there are.
const PARAMETERS: Arg = arg("params", Array(&PARAMETER_TY, Len::Field("num_params")));

/// Shows the parameters behind the record at hand.
fn show_parameters(cx: &mut Cx<'_>, record: &'static Record) {
    let count = cx.field("num_params");
    let addr = if count == 0 { 0 } else { cx.record_addr().wrapping_add(record.size(cx.abi) as u64) };
    cx.out.field("params");
    cx.array(&PARAMETER_TY, addr, count);
}

/// A UUID, its bytes in order.
const UUID: Ty = Inline([16; 3], 1, |cx, at| {
    let half = |cx: &Plain<'_>, at| cx.load(at, 8).swap_bytes();
    let (high, low) = (half(cx, at as usize), half(cx, at as usize + 8));
    let text = Line::new(format_args!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    ));
    cx.out.word(text.as_str());
});

static BYTE: Ty = X8;

/// Shows who the client is, where its login has to do with it: a group, or a UUID of its own.
fn show_client(cx: &mut Cx<'_>, at: u64) {
    let login = cx.field("clnt_login");
    let is = |c| cx.is(login, c);
    if is(TEE_IOCTL_LOGIN_GROUP) || is(TEE_IOCTL_LOGIN_GROUP_APPLICATION) {
        let group = cx.load(at as usize, 4);
        return cx.out.uint(group);
    }
    let addr = cx.record_addr().wrapping_add(at);
    cx.array(&BYTE, addr, 16);
}

/// Whether the client's UUID means anything.
fn has_client(cx: &Plain<'_>) -> bool {
    let without = [
        TEE_IOCTL_LOGIN_PUBLIC,
        TEE_IOCTL_LOGIN_USER,
        TEE_IOCTL_LOGIN_APPLICATION,
        TEE_IOCTL_LOGIN_USER_APPLICATION,
    ];
    !without.iter().any(|c| cx.is(cx.field("clnt_login"), *c))
}

static OPEN: Record = record(
    "tee_ioctl_open_session_arg",
    &[
        arg("uuid", UUID),
        arg(
            "clnt_uuid",
            InlineHook(&decode::Inlined { sizes: [16; 3], align: 1, show: show_client, reads: &[] }),
        )
        .when(has_client),
        arg("clnt_login", Enum(W4, &LOGINS)),
        arg("cancel_id", UINT),
        arg("session", X32),
        arg("ret", UINT),
        arg("ret_origin", Enum(W4, &ORIGINS)),
        arg("num_params", UINT),
        PARAMETERS,
    ],
);
static INVOKE: Record = record(
    "tee_ioctl_invoke_arg",
    &[
        arg("func", UINT),
        arg("session", X32),
        arg("cancel_id", UINT),
        arg("ret", UINT),
        arg("ret_origin", Enum(W4, &ORIGINS)),
        arg("num_params", UINT),
        PARAMETERS,
    ],
);
static RECEIVE: Record =
    record("tee_iocl_supp_recv_arg", &[arg("func", UINT), arg("num_params", UINT), PARAMETERS]);
static SEND: Record =
    record("tee_iocl_supp_send_arg", &[arg("ret", UINT), arg("num_params", UINT), PARAMETERS]);

/// A call into the environment: its record, and what of that is told before the call and after it.
struct Call {
    record: &'static Record,
    before: &'static [&'static str],
    after: &'static [&'static str],
}

impl Call {
    /// Shows one side of the call; false, and nothing shown, if it can't be read or has no proper size.
    fn show(&self, cx: &mut Cx<'_>, addr: u64, size: Option<u64>, names: &[&str]) -> bool {
        let mut fits = false;
        let fixed = self.record.size(cx.abi) as u64;
        is_shown(cx, addr)
            && cx.with_record(self.record, addr, |cx| {
                let whole = fixed + cx.field("num_params") * PARAMETER.size(cx.abi) as u64;
                fits = size.is_none_or(|size| size == whole);
                if !fits {
                    return;
                }
                if size.is_some() {
                    cx.out.change_begin();
                }
                cx.out.open(Kind::Struct);
                cx.show_members(names);
                show_parameters(cx, self.record);
                cx.out.close(Kind::Struct);
            })
            && fits
    }

    /// Shows the argument: a buffer that holds the record and its parameters, and that buffer's size.
    fn show_buffer(&self, cx: &mut Cx<'_>, addr: u64) {
        /// What is kept until the call returns: the outer struct is open, or that and the inner one.
        const OUTER: u64 = 1;
        const BOTH: u64 = 2;
        let mut given = None;
        if is_shown(cx, addr) {
            cx.with_record(&BUFFER, addr, |cx| given = Some((cx.field("buf_ptr"), cx.field("buf_len"))));
        }
        if cx.exiting() {
            let Some(opened) = cx.saved_here() else { return };
            if opened == BOTH {
                let buffer = given.map(|(buffer, _)| buffer).filter(|_| !cx.failed());
                if let Some(buffer) = buffer {
                    cx.out.changed();
                    if !self.show(cx, buffer, None, self.after) {
                        cx.out.addr(buffer);
                    }
                }
                cx.out.change_end();
            }
            return cx.out.close(Kind::Struct);
        }
        let Some((buffer, size)) = given else { return cx.out.addr(addr) };
        cx.out.open(Kind::Struct);
        cx.out.field("buf_len");
        cx.out.uint(size);
        cx.out.field("buf_ptr");
        if self.show(cx, buffer, Some(size), self.before) {
            cx.save(BOTH);
        } else {
            cx.out.addr(buffer);
            cx.save(OUTER);
        }
    }
}

static OPEN_CALL: Call = Call {
    record: &OPEN,
    before: &["uuid", "clnt_login", "clnt_uuid", "cancel_id", "num_params"],
    after: &["session", "ret", "ret_origin"],
};
static INVOKE_CALL: Call = Call {
    record: &INVOKE,
    before: &["func", "session", "cancel_id", "num_params"],
    after: &["ret", "ret_origin"],
};
static RECEIVE_CALL: Call =
    Call { record: &RECEIVE, before: &["func", "num_params"], after: &["num_params"] };
static SEND_CALL: Call = Call { record: &SEND, before: &["num_params"], after: &["ret"] };

static BUFFER: Record = aligned("tee_ioctl_buf_data", &[arg("buf_ptr", ADDR64), arg("buf_len", U64)]);

/// What is read of a buffer that holds a struct and its parameters.
macro_rules! buffer {
    ($name:ident, $outer:ident, $record:ident) => {
        static $outer: Record = aligned(
            "tee_ioctl_buf_data",
            &[arg("buf_ptr", Wide(&At(In, &Struct(&$record)))), arg("buf_len", U64)],
        );
        const $name: &[Stretch] = &[Stretch::to(Start::Here, Struct(&$outer))];
    };
}

buffer!(OPEN_READS, OPEN_BUFFER, OPEN);
buffer!(INVOKE_READS, INVOKE_BUFFER, INVOKE);
buffer!(RECEIVE_READS, RECEIVE_BUFFER, RECEIVE);
buffer!(SEND_READS, SEND_BUFFER, SEND);
static OPEN_HOOK: Hook = Hook { dir: InOut, show: |cx, a| OPEN_CALL.show_buffer(cx, a), reads: OPEN_READS };
static INVOKE_HOOK: Hook =
    Hook { dir: InOut, show: |cx, a| INVOKE_CALL.show_buffer(cx, a), reads: INVOKE_READS };
static RECEIVE_HOOK: Hook =
    Hook { dir: InOut, show: |cx, a| RECEIVE_CALL.show_buffer(cx, a), reads: RECEIVE_READS };
static SEND_HOOK: Hook = Hook { dir: InOut, show: |cx, a| SEND_CALL.show_buffer(cx, a), reads: SEND_READS };

pub(super) static REQUESTS: &[Request] = &[
    req(TEE_IOC_VERSION, At(Out, &Members(&VERSION, &["impl_id", "gen_caps", "impl_caps"]))),
    req(
        TEE_IOC_SHM_ALLOC,
        At(InOut, &Becomes(&Members(&ALLOC, &["size", "flags"]), &Members(&ALLOC, &["size", "flags", "id"]))),
    ),
    req(
        TEE_IOC_SHM_REGISTER,
        At(
            InOut,
            &Becomes(
                &Members(&REGISTER, &["addr", "length", "flags"]),
                &Members(&REGISTER, &["length", "flags", "id"]),
            ),
        ),
    ),
    req(
        TEE_IOC_SHM_REGISTER_FD,
        At(
            InOut,
            &Becomes(&Members(&REGISTER_FD, &["fd", "flags"]), &Members(&REGISTER_FD, &["size", "id"])),
        ),
    ),
    req(TEE_IOC_OPEN_SESSION, Ty::Hook(&OPEN_HOOK)),
    req(TEE_IOC_INVOKE, Ty::Hook(&INVOKE_HOOK)),
    req(TEE_IOC_SUPPL_RECV, Ty::Hook(&RECEIVE_HOOK)),
    req(TEE_IOC_SUPPL_SEND, Ty::Hook(&SEND_HOOK)),
    req(TEE_IOC_CANCEL, At(In, &Struct(&CANCEL))),
    req(TEE_IOC_CLOSE_SESSION, At(In, &Struct(&CLOSE))),
];
