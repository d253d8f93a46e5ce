//! The head of a recording: what it is, and where and how it was made.

use crate::Error;
use crate::varint::{Input, put, put_text};
use std::io::{self, Read, Write};

/// The version of the format. It changes when an older reader would misread; what is only added, older ones skip.
pub const VERSION: u32 = 1;

/// What every recording begins with. Its first byte is none of a text's, its last two show a file that was copied as one.
const MAGIC: [u8; 8] = *b"\x89strax\r\n";

/// The most bytes of a head: a command line may be long.
const MOST_HEAD: u32 = 16 << 20;

/// The most arguments of a command line.
const MOST_ARGS: usize = 1 << 20;

/// Where and how a recording was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The name of the machine's architecture, as `uname` has it.
    pub machine: Vec<u8>,
    /// The release of the kernel.
    pub kernel: Vec<u8>,
    /// The version of strax.
    pub version: Vec<u8>,
    /// The command line of strax, which has that of the command.
    pub command: Vec<Vec<u8>>,
    /// Things to know for replaying, by name.
    pub notes: Vec<(Vec<u8>, Vec<u8>)>,
    /// The most bytes that were kept of a string.
    pub strings: u64,
    /// When it began, in nanoseconds since the epoch.
    pub began: u64,
}

impl Head {
    /// The note of this name.
    pub fn note(&self, name: &str) -> Option<&[u8]> {
        let found = self.notes.iter().find(|(key, _)| key == name.as_bytes());
        found.map(|(_, value)| value.as_slice())
    }

    fn body(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for text in [&self.machine, &self.kernel, &self.version] {
            put_text(&mut out, text);
        }
        put(&mut out, self.command.len() as u64);
        self.command.iter().for_each(|arg| put_text(&mut out, arg));
        put(&mut out, self.notes.len() as u64);
        for (name, value) in &self.notes {
            put_text(&mut out, name);
            put_text(&mut out, value);
        }
        put(&mut out, self.strings);
        put(&mut out, self.began);
        out
    }

    fn from_body(body: &[u8]) -> Option<Head> {
        let mut input = Input::new(body, 0);
        let mut text = || input.text(body.len()).map(<[u8]>::to_vec);
        let (machine, kernel, version) = (text()?, text()?, text()?);
        let args = input.count(MOST_ARGS)?;
        let command =
            (0..args).map(|_| Some(input.text(body.len())?.to_vec())).collect::<Option<Vec<_>>>()?;
        let notes = input.count(MOST_ARGS)?;
        let notes = (0..notes)
            .map(|_| Some((input.text(body.len())?.to_vec(), input.text(body.len())?.to_vec())))
            .collect::<Option<Vec<_>>>()?;
        Some(Head {
            machine,
            kernel,
            version,
            command,
            notes,
            strings: input.number()?,
            began: input.number()?,
        })
    }

    /// Writes it; returns how many bytes that takes.
    pub(crate) fn write(&self, to: &mut dyn Write) -> io::Result<u64> {
        let body = self.body();
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&(body.len() as u32).to_le_bytes());
        out.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
        out.extend_from_slice(&body);
        to.write_all(&out)?;
        to.flush()?;
        Ok(out.len() as u64)
    }

    /// Reads it; also returns how many bytes that took.
    pub(crate) fn read(from: &mut dyn Read) -> Result<(Head, u64), Error> {
        const DAMAGED: Error = Error::Damaged { events: 0, what: "its head" };
        let mut fixed = Vec::new();
        from.take(20).read_to_end(&mut fixed).map_err(Error::Read)?;
        if !fixed.starts_with(&MAGIC) {
            let is_begun = !fixed.is_empty() && MAGIC.starts_with(&fixed);
            return Err(if is_begun { Error::Cut(0) } else { Error::Foreign });
        }
        let word = |i: usize| Some(u32::from_le_bytes(fixed.get(i..i + 4)?.try_into().ok()?));
        // The version comes first: a later head may be quite another.
        let version = word(8).ok_or(Error::Cut(0))?;
        if version > VERSION {
            return Err(Error::Newer(version));
        }
        let (Some(len), Some(sum)) = (word(12), word(16)) else { return Err(Error::Cut(0)) };
        if version == 0 || len > MOST_HEAD {
            return Err(DAMAGED);
        }
        let mut body = Vec::new();
        from.take(len.into()).read_to_end(&mut body).map_err(Error::Read)?;
        if body.len() < len as usize {
            return Err(Error::Cut(0));
        }
        if crc32fast::hash(&body) != sum {
            return Err(DAMAGED);
        }
        let head = Head::from_body(&body).ok_or(DAMAGED)?;
        Ok((head, (fixed.len() + body.len()) as u64))
    }
}
