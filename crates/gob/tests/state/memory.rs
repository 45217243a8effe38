//! How much memory a stream makes its reader take.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeMap;

use hakurei_gob::codec::{Int, List, Map, Str};
use hakurei_gob::{ErrorKind, GobError, decode, encode, gob_struct};

use crate::{fixture, schema};

/// What is granted besides four times the input; and 256 types, an error and its text.
const BASE: usize = 256 * 1024 + 16 * 1024;

/// Counts what a thread has allocated and not given back.
struct Counting;

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

fn add(size: usize) {
    LIVE.set(LIVE.get() + size);
    PEAK.set(PEAK.get().max(LIVE.get()));
}

fn remove(size: usize) {
    // What another thread allocated is not in the count.
    LIVE.set(LIVE.get().saturating_sub(size));
}

#[expect(unsafe_code, reason = "nothing else can see what is allocated")]
// SAFETY: every call goes on to the system's allocator unchanged, and counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller keeps the promises, which are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        remove(layout.size());
        // SAFETY: the caller keeps the promises, which are the same.
        unsafe { System.dealloc(block, layout) }
    }

    // What is moved is counted once: large blocks are mapped elsewhere, and never copied.
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        remove(layout.size());
        add(size);
        // SAFETY: the caller keeps the promises, which are the same.
        unsafe { System.realloc(block, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most that is allocated at one time meanwhile.
fn peak(work: impl FnOnce()) -> usize {
    let before = LIVE.get();
    PEAK.set(before);
    work();
    PEAK.get() - before
}

/// Reads a stream, within the bound whatever comes of it.
#[track_caller]
fn read(stream: &[u8]) -> Result<Lists, GobError> {
    let mut result = None;
    let peak = peak(|| result = Some(decode::<ListsCodec>(stream).map(|(lists, _)| lists)));
    let bound = 4 * stream.len() + BASE;
    assert!(peak <= bound, "{peak} bytes for {} of input", stream.len());
    result.expect("it was read")
}

#[track_caller]
fn error_of(stream: &[u8]) -> ErrorKind {
    read(stream).expect_err("no such value is read").kind()
}

gob_struct! {
    /// Lists and maps whose elements may take one byte each.
    ListsCodec for Lists as "Lists" {
        "Structs" => structs: List<EmptyCodec>,
        "Texts" => texts: List<Str>,
        "Lists" => lists: List<List<Int>>,
        "Map" => map: Map<Str, Str>,
    }
}

gob_struct! {
    /// A struct that may be all left out.
    EmptyCodec for Empty as "Empty" { "Texts" => texts: List<Str> }
}

#[derive(Debug, Default)]
struct Lists {
    structs: Vec<Empty>,
    texts: Vec<Vec<u8>>,
    lists: Vec<Vec<i64>>,
    map: BTreeMap<Vec<u8>, Vec<u8>>,
}

#[derive(Debug, Default)]
struct Empty {
    texts: Vec<Vec<u8>>,
}

/// A stream of `Lists` that has one field, of this number, with these bytes.
fn of(field: u8, value: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    encode::<ListsCodec>(&Lists::default(), &mut stream).expect("it holds no null");
    // Its message has a length, a type, the fourth field with a count of zero, and an end.
    let message = stream.split_off(stream.len() - 6);
    assert_eq!(message, [5, 0xff, 0x82, 4, 0, 0]);
    let mut message = vec![0xff, 0x82, field];
    message.extend(value);
    message.push(0);
    stream.extend(number(message.len()));
    stream.extend(message);
    stream
}

/// So many elements, one after the other.
fn elements(count: usize, element: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    number(count).into_iter().chain((0..count).flat_map(element)).collect()
}

/// An entry of a map, whose key is the number in three bytes and whose element is empty.
fn entry(number: usize) -> Vec<u8> {
    let [.., high, middle, low] = number.to_be_bytes();
    vec![3, high, middle, low, 0]
}

/// A number in nine bytes.
fn number(value: usize) -> Vec<u8> {
    let mut bytes = vec![0xf8];
    bytes.extend((value as u64).to_be_bytes());
    bytes
}

#[test]
fn a_count_reserves_nothing() {
    for field in 1..=4 {
        for count in [1 << 10, 1 << 20, 1 << 32, 1 << 60, usize::MAX] {
            assert_eq!(error_of(&of(field, &number(count))), ErrorKind::Malformed);
        }
    }
}

#[test]
fn a_length_reserves_nothing() {
    for length in [1 << 20, 1 << 32] {
        assert_eq!(error_of(&number(length)), ErrorKind::Truncated);
        let text = [number(1), number(length)].concat();
        assert_eq!(error_of(&of(2, &text)), ErrorKind::Malformed);
    }
    assert_eq!(error_of(&number(1 << 60)), ErrorKind::Malformed);
}

#[test]
fn elements_of_one_byte_are_bounded() {
    for field in 1..=3 {
        assert_eq!(error_of(&of(field, &elements(1 << 20, |_| vec![0]))), ErrorKind::Limit);
    }
    assert_eq!(error_of(&of(4, &elements(1 << 18, entry))), ErrorKind::Limit);
}

#[test]
fn short_words_pass() {
    let words = of(2, &elements(10_000, |_| vec![1, b'x']));
    assert_eq!(read(&words).unwrap().texts.len(), 10_000);
    let entries = of(4, &elements(1_000, entry));
    assert_eq!(read(&entries).unwrap().map.len(), 1_000);
}

#[test]
fn fields_and_types_are_bounded() {
    // A struct of very many fields `X int`.
    let mut fields = vec![0xff, 0x81, 3, 2];
    fields.extend(elements(1 << 17, |_| vec![1, 1, b'X', 1, 4, 0]));
    fields.extend([0, 0]);
    let stream = [number(fields.len()), fields].concat();
    assert_eq!(error_of(&stream), ErrorKind::Truncated);

    // Very many slices of int, from type 1000 on.
    let slice = |index: usize| {
        let [.., high, low] = (2 * (1000 + index) - 1).to_be_bytes();
        vec![8, 0xfe, high, low, 2, 2, 4, 0, 0]
    };
    let stream: Vec<u8> = (0..10_000).flat_map(slice).collect();
    assert_eq!(error_of(&stream), ErrorKind::Limit);
}

#[test]
fn states_are_bounded() {
    for name in ["full.gob", "extreme.gob", "strange.gob"] {
        let stream = fixture(name);
        let peak = peak(|| drop(decode::<schema::State>(&stream).unwrap()));
        assert!(peak <= 4 * stream.len(), "{peak} bytes for {name} of {}", stream.len());
    }
}
