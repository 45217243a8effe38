use crate::codec::{Bool, ByteArray, Codec, Int, List, Map, Opaque, Opt, Str, Uint};
use crate::{decode, encode};

fn stream<C: Codec>(value: &C::Value) -> Vec<u8> {
    let mut stream = Vec::new();
    encode::<C>(value, &mut stream).unwrap();
    stream
}

/// Two digits for each byte.
fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Debug, Default, PartialEq)]
struct Everything {
    flag: bool,
    int: i64,
    uint: u64,
    text: String,
    list: Vec<bool>,
    pointer: Option<i64>,
    map: Option<std::collections::BTreeMap<String, i64>>,
    array: [u8; 2],
    bytes: Vec<u8>,
    inner: Inner,
}

#[derive(Debug, Default, PartialEq)]
struct Inner {
    next: Vec<Self>,
}

crate::gob_struct! {
    EverythingCodec for Everything as "E" {
        "Flag" => flag: Bool,
        "Int" => int: Int,
        "Uint" => uint: Uint,
        "Text" => text: Str<String>,
        "List" => list: List<Bool>,
        "Pointer" => pointer: Opt<Int>,
        "Map" => map: Opt<Map<Str<String>, Int>>,
        "Array" => array: ByteArray<2>,
        "Bytes" => bytes: Opaque,
        "Inner" => inner: InnerCodec,
    }
}

crate::gob_struct! {
    InnerCodec for Inner as "I" { "Next" => next: List<InnerCodec> }
}

/// The last message, from its type on.
fn value_of(everything: &Everything) -> String {
    let none = digits(&stream::<EverythingCodec>(&Everything::default()));
    // That ends with a message of ten bytes.
    let definitions = &none[..none.len() - 20];
    let all = digits(&stream::<EverythingCodec>(everything));
    all.strip_prefix(definitions).expect("the same definitions")[2..].to_owned()
}

#[test]
fn zeros_are_left_out_but_for_arrays_and_structs() {
    assert_eq!(value_of(&Everything::default()), "ff82 08 020000 02 00 00".replace(' ', ""));
    let zeros = Everything {
        pointer: Some(0),
        map: Some(std::collections::BTreeMap::new()),
        ..Everything::default()
    };
    assert_eq!(value_of(&zeros), "ff82 07 00 01 020000 02 00 00".replace(' ', ""));
}

#[test]
fn within_lists_nothing_is_left_out() {
    let inner = Inner { next: vec![Inner::default(), Inner::default()] };
    let lists = Everything { list: vec![false, true], inner, ..Everything::default() };
    let value = "ff82 05 02 00 01 03 020000 02 01 02 00 00 00 00".replace(' ', "");
    assert_eq!(value_of(&lists), value);
}

#[test]
fn every_type_is_defined_once_and_before_the_value() {
    let stream = stream::<EverythingCodec>(&Everything::default());
    let (mut rest, mut ids) = (&stream[..], Vec::new());
    while let [length, message @ ..] = rest {
        let (message, behind) = message.split_at(usize::from(*length));
        ids.push(digits(&message[..2]));
        rest = behind;
    }
    // The struct, []bool, the map, the array, the GobEncoder, the inner struct, and its slice.
    let definitions = ["ff81", "ff83", "ff85", "ff87", "ff89", "ff8b", "ff8d"];
    assert_eq!(ids.split_last(), Some((&"ff82".to_owned(), &definitions.map(str::to_owned)[..])));
}

#[test]
fn numbers_take_as_few_bytes_as_go_gives_them() {
    for (number, form) in [
        (0x7f_u64, "0306007f"),
        (0x80, "040600ff80"),
        (0xff, "040600ffff"),
        (0x100, "050600fe0100"),
        (1 << 56, "0b0600f80100000000000000"),
        ((1 << 56) - 1, "0a0600f9ffffffffffffff"),
    ] {
        assert_eq!(digits(&stream::<Uint>(&number)), form);
    }
}

#[test]
fn what_was_written_before_stays() {
    let mut out = b"header".to_vec();
    encode::<Int>(&-1, &mut out).unwrap();
    assert_eq!(out, b"header\x03\x04\x00\x01");
    assert_eq!(decode::<Int>(&out[6..]).unwrap(), (-1, &[][..]));
}
