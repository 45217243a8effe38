//! Streams that were cut off, damaged or made up.

use hakurei_gob::{ErrorKind, decode};
use proptest::prelude::*;

use crate::fixtures::full;
use crate::model::State;
use crate::{fixture, read, schema, write};

const FIXTURES: [&str; 4] = ["full.gob", "empty.gob", "extreme.gob", "strange.gob"];

/// Fixtures of Go, and a stream that was written here.
fn streams() -> impl Iterator<Item = Vec<u8>> {
    FIXTURES.into_iter().map(fixture).chain([write(&full())])
}

/// Reads what may be anything, and counts whether it was a State.
fn count(stream: &[u8], [values, errors]: &mut [usize; 2]) {
    match decode::<schema::State>(stream) {
        Ok(_) => *values += 1,
        Err(error) => {
            assert!(error.offset() <= stream.len(), "{error}");
            *errors += 1;
        }
    }
}

#[test]
fn every_beginning_is_truncated() {
    for stream in streams() {
        read(&stream).unwrap();
        for length in 0..stream.len() {
            let error = decode::<schema::State>(&stream[..length]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Truncated, "{length} bytes: {error}");
            assert!(error.offset() <= length);
        }
    }
}

#[test]
fn what_follows_the_value_is_given_back() {
    for mut stream in streams() {
        let state = read(&stream).unwrap();
        stream.extend(b"trailer");
        assert_eq!(decode::<schema::State>(&stream).unwrap(), (state, &b"trailer"[..]));
    }
}

#[test]
fn a_damaged_byte_gives_an_error_or_a_value() {
    let mut counts = [0; 2];
    for mut stream in streams() {
        for at in 0..stream.len() {
            let sound = stream[at];
            for damage in [1, 2, 3, 4, 8, 0x10, 0x20, 0x40, 0x7f, 0x80, 0xff, sound] {
                stream[at] = sound ^ damage;
                count(&stream, &mut counts);
            }
            stream[at] = sound;
        }
    }
    // Characters of strings may be any; lengths, ids and names may not.
    let [values, errors] = counts;
    assert!(values > 1000 && errors > 1000, "{values} values, {errors} errors");
}

#[test]
fn every_damage_of_a_small_stream_gives_an_error_or_a_value() {
    let mut counts = [0; 2];
    let mut stream = write(&State::default());
    for at in 0..stream.len() {
        let sound = stream[at];
        for damaged in 0..=u8::MAX {
            stream[at] = damaged;
            count(&stream, &mut counts);
        }
        stream[at] = sound;
    }
    let [values, errors] = counts;
    assert!(values > 1000 && errors > 1000, "{values} values, {errors} errors");
}

proptest! {
    #[test]
    fn anything_gives_an_error_or_a_value(stream: Vec<u8>) {
        count(&stream, &mut [0; 2]);
    }

    #[test]
    fn anything_in_the_midst_gives_an_error_or_a_value(
        fixture in 0..FIXTURES.len(),
        cut: prop::sample::Index,
        removed in 0..8_usize,
        inserted in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut stream = crate::fixture(FIXTURES[fixture]);
        let at = cut.index(stream.len());
        let end = stream.len().min(at + removed);
        stream.splice(at..end, inserted);
        count(&stream, &mut [0; 2]);
    }
}
