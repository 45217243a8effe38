//! The values that the tables are made of.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use hakurei_check::Absolute;
use hakurei_hst as hst;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::ser::{Serialize, Serializer};

/// A type in its binary form: it borrows from the model when written, and owns what it has read.
pub(in crate::format) trait Wire<'a>: Sized {
    /// The type that it stands for.
    type Model;

    /// Looks at the model without copying it.
    fn of(model: &'a Self::Model) -> Self;

    /// Makes the model.
    fn into_model(self) -> Self::Model;

    /// Whether leaving it out says the same.
    fn is_unset(&self) -> bool {
        false
    }
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Wire<'_> for $type {
            type Model = $type;

            fn of(model: &$type) -> Self {
                *model
            }

            fn into_model(self) -> $type {
                self
            }

            fn is_unset(&self) -> bool {
                *self == <$type>::default()
            }
        }
    )*};
}

plain!(bool, i64, u32);

/// The bits themselves, known and unknown.
#[derive(serde::Serialize, serde::Deserialize, Default)]
pub(in crate::format) struct Flags(u64);

impl Wire<'_> for Flags {
    type Model = hst::Flags;

    fn of(model: &hst::Flags) -> Self {
        Self(model.bits())
    }

    fn into_model(self) -> hst::Flags {
        hst::Flags::from_bits(self.0)
    }

    fn is_unset(&self) -> bool {
        self.0 == 0
    }
}

impl<'a, W: Wire<'a>> Wire<'a> for Option<W>
where
    W::Model: 'a,
{
    type Model = Option<W::Model>;

    fn of(model: &'a Self::Model) -> Self {
        model.as_ref().map(W::of)
    }

    fn into_model(self) -> Self::Model {
        self.map(W::into_model)
    }

    fn is_unset(&self) -> bool {
        self.is_none()
    }
}

impl<'a, W: Wire<'a>> Wire<'a> for Vec<W>
where
    W::Model: 'a,
{
    type Model = Vec<W::Model>;

    fn of(model: &'a Self::Model) -> Self {
        model.iter().map(W::of).collect()
    }

    fn into_model(self) -> Self::Model {
        self.into_iter().map(W::into_model).collect()
    }

    fn is_unset(&self) -> bool {
        self.is_empty()
    }
}

/// Names and values, sorted by name when written.
#[derive(serde::Serialize, serde::Deserialize, Default)]
#[serde(transparent)]
pub(in crate::format) struct Map<'a>(BTreeMap<Text<'a>, Text<'a>>);

impl<'a> Wire<'a> for Map<'a> {
    type Model = BTreeMap<hst::Text, hst::Text>;

    fn of(model: &'a Self::Model) -> Self {
        Self(model.iter().map(|(name, value)| (Text::of(name), Text::of(value))).collect())
    }

    fn into_model(self) -> Self::Model {
        self.0.into_iter().map(|(name, value)| (name.into_model(), value.into_model())).collect()
    }
}

/// A string: text in CBOR where it is UTF-8, and bytes where it is not.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::format) struct Text<'a>(Cow<'a, [u8]>);

impl<'a> Wire<'a> for Text<'a> {
    type Model = hst::Text;

    fn of(model: &'a hst::Text) -> Self {
        Self(Cow::Borrowed(model.as_bytes()))
    }

    fn into_model(self) -> hst::Text {
        self.0.into_owned().into()
    }

    fn is_unset(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.serialize_bytes(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Text<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Bytes).map(|bytes| Self(Cow::Owned(bytes)))
    }
}

/// A pathname, checked when it is read.
pub(in crate::format) struct Path<'a>(Cow<'a, Absolute>);

impl<'a> Wire<'a> for Path<'a> {
    type Model = Absolute;

    fn of(model: &'a Absolute) -> Self {
        Self(Cow::Borrowed(model))
    }

    fn into_model(self) -> Absolute {
        self.0.into_owned()
    }
}

impl Serialize for Path<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Text(Cow::Borrowed(self.0.as_bytes())).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Path<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_any(Bytes)?;
        let pathname = Absolute::new(bytes).map_err(D::Error::custom)?;
        Ok(Self(Cow::Owned(pathname)))
    }
}

/// Sixteen bytes.
pub(crate) struct Id(pub(crate) [u8; 16]);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_any(Bytes)?;
        let sixteen = <[u8; 16]>::try_from(bytes.as_slice());
        sixteen.map(Id).map_err(|_| D::Error::invalid_length(bytes.len(), &"16 bytes"))
    }
}

/// Takes text and bytes alike.
struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<Vec<u8>, E> {
        Ok(text.as_bytes().to_vec())
    }

    fn visit_string<E>(self, text: String) -> Result<Vec<u8>, E> {
        Ok(text.into_bytes())
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }
}
