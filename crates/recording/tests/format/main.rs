//! What is written comes back; what is cut, changed or made up is refused with one error, in bounded memory.

mod made_up;

use strax_recording::{Content, Error, Event, Head, MOST_CONTENT, MOST_WORDS, Reader, VERSION, Writer};

/// How many bytes the end of a recording without events has: an index of one byte as a block, and what stands behind it.
const END: usize = 14 + 1 + 20;

/// xorshift64*: the same numbers each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// An event with what belongs to it, in a form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Whole {
    event: Event,
    words: Vec<u64>,
    texts: Vec<Vec<u8>>,
    memory: Vec<(u64, Vec<u8>)>,
    answers: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Whole {
    fn content(&self) -> Content {
        let mut content = Content::default();
        self.texts.iter().for_each(|text| content.text(text));
        self.memory.iter().for_each(|(addr, bytes)| content.stretch(*addr, bytes));
        self.answers.iter().for_each(|(question, answer)| content.answer(question, answer));
        content
    }
}

/// Events as programs make them: the same calls of a few threads over and over, about the same memory.
fn events(count: usize, random: &mut Random) -> Vec<Whole> {
    let mut events = Vec::new();
    let mut now = 5_000_000;
    for _ in 0..count {
        now += random.below(50_000);
        let key = random.below(12);
        let bytes = |random: &mut Random| vec![random.below(4) as u8; random.below(40) as usize];
        events.push(Whole {
            event: Event {
                kind: random.below(3) as u8,
                key,
                task: random.below(5) as i32 - 1,
                monotonic: now,
                wall: now + 1_700_000_000_000_000_000 + random.below(100),
            },
            words: (0..key % 7).map(|i| [i, u64::MAX, now][random.below(3) as usize]).collect(),
            texts: (0..random.below(2)).map(|_| bytes(random)).collect(),
            memory: (0..random.below(4))
                .map(|_| {
                    ([u64::MAX, 0, 1 << 47][random.below(3) as usize], vec![7; 1 + random.below(40) as usize])
                })
                .collect(),
            answers: (0..random.below(3)).map(|_| (bytes(random), bytes(random))).collect(),
        });
    }
    events
}

fn head() -> Head {
    Head {
        machine: b"x86_64".to_vec(),
        kernel: b"7.2.0".to_vec(),
        version: b"0.1.0".to_vec(),
        command: vec![b"strax".to_vec(), b"--record=a".to_vec(), vec![0xff, 0]],
        notes: vec![(b"stacks".to_vec(), b"1".to_vec())],
        strings: 4096,
        began: 77,
    }
}

/// A recording in which a block ends behind each `per_block` events.
fn written(events: &[Whole], per_block: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let mut writer = Writer::new(&mut file, &head()).unwrap();
    for (i, whole) in events.iter().enumerate() {
        writer.write(&whole.event, &whole.words, &whole.content()).unwrap();
        if (i + 1) % per_block == 0 {
            writer.flush().unwrap();
        }
    }
    writer.finish().unwrap();
    file
}

/// What can be read of a file, and how it ends.
fn read(file: &[u8]) -> (Vec<Whole>, Result<(), Error>) {
    let mut events = Vec::new();
    let mut reader = match Reader::new(file) {
        Ok(reader) => reader,
        Err(error) => return (events, Err(error)),
    };
    loop {
        match reader.next() {
            Ok(Some(frame)) => events.push(Whole {
                event: frame.event,
                words: frame.words.to_vec(),
                texts: frame.content.texts().map(<[u8]>::to_vec).collect(),
                memory: frame.content.memory().map(|(addr, bytes)| (addr, bytes.to_vec())).collect(),
                answers: frame.content.answers().map(|(q, a)| (q.to_vec(), a.to_vec())).collect(),
            }),
            Ok(None) => return (events, Ok(())),
            Err(error) => {
                assert!(matches!(reader.next(), Ok(None)), "an error is told of once");
                return (events, Err(error));
            }
        }
    }
}

#[test]
fn what_is_written_comes_back() {
    let events = events(3000, &mut Random(9));
    for per_block in [1, 7, 100, usize::MAX] {
        let file = written(&events, per_block);
        let (back, end) = read(&file);
        assert!(end.is_ok() && back == events, "{per_block} events in a block: {end:?}");
    }
    let file = written(&[], 1);
    assert!(matches!(read(&file), (back, Ok(())) if back.is_empty()));
}

#[test]
fn the_head_and_the_index_come_back() {
    let events = events(30, &mut Random(3));
    let file = written(&events, 10);
    let mut reader = Reader::new(file.as_slice()).unwrap();
    assert_eq!((reader.head(), reader.index()), (&head(), None));
    assert_eq!((reader.head().note("stacks"), reader.head().note("none")), (Some(&b"1"[..]), None));
    while reader.next().unwrap().is_some() {}
    let index = reader.index().unwrap();
    assert_eq!(index.iter().map(|entry| entry.first).collect::<Vec<_>>(), [0, 10, 20]);
    for (i, entry) in index.iter().enumerate() {
        let mut tasks: Vec<_> = events[i * 10..][..10].iter().map(|whole| whole.event.task).collect();
        tasks.sort_unstable();
        tasks.dedup();
        assert_eq!((entry.wall, &entry.tasks), (events[i * 10].event.wall, &tasks));
        assert_eq!(file[entry.offset as usize], b'E');
    }
}

#[test]
fn old_blocks_end_by_themselves() {
    let mut events = events(20, &mut Random(4));
    for (i, whole) in events.iter_mut().enumerate() {
        whole.event.monotonic = i as u64 * 300_000_000;
    }
    let mut file = Vec::new();
    let mut writer = Writer::new(&mut file, &head()).unwrap();
    for whole in &events {
        writer.write(&whole.event, &whole.words, &whole.content()).unwrap();
    }
    // Killed here: of the last second, nothing is there.
    drop(writer);
    let (back, end) = read(&file);
    assert!(matches!(end, Err(Error::Cut(n)) if n == back.len() as u64), "{end:?}");
    assert_eq!(back, events[..back.len()]);
    assert!(events.len() - back.len() <= 4, "{} of {}", back.len(), events.len());
}

#[test]
fn cut_anywhere_it_gives_its_whole_blocks() {
    let events = events(60, &mut Random(5));
    let file = written(&events, 10);
    let mut most = 0;
    for len in 0..file.len() {
        let (back, end) = read(&file[..len]);
        match end {
            Err(Error::Cut(n)) => assert_eq!(n, back.len() as u64),
            Err(Error::Foreign) => assert_eq!(len, 0),
            other => panic!("cut at {len}: {other:?}"),
        }
        assert_eq!(back.len() % 10, 0);
        assert_eq!(back, events[..back.len()]);
        assert!(back.len() >= most, "cut at {len}");
        most = back.len();
    }
    assert_eq!(most, 60);
}

#[test]
fn a_changed_byte_is_one_error() {
    let events = events(40, &mut Random(6));
    let file = written(&events, 10);
    for at in 0..file.len() {
        for bit in [0x01, 0x80, 0xff] {
            let mut changed = file.clone();
            changed[at] ^= bit;
            let (back, end) = read(&changed);
            let error = end.expect_err("a changed byte is seen");
            assert!(!error.to_string().contains('\n'));
            assert_eq!(back, events[..back.len()], "byte {at}");
        }
    }
}

#[test]
fn more_behind_the_end_is_an_error() {
    let mut file = written(&events(4, &mut Random(7)), 10);
    file.push(b'\n');
    assert!(matches!(read(&file), (back, Err(Error::Damaged { events: 4, .. })) if back.len() == 4));
}

#[test]
fn a_newer_version_and_other_files_are_refused() {
    let file = written(&[], 1);
    let mut newer = file.clone();
    newer[8..12].copy_from_slice(&(VERSION + 1).to_le_bytes());
    // Whatever stands behind the number.
    for len in [12, 13, newer.len()] {
        let error = read(&newer[..len]).1.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "the recording has format {}, and this strax reads formats up to {}",
                VERSION + 1,
                VERSION
            )
        );
    }
    for other in [&b""[..], b"#!/bin/sh\n", b"\x7fELF", b"execve(\"/bin/true\", ...) = 0\n"] {
        assert!(matches!(read(other).1, Err(Error::Foreign)));
    }
}

/// What stands in blocks is read even if it was made up: checksums keep accidents off, not people.
#[test]
fn made_up_blocks_are_refused_or_bounded() {
    let mut random = Random(8);
    let real = written(&events(30, &mut random), usize::MAX);
    let start = written(&[], 1).len() - END;
    let word = |at: usize| u32::from_le_bytes(real[at..at + 4].try_into().unwrap());
    let (stored, len) = (&real[start + 14..][..word(start + 2) as usize], word(start + 6));
    for round in 0..20_000 {
        // A block of any bytes, or a real one with a few changed.
        let file = if round % 2 == 0 {
            let plain: Vec<u8> =
                (0..random.below(200)).map(|_| (random.next() >> random.below(60)) as u8).collect();
            let holds = if round % 8 == 6 { b'I' } else { b'E' };
            made_up::file(holds, 0, &plain, plain.len() as u32)
        } else {
            let mut bytes = stored.to_vec();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] = random.next() as u8;
            }
            made_up::file(b'E', 1, &bytes, len)
        };
        let (is_whole, most) = made_up::walk(&file);
        assert!(!is_whole && most <= MOST_CONTENT);
    }
}

/// A few bytes that claim to be much, or that stand for many.
#[test]
fn small_files_cannot_take_much_memory() {
    let refused = |file: &[u8]| made_up::walk(file) == (false, 0);
    assert!(refused(&made_up::file(b'E', 1, &[0; 100], u32::MAX)));
    assert!(refused(&made_up::file(b'E', 1, &[0; 100], 40 << 20)));
    // One event of many stretches, each of which is the same megabyte.
    let mut content = Content::default();
    content.stretch(0, &vec![7; 1 << 20]);
    let mut file = Vec::new();
    let mut writer = Writer::new(&mut file, &head()).unwrap();
    writer.write(&Event::default(), &[], &content).unwrap();
    writer.finish().unwrap();
    assert_eq!(made_up::walk(&file), (true, 1 << 20));
    // A new shape of a new thread, at the beginning of time; so many stretches at 0, the first of which has its bytes
    // behind it, and the others say that theirs are the same.
    let event = |stretches: u8| {
        let mut plain = vec![1, 0, 0, 0, 0, 0, 0, 0, 1, 0, stretches, 0, 0, 0x80, 0x80, 0x80, 1];
        plain.extend_from_slice(&vec![7; 1 << 20]);
        plain.extend_from_slice(&[0, 3].repeat(usize::from(stretches) - 1));
        made_up::walk(&made_up::file(b'E', 0, &plain, plain.len() as u32))
    };
    assert_eq!([event(16), event(17)], [(false, MOST_CONTENT), (false, 0)]);
}

#[test]
fn content_is_bounded() {
    let mut content = Content::default();
    let piece = vec![7; 1 << 20];
    for i in 0..100 {
        content.stretch(i << 30, &piece);
    }
    let kept: usize = content.view().memory().map(|(_, bytes)| bytes.len()).sum();
    assert_eq!(kept, MOST_CONTENT);
    let mut file = Vec::new();
    let mut writer = Writer::new(&mut file, &head()).unwrap();
    let event = Event { kind: 1, key: 2, task: 3, monotonic: 4, wall: 5 };
    for _ in 0..3 {
        writer.write(&event, &[0; 40], &content).unwrap();
    }
    writer.finish().unwrap();
    let (back, end) = read(&file);
    assert!(end.is_ok());
    assert_eq!((back.len(), back[2].memory.len(), back[2].words.len()), (3, 16, MOST_WORDS));
}

/// A disk with room for so many bytes.
struct Disk(usize, Vec<u8>);

impl std::io::Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let len = bytes.len().min(self.0 - self.1.len());
        if len == 0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.1.extend_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_of_once_and_what_fits_can_be_read() {
    let events = events(100, &mut Random(11));
    let room = written(&events, 10).len() / 2;
    let mut disk = Disk(room, Vec::new());
    let mut writer = Writer::new(&mut disk, &head()).unwrap();
    let mut errors = 0;
    for whole in &events {
        errors += usize::from(writer.write(&whole.event, &whole.words, &whole.content()).is_err());
        errors += usize::from(writer.flush().is_err());
    }
    assert!(writer.finish().is_ok());
    assert_eq!(errors, 1);
    let (back, end) = read(&disk.1);
    assert!(matches!(end, Err(Error::Cut(n)) if n == back.len() as u64 && n > 0), "{end:?}");
    assert_eq!(back, events[..back.len()]);
}
