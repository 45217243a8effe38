use std::io::{Seek as _, Write as _};
use std::os::unix::net::UnixDatagram;

use rustix::io::Errno;

use super::{read_exact_or_end, read_from_start, read_to_end, write_all_by};

/// A file whose every read gives one of these parts, and then its end.
fn in_parts(parts: &[&[u8]]) -> UnixDatagram {
    let (writer, reader) = UnixDatagram::pair().unwrap();
    for part in parts {
        writer.send(part).unwrap();
    }
    writer.send(b"").unwrap();
    reader
}

#[test]
fn a_short_read_is_not_the_end() {
    let parts: &[&[u8]] = &[b"a", b"bcd", b"ef", b"g"];
    let mut prefix = [0; 8];
    assert_eq!(read_exact_or_end(in_parts(parts), &mut prefix), Ok(7));
    assert_eq!(&prefix, b"abcdefg\0");
    let mut prefix = [0; 4];
    assert_eq!(read_exact_or_end(in_parts(parts), &mut prefix), Ok(4));
    assert_eq!(&prefix, b"abcd");

    // Whatever its size was said to be.
    for size in [0, 1, 6, 7, 8, u64::MAX] {
        let mut bytes = b"kept".to_vec();
        read_to_end(in_parts(parts), size, 100, &mut bytes).unwrap();
        let expected: &[u8] = match size {
            // As many as were announced came with the last read, so that it is not asked again.
            1 => b"kepta",
            6 => b"keptabcdef",
            _ => b"keptabcdefg",
        };
        assert_eq!(bytes, expected, "{size}");
    }
    for (size, limit) in [(3, 3), (2, 6)] {
        let mut bytes = Vec::new();
        read_to_end(in_parts(parts), size, limit, &mut bytes).unwrap();
        assert!(
            bytes.len() > limit,
            "there is more than allowed, and the caller sees it: {bytes:?}"
        );
    }
}

#[test]
fn a_file_is_read_from_its_start_as_far_as_is_allowed() {
    let mut file = tempfile::tempfile().unwrap();
    let content: Vec<u8> = (0..10_000_u32).map(|count| (count % 251) as u8).collect();
    file.write_all(&content).unwrap();
    assert_eq!(read_from_start(&file, 10_000).unwrap(), content);
    assert!(read_from_start(&file, 5_000).unwrap().len() > 5_000);
    assert_eq!(file.stream_position().unwrap(), 10_000);
}

#[test]
fn a_short_write_is_gone_on_with() {
    for most in 1..6 {
        let mut written = Vec::new();
        let write = |bytes: &[u8]| {
            let count = most.min(bytes.len());
            written.extend_from_slice(&bytes[..count]);
            Ok(count)
        };
        assert_eq!(write_all_by(write, b"abcde"), Ok(()));
        assert_eq!(written, b"abcde", "{most} at a time");
    }
}

#[test]
fn a_write_ends_with_the_first_error() {
    let mut answers = [Ok(2), Err(Errno::INTR), Ok(1), Err(Errno::NOSPC), Ok(2)].into_iter();
    let mut asked = Vec::new();
    let write = |bytes: &[u8]| {
        asked.push(bytes.to_vec());
        answers.next().unwrap()
    };
    assert_eq!(write_all_by(write, b"abcde"), Err(Errno::NOSPC));
    assert_eq!(asked, [&b"abcde"[..], b"cde", b"cde", b"de"]);
    assert_eq!(answers.len(), 1);

    // What takes nothing, and does not say why, must not be asked for ever.
    assert_eq!(write_all_by(|_| Ok(0), b"a"), Err(Errno::IO));
    assert_eq!(write_all_by(|_| panic!("there is nothing to write"), b""), Ok(()));
}
