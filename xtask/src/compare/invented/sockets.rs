//! Arguments of the calls about sockets: addresses, options, messages and their control data, of which the rows tell
//! no more than where they are.

use uapi::Abi;

use super::memory::{Arena, Random};

/// Sizes that addresses have, `struct sockaddr_storage` among them; and some that none has.
const ADDRESS_SIZES: [u64; 24] =
    [0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 25, 28, 36, 58, 72, 96, 110, 128, 129, 0xffff_ffff];
/// Sizes that values of options have; and some that none has.
const OPTION_SIZES: [u64; 22] =
    [0, 1, 2, 3, 4, 4, 4, 5, 6, 7, 8, 8, 12, 16, 20, 28, 32, 132, 136, 288, 300, 0xffff_ffff];
/// Sizes of control messages' data.
const CONTROL_SIZES: [usize; 16] = [0, 1, 2, 3, 4, 4, 5, 8, 8, 12, 16, 16, 24, 32, 48, 52];
/// Levels of options and of control messages: `SOL_*`, the common ones more than once.
const LEVELS: [u64; 52] = [
    0,
    0,
    0,
    1,
    1,
    1,
    6,
    17,
    41,
    58,
    132,
    136,
    255,
    256,
    257,
    258,
    259,
    260,
    261,
    262,
    263,
    264,
    265,
    266,
    267,
    268,
    269,
    270,
    271,
    272,
    273,
    274,
    275,
    276,
    277,
    278,
    279,
    280,
    281,
    282,
    283,
    284,
    285,
    286,
    287,
    2,
    57,
    128,
    254,
    288,
    0x7fff_ffff,
    0xffff_ffff,
];
/// `AF_INET` and `AF_INET6`.
const INTERNET: [u16; 2] = [2, 10];
/// The calls that `socketcall` stands for, by their numbers in `linux/net.h`.
const CALLS: [&str; 21] = [
    "",
    "socket",
    "bind",
    "connect",
    "listen",
    "accept",
    "getsockname",
    "getpeername",
    "socketpair",
    "send",
    "recv",
    "sendto",
    "recvfrom",
    "shutdown",
    "setsockopt",
    "getsockopt",
    "sendmsg",
    "recvmsg",
    "accept4",
    "recvmmsg",
    "sendmmsg",
];

/// What a call's arguments are made from.
pub(super) struct Maker<'a> {
    pub(super) abi: Abi,
    pub(super) arena: &'a mut Arena,
    pub(super) random: &'a mut Random,
}

impl Maker<'_> {
    /// Makes the arguments of the call `name`, as far as it is one about sockets.
    pub(super) fn arrange(&mut self, name: &str, values: &mut [u64]) {
        match name {
            "socket" | "socketpair" => {
                values[0] = self.one_of(48);
                values[1] = self.one_of(11) | self.random.of(&[0, 0, 0, 0x800, 0x8_0000, 0x40]);
                values[2] = self.one_of(300);
            }
            "bind" | "connect" => (values[1], values[2]) = self.address(),
            "accept" | "accept4" | "getsockname" | "getpeername" => self.given_address(&mut values[1..]),
            "sendto" => (values[4], values[5]) = self.address(),
            "recvfrom" => self.given_address(&mut values[4..]),
            "setsockopt" | "getsockopt" => self.option(name, values),
            "sendmsg" | "recvmsg" => values[1] = self.messages(1, 0),
            "sendmmsg" | "recvmmsg" | "recvmmsg_time64" => {
                let count = self.random.below(5);
                values[1] = self.messages(count.max(1), self.abi.word());
                values[2] = count as u64;
            }
            "socketcall" => self.call_in_memory(values),
            _ => return,
        }
        // Standard input, which is no socket.
        if name != "socket" && name != "socketpair" && name != "socketcall" {
            values[0] = 0;
        }
    }

    /// A small number below `n`, mostly.
    fn one_of(&mut self, n: usize) -> u64 {
        if self.random.once_in(12) { self.random.word() } else { self.random.below(n) as u64 }
    }

    /// An address in memory, and its size.
    fn address(&mut self) -> (u64, u64) {
        let size = self.random.of(&ADDRESS_SIZES);
        let bytes = self.address_bytes(size.min(128) as usize);
        (self.place(&bytes), size)
    }

    fn given_address(&mut self, values: &mut [u64]) {
        let (address, size) = self.address();
        values[0] = if self.random.once_in(12) { 0 } else { address };
        values[1] = self.place(&(size as u32).to_le_bytes());
    }

    /// The bytes of an address of some family, with numbers in it that mean something there.
    fn address_bytes(&mut self, size: usize) -> Vec<u8> {
        let family = self.random.of(&[0, 1, 2, 3, 4, 9, 10, 16, 17, 30, 31, 33, 36, 38, 39, 40, 42, 44, 45]);
        let family = if self.random.once_in(8) { self.one_of(50) as u16 } else { family };
        let mut bytes = self.bytes(size);
        match family {
            1 | 38 => bytes.iter_mut().for_each(|byte| *byte = b'a' + *byte % 26),
            3 => self.callsigns(&mut bytes),
            _ => {}
        }
        if self.random.once_in(2) && !bytes.is_empty() {
            // A path that ends, or a number that is zero.
            let from = self.random.below(bytes.len());
            let to = from + self.random.below(bytes.len() - from + 1);
            bytes[from..to].fill(0);
        }
        // What decides how the rest is read: the kind of a TIPC or IEEE 802.15.4 address, the transport of RxRPC.
        for at in [2, 4, 12] {
            if self.random.once_in(2) {
                put(&mut bytes, at, &[self.random.below(5) as u8, 0, 0, 0]);
            }
        }
        if family == 33 {
            put(&mut bytes, 6, &(self.random.below(40) as u16).to_le_bytes());
            put(&mut bytes, 8, &self.random.of(&INTERNET).to_le_bytes());
        }
        put(&mut bytes, 0, &family.to_le_bytes());
        bytes
    }

    /// Makes letters and digits shifted by one bit of bytes: callsigns of amateur radio.
    fn callsigns(&mut self, bytes: &mut [u8]) {
        for byte in bytes.iter_mut() {
            *byte = match self.random.below(16) {
                0 => *byte,
                1 | 2 => 0x40,
                _ => (b'A' + *byte % 26) << 1,
            };
        }
        put(bytes, 8, &[self.random.below(16) as u8 * 2]);
        put(bytes, 12, &(self.random.below(10) as u32).to_le_bytes());
    }

    /// Some bytes.
    fn bytes(&mut self, size: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(size + 8);
        while bytes.len() < size {
            let word = self.random.word().to_le_bytes();
            bytes.extend_from_slice(&word[..self.random.of(&[1, 2, 4, 4, 8])]);
        }
        bytes.truncate(size);
        bytes
    }

    /// Puts bytes where there is room, and gives their address.
    fn place(&mut self, bytes: &[u8]) -> u64 {
        let at = self.arena.room(bytes.len(), self.random);
        self.arena.put(at, bytes);
        Arena::BASE + at as u64
    }

    /// An option and its value.
    fn option(&mut self, name: &str, values: &mut [u64]) {
        let size = self.random.of(&OPTION_SIZES);
        values[1] = self.random.of(&LEVELS);
        values[2] = match self.random.below(8) {
            0 => 127 + self.random.below(16) as u64,
            1 => self.random.word(),
            _ => self.random.below(84) as u64,
        };
        let mut bytes = self.bytes(size.min(304) as usize);
        match self.random.below(4) {
            // An address in a request for a group, or for a key.
            0 => {
                let address = self.address_bytes(28);
                let at = self.random.of(&[0, 4, 8]);
                put(&mut bytes, at, &address);
            }
            // A filter's length and address, a range of ports, a number that has a name.
            1 => {
                let program = self.filter();
                put(&mut bytes, 0, &(self.random.below(6) as u32).to_le_bytes());
                put(&mut bytes, self.abi.word(), &program.to_le_bytes()[..self.abi.word()]);
            }
            2 => put(&mut bytes, 0, &self.one_of(5).to_le_bytes()),
            _ => {}
        }
        values[3] = if self.random.once_in(12) { 0 } else { self.place(&bytes) };
        values[4] = if name == "setsockopt" { size } else { self.place(&(size as u32).to_le_bytes()) };
    }

    /// Instructions of a classic BPF program.
    fn filter(&mut self) -> u64 {
        let program = self.bytes(48);
        self.place(&program)
    }

    /// Message headers, each with `more` bytes behind it, and all that they point to.
    fn messages(&mut self, count: usize, more: usize) -> u64 {
        let mut headers = Vec::new();
        for _ in 0..count {
            let header = self.message();
            headers.extend_from_slice(&header);
            let len = self.one_of(40).to_le_bytes();
            headers.extend_from_slice(&len[..more]);
        }
        self.place(&headers)
    }

    /// `struct user_msghdr`.
    fn message(&mut self) -> Vec<u8> {
        let (name, name_len) = self.address();
        let (iov, iov_len) = self.vector();
        let (control, control_len) = self.control();
        let flags = self.random.word() & self.random.word();
        let words = [name, name_len, iov, iov_len, control, control_len, flags];
        let word = self.abi.word();
        words.iter().flat_map(|value| value.to_le_bytes().into_iter().take(word)).collect()
    }

    /// Buffers, and how many of them there are.
    fn vector(&mut self) -> (u64, u64) {
        let word = self.abi.word();
        let mut vector = Vec::new();
        let count = self.random.below(4);
        for _ in 0..count {
            let size = self.random.below(48);
            let bytes = self.bytes(size);
            let base = if self.random.once_in(12) { 0 } else { self.place(&bytes) };
            vector.extend_from_slice(&base.to_le_bytes()[..word]);
            vector.extend_from_slice(&(size as u64).to_le_bytes()[..word]);
        }
        let told = if self.random.once_in(12) { self.one_of(2000) as u32 as u64 } else { count as u64 };
        (self.place(&vector), told)
    }

    /// Control messages, and how many bytes of them there are.
    fn control(&mut self) -> (u64, u64) {
        let word = self.abi.word();
        let mut chain = Vec::new();
        for _ in 0..self.random.below(4) {
            let size = self.random.of(&CONTROL_SIZES);
            let len = self.length(word + 8 + size);
            let kind =
                if self.random.once_in(12) { self.random.word() } else { self.random.below(80) as u64 };
            let level = self.random.of(&LEVELS);
            let data = if self.random.once_in(6) { self.address_bytes(size) } else { self.bytes(size) };
            chain.extend_from_slice(&len.to_le_bytes()[..word]);
            chain.extend_from_slice(&(level as u32).to_le_bytes());
            chain.extend_from_slice(&(kind as u32).to_le_bytes());
            chain.extend_from_slice(&data);
            chain.resize(chain.len().next_multiple_of(word), 0);
        }
        if self.random.once_in(6) {
            let more = self.random.below(16);
            let more = self.bytes(more);
            chain.extend_from_slice(&more);
        }
        let len = self.length(chain.len());
        if self.random.once_in(16) { (0, len) } else { (self.place(&chain), len) }
    }

    /// A length: now and then a lie.
    fn length(&mut self, right: usize) -> u64 {
        match self.random.below(20) {
            0 => self.random.word(),
            1 | 2 => (right as u64).wrapping_add(self.random.below(16) as u64).wrapping_sub(8),
            _ => right as u64,
        }
    }

    /// A call whose arguments stand in memory.
    fn call_in_memory(&mut self, values: &mut [u64]) {
        let call = self.one_of(CALLS.len() + 1);
        let mut arguments: [u64; 6] = std::array::from_fn(|_| self.random.word());
        let name = CALLS.get(call as usize).copied().unwrap_or("");
        let name = match name {
            "send" => "sendto",
            "recv" => "recvfrom",
            name => name,
        };
        self.arrange(name, &mut arguments);
        if name == "sendto" || name == "recvfrom" {
            (arguments[1], arguments[2]) = (self.filter(), self.random.below(48) as u64);
        }
        let block: Vec<u8> = arguments.iter().flat_map(|word| (*word as u32).to_le_bytes()).collect();
        (values[0], values[1]) = (call, self.place(&block));
    }
}

/// Writes bytes at an offset of others, as far as there is room.
fn put(to: &mut [u8], at: usize, bytes: &[u8]) {
    for (to, from) in to.iter_mut().skip(at).zip(bytes) {
        *to = *from;
    }
}
