//! Pathnames in documents: a string where they are text, or bytes where the format has them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::{Absolute, quote};

impl Serialize for Absolute {
    /// Writes a string; a pathname that is not UTF-8 becomes bytes in a binary format such as CBOR,
    /// and is an error in a human-readable one such as JSON.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_str() {
            Some(text) => serializer.serialize_str(text),
            None if serializer.is_human_readable() => Err(S::Error::custom(format_args!(
                "path {} is not UTF-8 and cannot be written as text",
                quote::quote(self.as_bytes()),
            ))),
            None => serializer.serialize_bytes(self.as_bytes()),
        }
    }
}

impl<'de> Deserialize<'de> for Absolute {
    /// Reads a string or bytes, and checks them. The format must say which it is, as JSON and CBOR
    /// do.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Pathname)
    }
}

struct Pathname;

impl Visitor<'_> for Pathname {
    type Value = Absolute;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an absolute pathname")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Absolute, E> {
        Absolute::new(text).map_err(E::custom)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Absolute, E> {
        Absolute::new(bytes).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests;
