//! Interfaces within interfaces, of which Go writes definitions at every depth.

use std::convert::Infallible;

use hakurei_gob::codec::{Convert, Int, List, Opt, Str, Uint, Via};
use hakurei_gob::{ErrorKind, decode, encode, gob_interface, gob_struct};

use crate::fixture;

#[derive(Clone, Debug, PartialEq)]
struct Parcel {
    label: String,
    content: Option<Content>,
    weight: i64,
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    Parcel(Box<Parcel>),
    Coin(u64),
    Text(String),
    Many(Vec<Self>),
}

gob_struct! {
    /// Go's `Box`, which holds anything.
    ParcelCodec for Parcel as "Box" {
        "Label" => label: Str<String>,
        "Content" => content: Opt<Any>,
        "Weight" => weight: Int,
    }
}

gob_struct! {
    /// Go's `Coin`.
    Coin for u64 as "Coin" { "Value" => self: Uint }
}

gob_interface! {
    /// Go's `any`.
    Any for Content {
        "main.Box" => Parcel(Via<Boxed>),
        "main.Coin" => Coin(Coin),
        "string" => Text(Str<String>),
        "[]interface {}" => Many(List<Any>),
    }
}

/// A parcel within a parcel.
enum Boxed {}

impl Convert for Boxed {
    type Codec = ParcelCodec;
    type Value = Box<Parcel>;
    type Error = Infallible;

    fn to_wire(parcel: &Box<Parcel>) -> Result<Parcel, Infallible> {
        Ok((**parcel).clone())
    }

    fn from_wire(parcel: Parcel) -> Result<Box<Parcel>, Infallible> {
        Ok(Box::new(parcel))
    }
}

fn parcel(label: &str, content: Content, weight: i64) -> Parcel {
    Parcel { label: label.into(), content: Some(content), weight }
}

fn within(parcel: Parcel) -> Content {
    Content::Parcel(Box::new(parcel))
}

#[test]
fn definitions_at_every_depth_are_found() {
    let third = parcel("third", Content::Coin(3), 4);
    let contents = vec![
        within(parcel("first", Content::Coin(1), 2)),
        Content::Text("text".into()),
        within(parcel("second", within(third), 5)),
    ];
    let outer = parcel("outer", Content::Many(contents), -6);
    let stream = fixture("nested.gob");
    assert_eq!(decode::<ParcelCodec>(&stream).unwrap(), (outer.clone(), &[][..]));

    let mut own = Vec::new();
    encode::<ParcelCodec>(&outer, &mut own).unwrap();
    assert_eq!(decode::<ParcelCodec>(&own).unwrap().0, outer);

    for length in 0..stream.len() {
        let error = decode::<ParcelCodec>(&stream[..length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{length} bytes: {error}");
    }
}

#[test]
fn depth_has_a_bound() {
    let nested = |depth: usize| {
        let coin = parcel("coin", Content::Coin(1), 1);
        let parcel = (1..depth).fold(coin, |inner, _| parcel("", within(inner), 0));
        let mut stream = Vec::new();
        encode::<ParcelCodec>(&parcel, &mut stream).unwrap();
        decode::<ParcelCodec>(&stream).map(|(read, _)| assert_eq!(read, parcel))
    };
    // Each parcel is a struct in an interface, but for the outermost; the coin is one as well.
    nested(31).unwrap();
    let error = nested(33).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
}
