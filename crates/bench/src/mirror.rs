//! The store's entry once more, as plain types that serde derives everything for: what the floor and
//! the databases read with cbor4ii and write with ciborium. The fields are named as the keys are, see
//! the tables in the store's `format/wire.rs` and `format/summary.rs`.

use std::collections::BTreeMap;
use std::fmt;

use cbor4ii::core::utils::SliceReader;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::Result;

/// Bytes before the body.
pub(crate) const FRAME: usize = 16;

/// Both items of an entry.
pub(crate) struct Mirror {
    pub(crate) summary: Summary,
    pub(crate) rest: Rest,
    /// The first eight bytes of the entry.
    header: [u8; 8],
}

/// Whether leaving a field out says the same.
trait Unset {
    fn is_unset(&self) -> bool;
}

impl<T: Default + PartialEq> Unset for T {
    fn is_unset(&self) -> bool {
        *self == T::default()
    }
}

/// Derives a map whose keys are the fields' names, and of which what is unset is left out.
macro_rules! map {
    ($name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        #[derive(Default, PartialEq, serde::Serialize, serde::Deserialize)]
        pub(crate) struct $name {
            $(
                #[serde(default, skip_serializing_if = "Unset::is_unset")]
                pub(crate) $field: $type,
            )*
        }
    };
}

type Strings = Option<Vec<String>>;
type Pairs = Option<BTreeMap<String, String>>;

map! { Rest { s: Option<Bus>, y: Option<Bus>, w: bool, x: Vec<Perm>, g: Strings, c: Option<Container> } }
map! { Bus { s: Strings, t: Strings, o: Strings, c: Pairs, b: Pairs, l: bool, f: bool } }
map! { Perm { e: bool, p: Option<String>, r: bool, w: bool, x: bool } }
map! {
    Container {
        n: String, d: i64, e: Pairs, f: Option<Vec<Mount>>, u: String, s: Option<String>,
        h: Option<String>, p: Option<String>, a: Strings, g: u64,
    }
}
map! {
    Bind { t: Option<String>, s: Option<String>, w: bool, d: bool, e: bool, o: bool, p: bool }
}
map! { Ephemeral { t: Option<String>, w: bool, s: i64, p: u32 } }
map! {
    Overlay { t: Option<String>, l: Option<Vec<Option<String>>>, u: Option<String>, w: Option<String> }
}
map! { Link { t: Option<String>, l: String, d: bool } }
map! { Owner { b: Option<Id>, p: Option<u64>, t: Option<u64>, m: Option<Process>, s: Option<Process> } }
map! { Process { s: Option<u64>, i: Option<u64> } }

/// An entry of the list of mounts.
#[derive(PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Mount {
    #[serde(rename = "b")]
    Bind(Bind),
    #[serde(rename = "e")]
    Ephemeral(Ephemeral),
    #[serde(rename = "o")]
    Overlay(Overlay),
    #[serde(rename = "l")]
    Link(Link),
}

/// The first item, of which most is always there.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Summary {
    pub(crate) i: Id,
    pub(crate) p: i64,
    pub(crate) s: i64,
    #[serde(default, skip_serializing_if = "Unset::is_unset")]
    pub(crate) a: String,
    pub(crate) n: u16,
    #[serde(default, skip_serializing_if = "Unset::is_unset")]
    pub(crate) e: Option<u8>,
    pub(crate) t: (i64, u32, i32),
    pub(crate) o: Owner,
}

/// Sixteen bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(pub(crate) [u8; 16]);

impl Mirror {
    /// Reads an entry that the store wrote, and makes sure that writing it again gives the same bytes:
    /// otherwise what is compared would not be the same work.
    pub(crate) fn of(entry: &[u8]) -> Result<Self> {
        let header = *entry.first_chunk().ok_or("an entry without a header")?;
        let (summary, rest) = read_both(entry)?;
        let mirror = Self { summary, rest, header };
        let mut again = Vec::new();
        mirror.write(&mut again)?;
        if again != entry {
            return Err("src/mirror.rs no longer writes what the store does".into());
        }
        Ok(mirror)
    }

    /// Writes the whole entry, checksum included, into a buffer that is used again.
    pub(crate) fn write(&self, entry: &mut Vec<u8>) -> Result<()> {
        entry.clear();
        entry.extend_from_slice(&self.header);
        entry.extend_from_slice(&[0; FRAME - 8]);
        ciborium::into_writer(&self.summary, &mut *entry)?;
        ciborium::into_writer(&self.rest, &mut *entry)?;
        let length = u32::try_from(entry.len() - FRAME)?;
        entry[8..12].copy_from_slice(&length.to_be_bytes());
        let checksum = checksum(entry);
        entry[12..FRAME].copy_from_slice(&checksum.to_be_bytes());
        Ok(())
    }
}

/// Checks the sum, and reads the first item.
#[inline]
pub(crate) fn read_summary(entry: &[u8]) -> Result<Summary> {
    check(entry)?;
    Ok(Summary::deserialize(&mut reader(&entry[FRAME..]))?)
}

/// Checks the sum, and reads both items.
#[inline]
pub(crate) fn read_both(entry: &[u8]) -> Result<(Summary, Rest)> {
    check(entry)?;
    let mut reader = reader(&entry[FRAME..]);
    Ok((Summary::deserialize(&mut reader)?, Rest::deserialize(&mut reader)?))
}

fn reader(body: &[u8]) -> cbor4ii::serde::Deserializer<SliceReader<'_>> {
    cbor4ii::serde::Deserializer::new(SliceReader::new(body))
}

fn check(entry: &[u8]) -> Result<()> {
    let recorded = entry.get(12..FRAME).ok_or("an entry that ends early")?;
    if checksum(entry).to_be_bytes() != recorded {
        return Err("an entry with a wrong checksum".into());
    }
    Ok(())
}

fn checksum(entry: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&entry[4..12]), &entry[FRAME..])
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_bytes(Sixteen)
    }
}

struct Sixteen;

impl Visitor<'_> for Sixteen {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("16 bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> std::result::Result<Id, E> {
        bytes.try_into().map(Id).map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}

#[cfg(test)]
mod tests {
    use hakurei_hst::{State, template};
    use hakurei_store::Record;

    use super::*;

    fn entry() -> Vec<u8> {
        let state =
            State { pid: std::process::id().into(), config: template(), ..State::default() };
        Record::new(&state).expect("the template is valid").as_bytes().to_vec()
    }

    #[test]
    fn writes_what_the_store_writes() {
        let mirror = Mirror::of(&entry()).expect("it is the same entry");
        assert_eq!(mirror.summary.n, 9);
        assert_eq!(mirror.rest.c.expect("there is a container").n, "atelier");
    }

    #[test]
    fn sees_a_byte_that_has_changed() {
        let mut entry = entry();
        *entry.last_mut().expect("it is not empty") ^= 1;
        let error = Mirror::of(&entry).err().expect("the checksum is wrong");
        assert_eq!(error.to_string(), "an entry with a wrong checksum");
    }
}
