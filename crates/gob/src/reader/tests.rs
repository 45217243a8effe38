use std::error::Error as _;

use crate::codec::{Bool, ByteArray, Codec, Int, List, Map, Opaque, Str, Uint};
use crate::{ErrorKind, GobError, decode};

#[derive(Debug, PartialEq)]
struct Point {
    x: i64,
    y: i64,
}

crate::gob_struct! {
    PointCodec for Point as "Point" { "X" => x: Int, "Y" => y: Int }
}

crate::gob_struct! {
    OtherCodec for Point as "Other" { "X" => x: Int, "Y" => y: Int }
}

#[derive(Debug, PartialEq)]
struct Two {
    points: Vec<Point>,
    others: Vec<Point>,
}

crate::gob_struct! {
    TwoCodec for Two as "Two" {
        "Points" => points: List<PointCodec>,
        "Others" => others: List<OtherCodec>,
    }
}

#[derive(Debug, PartialEq)]
enum Shape {
    Point(Point),
    Text(String),
}

crate::gob_interface! {
    ShapeCodec for Shape { "Point" => Point(PointCodec), "Text" => Text(Str<String>) }
}

crate::gob_struct! {
    ShapesCodec for Vec<Shape> as "Shapes" { "Shapes" => self: List<ShapeCodec> }
}

/// `struct{ X, Y int }`, as type 65.
const POINT: &str = "ff81 03 02 02 01 01 58 01 04 00 01 01 59 01 04 00 00 00";

/// Type 65 as a struct of the slice 66 of interfaces, called `Shapes`.
const SHAPES: [&str; 2] =
    ["ff81 03 02 01 01 06 536861706573 01 ff84 00 00 00", "ff83 02 02 10 00 00"];

/// Reads hexadecimal digits, with spaces where one likes.
fn bytes(digits: &str) -> Vec<u8> {
    let digits: Vec<_> = digits.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

/// Puts each message behind its length, in one byte.
fn framed(messages: &[&str]) -> Vec<u8> {
    let framed = messages.iter().map(|message| {
        let message = bytes(message);
        assert!(message.len() < 0x80);
        [vec![u8::try_from(message.len()).unwrap()], message].concat()
    });
    framed.flatten().collect()
}

fn read<C: Codec>(messages: &[&str]) -> Result<C::Value, GobError> {
    decode::<C>(&framed(messages)).map(|(value, rest)| {
        assert_eq!(rest, b"");
        value
    })
}

#[track_caller]
fn fails<C: Codec<Value: std::fmt::Debug>>(messages: &[&str], kind: ErrorKind, text: &str) {
    let error = read::<C>(messages).unwrap_err();
    assert_eq!((error.kind(), &*error.to_string()), (kind, text));
}

#[track_caller]
fn is_malformed<C: Codec<Value: std::fmt::Debug>>(messages: &[&str], text: &str) {
    fails::<C>(messages, ErrorKind::Malformed, text);
}

#[test]
fn numbers_need_not_be_short() {
    for digits in ["06 00 07", "06 00 ff07", "06 00 f80000000000000007", "ff06 00 ff07"] {
        assert_eq!(read::<Uint>(&[digits]).unwrap(), 7, "{digits}");
    }
    let stream = bytes("fe000b 04 00 f8ffffffffffffffff");
    assert_eq!(decode::<Int>(&stream).unwrap(), (i64::MIN, &[][..]));
}

#[test]
fn no_number_begins_with_80_to_f7() {
    for first in 0x80..=0xf7 {
        for (stream, offset) in [([3, 6, 0, first], 3), ([first, 6, 0, 7], 0)] {
            let error = decode::<Uint>(&stream).unwrap_err();
            let text = format!("no number begins with {first:#04x} at byte {offset}");
            assert_eq!((error.kind(), error.to_string()), (ErrorKind::Malformed, text));
        }
    }
}

#[test]
fn an_end_between_messages_is_no_end_within_one() {
    let truncated = |stream: &str, text: &str| {
        let error = decode::<PointCodec>(&bytes(stream)).unwrap_err();
        assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::Truncated, text));
    };
    truncated("", "the input ends before the value at byte 0");
    truncated("fe00", "the input ends before the value at byte 0");
    truncated("03 ff82", "the input ends within a message at byte 0");
    let defined = "the input ends before the value at byte 20";
    fails::<PointCodec>(&[POINT], ErrorKind::Truncated, defined);

    is_malformed::<Uint>(&["06 00"], "the message ends within a value at byte 3");
    is_malformed::<Uint>(&["06 00 ff"], "the message ends within a value at byte 3");
    is_malformed::<Uint>(&[""], "the message ends within a value at byte 1");
    is_malformed::<Str>(&["0c 00 02 61"], "2 bytes, beyond the message at byte 3");
    is_malformed::<Uint>(&["06 00 07 00"], "bytes behind the value in its message at byte 4");
}

#[test]
fn a_single_value_stands_behind_a_zero() {
    is_malformed::<Uint>(&["06 01 07"], "no zero before a single value at byte 2");
}

#[test]
fn values_have_bounds() {
    is_malformed::<Bool>(&["02 00 02"], "a bool is 0 or 1, not 2 at byte 3");
    let large = "256 is out of range at byte 3";
    fails::<Uint<u8>>(&["06 00 fe0100"], ErrorKind::Mismatch, large);
    let small = "-129 is out of range at byte 3";
    fails::<Int<i8>>(&["04 00 fe0101"], ErrorKind::Mismatch, small);

    let error = read::<Str<String>>(&["0c 00 01 ff"]).unwrap_err();
    let text = "value is refused at byte 3";
    assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::Refused, text));
    assert!(error.source().unwrap().is::<std::string::FromUtf8Error>());
}

#[test]
fn kinds_must_match() {
    fn differs<C: Codec<Value: std::fmt::Debug>>(wanted: &str) {
        let text = format!("type 3 is a uint, not {wanted} at byte 3");
        fails::<C>(&["06 00 07"], ErrorKind::Mismatch, &text);
    }
    differs::<Int>("an int");
    differs::<Bool>("a bool");
    differs::<Str>("a string");
    differs::<Opaque>("a GobEncoder");
    differs::<List<Uint>>("a slice");
    differs::<Map<Uint, Uint>>("a map");
    differs::<ByteArray<2>>("an array of 2");
    differs::<PointCodec>("Point");
    differs::<ShapeCodec>("an interface");

    let undefined = "type 65 is not defined, not an int at byte 4";
    fails::<Int>(&["ff82 00 07"], ErrorKind::Mismatch, undefined);
    let array = ["ff81 01 02 06 01 06 00 00", "ff82 00 03 01 02 03"];
    assert_eq!(read::<ByteArray<3>>(&array).unwrap(), [1, 2, 3]);
    let longer = "type 65 is an array, not an array of 4 at byte 14";
    fails::<ByteArray<4>>(&array, ErrorKind::Mismatch, longer);
    let count = "2 elements of an array of 3 at byte 14";
    is_malformed::<ByteArray<3>>(&[array[0], "ff82 00 02 01 02"], count);
}

#[test]
fn structs_are_read_by_what_defines_them() {
    let point = Point { x: -1, y: 2 };
    assert_eq!(read::<PointCodec>(&[POINT, "ff82 01 01 01 04 00"]).unwrap(), point);
    // The message says which type it is; what the definition says of itself does not matter.
    let lying = "ff81 03 01 01 01 41 01 20 00 01 02 01 01 59 01 04 00 01 01 58 01 04 00 00 00";
    assert_eq!(read::<PointCodec>(&[lying, "ff82 01 04 01 01 00"]).unwrap(), point);

    let beyond = "field 2 of a struct of 2 at byte 23";
    is_malformed::<PointCodec>(&[POINT, "ff82 03 04 00"], beyond);
    let far = "field 18446744073709551614 of a struct of 2 at byte 23";
    is_malformed::<PointCodec>(&[POINT, "ff82 f8ffffffffffffffff 04 00"], far);
    let stranger = "ff81 03 02 01 01 01 5a 01 04 00 00 00";
    let none = "type 65 has no field of Point at byte 17";
    fails::<PointCodec>(&[stranger, "ff82 01 04 00"], ErrorKind::Mismatch, none);
}

#[test]
fn definitions_make_sense() {
    is_malformed::<PointCodec>(&[POINT, POINT], "type 65 is known already at byte 23");
    is_malformed::<PointCodec>(&["03 02 02 04 00 00"], "type 2 is known already at byte 2");
    is_malformed::<PointCodec>(&["ff81 00"], "an empty type definition at byte 3");
    let two = "a type definition with two meanings at byte 3";
    is_malformed::<PointCodec>(&["ff81 02 02 04 00 01 02 04 00 00"], two);
    is_malformed::<PointCodec>(&["ff81 02 00 00"], "0 is no type at byte 5");
    is_malformed::<PointCodec>(&["ff81 02 02 01 00 00"], "-1 is no type at byte 7");
    let minus = "an array of -1 elements at byte 9";
    is_malformed::<PointCodec>(&["ff81 01 02 04 01 01 00 00"], minus);
    let behind = "bytes behind a type definition in its message at byte 8";
    is_malformed::<PointCodec>(&["ff81 02 02 04 00 00 00"], behind);
    is_malformed::<PointCodec>(&["00"], "0 is no type at byte 1");
    let wide = "1099511627776 is no type at byte 1";
    is_malformed::<PointCodec>(&["fa020000000000"], wide);
}

#[test]
fn a_type_is_read_as_one_struct() {
    // `struct{ Points, Others []Point }`, both slices of the same type.
    let two = "ff83 03 02 02 01 06 506f696e7473 01 ff86 00 01 06 4f7468657273 01 ff86 00 00 00";
    let slice = "ff85 02 02 ff82 00 00";
    let one = read::<TwoCodec>(&[POINT, two, slice, "ff84 01 01 00 00"]).unwrap();
    assert_eq!(one, Two { points: vec![Point { x: 0, y: 0 }], others: vec![] });

    let text = "type 65 is also read as another struct than Other at byte 69, in Two.Others";
    let both = [POINT, two, slice, "ff84 01 01 00 01 01 00 00"];
    fails::<TwoCodec>(&both, ErrorKind::Mismatch, text);
}

#[test]
fn interfaces_say_what_is_in_them() {
    let shapes = |value| [SHAPES[0], SHAPES[1], value];
    let text = shapes("ff82 01 01 04 54657874 0c 02 00 00 00");
    assert_eq!(read::<ShapesCodec>(&text).unwrap(), [Shape::Text(String::new())]);

    let longer = shapes("ff82 01 01 04 54657874 0c 03 00 00 00");
    let what = "an interface's value of 3 bytes has another length at byte 39, in Shapes.Shapes";
    is_malformed::<ShapesCodec>(&longer, what);
    let strange = shapes("ff82 01 01 05 43756265ff 0c 00");
    let what = "\"Cube\\xff\" is not registered at byte 33, in Shapes.Shapes";
    fails::<ShapesCodec>(&strange, ErrorKind::Mismatch, what);
    let what = "a null interface at byte 33, in Shapes.Shapes";
    fails::<ShapesCodec>(&shapes("ff82 01 01 00 00"), ErrorKind::Missing, what);
}

#[test]
fn a_definition_may_divide_a_value() {
    // The first message ends behind a definition, and the next begins with the type of the value.
    let definition = POINT.replace("ff81", "ff85");
    let first = format!("ff82 01 02 05 506f696e74 {definition}");
    let rest = "ff86 03 01 02 00  05 506f696e74 ff86 03 02 04 00  00";
    let points = [Shape::Point(Point { x: 1, y: 0 }), Shape::Point(Point { x: 0, y: 2 })];
    assert_eq!(read::<ShapesCodec>(&[SHAPES[0], SHAPES[1], &first, rest]).unwrap(), points);

    let error = read::<ShapesCodec>(&[SHAPES[0], SHAPES[1], &first]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}

#[test]
fn depth_has_a_bound_where_nobody_looks() {
    // A field `Z` of a type that is a slice of itself, and `X`.
    let point = "ff81 03 02 02 01 01 5a 01 ff84 00 01 01 58 01 04 00 00 00";
    let slice = "ff83 02 02 ff84 00 00";
    let nested = |depth: usize| {
        let value = ["ff82 01", &"01".repeat(depth), "00 01 0e 00"].concat();
        read::<PointCodec>(&[point, slice, &value]).map(|point| point.x)
    };
    assert_eq!(nested(62).unwrap(), 7);
    let error = nested(63).unwrap_err();
    let text = "values more than 64 deep at byte 97";
    assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::Limit, text));
}

#[test]
fn what_is_passed_over_makes_sense() {
    // A field `Z` of an array of three, and `X`.
    let point = "ff81 03 02 02 01 01 5a 01 ff84 00 01 01 58 01 04 00 00 00";
    let array = "ff83 01 02 06 01 06 00 00";
    let passed = [point, array, "ff82 01 03 07 07 07 01 0e 00"];
    assert_eq!(read::<PointCodec>(&passed).unwrap(), Point { x: 7, y: 0 });

    let count = "2 elements of an array of 3 at byte 35";
    is_malformed::<PointCodec>(&[point, array, "ff82 01 02 07 07 01 0e 00"], count);
    let undefined = "type 66 is not defined at byte 25";
    is_malformed::<PointCodec>(&[point, "ff82 01 03 07 07 07 01 0e 00"], undefined);
}
