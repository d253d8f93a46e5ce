//! Questions and answers as bytes. A question that is asked again has the same bytes, so that its answer is found by
//! them; what comes out of a recording is checked.

use decode::{
    Answer, Context, DeviceKind, Ends, FdInfo, FdOwner, Frame, Labelled, Question, Socket, SocketProtocol,
    Stack,
};
use recording::varint::{Input, put, put_signed, put_text};
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::rc::Rc;
use std::time::Duration;
use uapi::Abi;

/// Puts the bytes of a question.
pub(crate) fn put_question(out: &mut Vec<u8>, question: &Question<'_>) {
    let mut tagged = |tag: u8, number: i64| {
        out.push(tag);
        put_signed(out, number);
    };
    match question {
        Question::Fd(fd) => tagged(1, (*fd).into()),
        Question::FdOf(FdOwner::Process(pid), fd) => {
            tagged(2, (*pid).into());
            put_signed(out, (*fd).into());
        }
        Question::FdOf(FdOwner::PidFd(pidfd), fd) => {
            tagged(3, (*pidfd).into());
            put_signed(out, (*fd).into());
        }
        Question::Context(Labelled::Fd(fd)) => tagged(4, (*fd).into()),
        Question::Context(Labelled::Path { directory, path }) => {
            tagged(5, directory.map_or(i64::MIN, i64::from));
            out.extend_from_slice(path);
        }
        Question::WorkingDirectory => out.push(6),
        Question::Command(kind, id) => tagged(7 + *kind as u8, (*id).into()),
        Question::Translated(kind, id) => tagged(11 + *kind as u8, (*id).into()),
        Question::Namespace(process, kind) => {
            tagged(15, process.map_or(i64::MIN, i64::from));
            out.push(*kind as u8);
        }
        Question::Vcpu(fd) => tagged(16, (*fd).into()),
        Question::Interface(index) => tagged(17, (*index).into()),
        Question::AnonymousInode(fd) => tagged(18, (*fd).into()),
        Question::BootTime => out.push(19),
        Question::IsTerminal(fd) => tagged(20, (*fd).into()),
        Question::SocketProtocol(fd) => tagged(21, (*fd).into()),
        Question::NetlinkProtocol(fd) => tagged(22, (*fd).into()),
        Question::GenericFamily(id) => tagged(23, (*id).into()),
        Question::StackPointer => out.push(24),
        Question::InterruptedCall => out.push(25),
        Question::MayHang { .. } => out.push(26),
        Question::FdPath(fd) => tagged(27, (*fd).into()),
        Question::OwnCommand => out.push(28),
        Question::Context(Labelled::Task) => out.push(29),
        Question::Stack => out.push(30),
    }
}

/// Puts the bytes of an answer.
pub(crate) fn put_answer(out: &mut Vec<u8>, answer: &Answer<'_>) {
    match answer {
        Answer::Fd(info) => put_info(out, info),
        Answer::Context(Context { is, expected }) => {
            out.push(10);
            put_text(out, is);
            put_maybe(out, expected.as_deref());
        }
        Answer::Path(path) => {
            out.push(11);
            out.extend_from_slice(path);
        }
        Answer::Name(name) => {
            out.push(12);
            out.extend_from_slice(name);
        }
        Answer::Id(id) => {
            out.push(13);
            put_signed(out, (*id).into());
        }
        Answer::Number(number) => {
            out.push(14);
            put(out, *number);
        }
        Answer::Vcpu { number, state } => {
            out.push(15);
            put(out, (*number).into());
            put(out, *state);
        }
        Answer::Time(time) => {
            out.push(16);
            put(out, time.as_secs());
            put(out, time.subsec_nanos().into());
        }
        Answer::Call(abi, number) => {
            out.extend_from_slice(&[17, abi_number(*abi)]);
            put(out, *number);
        }
        Answer::Yes => out.push(18),
        Answer::Stack(stack) => put_stack(out, stack),
    }
}

fn put_stack(out: &mut Vec<u8>, stack: &Stack) {
    out.extend_from_slice(&[19, u8::from(stack.truncated)]);
    put(out, stack.frames.len() as u64);
    for frame in &stack.frames {
        put(out, frame.address);
        put_maybe(out, frame.binary.as_deref());
        put_maybe(out, frame.function.as_deref());
        put(out, frame.offset);
        put_maybe(out, frame.source.as_ref().map(|(file, _)| &**file));
        put(out, frame.source.as_ref().map_or(0, |(_, line)| (*line).into()));
    }
}

fn put_info(out: &mut Vec<u8>, info: &FdInfo<'_>) {
    match info {
        FdInfo::Path { path, deleted } => {
            out.push(if *deleted { 1 } else { 0 });
            out.extend_from_slice(path);
        }
        FdInfo::Device { path, kind, major, minor, terminal } => {
            out.push(match kind {
                DeviceKind::Char => 2,
                DeviceKind::Block => 3,
            });
            put(out, (*major).into());
            put(out, (*minor).into());
            put(out, terminal.map_or(0, |terminal| u64::from(terminal) + 1));
            out.extend_from_slice(path);
        }
        FdInfo::Socket(socket) => put_socket(out, socket),
        FdInfo::Eventfd { count, id, semaphore } => {
            out.extend_from_slice(&[5, semaphore.map_or(0, |is| u8::from(is) + 1)]);
            put(out, *count);
            put_signed(out, *id);
        }
        FdInfo::Signalfd { mask } => {
            out.push(6);
            put(out, *mask);
        }
        FdInfo::Pidfd { pid, command } => {
            out.push(7);
            put_signed(out, (*pid).into());
            put_maybe(out, command.as_deref());
        }
    }
}

fn put_socket(out: &mut Vec<u8>, socket: &Socket<'_>) {
    let protocol = socket.protocol.and_then(|one| PROTOCOLS.iter().position(|&other| other == one));
    out.extend_from_slice(&[4, protocol.map_or(0, |i| i as u8 + 1)]);
    put(out, socket.inode);
    match &socket.ends {
        None => out.push(0),
        Some(Ends::Internet { local, remote }) => {
            out.push(1 + u8::from(remote.is_some()));
            put_address(out, local);
            if let Some(remote) = remote {
                put_address(out, remote);
            }
        }
        Some(Ends::Unix { peer, name }) => {
            out.push(3);
            put(out, peer.map_or(0, |peer| u64::from(peer) + 1));
            put_maybe(out, name.as_deref());
        }
        Some(Ends::Netlink { protocol, port }) => {
            out.push(4);
            put(out, (*protocol).into());
            put(out, (*port).into());
        }
    }
}

fn put_address(out: &mut Vec<u8>, address: &SocketAddr) {
    match address.ip() {
        IpAddr::V4(ip) => put_text(out, &ip.octets()),
        IpAddr::V6(ip) => put_text(out, &ip.octets()),
    }
    put(out, address.port().into());
    if let SocketAddr::V6(v6) = address {
        put(out, v6.flowinfo().into());
        put(out, v6.scope_id().into());
    }
}

fn put_maybe(out: &mut Vec<u8>, text: Option<&[u8]>) {
    out.push(u8::from(text.is_some()));
    if let Some(text) = text {
        put_text(out, text);
    }
}

/// The most frames of a stack.
const MOST_FRAMES: usize = 1 << 16;

const PROTOCOLS: [SocketProtocol; 11] = [
    SocketProtocol::Tcp,
    SocketProtocol::TcpV6,
    SocketProtocol::Udp,
    SocketProtocol::UdpV6,
    SocketProtocol::Raw,
    SocketProtocol::RawV6,
    SocketProtocol::UdpLite,
    SocketProtocol::UdpLiteV6,
    SocketProtocol::Unix,
    SocketProtocol::UnixStream,
    SocketProtocol::Netlink,
];

const ABIS: [Abi; 5] = [Abi::X86_64, Abi::I386, Abi::X32, Abi::Aarch64, Abi::Riscv64];

/// The number that stands for an ABI in recordings.
pub(crate) fn abi_number(abi: Abi) -> u8 {
    ABIS.iter().position(|&other| other == abi).map_or(u8::MAX, |i| i as u8)
}

/// The ABI that a number stands for.
pub(crate) fn abi(number: u64) -> Option<Abi> {
    ABIS.get(usize::try_from(number).ok()?).copied()
}

/// The answer that some bytes say; `None` if they say none.
pub(crate) fn answer(bytes: &[u8]) -> Option<Answer<'_>> {
    let (&tag, rest) = bytes.split_first()?;
    let mut input = Input::new(bytes, 1);
    let answer = match tag {
        0..=7 => return Some(Answer::Fd(info(tag, rest)?)),
        10 => {
            let is = text(&mut input)?;
            Answer::Context(Context { is, expected: maybe(&mut input)? })
        }
        11 => return Some(Answer::Path(rest.into())),
        12 => return Some(Answer::Name(rest.into())),
        13 => Answer::Id(small(&mut input)?),
        14 => Answer::Number(input.number()?),
        15 => Answer::Vcpu { number: input.number()?.try_into().ok()?, state: input.number()? },
        16 => {
            let (secs, nanos) = (input.number()?, u32::try_from(input.number()?).ok()?);
            Answer::Time(Duration::from_secs(secs).checked_add(Duration::from_nanos(nanos.into()))?)
        }
        17 => Answer::Call(abi(input.byte()?.into())?, input.number()?),
        18 => Answer::Yes,
        19 => Answer::Stack(stack(&mut input)?),
        _ => return None,
    };
    input.is_empty().then_some(answer)
}

fn stack(input: &mut Input<'_>) -> Option<Stack> {
    let truncated = input.byte()? != 0;
    let mut frames = Vec::new();
    for _ in 0..input.count(MOST_FRAMES)? {
        let address = input.number()?;
        let (binary, function) = (shared(input)?, shared(input)?);
        let offset = input.number()?;
        let (file, line) = (shared(input)?, u32::try_from(input.number()?).ok()?);
        frames.push(Frame { address, binary, function, offset, source: file.map(|file| (file, line)) });
    }
    Some(Stack { frames, truncated })
}

fn shared(input: &mut Input<'_>) -> Option<Option<Rc<[u8]>>> {
    Some(maybe(input)?.map(|text| Rc::from(&*text)))
}

fn info(tag: u8, bytes: &[u8]) -> Option<FdInfo<'_>> {
    let mut input = Input::new(bytes, 0);
    let info = match tag {
        0 | 1 => return Some(FdInfo::Path { path: bytes.into(), deleted: tag == 1 }),
        2 | 3 => {
            let kind = if tag == 2 { DeviceKind::Char } else { DeviceKind::Block };
            let (major, minor) = (input.number()?.try_into().ok()?, input.number()?.try_into().ok()?);
            let terminal = one_more(&mut input)?;
            let path = bytes.get(input.position()..)?.into();
            return Some(FdInfo::Device { path, kind, major, minor, terminal });
        }
        4 => FdInfo::Socket(socket(&mut input)?),
        5 => {
            let semaphore = match input.byte()? {
                0 => None,
                is => Some(is == 2),
            };
            FdInfo::Eventfd { count: input.number()?, id: input.signed()?, semaphore }
        }
        6 => FdInfo::Signalfd { mask: input.number()? },
        7 => FdInfo::Pidfd { pid: small(&mut input)?, command: maybe(&mut input)? },
        _ => return None,
    };
    input.is_empty().then_some(info)
}

fn socket<'a>(input: &mut Input<'a>) -> Option<Socket<'a>> {
    let protocol = match input.byte()? {
        0 => None,
        which => Some(*PROTOCOLS.get(usize::from(which) - 1)?),
    };
    let inode = input.number()?;
    let ends = match input.byte()? {
        0 => None,
        which @ (1 | 2) => {
            let local = address(input)?;
            let remote = if which == 2 { Some(address(input)?) } else { None };
            Some(Ends::Internet { local, remote })
        }
        3 => Some(Ends::Unix { peer: one_more(input)?, name: maybe(input)? }),
        4 => {
            let protocol = input.number()?.try_into().ok()?;
            Some(Ends::Netlink { protocol, port: input.number()?.try_into().ok()? })
        }
        _ => return None,
    };
    Some(Socket { inode, protocol, ends })
}

fn address(input: &mut Input<'_>) -> Option<SocketAddr> {
    let octets = input.text(16)?;
    let port = input.number()?.try_into().ok()?;
    if let Ok(octets) = <[u8; 4]>::try_from(octets) {
        return Some(SocketAddr::new(octets.into(), port));
    }
    let octets = <[u8; 16]>::try_from(octets).ok()?;
    let (flow, scope) = (input.number()?.try_into().ok()?, input.number()?.try_into().ok()?);
    Some(SocketAddrV6::new(octets.into(), port, flow, scope).into())
}

/// A number that may be absent.
fn one_more(input: &mut Input<'_>) -> Option<Option<u32>> {
    match input.number()? {
        0 => Some(None),
        number => Some(Some(u32::try_from(number - 1).ok()?)),
    }
}

fn small(input: &mut Input<'_>) -> Option<i32> {
    input.signed()?.try_into().ok()
}

fn text<'a>(input: &mut Input<'a>) -> Option<Cow<'a, [u8]>> {
    input.text(usize::MAX).map(Cow::Borrowed)
}

/// A text that may be absent.
fn maybe<'a>(input: &mut Input<'a>) -> Option<Option<Cow<'a, [u8]>>> {
    match input.byte()? {
        0 => Some(None),
        1 => Some(Some(text(input)?)),
        _ => None,
    }
}
