//! Facts that programs see but no UAPI header has: C libraries have copies of them, and the originals are in the
//! kernel's internal headers, from which single macros, enumerators and structures are taken.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::Result;

/// The name of the header that [`extract`] gives the text of.
pub(super) const HEADER: &str = "strax_kernel.h";

/// What to take from a header of the kernel.
struct Extract {
    /// Path in the kernel's source.
    file: &'static str,
    /// Beginnings of the names of macros, and of the enumerators whose `enum` is taken.
    names: &'static [&'static str],
    /// Names of structures.
    structs: &'static [&'static str],
}

const EXTRACTS: &[Extract] = &[
    Extract {
        file: "include/linux/socket.h",
        names: &["AF_", "PF_", "MSG_", "SOL_", "SCM_", "SOMAXCONN", "IPX_TYPE"],
        structs: &["linger", "ucred", "user_msghdr", "mmsghdr", "cmsghdr"],
    },
    Extract { file: "include/linux/net.h", names: &["SOCK_", "SHUT_"], structs: &[] },
    Extract { file: "include/linux/dirent.h", names: &[], structs: &["linux_dirent64"] },
    Extract { file: "fs/readdir.c", names: &[], structs: &["linux_dirent", "old_linux_dirent"] },
    Extract { file: "include/linux/types.h", names: &[], structs: &["ustat"] },
    Extract { file: "ipc/shm.c", names: &["SHM_"], structs: &[] },
    Extract { file: "include/net/tcp_states.h", names: &["TCP_"], structs: &[] },
    Extract { file: "include/linux/fs.h", names: &["MNT_", "UMOUNT_"], structs: &[] },
    Extract { file: "include/linux/swap.h", names: &["SWAP_FLAG"], structs: &[] },
    Extract { file: "include/linux/splice.h", names: &["SPLICE_F_"], structs: &[] },
    Extract { file: "include/linux/statfs.h", names: &["ST_"], structs: &[] },
    Extract { file: "include/linux/syslog.h", names: &["SYSLOG_"], structs: &[] },
    Extract { file: "include/linux/posix-timers_types.h", names: &["CPUCLOCK_", "CLOCKFD"], structs: &[] },
    Extract { file: "include/linux/signal_types.h", names: &["SA_"], structs: &[] },
    Extract {
        file: "include/net/bluetooth/bluetooth.h",
        names: &["BT_", "BTPROTO_", "SOL_", "BDADDR_"],
        structs: &["bt_security", "bt_power", "bt_voice"],
    },
    Extract {
        file: "include/net/bluetooth/hci_sock.h",
        names: &["HCI_", "HCIDEV", "HCIGET", "HCISET", "HCIBLOCK", "HCIUNBLOCK", "HCIINQUIRY", "HCIUARTS"],
        structs: &["sockaddr_hci", "hci_ufilter", "hci_dev_stats", "hci_dev_info", "hci_dev_req"],
    },
    Extract {
        file: "include/net/bluetooth/l2cap.h",
        names: &["L2CAP_"],
        structs: &["sockaddr_l2", "l2cap_options", "l2cap_conninfo"],
    },
    Extract {
        file: "include/net/bluetooth/rfcomm.h",
        names: &["RFCOMM"],
        structs: &["sockaddr_rc", "rfcomm_conninfo", "rfcomm_dev_req", "rfcomm_dev_info"],
    },
    Extract {
        file: "include/net/bluetooth/sco.h",
        names: &["SCO_"],
        structs: &["sockaddr_sco", "sco_options", "sco_conninfo"],
    },
    Extract {
        file: "include/scsi/sg.h",
        names: &["SG_"],
        structs: &["sg_iovec", "sg_io_hdr", "sg_scsi_id", "sg_req_info", "sg_header"],
    },
    Extract { file: "include/scsi/scsi_ioctl.h", names: &["SCSI_IOCTL_"], structs: &["scsi_ioctl_command"] },
    Extract {
        file: "include/scsi/scsi_proto.h",
        names: &["TEST_UNIT_READY", "TYPE_", "SAM_STAT_", "SCSI_"],
        structs: &[],
    },
];

/// What C libraries have and the kernel writes as plain numbers.
const LIBC: &str = "\
/* include/asm-generic/int-ll64.h */
#include <linux/types.h>
typedef __s64 s64;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;

/* include/net/bluetooth/bluetooth.h */
typedef struct {
	unsigned char b[6];
} __attribute__((packed)) bdaddr_t;

/* access(2) */
#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4

/* sched_setscheduler(2) */
#define SCHED_OTHER SCHED_NORMAL

/* sigaction(2): pointers in the kernel's headers. */
#undef SIG_DFL
#undef SIG_IGN
#undef SIG_ERR
#define SIG_DFL 0
#define SIG_IGN 1
#define SIG_ERR (-1)



";

/// The text of a header with all extracts.
///
/// # Errors
///
/// When the kernel's source lacks one of the files or the structures, or has nothing of the names.
pub(super) fn extract(linux: &Path) -> Result<String> {
    let mut header = String::from(LIBC);
    for Extract { file, names, structs } in EXTRACTS {
        let text = fs::read_to_string(linux.join(file)).map_err(|error| format!("{file}: {error}"))?;
        let text = without_comments(&text).replace("__packed", "__attribute__((packed))");
        let before = header.len();
        for enumeration in enums(&text).filter(|body| enumerators(body).any(|name| has_prefix(name, names))) {
            writeln!(header, "enum {{{enumeration}}};")?;
        }
        // Of several definitions the first: it is that of a kernel with the feature.
        let mut seen = BTreeSet::new();
        for (name, body) in macros(&text).filter(|(name, _)| has_prefix(name, names)) {
            if seen.insert(name) {
                writeln!(header, "#undef {name}\n#define {name} {body}")?;
            }
        }
        if header.len() == before && !names.is_empty() {
            return Err(format!("{file}: nothing of {names:?}").into());
        }
        for name in *structs {
            let body = structure(&text, name).ok_or_else(|| format!("{file}: no struct {name}"))?;
            writeln!(header, "struct {name} {body};")?;
        }
    }
    Ok(header.replace("__user ", ""))
}

fn has_prefix(name: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// Object-like macros with a body.
fn macros(text: &str) -> impl Iterator<Item = (&str, String)> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        loop {
            let Some(rest) = lines.next()?.trim_start().strip_prefix("#define") else { continue };
            let rest = rest.trim_start();
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (name, body) = rest.split_at(end);
            let mut body = body.to_owned();
            while body.ends_with('\\') {
                body.pop();
                body += lines.next()?;
            }
            if !body.starts_with('(') && !body.trim().is_empty() {
                return Some((name, body.trim().to_owned()));
            }
        }
    })
}

/// The braces of a structure and all between them, and the attributes after them.
fn structure<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.match_indices(&format!("struct {name}")).find_map(|(at, tag)| {
        let body = text[at + tag.len()..].trim_start();
        let close = body.starts_with('{').then(|| body.find("\n}"))?? + "\n}".len();
        let packed = " __attribute__((packed))";
        Some(&body[..if body[close..].starts_with(packed) { close + packed.len() } else { close }])
    })
}

/// What stands between the braces of each `enum`.
fn enums(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("enum ").filter_map(|(at, keyword)| {
        let rest = &text[at + keyword.len()..];
        let open = rest.find('{')?;
        let tag = rest[..open].trim();
        let close = rest.find('}')?;
        let is_tag = tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (is_tag && open < close).then(|| &rest[open + 1..close])
    })
}

/// The names in the body of an `enum`.
fn enumerators(body: &str) -> impl Iterator<Item = &str> {
    body.split(',')
        .map(|part| part.split('=').next().unwrap_or_default().trim())
        .filter(|name| !name.is_empty())
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        out += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out += rest;
    out.lines()
        .map(|line| line.split("//").next().unwrap_or_default().trim_end())
        .fold(String::new(), |text, line| text + line + "\n")
}
