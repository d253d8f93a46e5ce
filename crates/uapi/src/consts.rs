//! The constants of the UAPI headers, and those that C libraries take from elsewhere in the kernel (`AF_INET`,
//! `SOCK_STREAM`, `SWAP_FLAG_PREFER`): every object-like macro and every enumerator that is an integer, under the name
//! it has in the headers. What they mean is in the headers and the manual pages.
//!
//! Left out are names without a capital letter, marks of headers already included, and syscall numbers, which
//! [`Abi::number`](crate::Abi::number) gives.

// Hidden: a page of documentation for each would be some 50,000 pages, none of which says more than a name.
#[doc(hidden)]
pub use values::*;

#[allow(missing_docs, non_upper_case_globals)]
mod values {
    use crate::Const;

    /// [`Const::per_abi`] of most constants; named because the compiler is quicker with a path than with an expression.
    const SAME: Option<&[Option<u64>; 5]> = None;

    /// Defines constants: `NAME = value;` where all ABIs agree, else `NAME = value => [value per ABI];`.
    macro_rules! constants {
        ($($name:ident = $value:literal $(=> $per_abi:expr)?;)*) => {
            $(pub const $name: Const =
                Const { name: stringify!($name), value: $value, per_abi: constants!(@per_abi $($per_abi)?) };)*
        };
        (@per_abi) => { SAME };
        (@per_abi $per_abi:expr) => { Some(&$per_abi) };
    }

    include!("generated/consts_a.rs");
    include!("generated/consts_b.rs");
    include!("generated/consts_c.rs");
    include!("generated/consts_d.rs");
    include!("generated/consts_e.rs");
    include!("generated/consts_f.rs");
    include!("generated/consts_g.rs");
    include!("generated/consts_h.rs");
    include!("generated/consts_i.rs");
    include!("generated/consts_j.rs");
    include!("generated/consts_k.rs");
    include!("generated/consts_l.rs");
    include!("generated/consts_m.rs");
    include!("generated/consts_n.rs");
    include!("generated/consts_o.rs");
    include!("generated/consts_p.rs");
    include!("generated/consts_q.rs");
    include!("generated/consts_r.rs");
    include!("generated/consts_s.rs");
    include!("generated/consts_t.rs");
    include!("generated/consts_u.rs");
    include!("generated/consts_v.rs");
    include!("generated/consts_w.rs");
    include!("generated/consts_x.rs");
    include!("generated/consts_y.rs");
    include!("generated/consts_z.rs");
}
