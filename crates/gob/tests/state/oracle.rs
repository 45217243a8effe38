//! Another reader and writer of gob, which has never seen ours: `gobwire`.

use gobwire::{Dynamic, StreamDecoder, StreamEncoder, Value};

use crate::{fixture, read, write};

/// Streams of Go's whose strings are all UTF-8, as the other reader wants them.
const STREAMS: [&str; 6] = [
    "full.gob",
    "zone.gob",
    "zone-seconds.gob",
    "minimal.gob",
    "empty.gob",
    "zero-enablements.gob",
];

/// What the other reader makes of a stream.
fn seen(stream: &[u8]) -> Dynamic {
    let value = StreamDecoder::new(stream).decode::<Dynamic>().expect("it is read");
    value.expect("there is one")
}

/// A value without the names of types, which a writer may choose, and with its maps in order.
fn meaning(value: &Value) -> String {
    let all = |values: &[Value]| values.iter().map(meaning).collect::<Vec<_>>();
    match value {
        Value::Struct(fields) => {
            let fields: Vec<_> = fields.iter().map(|field| field.as_ref().map(meaning)).collect();
            format!("struct {fields:?}")
        }
        Value::Map(pairs) => {
            let mut pairs: Vec<_> =
                pairs.iter().map(|(key, value)| (meaning(key), meaning(value))).collect();
            pairs.sort();
            format!("map {pairs:?}")
        }
        Value::Slice(elements) => format!("slice {:?}", all(elements)),
        Value::Array(elements) => format!("array {:?}", all(elements)),
        Value::Interface(Some(interface)) => {
            format!("{} {}", interface.name, meaning(&interface.value))
        }
        plain => format!("{plain:?}"),
    }
}

#[test]
fn what_is_rewritten_means_the_same_to_another_reader() {
    for name in STREAMS {
        let stream = fixture(name);
        let rewritten = write(&read(&stream).expect("it is read"));
        assert_eq!(meaning(&seen(&rewritten).value), meaning(&seen(&stream).value), "{name}");
    }
}

#[test]
fn what_another_writer_writes_is_read() {
    for name in STREAMS {
        let stream = fixture(name);
        let mut other = StreamEncoder::new(Vec::new());
        other.encode(&seen(&stream)).expect("it is written");
        let state = read(&other.into_inner()).expect("it is read");
        assert_eq!(state, read(&stream).expect("it is read"), "{name}");
    }
}
