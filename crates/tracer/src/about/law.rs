//! The law of answers: a full answer that is cut down is the one that is given to whoever asks for no more. So a
//! recording of full answers serves everybody.

use super::Describer;
use crate::sys;
use decode::{FdInfo, FdOwner, Labelled, NamespaceKind, PidKind, Question, Wanted, WantedContext};
use ptrace::Tid;
use std::collections::HashSet;
use std::fs::{self, File};
use std::mem::{Discriminant, discriminant};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};

/// Descriptors of as many kinds as there are. What can't be had here is left out.
fn descriptors() -> Vec<OwnedFd> {
    let directory = std::env::temp_dir().join(format!("strax-law-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let file = |name: &str| File::create(directory.join(name)).unwrap();
    let mut all: Vec<OwnedFd> = vec![
        file("plain").into(),
        file("odd <\n> name").into(),
        file("there (deleted)").into(),
        file("gone").into(),
        File::open(&directory).unwrap().into(),
    ];
    fs::remove_file(directory.join("gone")).unwrap();
    for device in ["/dev/null", "/dev/zero", "/dev/ptmx", "/dev/tty"] {
        all.extend(File::open(device).map(OwnedFd::from));
    }
    all.extend(UnixListener::bind(directory.join("socket")).map(OwnedFd::from));
    let name = format!("strax-law-{}", std::process::id());
    let name = SocketAddr::from_abstract_name(name).unwrap();
    all.extend(UnixListener::bind_addr(&name).map(OwnedFd::from));
    all.extend(UnixDatagram::unbound().map(OwnedFd::from));
    let (a, b) = UnixStream::pair().unwrap();
    all.extend([a.into(), b.into()]);
    for host in ["127.0.0.1:0", "[::1]:0"] {
        if let Ok(listener) = TcpListener::bind(host) {
            all.extend(TcpStream::connect(listener.local_addr().unwrap()).map(OwnedFd::from));
            all.push(listener.into());
        }
        all.extend(UdpSocket::bind(host).map(OwnedFd::from));
    }
    all.extend(sys::rare_descriptors());
    fs::remove_dir_all(&directory).unwrap();
    all.push(File::open("/proc/self/status").unwrap().into());
    all
}

/// Every combination of what may be wanted of descriptors and of processes, and some of what else may be.
fn every_wish() -> impl Iterator<Item = Wanted> {
    (0..1_u32 << 7).map(|bits| {
        let has = |bit: u32| bits >> bit & 1 != 0;
        let contexts = [None, Some((false, false)), Some((true, false)), Some((false, true))];
        let context = |(whole, expected)| WantedContext { whole, expected };
        Wanted {
            paths: has(0),
            sockets: has(1),
            devices: has(2),
            eventfds: has(3),
            signalfds: has(4),
            pidfds: has(5),
            commands: has(6),
            translations: has(0),
            contexts: contexts[bits as usize % contexts.len()].map(context),
            namespaces: has(1),
            vcpus: has(2),
        }
    })
}

/// Questions about this process, in which these descriptors are open.
fn questions(open: &[OwnedFd]) -> Vec<Question<'static>> {
    let own = std::process::id() as i32;
    let mut all = vec![
        Question::WorkingDirectory,
        Question::Context(Labelled::Path { directory: None, path: b"/".into() }),
        Question::Interface(1),
    ];
    for kind in [PidKind::Tid, PidKind::Tgid, PidKind::Pgid] {
        all.extend([own, 1, 0, -1].map(|id| Question::Command(kind, id)));
        all.push(Question::Translated(kind, own));
    }
    for kind in [NamespaceKind::Mount, NamespaceKind::Net, NamespaceKind::Pid] {
        all.extend([Question::Namespace(None, kind), Question::Namespace(Some(own), kind)]);
    }
    for fd in open.iter().map(AsRawFd::as_raw_fd).chain([-1, i32::MAX]) {
        all.extend([
            Question::Fd(fd),
            Question::FdOf(FdOwner::Process(own), fd),
            Question::Context(Labelled::Fd(fd)),
            Question::Vcpu(fd),
            Question::AnonymousInode(fd),
            Question::IsTerminal(fd),
            Question::SocketProtocol(fd),
            Question::NetlinkProtocol(fd),
        ]);
    }
    let pidfd = open.iter().rev().nth(1).map_or(-1, AsRawFd::as_raw_fd);
    all.push(Question::FdOf(FdOwner::PidFd(pidfd), open[0].as_raw_fd()));
    all
}

#[test]
fn a_full_answer_cut_down_is_the_one_that_is_asked_for() {
    let open = descriptors();
    // The process, not the thread that runs the test: both have the same descriptors.
    let tid = Tid::from_raw(std::process::id() as i32);
    let mut full = Describer::new(Wanted::EVERYTHING);
    let mut kinds: HashSet<Discriminant<FdInfo<'_>>> = HashSet::new();
    for wanted in every_wish() {
        let mut live = Describer::new(wanted);
        for question in questions(&open) {
            let answer = full.ask(tid, &question);
            if let Some(decode::Answer::Fd(info)) = &answer {
                kinds.insert(discriminant(&info.clone().into_owned()));
            }
            let cut = answer.and_then(|answer| wanted.cut(&question, answer));
            assert_eq!(live.ask(tid, &question), cut, "{question:?} {wanted:?}");
        }
    }
    assert_eq!(kinds.len(), 6, "not every kind of descriptor has been told of");
}
