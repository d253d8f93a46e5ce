//! Recordings that nobody has made, with checksums that are right.

use strax_recording::{Head, Reader, Writer};

/// A recording of one block that is stored in this way (0: as it is), holds these bytes and says that it has `len` of
/// them unpacked.
pub(crate) fn file(holds: u8, how: u8, stored: &[u8], len: u32) -> Vec<u8> {
    let mut file = Vec::new();
    // Dropped before its end: the head is all that there is.
    drop(Writer::new(&mut file, &Head::default()));
    let mut head = vec![holds, how];
    head.extend_from_slice(&(stored.len() as u32).to_le_bytes());
    head.extend_from_slice(&len.to_le_bytes());
    let mut sum = crc32fast::Hasher::new();
    sum.update(&head);
    sum.update(stored);
    file.extend_from_slice(&head);
    file.extend_from_slice(&sum.finalize().to_le_bytes());
    file.extend_from_slice(stored);
    file
}

/// Reads a file up to its end or an error, and looks at everything that it gives; returns whether it is whole, and how
/// many bytes of content the event with most has.
pub(crate) fn walk(file: &[u8]) -> (bool, usize) {
    let Ok(mut reader) = Reader::new(file) else { return (false, 0) };
    let mut most = 0;
    loop {
        match reader.next() {
            Ok(Some(frame)) => {
                let content = frame.content;
                let texts = content.texts().map(<[u8]>::len).sum::<usize>();
                let memory = content.memory().map(|(_, bytes)| bytes.len()).sum::<usize>();
                let answers = content.answers().map(|(q, a)| q.len() + a.len()).sum::<usize>();
                most = most.max(texts + memory + answers);
            }
            Ok(None) => return (true, most),
            Err(_) => {
                assert!(matches!(reader.next(), Ok(None)), "an error is told of once");
                return (false, most);
            }
        }
    }
}
