//! The values that the tables are made of.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use hakurei_check::Absolute;
use hakurei_hst::{self as hst, Text};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// A part of the model that has a binary form. It is written without being copied, and what is read
/// is the model at once.
pub(in crate::format) trait Wire: Sized {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// Whether leaving it out says the same.
    fn is_unset(&self) -> bool {
        false
    }
}

/// A part of the model, for serde to write.
pub(in crate::format) struct Written<'a, T>(pub(in crate::format) &'a T);

impl<T: Wire> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// A part of the model that serde has read.
#[derive(Default)]
pub(in crate::format) struct Read<T>(pub(in crate::format) T);

impl<'de, T: Wire> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Wire for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }

            fn is_unset(&self) -> bool {
                *self == Self::default()
            }
        }
    )*};
}

plain!(bool, i64, u32);

/// The bits themselves, known and unknown.
impl Wire for hst::Flags {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.bits())
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self::from_bits)
    }

    fn is_unset(&self) -> bool {
        self.bits() == 0
    }
}

impl<T: Wire> Wire for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => serializer.serialize_some(&Written(value)),
            None => serializer.serialize_none(),
        }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map(|Read(value)| value))
    }

    fn is_unset(&self) -> bool {
        self.is_none()
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Written))
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List(PhantomData))
    }

    fn is_unset(&self) -> bool {
        self.is_empty()
    }
}

/// Names and values, sorted by name when written.
pub(in crate::format) type Map = BTreeMap<Text, Text>;

impl Wire for Map {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, value)| (Written(name), Written(value))))
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Map;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Map, A::Error> {
                let mut map = Map::new();
                while let Some((Read(name), Read(value))) = access.next_entry()? {
                    map.insert(name, value);
                }
                Ok(map)
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}

/// A string: text in CBOR where it is UTF-8, and bytes where it is not.
impl Wire for Text {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_string(self.as_bytes(), serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Bytes).map(Self::from)
    }

    fn is_unset(&self) -> bool {
        self.as_bytes().is_empty()
    }
}

/// A pathname, checked when it is read.
impl Wire for Absolute {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_string(self.as_bytes(), serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(deserializer.deserialize_any(Bytes)?).map_err(D::Error::custom)
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

fn write_string<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => serializer.serialize_str(text),
        Err(_) => serializer.serialize_bytes(bytes),
    }
}

/// Items one after the other. serde would set a mebibyte aside on the word of a length alone.
struct List<T>(PhantomData<T>);

/// So many items have room at once if that is what the length says: more than people write.
const AT_ONCE: usize = 256;

impl<'de, T: Wire> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::with_capacity(items.size_hint().unwrap_or_default().min(AT_ONCE));
        while let Some(Read(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
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

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use serde::de::value::{Error, SeqDeserializer};

    use super::*;

    #[test]
    fn a_length_that_is_a_lie_takes_no_memory() {
        /// One item, which says that many follow.
        struct Liar(Option<i64>);

        impl Iterator for Liar {
            type Item = i64;

            fn next(&mut self) -> Option<i64> {
                self.0.take()
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (1 << 40, Some(1 << 40))
            }
        }

        let list = SeqDeserializer::<_, Error>::new(Liar(Some(7)));
        let list = List::<i64>(PhantomData).visit_seq(list).unwrap();
        assert_eq!((&list[..], list.capacity()), (&[7][..], AT_ONCE));
    }
}
