//! The memory of a tracee.
//!
//! Reads go by `process_vm_readv(2)`: one system call, no file, and as much as is there. Where that call is missing
//! or forbidden, `/proc/TID/mem` does the same, and in the end `PTRACE_PEEKDATA`. All of them stop at the first page
//! that cannot be read, and the answer is how far they got: *what is there* is an answer, not an error.

use std::{fmt, io, marker::PhantomData, mem, mem::MaybeUninit, slice};

use crate::{Error, Result, Tid, request::Request};

/// An address in the tracee, which this process can only hand to a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Addr(pub u64);

/// The smallest page of any architecture: access rights do not change within one.
const PAGE: u64 = 4096;

impl Addr {
    /// The null pointer.
    pub const NULL: Addr = Addr(0);

    /// Whether it is the null pointer.
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }

    /// The address `bytes` further on, or `None` past the end of the address space.
    pub const fn checked_add(self, bytes: u64) -> Option<Addr> {
        match self.0.checked_add(bytes) {
            Some(address) => Some(Addr(address)),
            None => None,
        }
    }

    /// How many bytes from here to the end of the page: 1 to 4096.
    pub const fn page_rest(self) -> usize {
        (PAGE - self.0 % PAGE) as usize
    }
}

impl From<u64> for Addr {
    fn from(address: u64) -> Addr {
        Addr(address)
    }
}

impl fmt::LowerHex for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&self.0, f)
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl fmt::Debug for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A type any bytes are a value of, so that it can be read from a foreign process.
///
/// # Safety
///
/// Every bit pattern is a valid value, and there is no padding.
pub unsafe trait Pod: Copy + 'static {}

macro_rules! pod {
    ($($integer:ty)*) => {
        $(
            // SAFETY: integers have neither padding nor invalid values.
            unsafe impl Pod for $integer {}
        )*
    };
}

pod!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

// SAFETY: an array has no padding between elements, and each of them is a `Pod`.
unsafe impl<T: Pod, const N: usize> Pod for [T; N] {}

/// The address of a `T` in the tracee.
pub struct Remote<T> {
    address: Addr,
    pointee: PhantomData<fn() -> T>,
}

impl<T> Remote<T> {
    /// The `T` at `address`.
    pub const fn new(address: Addr) -> Remote<T> {
        Remote { address, pointee: PhantomData }
    }

    /// Where it is.
    pub const fn addr(self) -> Addr {
        self.address
    }

    /// The same address, of another type.
    pub const fn cast<U>(self) -> Remote<U> {
        Remote::new(self.address)
    }

    /// The address `count` elements further on. Wraps, as the tracee's own arithmetic would.
    #[must_use]
    pub const fn offset(self, count: u64) -> Remote<T> {
        let bytes = count.wrapping_mul(mem::size_of::<T>() as u64);
        Remote::new(Addr(self.address.0.wrapping_add(bytes)))
    }
}

impl<T> Clone for Remote<T> {
    fn clone(&self) -> Remote<T> {
        *self
    }
}

impl<T> Copy for Remote<T> {}

impl<T> fmt::Debug for Remote<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}){}", std::any::type_name::<T>(), self.address)
    }
}

/// One piece of a [`Memory::read_vectored`].
#[derive(Debug)]
pub struct ReadPart<'a> {
    /// Where it is in the tracee.
    pub address: Addr,
    /// Where it goes here.
    pub buffer: &'a mut [u8],
    /// How many bytes of it were readable, from its start: the answer.
    pub filled: usize,
}

impl<'a> ReadPart<'a> {
    /// The piece at `address` that fills `buffer`.
    pub const fn new(address: Addr, buffer: &'a mut [u8]) -> ReadPart<'a> {
        ReadPart { address, buffer, filled: 0 }
    }
}

/// A C string that was read into a buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CStrRead {
    /// Its bytes in the buffer, without the NUL.
    pub len: usize,
    /// Why it ends there.
    pub end: CStrEnd,
}

/// Why a C string ends where it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CStrEnd {
    /// By a NUL: it is whole.
    Nul,
    /// The buffer is full, and no NUL was seen.
    Full,
    /// What follows cannot be read.
    Unreadable,
}

/// The memory of the process that a thread belongs to: a handle without state, to be made wherever it is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Memory {
    tid: Tid,
}

/// Reading.
impl Memory {
    /// The memory `tid` sees.
    pub const fn of(tid: Tid) -> Memory {
        Memory { tid }
    }

    /// Reads what is at `address`: how many bytes could be read, from the first on. Fewer than asked for if the rest
    /// is out of reach; 0 if all is.
    pub fn read(&self, address: Addr, buffer: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        while done < buffer.len() {
            let Some(at) = address.checked_add(done as u64) else { break };
            let read = match self.read_some(at, &mut buffer[done..])? {
                // Nothing may mean "not all in one": what is left of this page is readable as a whole, or not at all.
                0 if at.page_rest() < buffer.len() - done => {
                    self.read_some(at, &mut buffer[done..done + at.page_rest()])?
                }
                read => read,
            };
            if read == 0 {
                break;
            }
            done += read;
        }
        Ok(done)
    }

    /// Reads all of `buffer`, or says by [`Error::Fault`] which is the first byte that cannot be read.
    pub fn read_exact(&self, address: Addr, buffer: &mut [u8]) -> Result<()> {
        let read = self.read(address, buffer)?;
        if read == buffer.len() { Ok(()) } else { Err(fault(address, read)) }
    }

    /// Reads many pieces at once: one system call, if all can be read, for each 16 of them. Each says how far it got.
    pub fn read_vectored(&self, parts: &mut [ReadPart<'_>]) -> Result<()> {
        for batch in parts.chunks_mut(BATCH) {
            self.read_batch(batch)?;
        }
        Ok(())
    }

    /// Reads a C string: up to its NUL, as far as `buffer` goes, or to the first byte that cannot be read.
    ///
    /// Never reads past the page that the string ends in, so that a string is not said to be unreadable for what
    /// comes after it.
    pub fn read_cstr(&self, address: Addr, buffer: &mut [u8]) -> Result<CStrRead> {
        let mut len = 0;
        while len < buffer.len() {
            let Some(at) = address.checked_add(len as u64) else { break };
            let chunk = at.page_rest().min(buffer.len() - len);
            let read = self.read(at, &mut buffer[len..len + chunk])?;
            if let Some(nul) = find_nul(&buffer[len..len + read]) {
                return Ok(CStrRead { len: len + nul, end: CStrEnd::Nul });
            }
            len += read;
            if read < chunk {
                return Ok(CStrRead { len, end: CStrEnd::Unreadable });
            }
        }
        let end = if len == buffer.len() { CStrEnd::Full } else { CStrEnd::Unreadable };
        Ok(CStrRead { len, end })
    }

    /// Reads a C string of at most `max` bytes, without its NUL; cut there if it is longer. [`Error::Fault`] if it
    /// cannot be read to its end.
    pub fn read_cstring(&self, address: Addr, max: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; max];
        let CStrRead { len, end } = self.read_cstr(address, &mut bytes)?;
        if end == CStrEnd::Unreadable {
            return Err(fault(address, len));
        }
        bytes.truncate(len);
        Ok(bytes)
    }

    /// Reads one value, or [`Error::Fault`].
    pub fn read_value<T: Pod>(&self, at: Remote<T>) -> Result<T> {
        let mut value = MaybeUninit::<T>::zeroed();
        // SAFETY: the slice covers the value, which is zeroed, and a `Pod` may be written to byte by byte.
        let bytes =
            unsafe { slice::from_raw_parts_mut(value.as_mut_ptr().cast::<u8>(), mem::size_of::<T>()) };
        self.read_exact(at.address, bytes)?;
        // SAFETY: all bytes were initialised, and any bytes make a `Pod`.
        Ok(unsafe { value.assume_init() })
    }

    /// Reads an array: how many elements could be read whole, from the first on.
    pub fn read_slice<T: Pod>(&self, at: Remote<T>, values: &mut [T]) -> Result<usize> {
        let length = mem::size_of_val(values);
        // SAFETY: the slice covers the values, and a `Pod` may be written to byte by byte.
        let bytes = unsafe { slice::from_raw_parts_mut(values.as_mut_ptr().cast::<u8>(), length) };
        let read = self.read(at.address, bytes)?;
        Ok(read.checked_div(mem::size_of::<T>()).unwrap_or(values.len()))
    }

    /// One attempt: some bytes from `address` on, or 0 if the first is out of reach.
    fn read_some(&self, address: Addr, buffer: &mut [u8]) -> Result<usize> {
        let part = [ReadPart::new(address, buffer)];
        let (mut local, remote) = vectors(&part);
        // SAFETY: `local` describes the buffer, to which the kernel may write.
        match unsafe { self.process_vm(libc::SYS_process_vm_readv, &mut local[..1], &remote[..1]) } {
            Transfer::Bytes(read) => Ok(read),
            Transfer::Gone => Err(Error::Gone(self.tid)),
            Transfer::Refused => {
                let [part] = part;
                self.read_otherwise(address, part.buffer)
            }
        }
    }

    fn read_otherwise(&self, address: Addr, buffer: &mut [u8]) -> Result<usize> {
        match MemFile::open(self.tid, libc::O_RDONLY) {
            Some(file) => Ok(file.read(address, buffer)),
            None => self.peek(address, buffer),
        }
    }

    /// One system call for the pieces from the first unfinished one on, until each is filled or known to be cut.
    fn read_batch(&self, batch: &mut [ReadPart<'_>]) -> Result<()> {
        let mut first = 0;
        while first < batch.len() {
            let rest = &mut batch[first..];
            let (mut local, remote) = vectors(rest);
            // SAFETY: `local` describes the buffers of `rest`, to which the kernel may write.
            let transfer = unsafe {
                self.process_vm(libc::SYS_process_vm_readv, &mut local[..rest.len()], &remote[..rest.len()])
            };
            let mut read = match transfer {
                Transfer::Bytes(read) => read,
                Transfer::Gone => return Err(Error::Gone(self.tid)),
                Transfer::Refused => 0,
            };
            for part in rest {
                part.filled = read.min(part.buffer.len());
                read -= part.filled;
                first += 1;
                if part.filled < part.buffer.len() {
                    // This one stopped the rest. The careful way says how far it really goes.
                    let at = part.address.0.wrapping_add(part.filled as u64);
                    part.filled += self.read(Addr(at), &mut part.buffer[part.filled..])?;
                    break;
                }
            }
        }
        Ok(())
    }

    fn peek(&self, address: Addr, buffer: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        while done < buffer.len() {
            let at = address.0.wrapping_add(done as u64);
            let (word, skip) = match self.peek_word(at & !(WORD as u64 - 1)) {
                Ok(word) => (word, at as usize % WORD),
                Err(Error::Fault { .. }) => break,
                Err(error) => return Err(error),
            };
            let count = (WORD - skip).min(buffer.len() - done);
            buffer[done..done + count].copy_from_slice(&word[skip..skip + count]);
            done += count;
        }
        Ok(done)
    }

    fn peek_word(&self, address: u64) -> Result<[u8; WORD]> {
        let mut word = [0; WORD];
        // SAFETY: `addr` is an address of the tracee; the system call, unlike the C library's function, stores the
        // word at `data`, which is as large.
        let made = unsafe { Request::PEEKDATA.make(self.tid, address as usize, word.as_mut_ptr() as usize) };
        made.map_err(|error| peek_error(error, address))?;
        Ok(word)
    }

    /// One `process_vm_readv` or `process_vm_writev`.
    ///
    /// # Safety
    ///
    /// `local` describes memory the kernel may write to (`readv`) or read from (`writev`).
    unsafe fn process_vm(
        &self,
        call: libc::c_long,
        local: &mut [libc::iovec],
        remote: &[libc::iovec],
    ) -> Transfer {
        // SAFETY: both vectors are valid for their lengths; what `local` describes, the caller vouches for; what
        // `remote` describes, the kernel checks.
        let moved = unsafe {
            libc::syscall(
                call,
                self.tid.raw() as libc::c_long,
                local.as_ptr(),
                local.len() as libc::c_ulong,
                remote.as_ptr(),
                remote.len() as libc::c_ulong,
                0 as libc::c_ulong,
            )
        };
        match usize::try_from(moved) {
            Ok(moved) => Transfer::Bytes(moved),
            Err(_) => match io::Error::last_os_error().raw_os_error() {
                Some(libc::ESRCH) => Transfer::Gone,
                // EINVAL: the address is so high that it and the length make no range.
                Some(libc::EFAULT | libc::EINVAL) => Transfer::Bytes(0),
                _ => Transfer::Refused,
            },
        }
    }
}

/// Writing.
impl Memory {
    /// Writes to `address`: how many bytes could be written, from the first on. Respects the protection of pages.
    pub fn write(&self, address: Addr, bytes: &[u8]) -> Result<usize> {
        let mut done = 0;
        while done < bytes.len() {
            let Some(at) = address.checked_add(done as u64) else { break };
            let rest = &bytes[done..];
            let written = match self.write_some(at, rest) {
                Ok(0) if at.page_rest() < rest.len() => self.write_some(at, &rest[..at.page_rest()]),
                written => written,
            };
            match written {
                Ok(0) => break,
                Ok(written) => done += written,
                Err(error) if done == 0 || matches!(error, Error::Gone(_)) => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Writes all of `bytes`, or says by [`Error::Fault`] which is the first that cannot be written.
    pub fn write_exact(&self, address: Addr, bytes: &[u8]) -> Result<()> {
        let written = self.write(address, bytes)?;
        if written == bytes.len() { Ok(()) } else { Err(fault(address, written)) }
    }

    /// Writes one value, or [`Error::Fault`].
    pub fn write_value<T: Pod>(&self, at: Remote<T>, value: &T) -> Result<()> {
        // SAFETY: a `Pod` has no padding: all its bytes are initialised.
        let bytes = unsafe { slice::from_raw_parts((value as *const T).cast::<u8>(), mem::size_of::<T>()) };
        self.write_exact(at.address, bytes)
    }

    /// Writes also where the tracee itself may not, such as to its code: by `/proc/TID/mem`, or `PTRACE_POKEDATA`
    /// (for which the thread must be a stopped tracee). The page becomes private to the process.
    pub fn write_forced(&self, address: Addr, bytes: &[u8]) -> Result<()> {
        let written = match MemFile::open(self.tid, libc::O_WRONLY) {
            Some(file) => file.write(address, bytes),
            None => 0,
        };
        if written == bytes.len() {
            return Ok(());
        }
        self.poke(Addr(address.0.wrapping_add(written as u64)), &bytes[written..])
    }

    fn write_some(&self, address: Addr, bytes: &[u8]) -> Result<usize> {
        let iovec =
            |start: *const u8| libc::iovec { iov_base: start.cast_mut().cast(), iov_len: bytes.len() };
        let (mut local, remote) = ([iovec(bytes.as_ptr())], [iovec(address.0 as usize as *const u8)]);
        // SAFETY: `local` describes `bytes`, from which the kernel only reads.
        match unsafe { self.process_vm(libc::SYS_process_vm_writev, &mut local, &remote) } {
            Transfer::Bytes(written) => Ok(written),
            Transfer::Gone => Err(Error::Gone(self.tid)),
            Transfer::Refused => {
                // Up to the page's end, since a part of all is better than nothing.
                let bytes = &bytes[..bytes.len().min(address.page_rest())];
                self.write_forced(address, bytes)?;
                Ok(bytes.len())
            }
        }
    }

    fn poke(&self, address: Addr, bytes: &[u8]) -> Result<()> {
        let mut done = 0;
        while done < bytes.len() {
            let at = address.0.wrapping_add(done as u64);
            let (start, skip) = (at & !(WORD as u64 - 1), at as usize % WORD);
            let count = (WORD - skip).min(bytes.len() - done);
            let mut word = self.peek_word(start)?;
            word[skip..skip + count].copy_from_slice(&bytes[done..done + count]);
            Request::POKEDATA
                .plain(self.tid, start as usize, usize::from_ne_bytes(word))
                .map_err(|error| peek_error(error, at))?;
            done += count;
        }
        Ok(())
    }
}

/// How many pieces go into one system call.
const BATCH: usize = 16;
/// What `PTRACE_PEEKDATA` moves at once.
const WORD: usize = mem::size_of::<usize>();

/// The outcome of one `process_vm_*` call.
enum Transfer {
    /// So many bytes were moved; 0 for a fault at the first.
    Bytes(usize),
    /// The process is no more.
    Gone,
    /// The call is missing or forbidden here.
    Refused,
}

/// The local and the remote side of up to [`BATCH`] pieces.
fn vectors(parts: &[ReadPart<'_>]) -> ([libc::iovec; BATCH], [libc::iovec; BATCH]) {
    let empty = libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 };
    let (mut local, mut remote) = ([empty; BATCH], [empty; BATCH]);
    for ((part, local), remote) in parts.iter().zip(&mut local).zip(&mut remote) {
        let iov_len = part.buffer.len();
        *local = libc::iovec { iov_base: part.buffer.as_ptr().cast_mut().cast(), iov_len };
        *remote = libc::iovec { iov_base: part.address.0 as usize as *mut libc::c_void, iov_len };
    }
    (local, remote)
}

fn fault(address: Addr, done: usize) -> Error {
    Error::Fault { address: Addr(address.0.wrapping_add(done as u64)) }
}

/// The PEEK and POKE requests say `EIO` or `EFAULT` for what is out of reach.
fn peek_error(error: Error, address: u64) -> Error {
    match error.raw_os_error() {
        Some(libc::EIO | libc::EFAULT) => Error::Fault { address: Addr(address) },
        _ => error,
    }
}

/// The first NUL, by the C library: strings are read at every other system call.
fn find_nul(bytes: &[u8]) -> Option<usize> {
    // SAFETY: the range is that of the slice.
    let found = unsafe { libc::memchr(bytes.as_ptr().cast(), 0, bytes.len()) };
    (!found.is_null()).then(|| found as usize - bytes.as_ptr() as usize)
}

/// `/proc/TID/mem`, open.
struct MemFile(libc::c_int);

impl MemFile {
    fn open(tid: Tid, mode: libc::c_int) -> Option<MemFile> {
        let mut path = [0_u8; 32];
        io::Write::write_fmt(&mut &mut path[..31], format_args!("/proc/{tid}/mem")).ok()?;
        // SAFETY: the path is NUL-terminated: its last byte was not written to.
        let fd = unsafe { libc::open(path.as_ptr().cast(), mode | libc::O_CLOEXEC) };
        (fd >= 0).then_some(MemFile(fd))
    }

    /// How many bytes could be read.
    fn read(&self, address: Addr, buffer: &mut [u8]) -> usize {
        // SAFETY: the kernel writes at most the buffer's length to it.
        let read = unsafe {
            libc::pread64(self.0, buffer.as_mut_ptr().cast(), buffer.len(), address.0 as libc::off64_t)
        };
        usize::try_from(read).unwrap_or(0)
    }

    /// How many bytes could be written.
    fn write(&self, address: Addr, bytes: &[u8]) -> usize {
        // SAFETY: the kernel reads the bytes only.
        let written =
            unsafe { libc::pwrite64(self.0, bytes.as_ptr().cast(), bytes.len(), address.0 as libc::off64_t) };
        usize::try_from(written).unwrap_or(0)
    }
}

impl Drop for MemFile {
    fn drop(&mut self) {
        // SAFETY: the descriptor is this value's own.
        unsafe { libc::close(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pages of this very process, the second of which cannot be read.
    struct Edge(*mut u8);

    impl Edge {
        fn new() -> Edge {
            // SAFETY: new pages are mapped, and the second of them is protected.
            unsafe {
                let protection = libc::PROT_READ | libc::PROT_WRITE;
                let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
                let start = libc::mmap(std::ptr::null_mut(), 8192, protection, flags, -1, 0).cast::<u8>();
                assert_eq!(libc::mprotect(start.add(4096).cast(), 4096, libc::PROT_NONE), 0);
                std::ptr::write_bytes(start, b'x', 4096);
                Edge(start)
            }
        }

        /// The address `bytes` before the edge.
        fn before(&self, bytes: u64) -> Addr {
            Addr(self.0 as u64 + 4096 - bytes)
        }

        fn poke(&self, bytes_before: usize, value: u8) {
            // SAFETY: within the first page.
            unsafe { *self.0.add(4096 - bytes_before) = value };
        }
    }

    impl Drop for Edge {
        fn drop(&mut self) {
            // SAFETY: the two pages are this value's own.
            unsafe { libc::munmap(self.0.cast(), 8192) };
        }
    }

    fn own() -> Memory {
        Memory::of(Tid::current())
    }

    #[test]
    fn reads_end_at_the_edge() {
        let edge = Edge::new();
        let mut buffer = [0; 64];
        assert_eq!(own().read(edge.before(10), &mut buffer).unwrap(), 10);
        assert_eq!(&buffer[..10], b"xxxxxxxxxx");
        assert_eq!(own().read(edge.before(0), &mut buffer).unwrap(), 0);
        assert_eq!(own().read(Addr(0), &mut buffer).unwrap(), 0);
        assert_eq!(own().read(Addr(u64::MAX - 3), &mut buffer).unwrap(), 0);
        let error = own().read_exact(edge.before(10), &mut buffer).unwrap_err();
        assert!(matches!(error, Error::Fault { address } if address == edge.before(0)));
    }

    #[test]
    fn vectored_reads_say_for_each_part_how_far_it_went() {
        let edge = Edge::new();
        let mut buffers = [[0_u8; 32]; 40];
        let mut parts: Vec<ReadPart<'_>> = buffers
            .iter_mut()
            .enumerate()
            .map(|(index, buffer)| ReadPart::new(edge.before(index as u64), buffer))
            .collect();
        own().read_vectored(&mut parts).unwrap();
        let filled: Vec<usize> = parts.iter().map(|part| part.filled).collect();
        assert_eq!(filled, (0..40).map(|index| index.min(32)).collect::<Vec<usize>>());
    }

    #[test]
    fn strings_end_by_nul_by_buffer_or_by_edge() {
        let edge = Edge::new();
        let mut buffer = [0; 64];
        let unreadable = own().read_cstr(edge.before(5), &mut buffer).unwrap();
        assert_eq!(unreadable, CStrRead { len: 5, end: CStrEnd::Unreadable });
        assert_eq!(own().read_cstr(edge.before(64), &mut buffer).unwrap().end, CStrEnd::Full);
        edge.poke(1, 0);
        assert_eq!(
            own().read_cstr(edge.before(5), &mut buffer).unwrap(),
            CStrRead { len: 4, end: CStrEnd::Nul }
        );
        assert_eq!(own().read_cstring(edge.before(5), 4096).unwrap(), b"xxxx");
        assert!(matches!(own().read_cstring(Addr::NULL, 8), Err(Error::Fault { address: Addr::NULL })));
    }

    #[test]
    fn arrays_are_counted_in_whole_elements() {
        let edge = Edge::new();
        let mut values = [0_u64; 4];
        assert_eq!(own().read_slice(Remote::new(edge.before(20)), &mut values).unwrap(), 2);
        assert_eq!(values[1], u64::from_ne_bytes(*b"xxxxxxxx"));
        let value = own().read_value(Remote::<[u8; 3]>::new(edge.before(3))).unwrap();
        assert_eq!(&value, b"xxx");
    }

    #[test]
    fn writes_respect_protection_and_end_at_the_edge() {
        let edge = Edge::new();
        assert_eq!(own().write(edge.before(3), b"abcdef").unwrap(), 3);
        assert_eq!(own().read_cstring(edge.before(4), 4).unwrap(), b"xabc");
        own().write_value(Remote::new(edge.before(4)), &u32::from_ne_bytes(*b"wxyz")).unwrap();
        assert_eq!(own().read_value(Remote::<[u8; 4]>::new(edge.before(4))).unwrap(), *b"wxyz");
        static READ_ONLY: [u8; 4] = *b"text";
        assert_eq!(own().write(Addr(READ_ONLY.as_ptr() as u64), b"xxxx").unwrap(), 0);
    }

    #[test]
    fn the_proc_file_reads_the_same() {
        let edge = Edge::new();
        let mut buffer = [0; 64];
        let file = MemFile::open(Tid::current(), libc::O_RDONLY).unwrap();
        assert_eq!(file.read(edge.before(10), &mut buffer[..10]), 10);
        assert_eq!(file.read(Addr::NULL, &mut buffer), 0);
    }

    #[test]
    fn words_are_peeked_and_poked_where_nothing_else_works() {
        let tracee = crate::Command::new("true").spawn(crate::Options::EXIT_KILL).unwrap().exec().unwrap();
        let stack = Addr(tracee.registers().unwrap().stack_pointer()).checked_add(3).unwrap();
        let (mut peeked, mut read) = ([0; 21], [0; 21]);
        let memory = tracee.memory();
        memory.read_exact(stack, &mut read).unwrap();
        assert_eq!(memory.peek(stack, &mut peeked).unwrap(), 21);
        assert_eq!(peeked, read);
        memory.poke(stack, b"thirteen byte").unwrap();
        memory.read_exact(stack, &mut read).unwrap();
        assert_eq!(&read[..13], b"thirteen byte");
        assert_eq!(&read[13..], &peeked[13..]);
        assert_eq!(memory.peek(Addr(16), &mut peeked).unwrap(), 0);
        assert!(matches!(memory.poke(Addr(16), b"x"), Err(Error::Fault { .. })));
        tracee.kill().unwrap().wait().unwrap();
    }

    #[test]
    fn nobody_has_no_memory() {
        let nobody = Memory::of(Tid::from_raw(i32::MAX));
        assert!(nobody.read(Addr(4096), &mut [0; 4]).unwrap_err().is_gone());
    }
}
