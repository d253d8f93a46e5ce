//! What calls about files, programs in the kernel and IPC read behind their pointers where rows leave that to code: by
//! chance, but of a shape that decoding gets to its end of.

use uapi::Abi;

use super::memory::{Arena, Random};

/// Bytes that are put together, in the tracee's order.
#[derive(Default)]
struct Object(Vec<u8>);

impl Object {
    fn number(&mut self, value: u64, bytes: usize) -> &mut Self {
        self.0.extend_from_slice(&value.to_le_bytes()[..bytes]);
        self
    }

    /// Words as the members of a struct are: mostly zero or small, or flags, or where something is.
    fn words(&mut self, count: usize, arena: &mut Arena, random: &mut Random) -> &mut Self {
        for _ in 0..count {
            let (value, bytes) = match random.below(12) {
                0..=3 => (0, 4),
                4..=6 => (random.below(6) as u64, 4),
                7 => (1 << random.below(32), 4),
                8 => (random.word(), 4),
                9 => (random.word(), 8),
                10 => (arena.text(random), 8),
                _ => (random.below(3) as u64, 8),
            };
            self.number(value, bytes);
        }
        self
    }

    /// Puts it into memory; its address.
    fn put(&self, arena: &mut Arena, random: &mut Random) -> u64 {
        let at = arena.room(self.0.len(), random);
        arena.put(at, &self.0);
        Arena::BASE + at as u64
    }
}

/// Sets arguments of the call `name` to what its memory and its lengths may look like.
pub(super) fn shape(name: &str, abi: Abi, values: &mut [u64], arena: &mut Arena, random: &mut Random) {
    let word = abi.word();
    match name {
        "readv" | "writev" | "preadv" | "pwritev" | "preadv2" | "pwritev2" | "vmsplice"
        | "process_madvise" => {
            (values[1], values[2]) = buffers(word, arena, random);
        }
        "process_vm_readv" | "process_vm_writev" => {
            (values[1], values[2]) = buffers(word, arena, random);
            (values[3], values[4]) = buffers(word, arena, random);
        }
        "io_submit" => (values[2], values[1]) = operations(word, arena, random),
        "io_cancel" => values[1] = operation(word, arena, random),
        "io_pgetevents" | "io_pgetevents_time64" => values[5] = signal_set(word, arena, random),
        "io_uring_setup" => {
            let flags = random.next() & random.next() & 0xff_ffff;
            let mut params = Object::default();
            params.number(0, 8).number(flags, 4).number(random.below(4) as u64, 4).words(20, arena, random);
            values[1] = params.put(arena, random);
        }
        "io_uring_enter" | "io_uring_register" => ring(name, values, arena, random),
        "bpf" => bpf(values, arena, random),
        "statmount" => statmount(values, arena, random),
        "listmount" | "listns" => {
            values[0] = request(arena, random);
            values[1] = soup(32, arena, random);
            values[2] = random.below(12) as u64;
        }
        "getdents" | "getdents64" => {
            let header = if name == "getdents" { abi.klong() * 2 + 2 } else { 19 };
            values[1] = entries(header, arena, random);
            values[2] = random.of(&[64, 64, 100, 1 << 15, 63]);
        }
        "readdir" => {
            let mut entry = Object::default();
            entry.number(random.word(), 4).number(random.word(), 4).number(random.below(20) as u64, 2);
            entry.0.extend_from_slice(b"a name in a directory\0"[..random.below(23)].as_ref());
            values[1] = entry.put(arena, random);
        }
        "name_to_handle_at" => values[2] = handle(arena, random),
        "open_by_handle_at" => values[1] = handle(arena, random),
        "setxattrat" | "getxattrat" => {
            let mut args = Object::default();
            args.number(arena.text(random), 8).number(random.below(40) as u64, 4).words(6, arena, random);
            values[4] = args.put(arena, random);
            values[5] = random.of(&[16, 16, 16, 20, 24, 15, 4096]);
        }
        "ipc" => {
            values[0] =
                random.of(&[1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24, 5]) | random.of(&[0, 0, 1 << 16]);
            values[1] = random.below(9) as u64;
            values[2] = random.below(40) as u64;
            values[3] = random.below(24) as u64;
            values[4] = pointer_or(soup(30, arena, random), arena, random);
            values[5] = soup(4, arena, random);
        }
        "msgsnd" | "msgrcv" => {
            values[1] = soup(16, arena, random);
            values[2] = random.below(70) as u64;
        }
        "utimes" | "futimesat" | "utimensat" | "utimensat_time64" => {
            let mut times = Object::default();
            for _ in 0..4 {
                let special = random.of(&[0x3fff_ffff, 0x3fff_fffe, 0, 999_999, 999_999_999]);
                let value = if random.once_in(2) { special } else { random.word() };
                times.number(value, if name == "utimensat_time64" { 8 } else { abi.klong() });
            }
            let i = if name == "utimes" { 1 } else { 2 };
            values[i] = times.put(arena, random);
        }
        _ => {}
    }
}

/// An address, or where one stands.
fn pointer_or(addr: u64, arena: &mut Arena, random: &mut Random) -> u64 {
    if random.once_in(2) {
        return addr;
    }
    let mut pointer = Object::default();
    pointer.number(addr, 4).number(random.below(5) as u64, 4);
    pointer.put(arena, random)
}

/// A struct of which nothing is known.
fn soup(words: usize, arena: &mut Arena, random: &mut Random) -> u64 {
    let mut object = Object::default();
    object.words(words, arena, random);
    object.put(arena, random)
}

/// Some buffers: where they are listed, and how many they are.
fn buffers(word: usize, arena: &mut Arena, random: &mut Random) -> (u64, u64) {
    let count = random.of(&[0, 1, 2, 3, 5, 34]);
    let mut list = Object::default();
    for _ in 0..count {
        let base = if random.once_in(5) { random.word() } else { arena.text(random) };
        let len = if random.once_in(9) { random.word() } else { random.below(50) as u64 };
        list.number(base, word).number(len, word);
    }
    (list.put(arena, random), count)
}

/// A `struct iocb`.
fn operation(word: usize, arena: &mut Arena, random: &mut Random) -> u64 {
    let code = random.below(10) as u64;
    let (buf, bytes) = match code {
        7 | 8 => buffers(word, arena, random),
        _ if random.once_in(6) => (random.word(), random.word()),
        _ => (arena.text(random), random.below(50) as u64),
    };
    let mut iocb = Object::default();
    iocb.number(random.word(), 8).number(random.below(2) as u64, 4);
    iocb.number(random.next() & random.next() & 0x1ff, 4).number(code, 2);
    iocb.number(random.of(&[0, 0, 1, 0x2003, 0xffff]), 2).number(random.below(9) as u64, 4);
    iocb.number(buf, 8).number(bytes, 8).number(random.word(), 8).number(0, 8);
    iocb.number(random.of(&[0, 1, 2, 3, 4]), 4).number(random.of(&[0, 5]), 4);
    iocb.put(arena, random)
}

/// Pointers to operations, and their number.
fn operations(word: usize, arena: &mut Arena, random: &mut Random) -> (u64, u64) {
    let count = random.below(4) as u64;
    let mut list = Object::default();
    for _ in 0..count {
        let at = if random.once_in(8) { random.word() } else { operation(word, arena, random) };
        list.number(at, word);
    }
    (list.put(arena, random), count)
}

/// A `struct __aio_sigset`.
fn signal_set(word: usize, arena: &mut Arena, random: &mut Random) -> u64 {
    let mut set = Object::default();
    set.number(soup(2, arena, random), word).number(random.of(&[8, 8, 4, 16]), word);
    set.put(arena, random)
}

/// What a ring is entered with, or what is registered with it.
fn ring(name: &str, values: &mut [u64], arena: &mut Arena, random: &mut Random) {
    if name == "io_uring_enter" {
        let mut arg = Object::default();
        arg.number(soup(2, arena, random), 8).number(random.of(&[8, 8, 4, 0]), 4).words(1, arena, random);
        arg.number(soup(4, arena, random), 8);
        values[4] = arg.put(arena, random);
        values[5] = random.of(&[8, 24, 4, 24]);
    } else {
        let mut arg = Object::default();
        if random.once_in(2) {
            let (list, count) = buffers(8, arena, random);
            arg.number(list, 8).number(count, 8);
        }
        values[2] = arg.words(40, arena, random).put(arena, random);
        values[3] = random.of(&[0, 1, 1, 1, 2, 3, 5, 16, 34, 256]);
    }
}

/// A command of `bpf`, with programs, maps and links.
fn bpf(values: &mut [u64], arena: &mut Arena, random: &mut Random) {
    const LOAD: u64 = 5;
    const LINK: u64 = 28;
    let command = random.below(41) as u64;
    let mut attr = Object::default();
    match command {
        LOAD => {
            let count = random.below(7);
            let program = instructions(count, arena, random);
            attr.number(random.below(34) as u64, 4).number(count as u64, 4).number(program, 8);
        }
        LINK => {
            attr.number(random.below(9) as u64, 4).number(random.below(9) as u64, 4);
            attr.number(random.below(64) as u64, 4).number(random.of(&[0, 0, 1, 4, 9]), 4);
        }
        _ => {}
    }
    values[0] = command;
    values[1] = attr.words(44, arena, random).put(arena, random);
    values[2] = random.below(44) as u64 * 4 + if random.once_in(4) { random.below(4) as u64 } else { 0 };
}

/// A program: `count` of `struct bpf_insn`.
fn instructions(count: usize, arena: &mut Arena, random: &mut Random) -> u64 {
    let mut program = Object::default();
    for _ in 0..count {
        program.number(random.next(), 1).number(random.next(), 1);
        program.number(random.word(), 2).number(random.word(), 4);
    }
    program.put(arena, random)
}

/// A `struct mnt_id_req`, or another of those whose first member is their size.
fn request(arena: &mut Arena, random: &mut Random) -> u64 {
    let mut request = Object::default();
    request.number(random.of(&[24, 32, 32, 40, 64, 4, 8, 5000]), 4).number(random.below(3) as u64, 4);
    request.words(12, arena, random).put(arena, random)
}

/// What `statmount` is asked for, and what it may give.
fn statmount(values: &mut [u64], arena: &mut Arena, random: &mut Random) {
    const STRINGS: &[u8] = b"/\0mnt\0rw\0a\0nodev,size=4k\0tail";
    values[0] = request(arena, random);
    let size = 512 + random.below(STRINGS.len() + 1);
    let mut result = Object::default();
    result.number(size as u64, 4).number(random.below(30) as u64, 4);
    result.number(random.next() & random.next() & 0xffff, 8);
    while result.0.len() < 512 {
        result.number(random.of(&[0, 0, 1, 2, 3, 6, 9, 11, 30]), 4);
    }
    result.0.extend_from_slice(&STRINGS[..size - 512]);
    values[1] = result.put(arena, random);
    values[2] = random.of(&[size, size, size + 8, 512, 100, 4]) as u64;
    values[3] = random.below(2) as u64;
}

/// Directory entries behind headers of so many bytes, with lengths that now and then lie.
fn entries(header: usize, arena: &mut Arena, random: &mut Random) -> u64 {
    let mut all = Object::default();
    while all.0.len() < 80 {
        let len = header + random.below(14) + 2;
        let said = if random.once_in(8) { random.below(80) } else { len };
        let start = all.0.len();
        let word = (header - 2) / 2;
        all.number(random.word(), word).number(random.word(), word).number(said as u64, 2);
        // An odd header ends with the entry's type.
        all.0.resize(start + header - header % 2, 0);
        if !header.is_multiple_of(2) {
            all.number(random.below(15) as u64, 1);
        }
        while all.0.len() + 1 < start + len {
            all.number(u64::from(b'a') + random.below(26) as u64, 1);
        }
        all.number(random.of(&[0, 0, 0, 4, 8]), 1);
    }
    all.put(arena, random)
}

/// A `struct file_handle`.
fn handle(arena: &mut Arena, random: &mut Random) -> u64 {
    let mut handle = Object::default();
    handle.number(random.of(&[0, 1, 8, 12, 128, 129, 200]), 4).number(random.word(), 4);
    handle.words(40, arena, random).put(arena, random)
}
