//! What btrfs answers in a buffer of the caller's: `struct btrfs_data_container`.

use decode::prelude::*;

/// Where the numbers begin.
const VALUES: u64 = 16;

static HEAD: Record = record(
    "btrfs_data_container",
    &[arg("bytes_left", UINT), arg("bytes_missing", UINT), arg("elem_cnt", UINT), arg("elem_missed", UINT)],
);
static INODE: Record =
    record("btrfs_inode_of_extent", &[arg("inum", U64), arg("offset", U64), arg("root", U64)]);
static INODE_TY: Ty = Struct(&INODE);

/// The answer to which paths an inode has: where each begins, counted from the first of these numbers.
pub(super) static PATHS: Record = record(
    "btrfs_ioctl_ino_path_args",
    &[
        pad(48),
        arg(
            "fspath",
            ScalarHook(
                W8,
                &decode::Hook {
                    dir: In,
                    show: |cx, at| {
                        show_container(cx, at, |cx, values, count| {
                            cx.array_with(values, count, 8, |cx, _, offset, _| {
                                let from = cx.element(offset, 8).try_into().map_or(0, u64::from_le_bytes);
                                cx.path(values.wrapping_add(from));
                            });
                        });
                    },
                    reads: &[
                        Stretch::to(Start::Here, Struct(&PATHS_CONTAINER)),
                        // The kernel makes it no larger, however much room there is.
                        Stretch::here(2 * 4096).beyond(),
                    ],
                },
            ),
        ),
    ],
);

/// What is read of paths in a container: where they are is told from the first number on.
static PATHS_CONTAINER: Record = record(
    "btrfs_data_container",
    &[pad(8), arg("elem_cnt", UINT), pad(4), arg("val", Array(&U64, Len::Field("elem_cnt")))],
);

/// The answer to which inodes have an extent: three numbers for each.
static INODE_CONTAINER: Record = record(
    "btrfs_data_container",
    &[
        arg("bytes_left", UINT),
        arg("bytes_missing", UINT),
        arg("elem_cnt", UINT),
        arg("elem_missed", UINT),
        arg("val", Array(&INODE_TY, Len::Div(&Len::Field("elem_cnt"), 3))).verbose(),
    ],
);
pub(super) static INODES: Record = record(
    "btrfs_ioctl_logical_ino_args",
    &[pad(48), arg("inodes", Wide(&At(Out, &Struct(&INODE_CONTAINER))))],
);

/// Shows a container; `show_values` shows its numbers, from an address on, and as many as there are.
fn show_container(cx: &mut Cx<'_>, addr: u64, show_values: impl FnOnce(&mut Cx<'_>, u64, u64)) {
    let is_shown = crate::ioctl::shape::is_shown(cx, addr)
        && cx.with_record(&HEAD, addr, |cx| {
            cx.out.open(Kind::Struct);
            cx.show_members(&["bytes_left", "bytes_missing", "elem_cnt", "elem_missed"]);
            if cx.abbrev() {
                cx.out.more();
            } else {
                let count = cx.field("elem_cnt");
                cx.out.field("val");
                show_values(cx, addr.wrapping_add(VALUES), count);
            }
            cx.out.close(Kind::Struct);
        });
    if !is_shown {
        cx.out.addr(addr);
    }
}
