//! What must hold of the facts, whichever kernel they were generated from.

use std::collections::BTreeSet;

use strax_uapi::{Abi, Const, X32_SYSCALL_BIT, consts, errno, signal};

#[test]
fn abi_is_an_index() {
    for (index, abi) in Abi::ALL.into_iter().enumerate() {
        assert_eq!(abi as usize, index);
        assert!(abi.klong() >= abi.word(), "{abi:?}");
    }
}

#[test]
fn numbers_of_a_call_that_all_have() {
    let numbers = Abi::ALL.map(|abi| abi.number("openat"));
    assert_eq!(numbers, [Some(257), Some(295), Some(X32_SYSCALL_BIT + 257), Some(56), Some(56)]);
}

#[test]
fn tables_are_ascending_and_found_by_number_and_name() {
    for abi in Abi::ALL {
        let table = abi.syscalls();
        assert!(table.len() > 300, "{abi:?}: {}", table.len());
        assert!(table.is_sorted_by(|a, b| a.nr < b.nr), "{abi:?}");
        for entry in table {
            assert_eq!(abi.syscall(entry.nr.into()), Some(entry), "{abi:?}");
            assert_eq!(abi.number(entry.name), Some(entry.nr.into()), "{abi:?}");
            assert!(entry.args.len() <= 6, "{abi:?}: {}", entry.name);
        }
        let names: BTreeSet<&str> = table.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), table.len(), "{abi:?}");
    }
}

#[test]
fn numbers_outside_the_tables() {
    for abi in Abi::ALL {
        let last = u64::from(abi.syscalls().last().expect("a system call").nr);
        for nr in [last + 1, u64::MAX, 1 << 32] {
            assert_eq!(abi.syscall(nr), None, "{abi:?}: {nr:#x}");
        }
    }
    assert_eq!(Abi::X32.syscall(257), None, "an x32 number without its bit");
    assert_eq!(Abi::X86_64.syscall(X32_SYSCALL_BIT + 257), None);
}

#[test]
fn x32_has_numbers_of_its_own() {
    assert_eq!(Abi::X32.number("ioctl"), Some(X32_SYSCALL_BIT + 514));
    assert_eq!(Abi::X86_64.number("ioctl"), Some(16));
    assert_eq!(Abi::X86_64.syscall(514), None);
}

#[test]
fn argument_names() {
    let args =
        |abi: Abi, name: &str| abi.number(name).and_then(|nr| abi.syscall(nr)).expect("a system call").args;
    assert_eq!(args(Abi::X86_64, "read"), ["fd", "buf", "count"]);
    assert!(args(Abi::X86_64, "getpid").is_empty());
    // The kernel's configurations differ in the order of the last two.
    assert_eq!(args(Abi::X86_64, "clone")[3..], ["child_tidptr", "tls"]);
    assert_eq!(args(Abi::Aarch64, "clone")[3..], ["tls", "child_tidptr"]);
    // Halves of a 64-bit value.
    assert_eq!(args(Abi::I386, "fanotify_mark")[2..4], ["mask_lo", "mask_hi"]);
    assert_eq!(args(Abi::I386, "truncate64"), ["filename", "offset_low", "offset_high"]);
}

#[test]
fn errors() {
    assert_eq!(errno::name_of(2), Some("ENOENT"));
    assert_eq!(errno::name_of(11), Some("EAGAIN"));
    assert_eq!(errno::number("EWOULDBLOCK"), Some(11));
    assert_eq!(errno::name_of(512), Some("ERESTARTSYS"));
    assert_eq!(errno::name_of(516), Some("ERESTART_RESTARTBLOCK"));
    assert_eq!(errno::name_of(529), Some("EIOCBQUEUED"));
    assert_eq!((errno::name_of(0), errno::name_of(41), errno::name_of(u32::MAX)), (None, None, None));
    assert_eq!(errno::number("ENOSUCH"), None);
}

#[test]
fn signals() {
    assert_eq!(signal::name_of(2), Some("SIGINT"));
    assert_eq!(signal::name_of(6), Some("SIGABRT"));
    assert_eq!(signal::number("SIGIOT"), Some(6));
    assert_eq!(signal::name_of(31), Some("SIGSYS"));
    assert_eq!((signal::name_of(0), signal::name_of(signal::SIGRTMIN)), (None, None));
    let named = (1..signal::SIGRTMIN).filter_map(signal::name_of).count();
    assert_eq!(named, 31);
}

#[test]
fn constants_that_all_agree_on() {
    assert_eq!(consts::O_CREAT.v(), 0o100);
    assert_eq!(consts::O_CREAT.name, "O_CREAT");
    assert_eq!(consts::O_CREAT.per_abi, None);
    assert_eq!(consts::SIOCGIFNAME.v(), 0x8910);
    assert_eq!(consts::AT_FDCWD.v(), -100i64 as u64, "negative ones are sign-extended");
    assert_eq!(consts::CLONE_IO.v(), 0x8000_0000, "unsigned ones are not");
    assert_eq!(consts::S_IFMT.v(), 0o170_000);
    // From the kernel's internal headers.
    assert_eq!(consts::AF_INET6.v(), 10);
    assert_eq!(consts::SOCK_CLOEXEC.v(), 0o2_000_000);
    assert_eq!(consts::MSG_CMSG_COMPAT.v(), 0x8000_0000);
    assert_eq!(consts::TCP_LISTEN.v(), 10);
    // From C libraries only.
    assert_eq!((consts::R_OK.v(), consts::SIG_ERR.v()), (4, u64::MAX));
}

#[test]
fn constants_that_differ() {
    let values = |constant: Const| Abi::ALL.map(|abi| constant.on(abi));
    let of = |x86_64, i386, x32, aarch64, riscv64| [x86_64, i386, x32, aarch64, riscv64].map(Some);
    let directory = of(0o200_000, 0o200_000, 0o200_000, 0o40_000, 0o200_000);
    assert_eq!(values(consts::O_DIRECTORY), directory);
    // The size of `size_t` is a part of the code.
    let size = of(0x8008_1272, 0x8004_1272, 0x8004_1272, 0x8008_1272, 0x8008_1272);
    assert_eq!(values(consts::BLKGETSIZE64), size);
    let (word, half) = (u64::MAX, u64::from(u32::MAX));
    assert_eq!(values(consts::RLIM_INFINITY), of(word, half, half, word, word));
    let x86_only = [Some(0x1002), Some(0x1002), Some(0x1002), None, None];
    assert_eq!(values(consts::ARCH_SET_FS), x86_only);
}

/// Numbers of a line of `layouts.tsv`, in the order of `Abi::ALL`.
fn per_abi(text: &str) -> Vec<Option<u64>> {
    let numbers: Vec<_> = text.split('/').map(|number| number.parse().ok()).collect();
    if numbers.len() == 1 { vec![numbers[0]; 5] } else { numbers }
}

#[test]
fn layouts() {
    let text = include_str!("../facts/layouts.tsv");
    let size = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('\t'));
        per_abi(line.unwrap_or_else(|| panic!("no {name}")))
    };
    assert_eq!(size("struct iovec"), [16, 8, 8, 16, 16].map(Some));
    assert_eq!(size("struct stat"), [144, 64, 144, 128, 128].map(Some));
    assert_eq!(size("struct sockaddr_in6"), [28; 5].map(Some));
    assert_eq!(size("struct vm86_struct")[3..], [None, None]);
    let (types, fields): (Vec<_>, Vec<_>) =
        text.lines().filter(|line| !line.starts_with('#')).partition(|line| !line.starts_with('\t'));
    assert!(types.iter().all(|line| line.split('\t').count() == 2));
    assert!(fields.iter().all(|line| line.split('\t').count() == 4));
}
